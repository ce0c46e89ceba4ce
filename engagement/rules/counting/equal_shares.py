"""The Method of Equal Shares in whole-number money, fast enough for a city.

Every voter has the same share. Again and again the project that gives its supporters the most
for their money is bought: they all pay the same (or all they have left), and what they paid is
gone. Source: Peters, Pierczyński and Skowron, "Proportional Participatory Budgeting with Additive
Utilities" (NeurIPS 2021), with cost utility for ticks.

Money is whole units, a tiny part of a penny, and each price is rounded up to a unit. What that
rounding has cost all voters together is known exactly (`owed`), so each comparison is either
certain or is not made here: CannotTell sends the whole run to exact arithmetic. Nothing is ever
decided by rounding, and nothing by a float.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

import numpy as np

from engagement.rules.counting.election import Election, Whole
from engagement.rules.counting.rule import Rule, Worth
from engagement.rules.counting.taking_part import Conflicts
from engagement.rules.counting.ties import TieOrder, TieStops

Rate = TypeVar("Rate", int, Fraction)

MOST = 1 << 62
FINE = 96  # binary places kept when rates are compared; both sides are rounded apart, so it is never wrong


class CannotTell(Exception):
    """Two rates, or a cost and a purse, are too near each other for whole units: ask the exact count."""


@dataclass(frozen=True)
class Round:
    """One purchase: which project, a rate no lower than the one paid, and one no higher than any rival's.

    `below` are rivals that stay behind it at every larger share too: those with the same cost and
    supporters, and, where nobody was short of the price, those of whose supporters nobody was
    either, for such prices do not change. In a run made with an earlier one, `rival` leaves out
    those that stay behind by the earlier run. An exact run keeps in `rates` what each project that
    was asked came to: a rate that is the same at two shares is the same at all between.
    """

    project: int
    rate: int | Fraction
    rival: int | Fraction | None
    below: frozenset[int] = frozenset()
    rates: Mapping[int, Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """What equal shares buy at one share, in order, and what it costs."""

    share: Fraction
    rounds: tuple[Round, ...]
    spent_pence: int
    exact: Run | None = None  # the same from the exact count, where that was asked

    @property
    def order(self) -> tuple[int, ...]:
        return tuple(each.project for each in self.rounds)

    def proves(self, earlier: Run) -> bool:
        """Say whether every share from the earlier run's to this one buys the same, in the same order.

        With a fixed order of purchases, larger shares leave more money and lower prices. So where
        each purchase, at the dearest it can be (the earlier run), still beats every rival at the
        cheapest it can be (this run), nothing between can come out otherwise. Likewise nothing
        that this run cannot afford at the end can be afforded before.
        """
        return len(self.rounds) == len(earlier.rounds) and all(
            new.project == old.project and (new.rival is None or old.rate < new.rival)
            for new, old in zip(self.rounds, earlier.rounds, strict=True)
        )


class EqualShares:
    """Equal shares over the projects that take part, one run at a time."""

    def __init__(self, election: Election, rule: Rule, order: TieOrder, projects: Sequence[int], most_share: Fraction):
        self.election = election
        self.order = order
        self.projects = list(projects)
        self.conflicts = Conflicts(election, rule)
        self.costs = election.costs()
        by_points = rule.by_points(election.kind)
        self.worth = {
            p: 1 if rule.worth is Worth.VOTES or (by_points and rule.worth is Worth.AS_CAST) else max(1, self.costs[p])
            for p in projects
        }
        self.groups = {p: election.chosen_by(p) for p in projects}
        points = {p: election.points_for(p) if by_points else None for p in projects}
        self.points = {p: None if points[p] is None else np.ascontiguousarray(points[p]) for p in projects}
        self.all_alike = bool((election.weights == 1).all())
        self.times = {p: None if self.all_alike else election.weights[self.groups[p]] for p in projects}
        self.votes = {p: self._sum(self.points[p], p) for p in projects}
        self.twins = twins(election, projects, self.points)
        self.unit, self.most_share = self._unit(most_share)

    def _sum(self, each: Whole | None, project: int) -> int:
        """Give the sum of a figure (or of ones) over the supporters of a project."""
        times = self.times[project]
        if each is None:
            return len(self.groups[project]) if times is None else int(times.sum())
        return int(each.sum()) if times is None else int((each * times).sum())

    def _unit(self, most_share: Fraction) -> tuple[int, Fraction]:
        """Give how many units make a penny: as many as leave room for the sum of all shares."""
        voters = max(1, self.election.voters)
        whole = voters * most_share.denominator
        room = MOST // (max(voters * (int(most_share) + 1), self.election.budget_pence + 1) * whole)
        if room < 1:
            raise CannotTell("No whole unit is small enough.")
        return whole * 10 ** (len(str(room)) - 1), most_share

    def run(self, share: Fraction, earlier: Run | None = None) -> Run:
        """Give what is bought at a share. Raises CannotTell, and TieStops for a tie without a lot.

        With an `earlier` run, rivals are looked at closely enough for `proves`.
        """
        if share > self.most_share or (share * self.unit).denominator != 1:
            raise CannotTell("The share is no whole number of units.")
        money: Whole = np.full(len(self.election.weights), int(share * self.unit), np.int64)
        owed = 0
        last = {p: -(-self.costs[p] * self.unit // self.votes[p]) for p in self.projects}
        heap = [(self._low(p, self.costs[p] * self.unit // self.votes[p]), p) for p in self.projects]
        heapq.heapify(heap)
        rounds: list[Round] = []
        closed: set[int] = set()
        spent = 0
        while heap:
            fresh: dict[int, tuple[int, int, int, bool]] = {}  # low, high, price, nobody is short
            best: int | None = None
            bar = earlier.rounds[len(rounds)].rate if earlier and len(rounds) < len(earlier.rounds) else 0
            while heap and (best is None or heap[0][0] <= max(best, bar)):
                _, p = heapq.heappop(heap)
                if p in closed:
                    continue
                found = self._price(p, money, owed, last[p])
                if found is None:
                    continue
                fresh[p] = found
                last[p] = found[2]
                best = found[1] if best is None else min(best, found[1])
            if best is None:
                break
            winner = self._winner(fresh, best, money)
            _, high, price, steady = fresh.pop(winner)
            below = {p for p, found in fresh.items() if steady and found[3]} | self.twins[winner]
            behind = earlier.rounds[len(rounds)].below if earlier and len(rounds) < len(earlier.rounds) else frozenset()
            for p, (rate, *_) in fresh.items():
                heapq.heappush(heap, (rate, p))
            rival = first_rate(heap, behind | closed)
            rounds.append(Round(winner, high, rival, frozenset(below)))
            closed |= self.conflicts.of(winner)
            spent += self.costs[winner]
            owed += self._pay(winner, price, money)
        return Run(share, tuple(rounds), spent)

    def _low(self, p: int, price: int) -> int:
        """Give a rate (money for worth) no higher than a price in units stands for."""
        return (price << FINE) // (self.unit * self.worth[p])

    def _high(self, p: int, price: int) -> int:
        return -((-price << FINE) // (self.unit * self.worth[p]))

    def _price(self, p: int, money: Whole, owed: int, price: int) -> tuple[int, int, int, bool] | None:
        """Give the bounds of a project's rate, its price in units and whether nobody is short. None: too dear."""
        cost = self.costs[p] * self.unit
        purse = money[self.groups[p]]
        total = self._sum(purse, p)
        if total < cost:
            if total + owed >= cost:
                raise CannotTell("What supporters have left is nearly the cost.")
            return None
        points = self.points[p]
        each = purse if points is None else purse // points
        short_before = -1
        while True:
            short = each < price
            how_many = int(np.count_nonzero(short))
            if how_many == short_before:
                break
            short_before = how_many
            if not how_many:
                break
            paid, votes = self._short(p, purse, short)
            if votes < 1:
                raise CannotTell("Nobody can pay a whole rate.")
            price = max(price, -(-(cost - paid) // votes))
        if not how_many:  # a price once paid by all can only have been the cost over the votes
            exact = Fraction(self.costs[p], self.votes[p] * self.worth[p])
            low = (exact.numerator << FINE) // exact.denominator
            return low, low + 1, price, True
        return self._low(p, max(0, price - 1 - -(-owed // votes))), self._high(p, price), price, False

    def _short(self, p: int, purse: Whole, short: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[int, int]:
        """Give what those who are short have, and the votes (or points) of the others."""
        times, points = self.times[p], self.points[p]
        theirs = purse[short]
        if times is None:
            paid = int(theirs.sum())
            lost = len(theirs) if points is None else int(points[short].sum())
        else:
            paid = int((theirs * times[short]).sum())
            lost = int((times[short] if points is None else times[short] * points[short]).sum())
        return paid, self.votes[p] - lost

    def _winner(self, fresh: dict[int, tuple[int, int, int, bool]], best: int, money: Whole) -> int:
        near = [p for p, (low, *_) in fresh.items() if low <= best]
        if len(near) == 1:
            return near[0]
        if self.twins[near[0]].issuperset(near[1:]):
            level = near
        elif all(fresh[p][3] for p in near):
            exact = {p: Fraction(self.costs[p], self.votes[p] * self.worth[p]) for p in near}
            least = min(exact.values())
            level = [p for p in near if exact[p] == least]
        else:
            raise CannotTell("Two rates are too near each other.")
        if len(level) == 1:
            return level[0]
        try:
            return self.order.first_of(level, lambda tied: self._all_can_pay(tied, fresh, money))
        except TieStops:
            raise CannotTell("A tie without a lot is for the exact count to say.") from None

    def _all_can_pay(self, tied: Sequence[int], fresh: dict[int, tuple[int, int, int, bool]], money: Whole) -> bool:
        """Say whether all of these can be bought, in any order, at these prices with nobody short."""
        if self.conflicts.any_among(tied):
            return False
        left = money.copy()
        for p in tied:
            points = self.points[p]
            left[self.groups[p]] -= fresh[p][2] if points is None else fresh[p][2] * points
            if bool((left[self.groups[p]] < 0).any()):
                return False
        return True

    def _pay(self, p: int, price: int, money: Whole) -> int:
        """Take the price from each supporter, or all they have. Give how much rounding took too much."""
        groups, points = self.groups[p], self.points[p]
        purse = money[groups]
        short = purse < price if points is None else purse // points < price
        left = np.where(short, 0, purse - (price if points is None else np.where(short, 0, price * points)))
        money[groups] = left
        return self._sum(purse - left, p) - self.costs[p] * self.unit


def first_rate(heap: Sequence[tuple[Rate, int]], aside: Collection[int]) -> Rate | None:
    """Give the lowest rate in a heap, some projects set aside."""
    if heap and heap[0][1] not in aside:
        return heap[0][0]
    return min((rate for rate, p in heap if p not in aside), default=None)


def twins(election: Election, projects: Sequence[int], points: Mapping[int, Whole | None]) -> dict[int, frozenset[int]]:
    """Give, for each project, the others with the same cost and the same supporters: their rates are always equal."""
    alike: dict[tuple[int, bytes, bytes], list[int]] = {}
    for p in projects:
        given = points[p]
        key = (
            election.projects[p].cost_pence,
            election.chosen_by(p).tobytes(),
            b"" if given is None else given.tobytes(),
        )
        alike.setdefault(key, []).append(p)
    return {p: frozenset(same) - {p} for same in alike.values() for p in same}
