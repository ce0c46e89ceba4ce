"""What we know: needs, the words and figures behind them, and what is already here.

Words: a *need* is what would make life better, in residents' terms; *evidence* is what someone
said, kept as it was said; *voices* is how many people it speaks for; a *figure* is a number from
an *indicator*."""
