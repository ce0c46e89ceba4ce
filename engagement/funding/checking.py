"""What the checks know of a proposal or of a form on its way: read from the tables, a fixed number of queries a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import CharField, QuerySet, Value, prefetch_related_objects
from django.utils import timezone

from boards.people.models import Organisation
from boards.places.models import BoardArea, Postcode
from engagement.funding.actions.drafts import Application
from engagement.funding.models import FundingRound, Paper, Proposal
from engagement.funding.rules.checks import Earlier, Facts, Finding, findings

MOST_EARLIER = 200
"""Other proposals of one group that are compared; latest first."""


def decided_on(round: FundingRound) -> date:
    """Give the first day on which the money can be decided: the day voting closes."""
    return timezone.localdate(round.dates().voting_closes_at)


def with_plans(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Read with each proposal what the checks ask of it."""
    return proposals.select_related("plan", "host", "organisation")


def check_list(
    proposals: Iterable[Proposal], round: FundingRound, papers: Sequence[Paper] | None = None
) -> dict[int, list[Finding]]:
    """Give the findings of each proposal of a round, by its key. Six queries for proposals read `with_plans`.

    `papers` are those of the proposals' groups, where they are at hand.
    """
    listed = list(proposals)
    prefetch_related_objects(listed, "plan__areas", "matches")
    plans = [proposal.plan for proposal in listed if hasattr(proposal, "plan")]
    inside, postcodes = places_known(round.activity.board_id, [plan.postcode for plan in plans])
    organisations = {proposal.organisation_id for proposal in listed if proposal.organisation_id}
    if papers is None:
        papers = list(Paper.objects.filter(organisation__in=organisations).defer("words"))
    others = earlier_of(organisations)
    found = {}
    for proposal in listed:
        own_papers = [paper for paper in papers if paper.organisation_id == proposal.organisation_id]
        earlier = [other for pk, of, other in others if of == proposal.organisation_id and pk != proposal.pk]
        found[proposal.pk] = findings(facts_of(proposal, round, inside, own_papers, earlier, postcodes))
    return found


def facts_of(
    proposal: Proposal,
    round: FundingRound,
    inside: set[int],
    papers: Sequence[Paper],
    earlier: Sequence[Earlier],
    postcodes: dict[str, int],
) -> Facts:
    plan = getattr(proposal, "plan", None)
    common = round_facts(round)
    if plan is None:
        return Facts(cost_pence=proposal.cost_pence, title=proposal.title, is_long=False, earlier=earlier, **common)
    areas = [area.pk for area in plan.areas.all()]
    host = getattr(proposal, "host", None)
    matches = list(proposal.matches.all())
    return Facts(
        cost_pence=proposal.cost_pence,
        title=proposal.title,
        is_long=True,
        areas_named=len(areas),
        areas_outside=sum(area not in inside for area in areas),
        place_in_area=place_in(plan.postcode, inside, postcodes),
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        match_secured_pence=sum(each.amount_pence for each in matches if each.standing == each.Standing.SECURED),
        match_asked_pence=sum(each.amount_pence for each in matches if each.standing == each.Standing.ASKED),
        at_risk_take_part=plan.for_children or plan.for_adults_at_risk,
        has_account=plan.has_account,
        host_named=host is not None,
        host_agrees=host.agrees if host is not None else None,
        earlier=earlier,
        **paper_facts(papers),
        **common,
    )


def check_application(
    application: Application, round: FundingRound, organisation: Organisation | None
) -> list[Finding]:
    """Give the findings of a form that is not sent yet."""
    inside, postcodes = places_known(round.activity.board_id, [application.postcode])
    papers = list(Paper.objects.filter(organisation=organisation).defer("words")) if organisation else []
    earlier = [other for _pk, _of, other in earlier_of([organisation.pk])] if organisation else []
    return findings(
        Facts(
            cost_pence=application.cost_pence,
            title=application.title,
            is_long=True,
            areas_named=len(application.areas),
            areas_outside=sum(area.pk not in inside for area in application.areas),
            place_in_area=place_in(application.postcode, inside, postcodes),
            starts_on=application.starts_on,
            ends_on=application.ends_on,
            match_secured_pence=sum(each.amount_pence for each in application.matches if each.standing == "secured"),
            match_asked_pence=sum(each.amount_pence for each in application.matches if each.standing == "asked"),
            at_risk_take_part=application.for_children or application.for_adults_at_risk,
            has_account=application.has_account,
            host_named=application.host is not None,
            earlier=earlier,
            **paper_facts(papers),
            **round_facts(round),
        )
    )


def round_facts(round: FundingRound) -> dict[str, Any]:
    return {
        "cap_pence": round.stream.cap_pence,
        "most_pence": round.most_pence,
        "budget_pence": round.budget_pence,
        "stream_left_pence": round.stream.left_pence,
        "decided_on": decided_on(round),
    }


def paper_facts(papers: Sequence[Paper]) -> dict[str, Any]:
    """Give what good papers there are today. Of several policies the one that holds longest counts."""
    today = timezone.localdate()
    good = [paper for paper in papers if paper.valid_until is None or paper.valid_until > today]
    policies = [paper for paper in good if paper.kind == Paper.Kind.SAFEGUARDING]
    ends = [paper.valid_until for paper in policies]
    return {
        "has_safeguarding": bool(policies),
        "safeguarding_until": None if None in ends or not ends else max(end for end in ends if end is not None),
        "has_accounts": any(paper.kind == Paper.Kind.ACCOUNTS for paper in good),
    }


def earlier_of(organisations: Iterable[int]) -> list[tuple[int, int, Earlier]]:
    """Give what these groups ask for or have won, on any board and in any year, except what is over."""
    over = [Proposal.Standing.WITHDRAWN, Proposal.Standing.NOT_ELIGIBLE]
    rows = (
        Proposal.objects.filter(organisation__in=list(organisations))
        .exclude(standing__in=over)
        .exclude(award__isnull=True, round__counted_at__isnull=False)
        .select_related("award", "round__activity__board")
        .order_by("-sent_on", "-pk")
    )
    return [
        (
            proposal.pk,
            proposal.organisation_id or 0,
            Earlier(
                title=proposal.title,
                amount_pence=award.amount_pence if (award := getattr(proposal, "award", None)) else proposal.cost_pence,
                awarded=award is not None,
                where=f"{proposal.round.activity.board.name}, {proposal.round.activity.title}",
                href=proposal.get_absolute_url() if proposal.state == Proposal.State.SHOWN else "",
            ),
        )
        for proposal in rows[:MOST_EARLIER]
    ]


def places_known(board_id: int, postcodes: Sequence[str]) -> tuple[set[int], dict[str, int]]:
    """Give the areas of a board, and the ward of each postcode that we know: one query for both."""
    covered = BoardArea.objects.filter(board=board_id).values_list("area_id", Value("", CharField()))
    wanted = {postcode for postcode in postcodes if postcode}
    known = Postcode.objects.filter(postcode__in=wanted).values_list("ward_id", "postcode")
    inside: set[int] = set()
    wards: dict[str, int] = {}
    for area, postcode in covered.union(known, all=True) if wanted else covered:
        if postcode:
            wards[postcode] = area
        else:
            inside.add(area)
    return inside, wards


def place_in(postcode: str, inside: set[int], postcodes: dict[str, int]) -> bool | None:
    """Say whether a postcode lies in the board; None where none was given or we do not know it."""
    ward = postcodes.get(postcode)
    return None if ward is None else ward in inside
