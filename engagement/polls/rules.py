"""What a ballot may hold, and what is read out of the counts. Plain arithmetic, exact."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

FEWEST_STEPS, MOST_STEPS = 2, 11
MOST_PLACES = 10
FACES = 5


def steps_of(steps: int) -> range:
    """Give the numbers of a scale: from 1, and from 0 where there are eleven, as people know 0 to 10."""
    return range(11) if steps == MOST_STEPS else range(1, steps + 1)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a ranking: a name that a form knows a sentence for, and the number it is about."""

    what: str
    number: int = 0


def fault_of_ranking(places: Collection[int], *, least: int, most: int) -> Fault | None:
    """Give what is wrong with the places given out, or None.

    They must be 1, 2, 3 and so on, each once and without a gap, from `least` to `most` of them.
    """
    outside = [place for place in places if not 1 <= place <= most]
    if outside:
        return Fault("outside", outside[0])
    twice = [place for place in sorted(set(places)) if list(places).count(place) > 1]
    if twice:
        return Fault("twice", twice[0])
    missing = [place for place in range(1, max(places, default=0)) if place not in places]
    if missing:
        return Fault("gap", missing[0])
    if len(places) < least:
        return Fault("few", len(places))
    return None


def points_for(place: int, *, most: int) -> int:
    """Give what a place is worth: the last that can be given 1, the one before it 2, and so on."""
    return most + 1 - place


def points(votes_by_place: Mapping[int, int], *, most: int) -> int:
    """Add up the points of one choice from how often it was given each place."""
    return sum(points_for(place, most=most) * votes for place, votes in votes_by_place.items())


@dataclass(frozen=True)
class Spread:
    """The middle answer, and between which answers the middle half lies, as positions along the scale.

    `low` and `high` of the median differ only where as many answered below as above and nobody in between.
    """

    low: int
    high: int
    from_: int
    to: int


def spread_of(votes: Sequence[int]) -> Spread | None:
    """Give the spread of answers along a scale, from the votes of each step in order; None without an answer.

    The median is the middle answer, or both where the number is even. The middle half goes from
    the lower to the upper quartile by the inverse of the distribution: the least step that a
    quarter (three quarters) of the answers do not pass. Source: Hyndman and Fan, "Sample
    Quantiles in Statistical Packages", The American Statistician 50 (1996), definition 1.
    """
    total = sum(votes)
    if total == 0:
        return None
    return Spread(
        low=_step_of_answer(votes, (total + 1) // 2),
        high=_step_of_answer(votes, total // 2 + 1),
        from_=_step_of_answer(votes, _rounded_up(Fraction(total, 4))),
        to=_step_of_answer(votes, _rounded_up(Fraction(3 * total, 4))),
    )


def _rounded_up(part: Fraction) -> int:
    return -(-part.numerator // part.denominator)


def _step_of_answer(votes: Sequence[int], number: int) -> int:
    """Give the step at which the number-th answer stands when all are lined up, lowest first."""
    passed = 0
    for step, count in enumerate(votes):
        passed += count
        if passed >= number:
            return step
    raise ValueError("There are not so many answers.")


def written_down(marks: Mapping[int, int], choices: Iterable[int]) -> bytes:
    """Give a vote as bytes, one for each choice in order: its place, 1 where it was chosen, else 0.

    Of one length for all votes of a poll, so that the length of what is sealed tells nothing.
    """
    return bytes(marks.get(choice, 0) for choice in choices)


def read_back(written: bytes, choices: Sequence[int]) -> dict[int, int]:
    """Give the vote that `written_down` wrote of the same choices in the same order."""
    if len(written) != len(choices):
        raise ValueError("That vote was given on other choices.")
    return {choice: mark for choice, mark in zip(choices, written, strict=True) if mark}
