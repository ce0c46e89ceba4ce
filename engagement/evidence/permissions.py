"""Who may record, read, link and withdraw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.people.permissions import may
from boards.people.rules import Verdict
from boards.places.models import Board
from engagement.evidence.models import Evidence, Need

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person


def may_record(person: Person | AnonymousUser, board: Board) -> Verdict:
    return may(person, "record_evidence", board)


def may_link(person: Person | AnonymousUser, evidence: Evidence) -> Verdict:
    return may(person, "link_evidence", evidence.board_id)


def may_withdraw(person: Person | AnonymousUser, evidence: Evidence) -> Verdict:
    """The officers who may record; and whoever said it, on their own page."""
    if person.is_authenticated and evidence.contact_id == person.pk:
        return Verdict(True)
    return may(person, "record_evidence", evidence.board_id)


def may_confirm(person: Person | AnonymousUser, need: Need) -> Verdict:
    return may(person, "confirm_need", need.board_id)
