"""Accounts, roles on a board, who may do what, consent.

Words: a *person* signs in by e-mail; a *role* is what they are on one board or for the whole
council; a *verdict* is yes, or no with a reason fit to show."""
