"""Who decides what the public sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from boards.people.permissions import may
from boards.people.rules import YES, Verdict
from engagement.moderation.models import Escalation, Moderated, Objection

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person
    from boards.places.models import Board


def may_decide(person: Person | AnonymousUser, item: Moderated) -> Verdict:
    """Yes to someone who moderates on the board this was sent to; and, for what was passed on, to whoever gets that."""
    board = item.moderated_board()
    verdict = may(person, "moderate", board)
    if verdict or not may(person, "hear_objections", board):
        return verdict
    return YES if Escalation.objects.about(item).filter(settled_at__isnull=True).exists() else verdict


def may_hear(person: Person | AnonymousUser, objection: Objection) -> Verdict:
    """Yes to someone of the board or the council who did not make the decision objected to."""
    verdict = may(person, "hear_objections", objection.decision.board_id)
    if not verdict:
        return verdict
    if objection.first_decider_id == person.pk:
        return Verdict(False, _("You made this decision, so someone else looks at the objection."))
    return YES


def may_see_originals(person: Person | AnonymousUser, board: Board | int) -> Verdict:
    return may(person, "see_originals", board)


def may_set_rules(person: Person | AnonymousUser) -> Verdict:
    """Yes to someone who sets the rules of every board: they are the same for all."""
    return may(person, "set_moderation_rules", None)
