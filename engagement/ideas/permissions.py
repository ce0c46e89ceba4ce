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


def may_comment(person: Person | AnonymousUser, idea: Idea, *, now: datetime) -> Verdict:
    """Whether comments are open here, to this person."""
    verdict = comments_are_open(idea, now=now)
    return verdict and on_the_rung(person, idea.call, now=now)


def comments_are_open(idea: Idea, *, now: datetime) -> Verdict:
    if not idea.call.comments_open:
        return Verdict(False, _("Comments are not open in this call."))
    if not idea.is_shown or idea.merged_into_id:
        return Verdict(False, _("This idea is not on the wall, so nobody can comment on it."))
    return not_open(idea.call.activity, now=now)


def writes(person: Person | AnonymousUser, idea: Idea) -> bool:
    """Tell whether someone is a writer of an idea: they sent it, or were asked to join and said yes."""
    if not person.is_authenticated:
        return False
    if idea.author_id == person.pk:
        return True
    # A page reads with the idea whether it has any.
    return (
        getattr(idea, "has_co_authors", True)
        and idea.co_authors.filter(person=person.pk, accepted_at__isnull=False).exists()
    )


CHANGES_UNTIL = ("received", "being_looked_at")
"""Once the board has decided about an idea, its words stay as they were decided about."""


def may_change(person: Person | AnonymousUser, idea: Idea, *, now: datetime) -> Verdict:
    """Whether someone may change an idea's words and pictures now."""
    if not writes(person, idea):
        return Verdict(False, _("Only the people who wrote an idea can change it."))
    if idea.state == Idea.State.HIDDEN:
        return Verdict(False, _("This idea is not shown, so it cannot change. Send it again in other words."))
    if idea.merged_into_id:
        return Verdict(False, _("This was brought into another idea, so its words stay as they are."))
    if idea.status not in CHANGES_UNTIL:
        return Verdict(False, _("The board has decided about this idea, so its words stay as they are."))
    return not_open(idea.call.activity, now=now)


def may_see(person: Person | AnonymousUser, idea: Idea) -> Verdict:
    """Shown ideas are for all; others for their writers and for officers of the board who see unpublished words."""
    activity = idea.call.activity
    if (idea.is_shown and not activity.is_draft) or (person.is_authenticated and writes(person, idea)):
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
