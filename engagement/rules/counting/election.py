"""Projects, ballots and a budget, laid out so that a hundred thousand ballots load in a moment."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
MOST_POINTS = 1_000_000
MOST_PENCE = 10**17
MOST_BALLOTS = 1 << 28  # above a whole country, sums of money could outgrow a machine's whole numbers


class NotCountable(ValueError):
    """Its message says what is wrong with the projects or ballots."""


class Kind(StrEnum):
    """What a ballot says."""

    APPROVAL = "approval"
    KNAPSACK = "knapsack"  # a set of projects that together cost no more than the budget
    RANKING = "ranking"  # up to k in order: k points for the first, 1 for the k-th
    POINTS = "points"
    SCORES = "scores"  # 1 to 5 for each


@dataclass(frozen=True, slots=True)
class Project:
    """One thing that money is asked for. Its cost is in whole pence (hundredths of any currency)."""

    id: str
    cost_pence: int
    name: str = ""


@dataclass(frozen=True, eq=False)
class Election:
    """What is counted. Equal ballots are one group with a weight; blank ballots are turnout and nothing else.

    `chosen_by(p)` gives the group numbers of those who chose project number p (its place in
    `projects`), `points_for(p)` what each gave it, or None where every choice is worth the same.
    """

    projects: tuple[Project, ...]
    budget_pence: int
    kind: Kind
    turnout: int
    blank: int
    weights: Whole
    starts: Whole
    groups: Whole
    points: Whole | None
    supporters: tuple[int, ...]
    scores: tuple[int, ...]

    @property
    def voters(self) -> int:
        """How many ballots chose something: those the money is shared between."""
        return self.turnout - self.blank

    def chosen_by(self, project: int) -> Whole:
        return self.groups[self.starts[project] : self.starts[project + 1]]

    def points_for(self, project: int) -> Whole | None:
        return None if self.points is None else self.points[self.starts[project] : self.starts[project + 1]]

    def costs(self) -> list[int]:
        return [project.cost_pence for project in self.projects]

    def with_changes(self, *, cost_pence: Mapping[int, int] | None = None, budget_pence: int | None = None) -> Election:
        """Give the same ballots with another budget, or other costs by project number: to ask "what if"."""
        new = cost_pence or {}
        return replace(
            self,
            projects=tuple(
                Project(project.id, new.get(at, project.cost_pence), project.name)
                for at, project in enumerate(self.projects)
            ),
            budget_pence=self.budget_pence if budget_pence is None else budget_pence,
        )

    def with_votes(self, project: int, more: int) -> Election:
        """Give the election with `more` further ballots that choose this one project (with one point)."""
        at = int(self.starts[project + 1])
        starts = self.starts.copy()
        starts[project + 1 :] += 1
        votes, scores = list(self.supporters), list(self.scores)
        votes[project] += more
        scores[project] += more
        return replace(
            self,
            turnout=self.turnout + more,
            weights=np.append(self.weights, more),
            starts=starts,
            groups=np.insert(self.groups, at, len(self.weights)),
            points=None if self.points is None else np.insert(self.points, at, 1),
            supporters=tuple(votes),
            scores=tuple(scores),
        )


def is_whole(value: Any, least: int = 0) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def make_election(
    projects: Iterable[Project],
    budget_pence: int,
    ballots: Iterable[tuple[Sequence[str] | Mapping[str, int], int]],
    *,
    kind: Kind = Kind.APPROVAL,
    places: int = 0,
    withdrawn: Collection[str] = (),
) -> Election:
    """Give an election from ballots and how often each was cast.

    A ballot is the ids it chose (in order, for a ranking), or ids with points for points and
    scores. An id chosen twice counts once. `places` is the k of a ranking; without it, the
    longest ballot's. What was `withdrawn` gets no votes (in a ranking, those behind it move up a
    place), and a ballot that chose nothing else is blank. A knapsack ballot dearer than the budget, an id not on the list, points below nought
    or a score above 5 are refused: NotCountable.
    """
    listed = tuple(sorted(projects, key=lambda project: natural(project.id)))
    number = {project.id: at for at, project in enumerate(listed)}
    if len(number) < len(listed):
        raise NotCountable("Two projects have the same id.")
    if not is_whole(budget_pence) or budget_pence > MOST_PENCE:
        raise NotCountable("The budget must be a whole number of pence, and not below nought.")
    for project in listed:
        if not is_whole(project.cost_pence) or project.cost_pence > MOST_PENCE:
            raise NotCountable(f"The cost of {project.id} must be a whole number of pence, and not below nought.")
    gone = set(withdrawn) - set(number)
    with_points = kind in (Kind.RANKING, Kind.POINTS, Kind.SCORES)
    grouped: dict[tuple[int, ...] | tuple[tuple[int, int], ...], int] = {}
    turnout = blank = 0
    held = list(ballots) if kind is Kind.RANKING and not places else ballots
    if kind is Kind.RANKING and not places:
        places = max((len(set(choices)) for choices, _ in held), default=0)
    costs = [project.cost_pence for project in listed]
    for choices, times in held:
        if type(times) is not int or times < 1:
            raise NotCountable("A ballot must have been cast a whole number of times.")
        turnout += times
        if turnout > MOST_BALLOTS:
            raise NotCountable("There are too many ballots.")
        key: tuple[Any, ...]
        try:
            if not with_points:
                chosen = {number[each] for each in (choices if not gone else [c for c in choices if c not in gone])}
                if kind is Kind.KNAPSACK and sum(costs[at] for at in chosen) > budget_pence:
                    raise NotCountable("A ballot chose more than the budget pays for.")
                key = tuple(sorted(chosen))
            elif kind is Kind.RANKING:
                key = _places(choices, number, gone, places)
            else:
                key = _points(choices, number, gone, kind)
        except KeyError as unknown:
            raise NotCountable(f"A ballot chose {str(unknown.args[0])[:60]}, which is not on the list.") from None
        if key:
            grouped[key] = grouped.get(key, 0) + times
        else:
            blank += times
    return _laid_out(listed, budget_pence, kind, turnout, blank, grouped, with_points=with_points)


def _places(
    choices: Iterable[str], number: Mapping[str, int], gone: set[str], places: int
) -> tuple[tuple[int, int], ...]:
    order = list(dict.fromkeys(choices))
    if len(order) > places:
        raise NotCountable(f"A ballot ranks {len(order)} projects where {places} may be ranked.")
    standing = [each for each in order if each not in gone]
    return tuple(sorted((number[each], places - at) for at, each in enumerate(standing)))


def _points(
    choices: Sequence[str] | Mapping[str, int], number: Mapping[str, int], gone: set[str], kind: Kind
) -> tuple[tuple[int, int], ...]:
    if not isinstance(choices, Mapping):
        raise NotCountable("A ballot of points must say how many for each project.")
    most = 5 if kind is Kind.SCORES else MOST_POINTS
    for points in choices.values():
        if not is_whole(points) or points > most:
            raise NotCountable(f"Points must be whole numbers from 0 to {most}.")
    return tuple(sorted((number[each], points) for each, points in choices.items() if points and each not in gone))


def _laid_out(
    listed: tuple[Project, ...],
    budget_pence: int,
    kind: Kind,
    turnout: int,
    blank: int,
    grouped: Mapping[tuple[Any, ...], int],
    *,
    with_points: bool,
) -> Election:
    weights = np.fromiter(grouped.values(), np.int64, len(grouped))
    lengths = np.fromiter(map(len, grouped), np.int64, len(grouped))
    flat = array("q", chain.from_iterable(chain.from_iterable(grouped) if with_points else grouped))
    cells: Whole = np.frombuffer(flat, np.int64) if flat else np.zeros(0, np.int64)
    given = cells[1::2] if with_points else None
    chosen = cells[0::2] if with_points else cells
    order = np.argsort(chosen, kind="stable")
    groups = np.repeat(np.arange(len(grouped), dtype=np.int64), lengths)[order]
    starts = np.searchsorted(chosen[order], np.arange(len(listed) + 1)).astype(np.int64)
    points = None if given is None else np.ascontiguousarray(given[order])
    votes, scores = [], []
    for at in range(len(listed)):
        part = slice(int(starts[at]), int(starts[at + 1]))
        times = weights[groups[part]]
        votes.append(int(times.sum()))
        scores.append(int(times.sum()) if points is None else int((times * points[part]).sum()))
    return Election(
        listed,
        budget_pence,
        kind,
        turnout,
        blank,
        weights,
        starts,
        groups,
        points,
        tuple(votes),
        tuple(scores),
    )


def natural(id: str) -> tuple[int, str]:
    """Order "9" before "10", and words after numbers."""
    return (int(id), id) if id.isascii() and id.isdigit() and len(id) < 19 else (1 << 62, id)
