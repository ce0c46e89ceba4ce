"""Who may record, link, confirm, and see whom to contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from boards.people.permissions import may
from boards.people.rules import YES, Verdict

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person
    from boards.places.models import Board
    from engagement.evidence.models import Evidence, Need


def may_record(person: Person | AnonymousUser, board: Board) -> Verdict:
    return may(person, "record_evidence", board)


def may_change(person: Person | AnonymousUser, evidence: Evidence) -> Verdict:
    return may(person, "record_evidence", evidence.board_id)


def may_link(person: Person | AnonymousUser, evidence: Evidence, need: Need) -> Verdict:
    """An officer of the board, and both of that board: words heard on one board are not evidence on another's need."""
    if evidence.board_id != need.board_id:
        return Verdict(False, _("These words were told to another board."))
    return may(person, "link_evidence", need.board_id)


def may_see_contact(person: Person | AnonymousUser, evidence: Evidence) -> Verdict:
    return may(person, "see_contacts", evidence.board_id)


def may_set_status(person: Person | AnonymousUser, need: Need, *, was: str, becomes: str) -> Verdict:
    """Any officer who writes needs may put one away or bring it back; confirming takes the evidence team."""
    confirming = {"confirmed", "met"} & {was, becomes} and was != becomes
    if not confirming:
        return YES
    if may(person, "confirm_need", need.board_id):
        return YES
    return Verdict(False, _("The core evidence team confirms needs. Ask them to read what was heard."))
