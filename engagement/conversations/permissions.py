"""Who may see, answer in, add to and run a conversation."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.models import Person
from boards.people.permissions import may
from boards.people.rules import YES, Verdict
from engagement.activities.models import Audience
from engagement.activities.permissions import may_see, may_see_results, may_take_part, not_open
from engagement.activities.queries import standing_of
from engagement.conversations.models import Conversation, Statement

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

__all__ = ["may_add", "may_answer", "may_run", "may_see", "may_see_results", "may_take_answers"]


def may_answer(
    person: Person | AnonymousUser, conversation: Conversation, *, now: datetime, says_local: bool = False
) -> Verdict:
    """Open, and on the rung. `says_local`: this board's postcode came with it, now or with an earlier answer."""
    activity = conversation.activity
    verdict = may_take_part(person, activity, now=now)
    if not verdict or activity.audience != Audience.SAYS_LOCAL or says_local:
        return verdict  # the higher rungs were asked about standing in may_take_part
    if standing_of(person, activity.board_id, timezone.localdate(now)) is None:
        return Verdict(False, _("Tell us first that you live, work or study here."))
    return YES


def may_add(person: Person | AnonymousUser, conversation: Conversation, *, now: datetime) -> Verdict:
    """Its writer is told what becomes of a statement, so each asks for an e-mail address, whatever the rung."""
    if not conversation.takes_statements:
        return Verdict(False, _("In this conversation the board alone puts in statements."))
    verdict = not_open(conversation.activity, now=now)
    if not verdict:
        return verdict
    if not person.is_authenticated:
        return Verdict(False, _("Tell us your e-mail address first. We send a code to it."))
    return may_answer(person, conversation, now=now)


def may_read(person: Person | AnonymousUser, statement: Statement) -> Verdict:
    """Shown statements are for all; others for their writer and for officers of the board."""
    activity = statement.conversation.activity
    if (statement.is_shown and not activity.is_draft) or (person.is_authenticated and statement.author_id == person.pk):
        return YES
    if may(person, "moderate", activity.board_id):
        return YES
    return may(person, "see_unpublished", activity.board_id)


def may_take_answers(person: Person | AnonymousUser, conversation: Conversation, *, now: datetime) -> Verdict:
    """Whether the file of each person's answers is for everyone: the board said so before, and it has closed."""
    if not conversation.publishes_answers:
        return Verdict(False, _("In this conversation nobody's answers are published one by one."))
    if not conversation.activity.has_closed(now):
        return Verdict(False, _("The file of answers comes out when this closes."))
    return may_see_results(person, conversation.activity, now=now)


def may_run(person: Person | AnonymousUser, board_id: int) -> Verdict:
    """Set up, publish, close and change it."""
    return may(person, "run_activities", board_id)
