"""Who sees the shared pipeline, and who may act in it. The only place that says so: page, list, export and notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.models import Role
from boards.people.permissions import may
from boards.people.rules import CARRIES, YES, Verdict
from boards.places.models import Board
from engagement.funding.models import Funder, Proposal, Stream
from engagement.moderation.models import Moderated

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person


@dataclass(frozen=True)
class Eyes:
    """What someone may see of the pipeline, and for which funders they speak, by board (None: every board)."""

    everywhere: bool = False
    boards: frozenset[int] = frozenset()
    speaks: tuple[tuple[int | None, Funder], ...] = ()
    """(board or None, funder) where the role also lets them share a cost."""

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.boards)

    def sees_board(self, board_id: int) -> bool:
        return self.everywhere or board_id in self.boards

    def funders_on(self, board_id: int) -> frozenset[int]:
        """Give the funders this person speaks for on a board."""
        return frozenset(funder.pk for board, funder in self.speaks if board in (None, board_id))


NOBODY = Eyes()


def eyes_of(person: Person | AnonymousUser) -> Eyes:
    """Give what someone may see. A partner sees it only as a partner of an organisation that funds. One query."""
    if not person.is_authenticated or not person.is_active:
        return NOBODY
    if person.is_superuser:
        return Eyes(everywhere=True)
    boards: set[int] = set()
    everywhere, speaks = False, []
    for role in person.roles.held_on(timezone.localdate()).select_related("organisation__funder"):
        funder: Funder | None = getattr(role.organisation, "funder", None)
        if "see_pipeline" not in CARRIES[role.kind] or (role.kind == Role.Kind.PARTNER and funder is None):
            continue
        if role.board_id is None:
            everywhere = True
        else:
            boards.add(role.board_id)
        if funder is not None and "co_fund" in CARRIES[role.kind]:
            speaks.append((role.board_id, funder))
    return Eyes(everywhere, frozenset(boards), tuple(speaks))


def may_see_pipeline(eyes: Eyes) -> Verdict:
    return YES if eyes else Verdict(False, _("The pipeline is for funders and the council's staff."))


def boards_seen(eyes: Eyes) -> QuerySet[Board]:
    return Board.objects.all() if eyes.everywhere else Board.objects.filter(pk__in=eyes.boards)


def proposals_seen(eyes: Eyes) -> QuerySet[Proposal]:
    """Give what may be seen: shown to everyone, in a published round that is no rehearsal, of a board in sight."""
    found = Proposal.objects.shown().filter(round__activity__is_draft=False, round__rehearses__isnull=True)
    return found if eyes.everywhere else found.filter(round__activity__board__in=eyes.boards)


def may_see_in_pipeline(eyes: Eyes, proposal: Proposal) -> bool:
    """The same as `proposals_seen`, for one at hand."""
    round = proposal.round
    return (
        proposal.state == Moderated.State.SHOWN
        and not round.activity.is_draft
        and round.rehearses_id is None
        and eyes.sees_board(round.activity.board_id)
    )


def may_speak_for(eyes: Eyes, funder: Funder, proposal: Proposal) -> Verdict:
    """Whether someone may mark an interest or pledge a part of the cost in this funder's name."""
    if not may_see_in_pipeline(eyes, proposal):
        return Verdict(False, _("This proposal is not in the pipeline."))
    if funder.pk not in eyes.funders_on(proposal.round.activity.board_id):
        return Verdict(False, _("You do not speak for this funder here."))
    return YES


def may_pledge(eyes: Eyes, funder: Funder, proposal: Proposal) -> Verdict:
    verdict = may_speak_for(eyes, funder, proposal)
    if verdict and proposal.standing == Proposal.Standing.WITHDRAWN:
        return Verdict(False, _("The group has withdrawn its proposal."))
    return verdict


def may_offer(eyes: Eyes, funder: Funder, stream: Stream) -> Verdict:
    if funder.pk in eyes.funders_on(stream.pot.board_id):
        return YES
    return Verdict(False, _("You do not speak for a funder of this board."))


def may_see_contact(eyes: Eyes, proposal: Proposal) -> bool:
    """Whether the group agreed that funders may see the address it wrote from. Ask with `contact_agreed` at hand."""
    return (
        may_see_in_pipeline(eyes, proposal)
        and proposal.lead_id is not None
        and getattr(proposal, "contact_agreed", None) is not None
    )


def may_share_contact(person: Person | AnonymousUser, proposal: Proposal) -> Verdict:
    """The person who sent it in, and nobody for them."""
    if person.is_authenticated and proposal.lead_id == person.pk:
        return YES
    return Verdict(False, _("Only the person who sent it in can say this."))


def may_agree(person: Person | AnonymousUser, board_id: int) -> Verdict:
    """The board's coordinator: agrees pledges, sets the board's part."""
    return may(person, "award", board_id)


def may_answer_offer(person: Person | AnonymousUser, board_id: int) -> Verdict:
    return may(person, "set_pot", board_id)


def may_name_funders(person: Person | AnonymousUser) -> Verdict:
    """Who sets the pots of the whole council says which organisations fund."""
    return may(person, "set_pot", None)
