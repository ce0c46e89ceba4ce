"""What may be done with an award: by whom, when, what must be true, what it leads to, whom it tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where an award stands. Paid and reported are read from the payments and the report."""

    AWARDED = "awarded"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


LIVE = frozenset({State.AWARDED, State.OFFERED, State.ACCEPTED})
OVER = frozenset({State.DECLINED, State.WITHDRAWN})


class Who(StrEnum):
    GROUP = "group"
    OFFICER = "officer"


class Must(StrEnum):
    """What has to be true. Each has its sentence in `words_awards`."""

    HAVE_A_REASON = "have_a_reason"
    HAVE_PAID_NOTHING = "have_paid_nothing"
    FIT_THE_AWARD = "fit_the_award"
    FIT_WHAT_IS_PAID = "fit_what_is_paid"
    COVER_WHAT_IS_PAID = "cover_what_is_paid"
    FIT_THE_STREAM = "fit_the_stream"


class Refusal(StrEnum):
    """Why a move is refused."""

    NOT_NOW = "not_now"
    NOT_YOU = "not_you"
    NO_REASON = "no_reason"
    PAID_ALREADY = "paid_already"
    MORE_THAN_AWARDED = "more_than_awarded"
    MORE_THAN_PAID = "more_than_paid"
    LESS_THAN_PAID = "less_than_paid"
    MORE_THAN_THE_STREAM = "more_than_the_stream"


@dataclass(frozen=True)
class Move:
    """One thing that may be done. `after` is where it leads; None leaves the award where it is."""

    name: str
    before: frozenset[State]
    after: State | None
    who: frozenset[Who]
    must: tuple[Must, ...] = ()
    tells: frozenset[Who] = frozenset()


GROUP, OFFICER = frozenset({Who.GROUP}), frozenset({Who.OFFICER})
EITHER = GROUP | OFFICER

MOVES: Mapping[str, Move] = {
    move.name: move
    for move in (
        Move("offer", frozenset({State.AWARDED, State.OFFERED}), State.OFFERED, OFFICER, tells=GROUP),
        Move("take_offer_back", frozenset({State.OFFERED}), State.AWARDED, OFFICER, (Must.HAVE_A_REASON,), GROUP),
        # An officer records what a group said by other ways, and how; the group itself needs no reason.
        Move("accept", frozenset({State.OFFERED}), State.ACCEPTED, EITHER, (Must.HAVE_A_REASON,), EITHER),
        Move("decline", frozenset({State.OFFERED}), State.DECLINED, EITHER, (Must.HAVE_A_REASON,), EITHER),
        Move(
            "reopen",
            frozenset({State.ACCEPTED, State.DECLINED}),
            State.OFFERED,
            OFFICER,
            (Must.HAVE_A_REASON, Must.HAVE_PAID_NOTHING, Must.FIT_THE_STREAM),
            GROUP,
        ),
        Move("vary", LIVE, None, OFFICER, (Must.HAVE_A_REASON, Must.COVER_WHAT_IS_PAID, Must.FIT_THE_STREAM), GROUP),
        Move("withdraw", LIVE, State.WITHDRAWN, OFFICER, (Must.HAVE_A_REASON,), GROUP),
        Move("schedule", LIVE, None, OFFICER, (Must.FIT_THE_AWARD,), GROUP),
        Move("pay", frozenset({State.ACCEPTED}), None, OFFICER, (Must.FIT_THE_AWARD,), GROUP),
        Move("unpay", LIVE | {State.WITHDRAWN}, None, OFFICER, (Must.HAVE_A_REASON, Must.FIT_WHAT_IS_PAID)),
        Move(
            "take_return",
            frozenset({State.ACCEPTED, State.WITHDRAWN}),
            None,
            OFFICER,
            (Must.FIT_WHAT_IS_PAID,),
            GROUP,
        ),
        Move("send_evidence", frozenset({State.ACCEPTED, State.WITHDRAWN}), None, EITHER, tells=OFFICER),
        Move("report", frozenset({State.ACCEPTED}), None, GROUP, tells=OFFICER),
        Move("record_report", LIVE | {State.WITHDRAWN}, None, OFFICER),
        Move("say_if_it_lasted", frozenset({State.ACCEPTED}), None, GROUP, tells=OFFICER),
    )
}


@dataclass(frozen=True)
class AwardFacts:
    """What is known of an award when a move is asked for. Money in pence; `scheduled` is not yet paid."""

    state: State
    amount_pence: int
    paid_pence: int = 0
    scheduled_pence: int = 0
    stream_left_pence: int = 0


def refused(
    name: str, facts: AwardFacts, *, who: Who, reason: str = "", amount_pence: int | None = None
) -> Refusal | None:
    """Give why a move may not be made, or None when it may.

    `amount_pence` is the money of the move: the new amount of `vary`, the payment, the return; of
    `reopen` the amount that is taken from the stream again.
    """
    move = MOVES[name]
    if who not in move.who:
        return Refusal.NOT_YOU
    if facts.state not in move.before:
        return Refusal.NOT_NOW
    money = amount_pence or 0
    for must in move.must:
        problem = broken(must, facts, who=who, reason=reason, money=money, name=name)
        if problem is not None:
            return problem
    return None


def broken(must: Must, facts: AwardFacts, *, who: Who, reason: str, money: int, name: str) -> Refusal | None:
    if must is Must.HAVE_A_REASON:
        return Refusal.NO_REASON if who is Who.OFFICER and not reason.strip() else None
    if must is Must.HAVE_PAID_NOTHING:
        return Refusal.PAID_ALREADY if facts.paid_pence else None
    if must is Must.FIT_THE_AWARD:
        taken = facts.paid_pence + (facts.scheduled_pence if name == "schedule" else 0)
        return Refusal.MORE_THAN_AWARDED if taken + money > facts.amount_pence else None
    if must is Must.FIT_WHAT_IS_PAID:
        return Refusal.MORE_THAN_PAID if money > facts.paid_pence else None
    if must is Must.COVER_WHAT_IS_PAID:
        return Refusal.LESS_THAN_PAID if money < max(facts.paid_pence, 1) else None
    # FIT_THE_STREAM: only what is asked for beyond the award as it stands is taken from the stream.
    more = money - facts.amount_pence
    return Refusal.MORE_THAN_THE_STREAM if more > facts.stream_left_pence else None
