"""The count: both methods side by side, the referee's word on each, and a reason for every project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise, permutations

from engagement.rules.counting.election import Election, Kind, natural
from engagement.rules.counting.fairness import Fairness, fairness
from engagement.rules.counting.most_votes import Turn, most_votes
from engagement.rules.counting.raising import Raised, Raising, Stretch
from engagement.rules.counting.referee import Disagreement, Purchase
from engagement.rules.counting.rule import Method, Rule, TopUp
from engagement.rules.counting.taking_part import FUNDED, Conflicts, Reason, taken_out
from engagement.rules.counting.ties import TieOrder, TieStops

MOST_TIED = 4
MOST_ORDERS = 64


class Status(StrEnum):
    SETTLED = "settled"
    TIE = "tie"


@dataclass(frozen=True)
class Step:
    """What became of one project, in the order in which it was settled.

    `left_pence` is what was left of the budget just before. For equal shares `supporters_left_pence`
    is what all its supporters still had in the end (rounded down), for one that was not bought.
    """

    project: str
    votes: int
    score: int
    cost_pence: int
    left_pence: int
    reason: Reason
    by_lot: bool = False
    because_of: str | None = None
    votes_short: int | None = None
    supporters_left_pence: int | None = None


@dataclass(frozen=True)
class Bought:
    """One purchase of equal shares. The price (of a vote or a point) is rounded up to whole pence, for reading only."""

    project: str
    price_pence: int
    full_payers: int
    part_payers: int
    left_pence: int


@dataclass(frozen=True)
class MethodCount:
    """What one method makes of the election."""

    method: Method
    status: Status
    funded: tuple[str, ...]
    left_pence: int
    steps: tuple[Step, ...]
    tie_between: tuple[str, ...] = ()
    start_share_pence: Fraction | None = None
    share_pence: Fraction | None = None
    step_pence: int | None = None
    raises: int = 0
    stopped: str | None = None
    stretches: tuple[Stretch, ...] = ()
    overspending: Stretch | None = None
    rounds: tuple[Bought, ...] = ()
    fairness: Fairness | None = None


@dataclass(frozen=True)
class Counted:
    """Both methods, and the one that decides."""

    rule: Rule
    most_votes: MethodCount
    equal_shares: MethodCount

    @property
    def decides(self) -> MethodCount:
        return self.of(self.rule.method)

    def of(self, method: Method) -> MethodCount:
        return self.most_votes if method is Method.MOST_VOTES else self.equal_shares


def count(election: Election, rule: Rule, lots: Sequence[str] = ()) -> Counted:
    """Count by both methods. `lots` is the order drawn in public (or given), first drawn first.

    A tie that only a lot can part, and that is not in `lots`, is a result: status TIE with the
    tied. Raises Disagreement if the exact referee comes to anything else.
    """
    return Counted(
        rule,
        recount_method(election, rule, Method.MOST_VOTES, lots),
        recount_method(election, rule, Method.EQUAL_SHARES, lots),
    )


def recount_method(
    election: Election, rule: Rule, method: Method, lots: Sequence[str] = (), *, referee: bool = True
) -> MethodCount:
    """Count by one method. Without the referee it is for questions of "what if", never for a result."""
    if method is Method.MOST_VOTES:
        return _by_most_votes(election, rule, lots, referee=referee)
    made = _by_equal_shares(election, rule, lots, referee=referee)
    if made.status is Status.TIE:
        order = _order_that_changes_nothing(election, rule, made, tuple(lots))
        if order is not None:
            return _by_equal_shares(election, rule, order, referee=referee)
    return made


def _order_that_changes_nothing(
    election: Election, rule: Rule, made: MethodCount, lots: tuple[str, ...]
) -> tuple[str, ...] | None:
    """Give an order for the tied where every order of theirs funds the same, or None where a lot matters.

    Shares are raised again and again, so a tie on the way may be gone at the end. Every order is
    tried by a whole count; where there would be too many, the lot is asked for.
    """
    tried = 0
    found: tuple[str, ...] | None = None
    outcome: frozenset[str] | None = None
    waiting = [(lots, made)]
    while waiting:
        drawn, tie = waiting.pop()
        if len(tie.tie_between) > MOST_TIED:
            return None
        for order in permutations(sorted(tie.tie_between, key=natural)):
            tried += 1
            if tried > MOST_ORDERS:
                return None
            further = drawn + order
            result = _by_equal_shares(election, rule, further, referee=False)
            if result.status is Status.TIE:
                if set(result.tie_between) <= set(further):
                    return None
                waiting.append((further, result))
                continue
            if outcome is None:
                found, outcome = further, frozenset(result.funded)
            elif outcome != frozenset(result.funded):
                return None
    return found


def as_read(election: Election, rule: Rule) -> Election:
    """Give the election with points and places read as ticks, where the rule says so."""
    by_points = rule.by_points(election.kind)
    if election.points is None or by_points:
        return election
    return replace(election, points=None, scores=election.supporters, kind=Kind.APPROVAL)


def _by_most_votes(election: Election, rule: Rule, lots: Sequence[str], *, referee: bool) -> MethodCount:
    election = as_read(election, rule)
    out = taken_out(election, rule)
    order = TieOrder(election, rule, lots)
    projects = [p for p in range(len(election.projects)) if p not in out]
    turns = most_votes(election, rule, order, projects, election.budget_pence)
    steps = _free(election, out) + [_step(election, turn) for turn in turns.turns]
    if referee and not turns.tie_between:
        _check_most_votes(election, rule, turns.funded, projects)
    return _finished(
        election,
        rule,
        Method.MOST_VOTES,
        steps,
        out,
        projects,
        turns.left_pence,
        turns.tie_between,
        MethodCount(Method.MOST_VOTES, Status.SETTLED, (), 0, ()),
    )


def _by_equal_shares(election: Election, rule: Rule, lots: Sequence[str], *, referee: bool) -> MethodCount:
    election = as_read(election, rule)
    out = taken_out(election, rule)
    order = TieOrder(election, rule, lots)
    projects = [p for p in range(len(election.projects)) if p not in out]
    raising = Raising(election, rule, order, projects)
    steps = _free(election, out)
    blank = MethodCount(
        Method.EQUAL_SHARES, Status.SETTLED, (), 0, (), start_share_pence=raising.start, step_pence=raising.step
    )
    try:
        raised = raising.raise_shares()
    except TieStops as tie:
        return _finished(
            election, rule, Method.EQUAL_SHARES, steps, out, projects, election.budget_pence, tie.between, blank
        )
    if referee:
        raising.check(raised)
    elif projects:
        raising.exact.run(raised.run.share)
    purchases = raising.exact.purchases
    left_pence = election.budget_pence
    rounds = []
    for each in purchases:
        steps.append(_bought(election, each.project, left_pence, Reason.FUNDED))
        left_pence -= election.projects[each.project].cost_pence
        rounds.append(_round(election, each, left_pence))
    steps, left_pence, tied = _rest(election, rule, order, raising, raised, steps, projects, left_pence)
    return _finished(
        election,
        rule,
        Method.EQUAL_SHARES,
        steps,
        out,
        projects,
        left_pence,
        tied,
        replace(
            blank,
            share_pence=raised.run.share,
            raises=raised.raises,
            stopped=raised.stopped.value,
            stretches=raised.stretches,
            overspending=raised.overspending,
            rounds=tuple(rounds),
        ),
    )


def _rest(
    election: Election,
    rule: Rule,
    order: TieOrder,
    raising: Raising,
    raised: Raised,
    steps: list[Step],
    projects: Sequence[int],
    left_pence: int,
) -> tuple[list[Step], int, tuple[int, ...]]:
    """Use what equal shares left, and give a reason to each that was not bought."""
    bought = set(raised.run.order)
    conflicts = Conflicts(election, rule)
    barred = {other: each for each in raised.run.order for other in conflicts.of(each)}
    rest = [p for p in projects if p not in bought]
    left_by = {p: raising.exact.left_by(p) for p in rest}
    topped: dict[int, Turn] = {}
    tied: tuple[int, ...] = ()
    if rule.top_up is TopUp.MOST_VOTES and rest:
        turns = most_votes(election, rule, order, rest, left_pence, beside=raised.run.order)
        topped = {turn.project: turn for turn in turns.turns}
        tied = turns.tie_between
        for turn in turns.turns:
            if turn.reason is Reason.FUNDED:
                step = _step(election, turn)
                steps.append(
                    replace(step, reason=Reason.FUNDED_BY_TOP_UP, supporters_left_pence=int(left_by[turn.project]))
                )
        left_pence = turns.left_pence
    for p in sorted(rest, key=lambda p: (-election.scores[p], order.in_list_order(rest).index(p))):
        turn_of = topped.get(p)
        if turn_of is not None and turn_of.reason is Reason.FUNDED:
            continue
        if p in barred or (turn_of is not None and turn_of.reason is Reason.CONFLICTS):
            other = barred.get(p, turn_of.because_of if turn_of is not None else None)
            because, reason = None if other is None else election.projects[other].id, Reason.CONFLICTS
        elif turn_of is not None and turn_of.reason is Reason.LOST_THE_LOT:
            because = None if turn_of.because_of is None else election.projects[turn_of.because_of].id
            reason = Reason.LOST_THE_LOT
        elif tied and turn_of is None:
            continue
        else:
            worth = raised.run.share * _voters(election, p)
            cost = election.projects[p].cost_pence
            because, reason = None, Reason.TOO_FEW_VOTES if worth < cost else Reason.SUPPORTERS_SPENT
        steps.append(
            replace(_bought(election, p, left_pence, reason), because_of=because, supporters_left_pence=int(left_by[p]))
        )
    return steps, left_pence, tied


def _voters(election: Election, p: int) -> int:
    return election.supporters[p]


def _finished(
    election: Election,
    rule: Rule,
    method: Method,
    steps: list[Step],
    out: dict[int, Reason],
    projects: Sequence[int],
    left_pence: int,
    tie_between: Sequence[int],
    so_far: MethodCount,
) -> MethodCount:
    """Put in those not reached and those that took no part, and draw up the fairness figures."""
    known = {step.project for step in steps}
    for p in sorted(projects, key=lambda p: -election.scores[p]):
        if election.projects[p].id not in known and p not in tie_between:
            steps.append(_bought(election, p, left_pence, Reason.NOT_REACHED))
    for p, reason in out.items():
        if reason is not Reason.NEEDS_NO_MONEY:
            steps.append(_bought(election, p, left_pence, reason))
    funded = tuple(step.project for step in steps if step.reason in FUNDED)
    number = {project.id: at for at, project in enumerate(election.projects)}
    if len(set(funded)) < len(funded) or left_pence != election.budget_pence - sum(
        election.projects[number[id]].cost_pence for id in funded
    ):
        raise Disagreement("The money does not add up.")
    return replace(
        so_far,
        status=Status.TIE if tie_between else Status.SETTLED,
        funded=funded,
        left_pence=left_pence,
        steps=tuple(steps),
        tie_between=tuple(election.projects[p].id for p in tie_between),
        fairness=fairness(election, [number[id] for id in funded]) if not tie_between else None,
    )


def _free(election: Election, out: dict[int, Reason]) -> list[Step]:
    free = [p for p, reason in out.items() if reason is Reason.NEEDS_NO_MONEY]
    free.sort(key=lambda p: -election.scores[p])
    return [_bought(election, p, election.budget_pence, Reason.NEEDS_NO_MONEY) for p in free]


def _bought(election: Election, p: int, left_pence: int, reason: Reason) -> Step:
    project = election.projects[p]
    return Step(project.id, election.supporters[p], election.scores[p], project.cost_pence, left_pence, reason)


def _step(election: Election, turn: Turn) -> Step:
    because = None if turn.because_of is None else election.projects[turn.because_of].id
    return replace(
        _bought(election, turn.project, turn.left_pence, turn.reason),
        by_lot=turn.by_lot,
        because_of=because,
        votes_short=turn.votes_short,
    )


def _round(election: Election, bought: Purchase, left_pence: int) -> Bought:
    price = -(-bought.price.numerator // bought.price.denominator)
    return Bought(election.projects[bought.project].id, price, bought.full, bought.part, left_pence)


def _check_most_votes(election: Election, rule: Rule, funded: Sequence[int], projects: Sequence[int]) -> None:
    """Check the most-votes result by what it promises, without the way it was found.

    Each project that was not funded, and conflicts with none, must not fit in what those with at
    least its strength left; each funded one must. Raises Disagreement.
    """
    conflicts = Conflicts(election, rule)
    strength = election.scores if rule.by_points(election.kind) else election.supporters
    place = {p: at for at, p in enumerate(funded)}
    if any(strength[a] < strength[b] for a, b in pairwise(funded)):
        raise Disagreement("Most votes did not come first.")
    costs = election.costs()
    for p in projects:
        above = [q for q in funded if (place[q] < place[p] if p in place else strength[q] > strength[p])]
        level = [] if p in place else [q for q in funded if strength[q] == strength[p]]
        left = election.budget_pence - sum(costs[q] for q in above)
        barred = bool(conflicts.of(p) & {*above, *level})
        fits = costs[p] <= left - (sum(costs[q] for q in level))
        if (p in place and (barred or costs[p] > left)) or (p not in place and fits and not barred):
            raise Disagreement("Most votes passed over a project that fits, or funded one that does not.")
