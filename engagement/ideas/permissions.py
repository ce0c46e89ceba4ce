"""Who may see, send, back and answer an idea."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from boards.people.models import Person, Standing
from boards.people.permissions import may
from boards.people.rules import YES, Verdict
from engagement.activities.models import Audience
from engagement.activities.permissions import may_take_part, not_open
from engagement.ideas.models import Idea, IdeasCall

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def on_the_rung(person: Person | AnonymousUser, call: IdeasCall, *, now: datetime) -> Verdict:
    """Open, and the person has an address that answers and stands on the call's rung.

    An idea gets an answer, so every call asks for an e-mail address, whatever its rung.
    """
    activity = call.activity
    verdict = not_open(activity, now=now)
    if not verdict:
        return verdict
    if not person.is_authenticated:
        return Verdict(False, _("Tell us your e-mail address first. We send a code to it."))
    if activity.audience == Audience.SAYS_LOCAL:
        if not Standing.objects.filter(person=person.pk, board_id=activity.board_id).exists():
            return Verdict(False, _("Tell us first that you live, work or study here."))
        return YES
    return may_take_part(person, activity, now=now)


def may_propose(person: Person | AnonymousUser, call: IdeasCall, *, now: datetime) -> Verdict:
    return on_the_rung(person, call, now=now)


def may_back(person: Person | AnonymousUser, idea: Idea, *, now: datetime) -> Verdict:
    if not idea.is_shown:
        return Verdict(False, _("This idea is not on the wall, so it cannot be backed."))
    if person.is_authenticated and idea.author_id == person.pk:
        return Verdict(False, _("This is your own idea, so it counts you already."))
    return on_the_rung(person, idea.call, now=now)


def may_see(person: Person | AnonymousUser, idea: Idea) -> Verdict:
    """Shown ideas are for all; others for their writer and for officers of the board who see unpublished words."""
    activity = idea.call.activity
    if (idea.is_shown and not activity.is_draft) or (person.is_authenticated and idea.author_id == person.pk):
        return YES
    if may(person, "moderate", activity.board_id):
        return YES
    return may(person, "see_unpublished", activity.board_id)


def may_answer(person: Person | AnonymousUser, idea: Idea) -> Verdict:
    return may(person, "answer_ideas", idea.call.activity.board_id)


def may_write_down(person: Person | AnonymousUser, call: IdeasCall) -> Verdict:
    """Whether an officer may write down an idea that came on paper, by phone or in person."""
    return may(person, "key_paper", call.activity.board_id)


def may_run(person: Person | AnonymousUser, board_id: int) -> Verdict:
    return may(person, "run_activities", board_id)
