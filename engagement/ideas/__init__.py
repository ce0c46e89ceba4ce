"""One way to ask: what would you do? People propose, others back, the board answers.

Words: an *ideas call* is the activity; an *idea* is one resident's; *backing* is support for it."""
