"""Which projects take part in the count, and the codes for what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from engagement.rules.counting.election import Election
from engagement.rules.counting.rule import Rule


class Reason(StrEnum):
    """What became of a project and why: every sentence on a results page is derived from one of these."""

    FUNDED = "funded"
    FUNDED_BY_TOP_UP = "funded_by_top_up"
    NEEDS_NO_MONEY = "needs_no_money"
    NO_VOTES = "no_votes"
    DEARER_THAN_THE_BUDGET = "dearer_than_the_budget"
    BELOW_LEAST_VOTES = "below_least_votes"
    BELOW_VOTE_FLOOR = "below_vote_floor"
    CONFLICTS = "conflicts"
    NOT_ENOUGH_LEFT = "not_enough_left"
    LOST_THE_LOT = "lost_the_lot"
    TOO_FEW_VOTES = "too_few_votes"  # its supporters' whole shares would not have paid for it
    SUPPORTERS_SPENT = "supporters_spent"  # they would have, but paid for other choices first
    NOT_REACHED = "not_reached"  # a tie above it is settled first


FUNDED = frozenset({Reason.FUNDED, Reason.FUNDED_BY_TOP_UP, Reason.NEEDS_NO_MONEY})


def taken_out(election: Election, rule: Rule) -> dict[int, Reason]:
    """Give the projects that do not take part, by number, each with its reason.

    One with votes that costs nothing needs no money and takes none. One dearer than the whole
    budget is taken out, so that it can neither be funded nor stop the raising of shares.
    """
    out: dict[int, Reason] = {}
    for at, project in enumerate(election.projects):
        votes = election.supporters[at]
        if votes < 1:
            out[at] = Reason.NO_VOTES
        elif project.cost_pence > election.budget_pence:
            out[at] = Reason.DEARER_THAN_THE_BUDGET
        elif votes < rule.least_votes:
            out[at] = Reason.BELOW_LEAST_VOTES
        elif rule.vote_floor and votes * 3 * election.budget_pence < project.cost_pence * election.voters:
            out[at] = Reason.BELOW_VOTE_FLOOR
        elif project.cost_pence == 0 and not any(project.id in each for each in rule.exclusive):
            out[at] = Reason.NEEDS_NO_MONEY
    return out


class Conflicts:
    """Which projects cannot be funded beside which."""

    def __init__(self, election: Election, rule: Rule) -> None:
        number = {project.id: at for at, project in enumerate(election.projects)}
        self.with_: dict[int, set[int]] = {}
        for each in rule.exclusive:
            inside = [number[id] for id in each if id in number]
            for at in inside:
                self.with_.setdefault(at, set()).update(other for other in inside if other != at)

    def of(self, project: int) -> set[int]:
        return self.with_.get(project, set())

    def any_among(self, projects: Iterable[int]) -> bool:
        held = set(projects)
        return any(self.of(project) & held for project in held)
