"""Make a valid pot, round, proposal or vote, so that a test states only what matters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import uuid4

from boards.people.models import Person
from boards.places.models import Board
from engagement.activities.models import Audience
from engagement.funding.actions.counting import count_round
from engagement.funding.actions.money import make_stream
from engagement.funding.actions.proposals import propose, put_on_ballot
from engagement.funding.actions.rounds import publish_round, save_round
from engagement.funding.actions.voting import cast_vote
from engagement.funding.models import Count, FundingRound, Proposal, Stream
from tests.factories import make_person, make_role

numbers = count(1)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OPENS = datetime(2026, 11, 1, 9, tzinfo=UTC)
PROPOSALS_CLOSE = datetime(2026, 11, 15, 17, tzinfo=UTC)
VOTING_OPENS = datetime(2026, 11, 20, 9, tzinfo=UTC)
VOTING_CLOSES = datetime(2026, 11, 30, 17, tzinfo=UTC)
BEFORE = OPENS - timedelta(days=10)
AFTER = VOTING_CLOSES + timedelta(seconds=1)
DATES = {
    "opens_at": OPENS,
    "proposals_close_at": PROPOSALS_CLOSE,
    "voting_opens_at": VOTING_OPENS,
    "closes_at": VOTING_CLOSES,
}


def dates_around(now: datetime, stage: str) -> dict[str, datetime]:
    """Give four times such that `now` falls in this stage."""
    steps = {
        "coming": (1, 2, 3, 4),
        "proposals": (-1, 1, 2, 3),
        "checks": (-2, -1, 1, 2),
        "voting": (-3, -2, -1, 1),
        "to_count": (-4, -3, -2, -1),
    }[stage]
    names = ("opens_at", "proposals_close_at", "voting_opens_at", "closes_at")
    return {name: now + timedelta(days=days) for name, days in zip(names, steps, strict=True)}


def make_money(board: Board, *, allocated_pence: int = 20_000_00, name: str = "", **fields: object) -> Stream:
    return make_stream(
        board=board,
        year_starts_on=date(2026, 4, 1),
        name=name or f"Community grants {next(numbers)}",
        allocated_pence=allocated_pence,
        cap_pence=fields.get("cap_pence"),
        by=None,
        on=date(2026, 4, 1),
    )


def make_round(
    board: Board, *, stream: Stream | None = None, published: bool = True, costs: tuple[int, ...] = (), **values: object
) -> FundingRound:
    """Give a round with these proposals on its ballot; its times are DATES unless said."""
    given = {
        "title": f"Spring grants {next(numbers)}",
        "summary": "Money for small groups.",
        "audience": Audience.EMAIL,
        "stream": stream or make_money(board),
        "budget_pence": 1000_00,
        "least_ticks": 1,
        **DATES,
        **values,
    }
    early = given["opens_at"] - timedelta(days=10)
    round = save_round(board=board, values=given, by=None, now=early)
    if published:
        publish_round(round=round, by=None, now=early)
    if costs:
        officer = make_role("coordinator", board)
        for cost in costs:
            put_on_ballot(
                proposal=make_proposal(round, cost_pence=cost),
                by=officer,
                now=round.voting_opens_at - timedelta(hours=1),
            )
    return FundingRound.objects.select_related("activity__board", "stream__pot").get(pk=round.pk)


def make_proposal(round: FundingRound, *, cost_pence: int = 400_00, title: str = "", **fields: object) -> Proposal:
    given = {
        "lead": None,
        "title": title or f"Swings {next(numbers)}",
        "group": "Castle Green Tenants",
        "summary": "New swings by the moat.",
        "who_benefits": "Children under ten.",
        "lines": [("Swings", cost_pence)],
        **fields,
    }
    return propose(round=round, now=round.activity.opens_at, **given)


def make_voter(board: Board) -> Person:
    return make_person(stands_in=board)


def make_vote(
    round: FundingRound,
    *chosen: int | tuple[int, int],
    person: Person | None = None,
    now: datetime | None = None,
    **more: object,
) -> Person:
    """Cast a vote: `1, 3` ticks two, `(1, 5), (3, 2)` gives them values."""
    person = person or make_voter(round.activity.board)
    marks = [(each, 1) if isinstance(each, int) else each for each in chosen]
    cast_vote(person=person, round=round, marks=marks, receipt=uuid4(), now=now or round.voting_opens_at, **more)
    return person


def make_counted(round: FundingRound, by: Person | None = None) -> Count:
    return count_round(round=round, by=by, now=round.activity.closes_at)
