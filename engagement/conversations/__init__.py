"""One way to ask: where do we agree? People answer each other's short statements, and nobody replies.

Words: a *conversation* is the activity; a *statement* is one sentence to agree with or not; an *answer* is
agree, disagree or pass; a *group of opinion* is people whose answers are alike, found by arithmetic."""
