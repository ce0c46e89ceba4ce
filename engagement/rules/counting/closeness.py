"""How near each project came: what would have changed its outcome, and where its voters' money went.

These ask many counts, so they are worked out once, when a result is published. Source: Boehmer,
Faliszewski, Janeczko, Peters, Pierczyński, Schierreich, Skowron and Szufa, "Evaluation of Project
Performance in Participatory Budgeting" (IJCAI 2024).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from engagement.rules.counting.count import MethodCount, as_read, recount_method
from engagement.rules.counting.election import Election, Whole
from engagement.rules.counting.referee import Exact
from engagement.rules.counting.rule import Method, Rule, Worth
from engagement.rules.counting.taking_part import taken_out
from engagement.rules.counting.ties import TieOrder, TieStops

ROUNDS_OF_ASKING = 24


@dataclass(frozen=True)
class WentTo:
    """Where voters' money went: to which project, how much of it, and how many of them chose it too."""

    project: str
    pence: int
    voters: int


@dataclass(frozen=True)
class Closeness:
    """How near a project came to being bought under equal shares, at the final share.

    `support_percent` is the most of its cost that its voters could have paid at the rate of a
    purchase, rounded down, and never 100. `more_votes` is how many further ballots for it alone,
    each with the final share, would have had it bought.
    """

    project: str
    support_percent: int
    more_votes: int
    went_to: tuple[WentTo, ...]


def closeness(election: Election, rule: Rule, made: MethodCount, lots: Sequence[str] = ()) -> tuple[Closeness, ...]:
    """Give how near each project came that takes part and was not bought, most votes first."""
    if made.method is not Method.EQUAL_SHARES or made.share_pence is None:
        raise ValueError("Closeness is of a settled count by equal shares.")
    election = as_read(election, rule)
    out = taken_out(election, rule)
    projects = [p for p in range(len(election.projects)) if p not in out]
    order = TieOrder(election, rule, lots)
    exact = Exact(election, rule, order, projects)
    run = exact.run(made.share_pence)
    purchases = list(exact.purchases)
    losers = sorted(set(projects) - set(run.order), key=lambda p: (-election.scores[p], p))
    share = made.share_pence
    by_points = rule.by_points(election.kind)
    unit = share.denominator * (1 << 40) // (int(share) + 1) or share.denominator
    money: Whole = np.full(len(election.weights), share.numerator * unit // share.denominator, np.int64)
    support = dict.fromkeys(losers, Fraction(0))
    needed: dict[int, list[int]] = {p: [] for p in losers}
    paid: dict[int, list[WentTo]] = {p: [] for p in losers}
    flat = rule.worth is Worth.VOTES or (by_points and rule.worth is Worth.AS_CAST)
    for each in purchases:
        worth_here = 1 if flat else max(1, election.projects[each.project].cost_pence)
        for p in losers:
            cost = election.projects[p].cost_pence
            price = each.price * (1 if flat else max(1, cost)) / worth_here
            payable = _payable(election, p, money, price, unit, by_points)
            support[p] = max(support[p], payable / cost)
            needed[p].append(_more(cost - payable, min(share, price)))
        before = money.copy()
        _pay(election, each.project, money, each.price, unit, by_points)
        gone = before - money
        chose_it = np.zeros(len(money), np.bool_)
        chose_it[election.chosen_by(each.project)] = True
        for p in losers:
            rows = election.chosen_by(p)
            theirs = _total(gone[rows], election.weights[rows])
            also = int(election.weights[rows[chose_it[rows]]].sum())
            if theirs:
                paid[p].append(WentTo(election.projects[each.project].id, theirs // unit, also))
    found = []
    for p in losers:
        cost = election.projects[p].cost_pence
        needed[p].append(_more(cost - exact.left_by(p), share))
        least = max(1, min(needed[p]))
        found.append(
            Closeness(
                election.projects[p].id,
                min(99, int(support[p] * 100)),
                _fewest(election, rule, lots, projects, p, share, least),
                tuple(sorted(paid[p], key=lambda went: -went.pence)[:3]),
            )
        )
    return tuple(found)


def _payable(election: Election, p: int, money: Whole, price: Fraction, unit: int, by_points: bool) -> Fraction:
    """Give what a project's voters could pay at a price for each vote or point, rounded down to a unit each."""
    rows = election.chosen_by(p)
    points = election.points_for(p) if by_points else None
    most = min(
        price.numerator * unit // price.denominator, (1 << 62) // max(1, 1 if points is None else int(points.max()))
    )
    each = np.minimum(money[rows], most if points is None else most * points)
    return Fraction(_total(each, election.weights[rows]), unit)


def _total(each: Whole, weights: Whole) -> int:
    """Give a weighted sum that may be larger than any one whole number of the machine."""
    high, low = each >> 20, each & ((1 << 20) - 1)
    return (int((high * weights).sum()) << 20) + int((low * weights).sum())


def _pay(election: Election, p: int, money: Whole, price: Fraction, unit: int, by_points: bool) -> None:
    rows = election.chosen_by(p)
    points = election.points_for(p) if by_points else None
    each = -(-price.numerator * unit // price.denominator)
    money[rows] = np.maximum(0, money[rows] - (each if points is None else each * points))


def _more(missing: Fraction, each: Fraction) -> int:
    return (
        max(0, -(-missing.numerator * each.denominator // (missing.denominator * each.numerator))) if each else 1 << 40
    )


def _fewest(
    election: Election, rule: Rule, lots: Sequence[str], projects: Sequence[int], p: int, share: Fraction, guess: int
) -> int:
    """Give the fewest further votes with which a run at this share buys the project, near a guess."""

    def bought(more: int) -> bool:
        asked = election.with_votes(p, more)
        try:
            return p in Exact(asked, rule, TieOrder(asked, rule, lots), projects).run(share).order
        except TieStops:
            return False

    while not bought(guess):
        guess += 1
    while guess > 1 and bought(guess - 1):
        guess -= 1
    return guess


def cost_to_win(
    election: Election, rule: Rule, method: Method, project: str, lots: Sequence[str] = (), *, to_pence: int = 100
) -> int | None:
    """Give the highest cost (in whole units of `to_pence`) found at which a count funds the project, or None.

    Found by halving, each time by a whole count; the last one that funds it is what is given.
    """
    at = _number(election, project)
    cost = election.projects[at].cost_pence

    def wins(pence: int) -> bool:
        changed = election.with_changes(cost_pence={at: pence})
        return project in recount_method(changed, rule, method, lots, referee=False).funded

    low, high = 0, -(-cost // to_pence)
    best: int | None = None
    for _ in range(ROUNDS_OF_ASKING):
        middle = (low + high) // 2
        if middle <= low:
            break
        if wins(middle * to_pence):
            low, best = middle, middle * to_pence
        else:
            high = middle
    if best is None and to_pence < cost and wins(to_pence):
        best = to_pence
    return best


def budget_to_win(
    election: Election, rule: Rule, method: Method, project: str, lots: Sequence[str] = (), *, to_pence: int = 100
) -> int | None:
    """Give a budget, the lowest found, at which a count funds the project: "in a recount with X". Or None.

    More money does not always help under equal shares, so what lies between is not promised.
    """
    at = _number(election, project)
    if not election.supporters[at]:
        return None

    def wins(pence: int) -> bool:
        changed = election.with_changes(budget_pence=pence)
        return project in recount_method(changed, rule, method, lots, referee=False).funded

    return _lowest(wins, election.budget_pence // to_pence, to_pence, sum(election.costs()) * 4)


def _lowest(wins: Callable[[int], bool], start: int, to_pence: int, most: int) -> int | None:
    low, step = start, max(1, start // 64)
    high = low + step
    while not wins(high * to_pence):
        if high * to_pence > most:
            return None
        low, step = high, step * 2
        high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        if wins(middle * to_pence):
            high = middle
        else:
            low = middle
    return high * to_pence


def _number(election: Election, project: str) -> int:
    for at, each in enumerate(election.projects):
        if each.id == project:
            return at
    raise ValueError("No project has this id.")
