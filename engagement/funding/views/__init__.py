"""The public door: the pot, rounds, proposals, the ballot, the results."""
