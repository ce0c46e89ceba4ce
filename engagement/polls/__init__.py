"""One way to ask: a question with choices.

Words: *poll*, *choice*, *vote*. A vote is kept as a count, never with the voter."""
