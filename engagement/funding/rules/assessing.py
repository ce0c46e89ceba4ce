"""A panel's scores: weighed, spread, put in order with ties left as ties. Exact throughout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engagement.funding.rules.stages import Stage

MOST_SCORE = 5
ALL_WEIGHTS = 100
MOST_CRITERIA = 12


@dataclass(frozen=True)
class Weighed:
    """One criterion as it counts: its weight is a whole number, and all weights of a round add up to 100."""

    key: int
    name: str
    weight: int


def weights_add_up(weights: Iterable[int]) -> bool:
    """Each at least 1, together exactly 100."""
    listed = list(weights)
    return bool(listed) and all(weight >= 1 for weight in listed) and sum(listed) == ALL_WEIGHTS


def weighed_score(scores: Mapping[int, int], criteria: Sequence[Weighed]) -> Fraction:
    """Give one person's whole score from 0 to 5: each score times its weight, over 100."""
    return Fraction(sum(scores[each.key] * each.weight for each in criteria), ALL_WEIGHTS)


@dataclass(frozen=True)
class Spread:
    """What the panel gave on one criterion: the lowest, the highest and the mean, never the mean alone."""

    criterion: Weighed
    scores: tuple[int, ...]
    """Lowest first: so it does not say who gave which."""

    @property
    def low(self) -> int:
        return self.scores[0]

    @property
    def high(self) -> int:
        return self.scores[-1]

    @property
    def mean(self) -> Fraction:
        return Fraction(sum(self.scores), len(self.scores))

    @property
    def adds(self) -> Fraction:
        """What it adds to the whole score: the mean times the weight, over 100."""
        return self.mean * self.criterion.weight / ALL_WEIGHTS


@dataclass(frozen=True)
class Assessed:
    """One proposal's scores by all who handed theirs in and whose scores stand."""

    key: int
    people: int
    spreads: tuple[Spread, ...]
    totals: tuple[Fraction, ...]
    """Each person's whole score, lowest first."""

    @property
    def total(self) -> Fraction:
        """The mean of the whole scores; equal to the sum of what each criterion adds."""
        return sum((spread.adds for spread in self.spreads), Fraction(0))


def assess(key: int, sheets: Sequence[Mapping[int, int]], criteria: Sequence[Weighed]) -> Assessed | None:
    """Give what a panel makes of one proposal, or None where nobody's scores stand."""
    if not sheets:
        return None
    spreads = tuple(Spread(each, tuple(sorted(sheet[each.key] for sheet in sheets))) for each in criteria)
    totals = tuple(sorted(weighed_score(sheet, criteria) for sheet in sheets))
    return Assessed(key, len(sheets), spreads, totals)


@dataclass(frozen=True)
class Placed:
    """A proposal in the order of the scores. `shares` says how many others have exactly the same."""

    place: int
    shares: int
    assessed: Assessed


def in_order(assessed: Iterable[Assessed]) -> tuple[Placed, ...]:
    """Give the best first. Equal totals share a place, and the next place counts all of them: 1, 2, 2, 4."""
    listed = sorted(assessed, key=lambda each: (-each.total, each.key))
    totals = [each.total for each in listed]
    return tuple(
        Placed(1 + sum(other > each.total for other in totals), totals.count(each.total) - 1, each) for each in listed
    )


@dataclass(frozen=True)
class Departures:
    """Where a panel's decision is not what the vote alone would have funded."""

    added: tuple[int, ...]
    left_out: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.left_out)

    def all(self) -> tuple[int, ...]:
        return tuple(sorted((*self.added, *self.left_out)))


def departures(voted: Iterable[int], decided: Iterable[int]) -> Departures:
    """Give the numbers the panel funds and the vote did not, and the other way round."""
    vote, panel = set(voted), set(decided)
    return Departures(tuple(sorted(panel - vote)), tuple(sorted(vote - panel)))


def two_places(value: Fraction) -> tuple[str, bool]:
    """Give a score to two decimal places, half rounded up, and whether that is exact. 7/3 gives ("2.33", False)."""
    hundredths = (value.numerator * 200 + value.denominator) // (2 * value.denominator)
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02}", Fraction(hundredths, 100) == value


# In which stages a panel scores, and in which it decides, by how the round combines vote and panel.
BEFORE = frozenset({Stage.PROPOSALS, Stage.CHECKS, Stage.QUESTIONS, Stage.SHORTLIST, Stage.ASSESSMENT})
SCORES_IN: Mapping[str, frozenset[Stage]] = {
    "vote": BEFORE,
    "panel_shortlists": BEFORE,
    "panel_hears_vote": BEFORE | {Stage.VOTING, Stage.TO_COUNT, Stage.TIE, Stage.REVIEW, Stage.COUNTED},
}
DECIDES_IN: Mapping[str, frozenset[Stage]] = {
    "vote": frozenset(),
    "panel_shortlists": BEFORE - {Stage.PROPOSALS},
    "panel_hears_vote": frozenset({Stage.REVIEW, Stage.COUNTED}),
}
