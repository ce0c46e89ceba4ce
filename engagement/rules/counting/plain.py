"""A count as plain values, for files that are published: whole numbers, texts and lists only."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from engagement.rules.counting.count import Counted, MethodCount
from engagement.rules.counting.election import Election
from engagement.rules.counting.fairness import Fairness
from engagement.rules.counting.raising import Stretch


def counted_plainly(counted: Counted, election: Election) -> dict[str, Any]:
    """Give both methods, and which decides."""
    return {
        "decides": counted.rule.method.value,
        "most_votes": method_plainly(counted.most_votes, election),
        "equal_shares": method_plainly(counted.equal_shares, election),
    }


def method_plainly(made: MethodCount, election: Election) -> dict[str, Any]:
    """Give one method's result. A fraction is a pair: numerator and denominator, in pence."""
    plain: dict[str, Any] = {
        "rule": made.method.value,
        "status": made.status.value,
        "funded": list(made.funded),
        "left_pence": made.left_pence,
        "steps": [
            {
                "project": step.project,
                "votes": step.votes,
                "score": step.score,
                "cost_pence": step.cost_pence,
                "left_pence": step.left_pence,
                "why": step.reason.value,
                "by_lot": step.by_lot,
                "because_of": step.because_of,
                "votes_short": step.votes_short,
                "supporters_left_pence": step.supporters_left_pence,
            }
            for step in made.steps
        ],
        "tie_between": list(made.tie_between),
        "fairness": None if made.fairness is None else _fairness(made.fairness),
    }
    if made.start_share_pence is not None:
        ids = [project.id for project in election.projects]
        plain |= {
            "start_share_pence": _pair(made.start_share_pence),
            "share_pence": None if made.share_pence is None else _pair(made.share_pence),
            "step_pence": made.step_pence,
            "raises": made.raises,
            "stopped": made.stopped,
            "stretches": [_stretch(each, ids) for each in made.stretches],
            "overspending": None if made.overspending is None else _stretch(made.overspending, ids),
            "rounds": [
                {
                    "project": each.project,
                    "price_pence": each.price_pence,
                    "full_payers": each.full_payers,
                    "part_payers": each.part_payers,
                    "left_pence": each.left_pence,
                }
                for each in made.rounds
            ],
        }
    return plain


def _pair(value: Fraction) -> list[int]:
    return [value.numerator, value.denominator]


def _stretch(stretch: Stretch, ids: list[str]) -> dict[str, Any]:
    return {
        "first_share_pence": _pair(stretch.first),
        "last_share_pence": _pair(stretch.last),
        "shares": stretch.shares,
        "bought": [ids[p] for p in stretch.order],
        "spent_pence": stretch.spent_pence,
    }


def _fairness(made: Fairness) -> dict[str, Any]:
    return {
        "voters": made.voters,
        "voters_with_funded_choices": list(made.chosen),
        "average_funded_choices_thousandths": made.average_chosen_thousandths,
        "budget_on_own_choices_thousandths": made.own_share_thousandths,
        "gini_thousandths": made.gini_thousandths,
        "claims": [
            {
                "project": claim.project,
                "people": claim.people,
                "entitled_pence": claim.entitled_pence,
                "most_got_pence": claim.most_got_pence,
            }
            for claim in made.claims
        ],
    }
