"""Who may do what on a panel. The only place that says so: page, list, log, notice and export ask here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from boards.people.permissions import may
from boards.people.rules import YES, Verdict
from engagement.funding.models import Assessment, FundingRound, Interest, Panel, PanelMember, Proposal
from engagement.funding.rules.assessing import DECIDES_IN, SCORES_IN
from engagement.moderation.models import Moderated

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person

SHUT_OUT = (Interest.Kind.DECLARED, Interest.Kind.FOUND)
CAN_BE_SCORED = (Proposal.Standing.SUBMITTED, Proposal.Standing.ASKED, Proposal.Standing.ON_BALLOT)


@dataclass(frozen=True)
class Seat:
    """Who someone is to a panel: their seat or none, what they have said of each proposal, their own sheets."""

    panel: Panel
    round: FundingRound
    person: Person | AnonymousUser
    member: PanelMember | None
    officer: bool
    """Sees the board's unpublished things."""
    runs: bool
    """Runs the board's activities."""
    said: dict[int, str]
    """By proposal, the kind of interest this person has said or was found to have, seated or no longer."""
    sheets: dict[int, str]
    """By proposal, the state of this person's own scores."""

    @property
    def is_member(self) -> bool:
        return self.member is not None and self.member.left_at is None

    @property
    def is_chair(self) -> bool:
        return self.is_member and self.member is not None and self.member.is_chair

    @property
    def shut_out_of(self) -> frozenset[int]:
        return frozenset(pk for pk, kind in self.said.items() if kind in SHUT_OUT)

    def left_out(self, proposals: Iterable[int]) -> frozenset[int]:
        """Give those of these that this person may not see in a ranking: shut out of, or not yet declared on."""
        if not self.is_member:
            return self.shut_out_of
        return frozenset(pk for pk in proposals if self.said.get(pk) != Interest.Kind.NONE)


def seat_of(person: Person | AnonymousUser, panel: Panel, round: FundingRound) -> Seat:
    """Give who this person is to the panel. Someone whose role no longer lets them assess has no seat. Three queries."""
    member = (
        PanelMember.objects.filter(panel=panel, person=person.pk).select_related("organisation").first()
        if person.is_authenticated
        else None
    )
    said = dict(member.interests.values_list("proposal_id", "kind")) if member else {}
    sheets = dict(member.assessments.values_list("proposal_id", "state")) if member else {}
    board_id = round.activity.board_id
    if member is not None:
        member.panel = panel
        if not may(person, "assess", board_id):
            member = None  # what they said of themselves still shuts them out
    return Seat(
        panel,
        round,
        person,
        member,
        bool(may(person, "see_unpublished", board_id)),
        bool(may(person, "run_activities", board_id)),
        said,
        sheets,
    )


def may_set_panel(person: Person | AnonymousUser, round: FundingRound) -> Verdict:
    return may(person, "run_activities", round.activity.board_id)


def may_change_criteria(person: Person | AnonymousUser, round: FundingRound, panel: Panel | None) -> Verdict:
    verdict = may_set_panel(person, round)
    if verdict and panel is not None and panel.started_at is not None:
        return Verdict(False, _("The first score has been given, so the criteria can no longer change."))
    return verdict


def may_see_panel(seat: Seat) -> Verdict:
    """Its members, and the board's officers, who see how far it is and no score before scoring has closed."""
    if seat.is_member and not seat.round.activity.is_draft:
        return YES
    return YES if seat.officer else Verdict(False, _("You have no seat on this panel."))


def can_be_scored(proposal: Proposal) -> bool:
    return proposal.standing in CAN_BE_SCORED and proposal.state != Moderated.State.HIDDEN


def may_declare(seat: Seat, proposal: Proposal) -> Verdict:
    if not seat.is_member or not can_be_scored(proposal):
        return Verdict(False, _("You have no seat on this panel."))
    if proposal.pk in seat.shut_out_of:
        return Verdict(False, _("You have an interest in this proposal, so you take no part in it."))
    return YES


def may_read(seat: Seat, proposal: Proposal) -> Verdict:
    """A member after saying they have no interest; an officer without a seat."""
    if proposal.pk in seat.shut_out_of:
        return Verdict(False, _("You have an interest in this proposal, so you take no part in it."))
    if seat.is_member and proposal.pk not in seat.said:
        return Verdict(False, _("First say whether you have an interest in this proposal."))
    return may_see_panel(seat)


def may_score(seat: Seat, proposal: Proposal, *, now: datetime) -> Verdict:
    if not seat.is_member:
        return Verdict(False, _("You have no seat on this panel."))
    if not (verdict := may_read(seat, proposal)):
        return verdict
    if not can_be_scored(proposal):
        return Verdict(False, _("This proposal is no longer in the round."))
    if seat.panel.closed_at is not None:
        return Verdict(False, _("The chair has closed scoring."))
    if seat.round.stage(now) not in SCORES_IN[seat.round.combines]:
        return Verdict(False, _("The panel does not score at this stage of the round."))
    state = seat.sheets.get(proposal.pk)
    if state == Assessment.State.HANDED_IN:
        return Verdict(
            False, _("You have handed in your scores. Only the chair can give them back to you, with a reason.")
        )
    if state == Assessment.State.VOID:
        return Verdict(False, _("Your scores for this proposal are void."))
    return YES


def may_see_scores(seat: Seat, proposal: Proposal) -> Verdict:
    """Nobody before they have handed in their own for that proposal, or the chair has closed scoring."""
    if not (verdict := may_read(seat, proposal)):
        return verdict
    if seat.panel.closed_at is not None:
        return YES
    if seat.is_member and seat.sheets.get(proposal.pk) == Assessment.State.HANDED_IN:
        return YES
    if seat.is_member:
        return Verdict(False, _("You see what the others gave once you have handed in your own scores."))
    return Verdict(False, _("Nobody outside the panel sees a score before the chair closes scoring."))


def may_see_ranking(seat: Seat) -> Verdict:
    """Once scoring has closed. Proposals one is shut out of are left out, and places counted without them."""
    if not (verdict := may_see_panel(seat)):
        return verdict
    if seat.panel.closed_at is None:
        return Verdict(False, _("The ranking shows when the chair closes scoring."))
    return YES


def may_discuss(seat: Seat, proposal: Proposal, *, all_in: bool) -> Verdict:
    if not (verdict := may_see_scores(seat, proposal)):
        return verdict
    if not seat.is_member:
        return Verdict(False, _("Only the panel talks here."))
    if not all_in and seat.panel.closed_at is None:
        return Verdict(False, _("You can talk about it here when everyone has handed in their scores."))
    if seat.panel.decided_at is not None:
        return Verdict(False, _("The panel has decided, so the talk has ended."))
    return YES


def may_read_discussion(seat: Seat, proposal: Proposal, *, all_in: bool) -> bool:
    return bool(may_see_scores(seat, proposal)) and (all_in or seat.panel.closed_at is not None)


def may_close(seat: Seat) -> Verdict:
    if not seat.is_chair:
        return Verdict(False, _("Only the chair of the panel can do this."))
    if seat.panel.closed_at is not None:
        return Verdict(False, _("Scoring has closed."))
    return YES


def may_reopen(seat: Seat, proposal: Proposal) -> Verdict:
    """The chair, until scoring closes, and never in a proposal the chair has an interest in."""
    verdict = may_close(seat)
    return may_read(seat, proposal) if verdict else verdict


def may_find_interest(seat: Seat, proposal: Proposal) -> Verdict:
    """The chair or the coordinator, until the panel has decided, unless shut out of the proposal themselves."""
    if proposal.pk in seat.shut_out_of or not (seat.is_chair or seat.runs):
        return Verdict(False, _("Only the chair of the panel or the coordinator can do this."))
    if seat.panel.decided_at is not None:
        return Verdict(False, _("The panel has decided. Write to the board instead."))
    return YES


def may_decide(seat: Seat, *, now: datetime) -> Verdict:
    """The chair, or the coordinator for the panel; neither when they have an interest in any of the proposals."""
    if not (seat.is_chair or seat.runs):
        return Verdict(False, _("Only the chair of the panel or the coordinator writes down what it decided."))
    if seat.shut_out_of:
        return Verdict(False, _("You have an interest in one of the proposals, so someone else writes this down."))
    if not DECIDES_IN[seat.round.combines]:
        return Verdict(False, _("In this round the vote decides."))
    if seat.panel.decided_at is not None:
        return Verdict(False, _("The panel has decided."))
    if seat.panel.closed_at is None:
        return Verdict(False, _("First the chair closes scoring."))
    if seat.round.stage(now) not in DECIDES_IN[seat.round.combines]:
        return Verdict(False, _("It is not time for this yet, or too late."))
    return YES
