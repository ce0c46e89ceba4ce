"""The exact count that repeats every count before it is published.

It shares no arithmetic with the fast engine. What a voter has left is never rounded: it is the
share less the prices of what that voter paid for, so the purse of any crowd is a sum of prices
each taken a whole number of times, with unbounded integers over one denominator. Whole-number
approximations with a known error only spare it from looking where the answer is plain.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from fractions import Fraction
from math import gcd

import numpy as np
import numpy.typing as npt

from engagement.rules.counting.election import Election, Whole
from engagement.rules.counting.equal_shares import Round, Run, first_rate
from engagement.rules.counting.rule import Rule, Worth
from engagement.rules.counting.taking_part import Conflicts
from engagement.rules.counting.ties import TieOrder

Flags = npt.NDArray[np.bool_]
BITS = 58


class Disagreement(AssertionError):
    """The engine and the referee come to different results. Nothing may be published."""


class Purchase:
    """One exact purchase: the price of each full payer (per vote or point), who paid it and who paid all they had."""

    __slots__ = ("full", "part", "price", "project")

    def __init__(self, project: int, price: Fraction, full: int, part: int) -> None:
        self.project, self.price, self.full, self.part = project, price, full, part


class Exact:
    """Equal shares in exact arithmetic, one run at a time."""

    def __init__(self, election: Election, rule: Rule, order: TieOrder, projects: Sequence[int]) -> None:
        self.election, self.order, self.projects = election, order, list(projects)
        self.conflicts = Conflicts(election, rule)
        self.costs = [project.cost_pence for project in election.projects]
        self.pointed = rule.by_points(election.kind)
        flat = rule.worth is Worth.VOTES or (self.pointed and rule.worth is Worth.AS_CAST)
        self.worth = [1 if flat else max(1, cost) for cost in self.costs]
        self.weights = election.weights
        self.unweighted = bool((self.weights == 1).all())
        self.purchases: list[Purchase] = []

    # --- what voters hold ------------------------------------------------------------------------

    def _begin(self, share: Fraction) -> None:
        crowd = len(self.weights)
        self.den = share.denominator
        self.share = share.numerator
        self.prices: list[int] = []  # over self.den
        self.paid = np.zeros((crowd, 8), np.int64 if self.pointed else np.uint8)
        self.gone = np.zeros(crowd, np.bool_)  # nothing left, having paid less than the price
        self.scale = (1 << BITS) // (int(share) + 1) or 1
        self.low: Whole = np.full(crowd, share.numerator * self.scale // share.denominator, np.int64)
        self.error = 1  # what anyone has is from low to low + error, in parts of self.scale

    def _held(self, rows: Whole) -> int:
        """Give what these groups of voters (none of them `gone`) have together, over self.den."""
        count = len(self.prices)
        if self.unweighted:
            people = len(rows)
            times = self.paid[rows, :count].sum(axis=0, dtype=np.int64)
        else:
            weights = self.weights[rows]
            people = int(weights.sum())
            times = weights @ self.paid[rows, :count].astype(np.int64)
        return people * self.share - sum(int(n) * price for n, price in zip(times, self.prices, strict=True) if n)

    def _each_held(self, rows: Whole) -> tuple[list[int], Whole]:
        """Give the different sums that these groups have, over self.den, and which of them each has."""
        kinds, which = np.unique(self.paid[rows, : len(self.prices)], axis=0, return_inverse=True)
        sums = [
            self.share - sum(int(n) * price for n, price in zip(kind, self.prices, strict=True) if n) for kind in kinds
        ]
        return sums, which.reshape(-1)

    def _votes(self, rows: Whole, points: Whole | None) -> int:
        if points is None:
            return len(rows) if self.unweighted else int(self.weights[rows].sum())
        return int(points.sum()) if self.unweighted else int((points * self.weights[rows]).sum())

    def _able(self, rows: Whole, points: Whole | None, top: int, bottom: int) -> Flags:
        """Say which groups can pay the price top / bottom / self.den for each vote or point."""
        near = top * self.scale // (bottom * self.den)
        low = self.low[rows]
        surely: Flags = (low if points is None else low // points) > near
        held = low + self.error
        perhaps: Flags = ~surely & ((held if points is None else held // points) >= near)
        if perhaps.any():
            at = np.flatnonzero(perhaps)
            sums, which = self._each_held(rows[at])
            worth = np.ones(len(at), np.int64) if points is None else points[at]
            said: dict[tuple[int, int], bool] = {}
            for place, kind, n in zip(at.tolist(), which.tolist(), worth.tolist(), strict=True):
                if (kind, n) not in said:
                    said[kind, n] = sums[kind] * bottom >= top * n
                surely[place] = said[kind, n]
        return surely

    # --- one run ---------------------------------------------------------------------------------

    def run(self, share: Fraction, earlier: Run | None = None) -> Run:
        """Give what is bought at a share, exactly; `purchases` holds the details. Raises TieStops."""
        self._begin(share)
        self.purchases = []
        last: dict[int, Fraction] = {}
        heap: list[tuple[Fraction, int]] = []
        for p in self.projects:
            rows = self.election.chosen_by(p)
            last[p] = Fraction(self.costs[p], self._votes(rows, self._points(p)))
            heap.append((last[p] / self.worth[p], p))
        heapq.heapify(heap)
        rounds: list[Round] = []
        barred: set[int] = set()
        spent = 0
        while heap:
            rates: dict[int, Fraction] = {}
            best: Fraction | None = None
            watch = Fraction(0)
            if earlier and len(rounds) < len(earlier.rounds):
                watch = Fraction(earlier.rounds[len(rounds)].rate)
            while heap and (best is None or heap[0][0] <= best or heap[0][0] <= watch):
                p = heapq.heappop(heap)[1]
                price = None if p in barred else self._price(p, last[p])
                if price is None:
                    continue
                last[p] = price
                rates[p] = price / self.worth[p]
                best = rates[p] if best is None or rates[p] < best else best
            if best is None:
                break
            level = [p for p, rate in rates.items() if rate == best]
            winner = level[0]
            if len(level) > 1:
                winner = self.order.first_of(level, lambda tied, at=dict(last): self._no_difference(tied, at))  # type: ignore[misc]
            for p, rate in rates.items():
                if p != winner:
                    heapq.heappush(heap, (rate, p))
            behind: set[int] = set()
            if earlier and len(rounds) < len(earlier.rounds):
                old = earlier.rounds[len(rounds)]
                behind |= old.below
                if old.rate == best:
                    behind |= {p for p, rate in rates.items() if old.rates.get(p) == rate}
            rival = first_rate(heap, behind | barred)
            below = frozenset(p for p in rates if p != winner and self._alike(p, winner))
            rounds.append(Round(winner, best, rival, below, rates))
            barred |= self.conflicts.of(winner)
            spent += self.costs[winner]
            self._buy(winner, last[winner])
        return Run(share, tuple(rounds), spent)

    def _alike(self, p: int, other: int) -> bool:
        """Say whether two projects have the same cost and the same supporters with the same points."""
        if self.costs[p] != self.costs[other]:
            return False
        mine, theirs = self._points(p), self._points(other)
        return np.array_equal(self.election.chosen_by(p), self.election.chosen_by(other)) and (
            mine is None or theirs is None or np.array_equal(mine, theirs)
        )

    def _points(self, p: int) -> Whole | None:
        return self.election.points_for(p) if self.pointed else None

    def _live(self, p: int) -> tuple[Whole, Whole | None]:
        """Give the supporters who have anything left, and their points."""
        rows, points = self.election.chosen_by(p), self._points(p)
        live = ~self.gone[rows]
        return rows[live], None if points is None else points[live]

    def _price(self, p: int, price: Fraction) -> Fraction | None:
        """Give the least price that pays for a project, given one that is no higher. None: it cannot be paid."""
        rows, points = self._live(p)
        cost = self.costs[p] * self.den
        if not self._can_afford(rows, cost):
            return None
        before = -1
        while True:
            able = self._able(rows, points, price.numerator * self.den, price.denominator)
            full = int(np.count_nonzero(able))
            if full == before:
                return price
            before = full
            votes = self._votes(rows[able], None if points is None else points[able])
            price = Fraction(cost - (self._held(rows[~able]) if full < len(rows) else 0), votes * self.den)

    def _can_afford(self, rows: Whole, cost: int) -> bool:
        shift = 24
        rough = self.low[rows] >> shift
        total = int(rough.sum() if self.unweighted else (rough * (self.weights[rows])).sum())
        people = self._votes(rows, None)
        needed = cost * self.scale  # over self.den
        if (total << shift) * self.den >= needed:
            return True
        if ((total << shift) + people * ((1 << shift) + self.error)) * self.den < needed:
            return False
        return self._held(rows) >= cost

    def _no_difference(self, tied: Sequence[int], prices: dict[int, Fraction]) -> bool:
        """Say whether equals can all be bought in any order: no two share a supporter who cannot pay for both."""
        if self.conflicts.any_among(tied):
            return False
        due: dict[int, Fraction] = {}
        twice: set[int] = set()
        for p in tied:
            points = self._points(p)
            given = [1] * len(self.election.chosen_by(p)) if points is None else points.tolist()
            for row, n in zip(self.election.chosen_by(p).tolist(), given, strict=True):
                if row in due:
                    twice.add(row)
                due[row] = due.get(row, Fraction(0)) + prices[p] * n
        return all(not self.gone[row] and Fraction(self._one_held(row), self.den) >= due[row] for row in twice)

    def _one_held(self, row: int) -> int:
        return self.share - sum(int(n) * price for n, price in zip(self.paid[row], self.prices, strict=False) if n)

    def _buy(self, p: int, price: Fraction) -> None:
        rows, points = self._live(p)
        able = self._able(rows, points, price.numerator * self.den, price.denominator)
        payers, short = rows[able], rows[~able]
        theirs = None if points is None else points[able]
        grow = price.denominator // gcd(price.denominator, self.den)
        if grow > 1:
            self.den *= grow
            self.share *= grow
            self.prices = [each * grow for each in self.prices]
        place = len(self.prices)
        if place == self.paid.shape[1]:
            self.paid = np.concatenate([self.paid, np.zeros_like(self.paid)], axis=1)
        self.prices.append(price.numerator * (self.den // price.denominator))
        self.paid[payers, place] = 1 if theirs is None else theirs
        each = -(-price.numerator * self.scale // price.denominator)
        self.low[payers] -= each if theirs is None else each * theirs
        self.error += 1 if theirs is None or not len(theirs) else int(theirs.max())
        self.gone[short] = True
        self.low[short] = 0
        self.purchases.append(Purchase(p, price, self._votes(payers, None), self._votes(short, None)))

    def left_by(self, p: int) -> Fraction:
        """Give what the supporters of a project have left after the latest run, in pence."""
        return Fraction(self._held(self._live(p)[0]), self.den)
