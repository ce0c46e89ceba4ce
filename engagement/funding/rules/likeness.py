"""Which proposals are twins: nearly the same words, or the same group asking for nearly the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz, process

TITLES_ALIKE = 85
WORDS_ALIKE = 75
GROUPS_ALIKE = 92
NEARLY = 60
"""In a hundred: how alike the titles or the words of one group's two proposals are to be worth a look."""


class Why(StrEnum):
    SAME_GROUP = "same_group"
    TITLE = "title"
    WORDS = "words"


@dataclass(frozen=True)
class Asked:
    """A proposal as far as likeness goes. `group_key` is an org-id where there is one."""

    key: int
    title: str
    summary: str
    group: str
    group_key: str = ""


@dataclass(frozen=True)
class Twin:
    key: int
    alike: int
    """In a hundred: the most alike of title and words."""
    why: tuple[Why, ...]


def plain(text: str) -> str:
    return " ".join(text.casefold().split())


def twins(one: Asked, others: Sequence[Asked], *, most: int = 10) -> list[Twin]:
    """Give the likest first. Titles or words alike make a twin; one group's need only be nearly so.

    Likeness is rapidfuzz's token_sort_ratio, which heeds no order of words: 100 where all are the same.
    """
    titles = _alike(plain(one.title), [plain(each.title) for each in others])
    summaries = _alike(plain(one.summary), [plain(each.summary) for each in others])
    groups = _alike(plain(one.group), [plain(each.group) for each in others])
    found = []
    for at, other in enumerate(others):
        if other.key == one.key:
            continue
        title, words = titles.get(at, 0), summaries.get(at, 0)
        same_group = bool(one.group_key and one.group_key == other.group_key) or groups.get(at, 0) >= GROUPS_ALIKE
        bar_title, bar_words = (NEARLY, NEARLY) if same_group else (TITLES_ALIKE, WORDS_ALIKE)
        why = [Why.TITLE] * (title >= bar_title) + [Why.WORDS] * (words >= bar_words)
        if why:
            found.append(Twin(other.key, max(title, words), (*([Why.SAME_GROUP] * same_group), *why)))
    return sorted(found, key=lambda twin: (-twin.alike, twin.key))[:most]


def _alike(one: str, others: Sequence[str]) -> dict[int, int]:
    """Give by position how alike, in whole hundredths rounded down; those under NEARLY are left out."""
    if not one:
        return {}
    found = process.extract(one, others, scorer=fuzz.token_sort_ratio, processor=None, limit=None, score_cutoff=NEARLY)
    return {at: int(alike) for _text, alike, at in found}
