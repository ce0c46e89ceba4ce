"""Equal shares as on paper: fractions, every share tried, every project asked in every round. Slow and plain."""

from __future__ import annotations

from fractions import Fraction


def price_of(cost, purses, points):
    """Give the least rate at which everybody's min(purse, rate x points) pays the cost, or None."""
    if sum(purses.values()) < cost:
        return None
    rates = sorted({Fraction(money) / points[v] for v, money in purses.items() if points[v]})
    paid, able = Fraction(0), sum(points.values())
    for rate in rates:
        if paid + rate * able >= cost:
            return (cost - paid) / able
        for v, money in purses.items():
            if Fraction(money) / points[v] == rate:
                paid += money
                able -= points[v]
    return rates[-1] if rates else Fraction(0)


def one_run(costs, ballots, share, worth, first):
    """Buy at one share. `ballots`: list of {project: points}; `first(tied)` picks among equals."""
    money = [Fraction(share)] * len(ballots)
    bought = []
    while True:
        rates = {}
        for p, cost in costs.items():
            theirs = {v: money[v] for v, ballot in enumerate(ballots) if ballot.get(p)}
            if p in bought or not theirs:
                continue
            price = price_of(cost, theirs, {v: ballots[v][p] for v in theirs})
            if price is not None:
                rates[p] = (price / worth(p), price)
        if not rates:
            return bought
        best = min(rate for rate, _ in rates.values())
        winner = first([p for p, (rate, _) in rates.items() if rate == best])
        for v, ballot in enumerate(ballots):
            if ballot.get(winner):
                money[v] -= min(money[v], rates[winner][1] * ballot[winner])
        bought.append(winner)


def with_raises(costs, ballots, budget, share, step, worth, first, *, exhaustive=True, most=2000):
    """Give what is bought and how many raises it took."""
    supported = {p for p in costs if any(ballot.get(p) for ballot in ballots)}
    bought = one_run(costs, ballots, share, worth, first)
    for raises in range(most):
        left = budget - sum(costs[p] for p in bought)
        rest = supported - set(bought)
        if not rest or (exhaustive and not any(costs[p] <= left for p in rest)):
            return bought, raises
        further = one_run(costs, ballots, share + step, worth, first)
        if sum(costs[p] for p in further) > budget:
            return bought, raises
        share, bought = share + step, further
    return None, most
