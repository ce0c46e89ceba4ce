"""How fair an outcome is, in figures that any board can read beside the list of winners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engagement.rules.counting.election import Election, Whole


@dataclass(frozen=True)
class Claim:
    """People who all chose one unfunded project, could have paid for it together, and each got less.

    "`people` people, entitled to `entitled_pence`, each got at most `most_got_pence`."
    """

    project: str
    people: int
    entitled_pence: int
    most_got_pence: int


@dataclass(frozen=True)
class Fairness:
    """Figures over those who voted (blank ballots aside). Shares are whole thousandths, rounded down.

    `chosen` holds how many voters have 0, 1, 2, and 3 or more funded choices. `gini` is of the
    money spent on each voter's choices: 0 is all alike. `own_share` is the part of the whole budget
    that went to a voter's choices, on average. `claims` lists where EJR+ up to the budget fails.
    Source: Brill and Peters, "Robust and Verifiable Proportionality Axioms" (EC 2023).
    """

    voters: int
    chosen: tuple[int, int, int, int]
    average_chosen_thousandths: int
    own_share_thousandths: int
    gini_thousandths: int
    claims: tuple[Claim, ...]


def got_pence(election: Election, funded: Sequence[int]) -> Whole:
    """Give, for each group of equal ballots, the money spent on what it chose."""
    got: Whole = np.zeros(len(election.weights), np.int64)
    for p in funded:
        got[election.chosen_by(p)] += election.projects[p].cost_pence
    return got


def fairness(election: Election, funded: Sequence[int]) -> Fairness:
    """Give the figures for one outcome. Everything is worked out in whole numbers."""
    voters = election.voters
    number: Whole = np.zeros(len(election.weights), np.int64)
    for p in funded:
        number[election.chosen_by(p)] += 1
    got = got_pence(election, funded)
    weights = election.weights
    chosen = [int(weights[number == n].sum()) for n in range(3)]
    choices = sum(election.supporters[p] for p in funded)
    spent_on_own = sum(election.supporters[p] * election.projects[p].cost_pence for p in funded)
    return Fairness(
        voters,
        (chosen[0], chosen[1], chosen[2], voters - sum(chosen)),
        choices * 1000 // voters if voters else 0,
        spent_on_own * 1000 // (voters * election.budget_pence) if voters and election.budget_pence else 0,
        _gini_thousandths(got, weights),
        claims(election, funded, got),
    )


def _gini_thousandths(got: Whole, weights: Whole) -> int:
    """Give the Gini coefficient: twice the sum of rank times money over people times all money, less (n + 1) / n."""
    values, where = np.unique(got, return_inverse=True)
    counts = np.zeros(len(values), np.int64)
    np.add.at(counts, where.reshape(-1), weights)
    all_people = int(counts.sum())
    total = sum(int(v) * int(c) for v, c in zip(values, counts, strict=True))
    if not total:
        return 0
    ranked, before = 0, 0
    for value, count in zip(values.tolist(), counts.tolist(), strict=True):
        ranked += value * (count * before + count * (count + 1) // 2)
        before += count
    return (2 * ranked - (all_people + 1) * total) * 1000 // (all_people * total)


def claims(election: Election, funded: Sequence[int], got: Whole | None = None) -> tuple[Claim, ...]:
    """Give where EJR+ fails: for each unfunded project the largest group with a claim, if there is one.

    Its supporters stand in order of the money spent on their choices. The first k have a claim when
    even with this project the k-th would have had no more than k shares of the budget.
    """
    if not election.voters:
        return ()
    got = got_pence(election, funded) if got is None else got
    held = set(funded)
    found = []
    for p, project in enumerate(election.projects):
        if p in held or not election.supporters[p] or project.cost_pence > election.budget_pence:
            continue
        rows = election.chosen_by(p)
        theirs = got[rows]
        order = np.argsort(theirs, kind="stable")
        people = np.cumsum(election.weights[rows][order])
        theirs = theirs[order]
        last = np.append(theirs[1:] != theirs[:-1], True)
        for got_most, k in zip(theirs[last][::-1].tolist(), people[last][::-1].tolist(), strict=True):
            if (got_most + project.cost_pence) * election.voters <= k * election.budget_pence:
                found.append(Claim(project.id, k, k * election.budget_pence // election.voters, got_most))
                break
    return tuple(found)
