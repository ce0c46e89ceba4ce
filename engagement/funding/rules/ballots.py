"""What makes a ballot whole, for each way of filling one in.

A ballot is a list of *marks*: a proposal's number and a value. The value is 1 for a tick, the
place for a ranking (1 is the favourite), the points for points, the score for scores.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

Marks = tuple[tuple[int, int], ...]
LARGEST_VALUE = 255
BEST_SCORE = 5


class Method(StrEnum):
    """What a voter does on the ballot."""

    APPROVAL = "approval"
    KNAPSACK = "knapsack"
    RANKING = "ranking"
    POINTS = "points"
    SCORES = "scores"

    @property
    def is_ticks(self) -> bool:
        """Whether a box is ticked, and no number is given."""
        return self in (Method.APPROVAL, Method.KNAPSACK)


@dataclass(frozen=True)
class Paper:
    """The rules of one ballot, and what can be chosen on it with its cost."""

    method: Method
    costs_pence: Mapping[int, int]
    least: int
    most: int | None = None
    points: int = 10
    budget_pence: int = 0
    allows_blank: bool = False

    @property
    def least_here(self) -> int:
        """The least that can be asked: never more than is on the ballot, nor than the budget could buy."""
        least = min(self.least, len(self.costs_pence))
        if self.method is Method.KNAPSACK:
            left_pence, fitting = self.budget_pence, 0
            for cost_pence in sorted(self.costs_pence.values()):
                left_pence -= cost_pence
                fitting += left_pence >= 0
            least = min(least, fitting)
        return max(least, 1)


class Fault(StrEnum):
    NOT_ON_THE_BALLOT = "not_on_the_ballot"
    BLANK_AND_CHOSEN = "blank_and_chosen"
    BLANK_NOT_ALLOWED = "blank_not_allowed"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    OVER_BUDGET = "over_budget"
    PLACES_WITH_GAPS = "places_with_gaps"
    TOO_MANY_POINTS = "too_many_points"
    POINTS_LEFT = "points_left"
    NO_SUCH_SCORE = "no_such_score"
    NO_SUCH_VALUE = "no_such_value"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a ballot, with the figures its sentence needs (words.ballot_problem says it)."""

    fault: Fault
    wanted: int = 0
    given: int = 0


def in_order(marks: Iterable[tuple[int, int]]) -> Marks:
    """Give the marks in the order of their numbers."""
    return tuple(sorted((int(number), int(value)) for number, value in marks))


def spent_pence(marks: Iterable[tuple[int, int]], costs_pence: Mapping[int, int]) -> int:
    return sum(costs_pence.get(number, 0) for number, _value in marks)


def problem_of(paper: Paper, marks: Collection[tuple[int, int]], *, blank: bool = False) -> Problem | None:
    """Give the first thing that keeps this from being a ballot of these rules, or None.

    A blank vote is one only where it was asked for by name: an empty ballot is a slip.
    """
    if blank:
        if not paper.allows_blank:
            return Problem(Fault.BLANK_NOT_ALLOWED)
        return Problem(Fault.BLANK_AND_CHOSEN) if marks else None
    numbers = [number for number, _value in marks]
    if not set(numbers) <= set(paper.costs_pence) or len(set(numbers)) < len(numbers):
        return Problem(Fault.NOT_ON_THE_BALLOT)
    values = sorted(value for _number, value in marks)
    if values and not 1 <= values[0] <= values[-1] <= LARGEST_VALUE:
        return Problem(Fault.NO_SUCH_VALUE)
    chosen, least = len(numbers), paper.least_here
    if paper.method.is_ticks and chosen and values[-1] != 1:
        return Problem(Fault.NO_SUCH_VALUE)
    if paper.method is Method.SCORES and chosen and values[-1] > BEST_SCORE:
        return Problem(Fault.NO_SUCH_SCORE, BEST_SCORE, values[-1])
    if paper.method is Method.RANKING and values != list(range(1, chosen + 1)):
        return Problem(Fault.PLACES_WITH_GAPS, chosen)
    if chosen < least:
        return Problem(Fault.TOO_FEW, least, chosen)
    if paper.most is not None and chosen > paper.most:
        return Problem(Fault.TOO_MANY, paper.most, chosen)
    if paper.method is Method.KNAPSACK and (spent := spent_pence(marks, paper.costs_pence)) > paper.budget_pence:
        return Problem(Fault.OVER_BUDGET, paper.budget_pence, spent)
    if paper.method is Method.POINTS and sum(values) != paper.points:
        fault = Fault.TOO_MANY_POINTS if sum(values) > paper.points else Fault.POINTS_LEFT
        return Problem(fault, paper.points, sum(values))
    return None


def points_given(method: Method, marks: Iterable[tuple[int, int]], *, places: int) -> Marks:
    """Give what each mark is worth: a place among `places` is worth `places` for the first and 1 for the last."""
    return tuple((number, places + 1 - value if method is Method.RANKING else value) for number, value in marks)


MOST_ORDERS = 9999


def in_the_order_of(seed: int, numbers: Iterable[int]) -> list[int]:
    """Give ballot numbers in the order that belongs to a voter's own number, so that nobody is always first.

    By the SHA-256 of "seed:number": anyone can work the order out again.
    """
    return sorted(numbers, key=lambda number: sha256(f"{seed}:{number}".encode()).digest())
