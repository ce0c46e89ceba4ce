"""Reads of a panel's work: for its own pages, for everyone once it is public, and for other rooms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from boards.people.permissions import may
from engagement.funding.models import (
    Assessment,
    Criterion,
    FundingRound,
    Interest,
    Panel,
    PanelChoice,
    PanelMember,
    Proposal,
    Score,
)
from engagement.funding.panel_permissions import CAN_BE_SCORED, SHUT_OUT
from engagement.funding.rules import canonical, digest
from engagement.funding.rules.assessing import Assessed, Placed, Weighed, assess, in_order
from engagement.moderation.models import Moderated


def panel_of(round: FundingRound) -> Panel | None:
    panel = Panel.objects.filter(pk=round.pk).first()
    if panel is not None:
        panel.round = round
    return panel


def criteria_of(panel: Panel) -> list[Criterion]:
    return list(panel.criteria.all())


def criteria_digest(criteria: Iterable[Criterion]) -> str:
    """Give the digest of the criteria, their weights and the words for each score, in their order."""
    return digest(canonical([[each.name, each.weight, each.guidance()] for each in criteria]))


def weighed(criteria: Iterable[Criterion]) -> list[Weighed]:
    return [Weighed(each.pk, each.name, each.weight) for each in criteria]


def to_be_scored(round: FundingRound) -> list[Proposal]:
    """Give the proposals before the panel, in the order they came in. One that is hidden or out of the round is not."""
    found = (
        Proposal.objects.filter(round=round, standing__in=CAN_BE_SCORED)
        .exclude(state=Moderated.State.HIDDEN)
        .order_by("pk")
    )
    listed = list(found)
    for proposal in listed:
        proposal.round = round
    return listed


def scores_of(panel: Panel, proposals: Iterable[int] | None = None) -> dict[int, list[dict[int, int]]]:
    """Give, by proposal, the scores that stand: one mapping from criterion to score for each person. One query."""
    rows = Score.objects.filter(assessment__member__panel=panel, assessment__state=Assessment.State.HANDED_IN)
    if proposals is not None:
        rows = rows.filter(assessment__proposal__in=list(proposals))
    sheets: dict[tuple[int, int], dict[int, int]] = {}
    for proposal, sheet, criterion, score in rows.order_by("assessment_id").values_list(
        "assessment__proposal_id", "assessment_id", "criterion_id", "score"
    ):
        sheets.setdefault((proposal, sheet), {})[criterion] = int(score or 0)  # handed in: every criterion has one
    found: dict[int, list[dict[int, int]]] = {}
    for (proposal, _sheet), scores in sheets.items():
        found.setdefault(proposal, []).append(scores)
    return found


def assessed(
    panel: Panel,
    proposals: Iterable[int],
    *,
    shut_out_of: frozenset[int] = frozenset(),
    criteria: list[Criterion] | None = None,
) -> list[Assessed]:
    """Give what the panel makes of these proposals, without those someone is shut out of."""
    wanted = [pk for pk in proposals if pk not in shut_out_of]
    given = scores_of(panel, wanted)
    weights = weighed(criteria_of(panel) if criteria is None else criteria)
    return [one for pk in wanted if (one := assess(pk, given.get(pk, []), weights)) is not None]


def ranking(panel: Panel, proposals: Iterable[int], *, shut_out_of: frozenset[int] = frozenset()) -> tuple[Placed, ...]:
    return in_order(assessed(panel, proposals, shut_out_of=shut_out_of))


@dataclass(frozen=True)
class Progress:
    """How far the panel is with one proposal: in numbers only."""

    handed_in: int
    shut_out: int
    members: int

    @property
    def all_in(self) -> bool:
        return self.members > 0 and self.handed_in >= self.members - self.shut_out


def progress_of(panel: Panel) -> dict[int, Progress]:
    """Give how many have handed in for each proposal, how many are shut out, of how many. Three queries."""
    seated = set(panel.members.filter(left_at__isnull=True).values_list("pk", flat=True))
    out: dict[int, set[int]] = {}
    for proposal, member in Interest.objects.filter(member__panel=panel, kind__in=SHUT_OUT).values_list(
        "proposal_id", "member_id"
    ):
        out.setdefault(proposal, set()).add(member)
    handed: dict[int, set[int]] = {}
    for proposal, member in (
        Assessment.objects.standing().filter(member__panel=panel).values_list("proposal_id", "member_id")
    ):
        handed.setdefault(proposal, set()).add(member)
    nothing: set[int] = set()
    return {
        pk: Progress(len(handed.get(pk, nothing) & seated), len(out.get(pk, nothing) & seated), len(seated))
        for pk in {*out, *handed}
    }


def name_of(member: PanelMember) -> str:
    """Give what a panel member is called. Never their e-mail address."""
    return member.person.display_name or role_of(member)


def role_of(member: PanelMember) -> str:
    return f"{member.role}, {member.organisation}" if member.organisation else member.role


# --- for everyone ------------------------------------------------------------------------------


@dataclass(frozen=True)
class PublishedInterest:
    """A declared interest as the board publishes it: by name or by role."""

    who: str
    words: str
    found_later: bool


def published_interest(interest: Interest) -> PublishedInterest:
    member = interest.member
    by_name = member.panel.shows_interests == Panel.ShowsInterests.NAME
    who = f"{name_of(member)} ({role_of(member)})" if by_name and member.person.display_name else role_of(member)
    return PublishedInterest(who, interest.words, interest.kind == Interest.Kind.FOUND)


def interests_of(proposal: Proposal) -> list[PublishedInterest]:
    """Give the interests that panel members have in a proposal: public from the moment they are said. One query."""
    rows = Interest.objects.filter(proposal=proposal, kind__in=SHUT_OUT).select_related(
        "member__panel", "member__person", "member__organisation"
    )
    return [published_interest(row) for row in rows]


def interests_in(round: FundingRound) -> list[tuple[Proposal, PublishedInterest]]:
    """Give every interest in a round's shown proposals, each with its proposal. One query."""
    rows = Interest.objects.filter(
        proposal__round=round, proposal__state=Moderated.State.SHOWN, kind__in=SHUT_OUT
    ).select_related("proposal", "member__panel", "member__person", "member__organisation")
    found = []
    for row in rows:
        row.proposal.round = round
        found.append((row.proposal, published_interest(row)))
    return found


def is_public(panel: Panel) -> bool:
    """Whether everyone may read the panel's work: it has decided, or (where the vote decides) the votes are counted."""
    if panel.round.combines == FundingRound.Combines.VOTE:
        return panel.closed_at is not None and panel.round.counted_at is not None
    return panel.decided_at is not None


@dataclass(frozen=True)
class AssessmentOfRound:
    """A panel's work as everyone may read it."""

    panel: Panel
    criteria: tuple[Criterion, ...]
    seal_holds: bool
    placed: tuple[Placed, ...]
    proposals: dict[int, Proposal]
    members: tuple[str, ...]
    choices: tuple[PanelChoice, ...]
    interests: tuple[tuple[Proposal, PublishedInterest], ...]


def assessment_of(round: FundingRound) -> AssessmentOfRound | None:
    """Give a round's assessment once it is public, or None: no panel, or not decided yet. Six queries.

    Proposals that are not shown to everyone are not in it.
    """
    panel = panel_of(round)
    if panel is None or not is_public(panel):
        return None
    shown = {proposal.pk: proposal for proposal in Proposal.objects.for_round(round).shown()}
    for proposal in shown.values():
        proposal.round = round
    criteria = criteria_of(panel)
    members = panel.members.select_related("person", "organisation")
    choices = [each for each in panel.choices.all() if each.proposal_id in shown]
    for choice in choices:
        choice.proposal = shown[choice.proposal_id]
    return AssessmentOfRound(
        panel,
        tuple(criteria),
        criteria_digest(criteria) == panel.criteria_digest,
        in_order(assessed(panel, shown, criteria=criteria)),
        shown,
        tuple(
            f"{each.person.display_name}, {role_of(each)}" if each.person.display_name else role_of(each)
            for each in members
        ),
        tuple(choices),
        tuple(interests_in(round)),
    )


# --- what the vote and the awards ask ------------------------------------------------------------


def shortlist_of(round: FundingRound) -> frozenset[int] | None:
    """Give the proposals (by key) a panel has put on the shortlist; None where no panel shortlists.

    Empty until the panel has decided: nothing may go on the ballot before.
    """
    if round.combines != FundingRound.Combines.PANEL_SHORTLISTS:
        return None
    return frozenset(PanelChoice.objects.filter(panel=round.pk, chosen=True).values_list("proposal_id", flat=True))


def decided_by_panel(round: FundingRound) -> list[Proposal] | None:
    """Give what a panel decided to fund after hearing the vote, in its order; None where the vote decides.

    Empty until it has decided. One that has since withdrawn is not in it.
    """
    if round.combines != FundingRound.Combines.PANEL_HEARS_VOTE:
        return None
    rows = PanelChoice.objects.filter(
        panel=round.pk, chosen=True, proposal__standing=Proposal.Standing.ON_BALLOT
    ).select_related("proposal")
    return [row.proposal for row in rows]


def panel_has_decided(round: FundingRound) -> bool:
    return Panel.objects.filter(pk=round.pk, decided_at__isnull=False).exists()


def panels_of(person: Any) -> list[FundingRound]:
    """Give the published rounds on whose panels someone sits and may, latest first. Two queries."""
    return [
        round
        for round in FundingRound.objects.filter(
            panel__members__person=person.pk, panel__members__left_at__isnull=True, activity__is_draft=False
        )
        .select_related("activity__board")
        .order_by("-activity__opens_at", "-pk")[:20]
        if may(person, "assess", round.activity.board_id)
    ]
