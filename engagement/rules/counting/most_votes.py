"""Most votes first, passing over what no longer fits; also the way left-over money is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from engagement.rules.counting.election import Election
from engagement.rules.counting.rule import Rule
from engagement.rules.counting.taking_part import Conflicts, Reason
from engagement.rules.counting.ties import TieOrder


@dataclass(frozen=True)
class Turn:
    """One project when its turn came: what was left then, and what followed.

    `because_of` is the project it lost a lot to or conflicts with. `votes_short`, for one that is
    not funded though it has votes, is how many votes (or points) more would have had it funded,
    all else the same.
    """

    project: int
    left_pence: int
    reason: Reason
    by_lot: bool = False
    because_of: int | None = None
    votes_short: int | None = None


@dataclass(frozen=True)
class Turns:
    """Every turn in order, what is left, and the projects between which only a lot can decide."""

    turns: tuple[Turn, ...]
    left_pence: int
    tie_between: tuple[int, ...] = ()

    @property
    def funded(self) -> tuple[int, ...]:
        return tuple(turn.project for turn in self.turns if turn.reason is Reason.FUNDED)


def most_votes(
    election: Election,
    rule: Rule,
    order: TieOrder,
    projects: Sequence[int],
    left_pence: int,
    *,
    beside: Sequence[int] = (),
) -> Turns:
    """Share what is left by most votes: in order of votes, passing over any that no longer fits.

    Equals that cannot all be paid for are parted by the rule's tie order; where only a lot could
    part them and none was drawn, the count stops there. What is already funded stands `beside`,
    and nothing that conflicts with it is funded. Nothing without votes may be among the projects.
    """
    strength = _strength(election, rule)
    costs = election.costs()
    conflicts = Conflicts(election, rule)
    by_whom: dict[int, int] = {}
    for each in beside:
        by_whom.update(dict.fromkeys(conflicts.of(each), each))
    turns: list[Turn] = []
    start = left_pence
    ranked = sorted(order.in_list_order(projects), key=lambda p: (-strength[p], order.key(p)))

    for _, same in groupby(ranked, key=lambda p: (strength[p], order.key(p))):
        level = list(same)
        fitting = [p for p in level if costs[p] <= left_pence and p not in by_whom]
        drawn = len(fitting) > 1 and (sum(costs[p] for p in fitting) > left_pence or conflicts.any_among(fitting))
        if drawn and not order.has_lot(fitting):
            return Turns(tuple(turns), left_pence, tuple(sorted(fitting)))
        if order.has_lot(level):
            level = order.by_lot(level)
        last: int | None = None
        for p in level:
            if p in by_whom:
                lost = drawn and p in fitting
                reason = Reason.LOST_THE_LOT if lost else Reason.CONFLICTS
                turns.append(Turn(p, left_pence, reason, lost, by_whom[p]))
            elif costs[p] > left_pence:
                lost = drawn and p in fitting
                turns.append(
                    Turn(
                        p,
                        left_pence,
                        Reason.LOST_THE_LOT if lost else Reason.NOT_ENOUGH_LEFT,
                        lost,
                        last if lost else None,
                    )
                )
            else:
                turns.append(Turn(p, left_pence, Reason.FUNDED, drawn and p in fitting))
                left_pence -= costs[p]
                by_whom.update({other: p for other in conflicts.of(p) if other not in by_whom})
                last = p
    finished = tuple(_with_shortfall(turn, turns, strength, costs, order, start) for turn in turns)
    return Turns(finished, left_pence)


def _strength(election: Election, rule: Rule) -> Sequence[int]:
    return election.scores if rule.by_points(election.kind) else election.supporters


def _with_shortfall(
    turn: Turn, turns: Sequence[Turn], strength: Sequence[int], costs: Sequence[int], order: TieOrder, start: int
) -> Turn:
    """Give the turn with the votes it was short of: to come before the first purchase that left too little."""
    if turn.reason not in (Reason.NOT_ENOUGH_LEFT, Reason.LOST_THE_LOT):
        return turn
    p, left = turn.project, start
    for other in turns:
        if other.reason is Reason.FUNDED:
            if left - costs[other.project] < costs[p] <= left:
                needed = strength[other.project] - strength[p]
                short = needed if order.key(p) < order.key(other.project) else needed + 1
                return Turn(p, turn.left_pence, turn.reason, turn.by_lot, turn.because_of, max(1, short))
            left -= costs[other.project]
    return turn
