"""What was decided and what came of it: the answer that goes back to everyone who spoke.

Words: a *loop* says what was asked, what people said, what was done, what was not and why."""
