"""Who decides what the public sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from boards.people.permissions import may
from boards.people.rules import YES, Verdict
from engagement.moderation.models import Decision, Escalation, Moderated, Objection

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
    passed_on = Escalation.objects.about(item).filter(settled_at__isnull=True)
    objected = Objection.objects.filter(
        decision__in=Decision.objects.filter(
            content_type=ContentType.objects.get_for_model(item), object_id=str(item.pk)
        ),
        decided_at__isnull=True,
    )
    return YES if passed_on.exists() or objected.exclude(first_decider=person.pk).exists() else verdict


def may_object(person: Person, decision: Decision) -> Verdict:
    """Yes to whoever wrote what was hidden, while it is hidden by this decision."""
    item = decision.about
    if not isinstance(item, Moderated) or decision.became != Moderated.State.HIDDEN or not wrote(person, item):
        return Verdict(False, _("Only whoever wrote it can object, and only where it is not shown."))
    return YES


def wrote(person: Person | AnonymousUser, item: Moderated) -> bool:
    writer = item.moderated_person()
    return writer is not None and person.is_authenticated and writer.pk == person.pk


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
