"""Whether the same words are being sent again and again."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

ALIKE = 92
"""Out of 100, by rapidfuzz's ratio: a changed name or a word put in still counts as the same text."""
SHORTEST = 30
"""Letters. Short words are alike by chance: many people write "more buses"."""
COMPARED = 1500
"""Letters of each text that are compared: beyond that a likeness has shown."""


def enough_alike(text: str, others: Iterable[str], *, times: int) -> bool:
    """Tell whether at least `times` of the other texts say nearly the same as this one."""
    mine = " ".join(text.casefold().split())[:COMPARED]
    if len(mine) < SHORTEST:
        return False
    theirs = [" ".join(each[: COMPARED * 2].casefold().split())[:COMPARED] for each in others]
    found = process.extract(mine, theirs, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=times)
    return len(found) >= times
