"""A round's panel at its work, and funders with an eye on a proposal: each step by the room's own action."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from boards.people.models import Person
from boards.places.models import Board
from engagement.activities.models import Activity
from engagement.funding import panel_queries
from engagement.funding.actions.assessing import declare, save_criteria, save_scores, seat
from engagement.funding.actions.pipeline import mark_interest, pledge
from engagement.funding.models import Funder, FundingRound, Proposal
from moothall.demo.loader.people import Cast
from moothall.demo.loader.reading import BoardFile


def load(file: BoardFile, board: Board, *, round: Activity, cast: Cast, now: datetime) -> None:
    """Load what the file tells of a panel and of funders; most files tell of neither."""
    panel, funders = file["round"].get("panel"), file.data.get("funders", [])
    if panel is None and not funders:
        return
    held = FundingRound.objects.select_related("activity__board", "stream__pot").get(pk=round.pk)
    titles = {each["slug"]: each["title"] for each in file["round"]["proposals"]}
    proposals = {slug: Proposal.objects.get(round=held, title=title) for slug, title in titles.items()}
    if panel is not None:
        assess(panel, held, proposals, cast=cast, now=now)
    for each in funders:
        fund(each, proposals[each["proposal"]], now=now)


def assess(
    told: dict[str, Any], round: FundingRound, proposals: dict[str, Proposal], *, cast: Cast, now: datetime
) -> None:
    panel = save_criteria(
        round=round, criteria=told["criteria"], shows_interests=told["shows_interests"], by=cast.coordinator
    )
    people = {email: Person.objects.get(email=email) for email in told["members"]}
    for number, person in enumerate(people.values()):
        seat(round=round, person=person, is_chair=number == 0, by=cast.coordinator, now=now)
    for each in told["interests"]:
        declare(
            panel=panel, proposal=proposals[each["proposal"]], person=people[each["who"]], has_interest=True,
            words=each["words"], now=now,
        )  # fmt: skip
    criteria = panel_queries.criteria_of(panel)
    for each in told["scores"]:
        person, proposal = people[each["who"]], proposals[each["proposal"]]
        declare(panel=panel, proposal=proposal, person=person, has_interest=False, words="", now=now)
        save_scores(
            panel=panel, proposal=proposal, person=person, hand_in=each["handed_in"], now=now,
            scores={
                criterion.pk: (score, words)
                for criterion, (score, words) in zip(criteria, each["scores"], strict=False)
            },
        )  # fmt: skip


def fund(told: dict[str, Any], proposal: Proposal, *, now: datetime) -> None:
    person = Person.objects.get(email=told["who"])
    funder = Funder.objects.select_related("organisation").get(organisation__roles__person=person)
    mark_interest(proposal=proposal, funder=funder, words=told["words"], seen_by=told["seen_by"], by=person, now=now)
    if "pledge_pence" in told:
        pledge(
            proposal=proposal, funder=funder, amount_pence=told["pledge_pence"], conditions=told["conditions"],
            by=person, now=now,
        )  # fmt: skip
