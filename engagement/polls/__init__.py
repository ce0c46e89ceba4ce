"""One way to ask: a question with choices.

Words: *poll*, its *kind*, *choice*, *vote*, *why*. A vote is kept as a count, never with the voter; one that may
be changed is kept sealed until the poll closes."""
