"""Anything a board opens and closes: dates, audience, who took part.

Words: an *activity* is one such thing, of any kind; its *audience* is a rung of the ladder from
anyone to checked in person; *taking part* says that someone did, never what they chose."""
