"""Which statement someone is asked next, so that few answers tell much, and how alike two statements are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

AGREE, PASS, DISAGREE = 1, 0, -1
NEW_STATEMENTS_COUNT = 8
"""How much more a statement nobody has answered weighs than one that many have."""
HALVES_AFTER = 5
"""With each five answers, half of that advantage is gone."""


@dataclass(frozen=True)
class Waiting:
    """A statement someone has not answered, and what others made of it so far.

    `extremity` is how far it lies from the middle of the map of opinions (opinion.Opinion.extremity):
    nought before there is a map.
    """

    key: int
    agrees: int = 0
    disagrees: int = 0
    passes: int = 0
    extremity: float = 0.0

    @property
    def answers(self) -> int:
        return self.agrees + self.disagrees + self.passes


def weight(statement: Waiting) -> float:
    """Give how much there is to learn from one more answer to a statement; always above nought.

    (1 - passed) x (1 + extremity) x agreed, for statements that people can answer, that tell
    opinions apart and that somebody holds; times a factor that lets new ones come up: 9 for one
    nobody has answered, 5 after five answers, near 1 after thirty. The whole is squared. Shares are
    smoothed, (n + 1) / (answers + 2), so that the first answer decides nothing. Source: comment
    routing as published by Polis (Small, Bjorkegren, Erkkilä, Shaw and Megill, "Polis: scaling
    deliberation by mapping high dimensional opinion spaces", Recerca 26(2), 2021, and the method's
    public notes on priorities).

    >>> weight(Waiting(1)) > weight(Waiting(2, agrees=10, disagrees=10)) > weight(Waiting(3, passes=20))
    True
    """
    passed = (statement.passes + 1) / (statement.answers + 2)
    agreed = (statement.agrees + 1) / (statement.answers + 2)
    tells = (1 - passed) * (1 + max(0.0, statement.extremity)) * agreed
    is_new = 1 + NEW_STATEMENTS_COUNT * 2 ** (-statement.answers / HALVES_AFTER)
    return float((tells * is_new) ** 2)


def next_statement(waiting: Iterable[Waiting], *, seed: int) -> int | None:
    """Draw the statement someone is asked next; None when there is none left.

    A draw by weight that is other for each person and the same for one person however often they
    look: each statement's luck is a digest of the person's seed and the statement's key. The one
    with the greatest luck ** (1 / weight) is drawn (Efraimidis and Spirakis, "Weighted random
    sampling with a reservoir", 2006), which makes chances proportional to weights.

    >>> next_statement([], seed=1) is None
    True
    >>> one = [Waiting(1), Waiting(2), Waiting(3)]
    >>> next_statement(one, seed=5) == next_statement(reversed(one), seed=5)
    True
    """
    drawn = max(
        ((luck(seed, each.key) ** (1 / weight(each)), each.key) for each in waiting),
        default=None,
    )
    return drawn[1] if drawn else None


def luck(seed: int, key: int) -> float:
    """Give a number above 0 and below 1 that only seed and key decide: 52 bits of a digest."""
    digest = sha256(f"{seed}:{key}".encode()).digest()
    return ((int.from_bytes(digest[:8], "big") >> 12) + 0.5) / 2**52


def folded(text: str) -> str:
    """Give a statement as two are compared: small letters, single spaces, no stops at its end.

    >>> folded("  More  Benches. ")
    'more benches'
    """
    return " ".join(text.casefold().split()).rstrip(".!?… ")
