"""What would have changed an outcome, asked once when a count is published: each answer is a count of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engagement.funding.rules.counting import election_of
from engagement.rules.counting import Election, Method, Reason, Rule, Status, TieStops, recount_method
from engagement.rules.counting.closeness import budget_to_win, closeness, cost_to_win

MOST_ASKED = 12
"""Proposals asked about, best supported first."""
MOST_CHOICES = {Method.MOST_VOTES: 1_000_000, Method.EQUAL_SHARES: 20_000}
"""Choices on different ballots times proposals asked about: above this a round is too large to ask "what if"."""
NEAR = (Reason.NOT_ENOUGH_LEFT, Reason.LOST_THE_LOT, Reason.TOO_FEW_VOTES, Reason.SUPPORTERS_SPENT)


def what_would_have_changed(inputs: Mapping[str, Any]) -> dict[str, dict[str, Any]] | None:
    """Give, by ballot number, the cost, the votes and the budget with which a proposal would have won.

    Sums are whole pence, asked in whole pounds; None where none was found. For equal shares also how
    much of its cost its voters could have paid, and where their money went. None for the whole where
    the round is too large to ask, or where a tie is not drawn yet.
    """
    election, rule = election_of(inputs), Rule.from_record(inputs["rule"])
    lots = [str(number) for number in inputs["lots"]]
    made = recount_method(election, rule, rule.method, lots, referee=False)
    if made.status is Status.TIE:
        return None
    lost = [step for step in made.steps if step.reason in NEAR]
    lost.sort(key=lambda step: (-step.score, step.cost_pence))
    lost = lost[:MOST_ASKED]
    if len(election.groups) * len(lost) > MOST_CHOICES[rule.method]:
        return None
    found: dict[str, dict[str, Any]] = {
        step.project: {
            "cost_pence": cost_to_win(election, rule, rule.method, step.project, lots),
            "budget_pence": budget_to_win(election, rule, rule.method, step.project, lots),
            "more_votes": step.votes_short,
        }
        for step in lost
    }
    if rule.method is Method.EQUAL_SHARES and found:
        _say_how_near(found, election, rule, lots)
    return found


def _say_how_near(found: dict[str, dict[str, Any]], election: Election, rule: Rule, lots: list[str]) -> None:
    made = recount_method(election, rule, rule.method, lots, referee=False)
    try:
        near = closeness(election, rule, made, lots)
    except TieStops:  # a tie on the way that changed nothing in the end has no one order to go by
        return
    for each in near:
        if each.project in found:
            found[each.project] |= {
                "more_votes": each.more_votes,
                "support_percent": each.support_percent,
                "went_to": [[went.project, went.pence, went.voters] for went in each.went_to],
            }
