"""Who may vote, see results, run a poll, and when its words are fixed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.permissions import may
from boards.people.rules import YES, Verdict
from engagement.activities.models import Audience
from engagement.activities.permissions import may_see, may_see_results, may_take_part
from engagement.activities.queries import standing_of
from engagement.polls.models import Poll

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person

__all__ = ["may_close", "may_delete", "may_publish", "may_reword", "may_run", "may_see", "may_see_results", "may_vote"]


def may_vote(person: Person | AnonymousUser, poll: Poll, *, now: datetime, says_local: bool = False) -> Verdict:
    """Open, and on the rung. `says_local`: a postcode of this board came with the vote."""
    activity = poll.activity
    verdict = may_take_part(person, activity, now=now)
    if not verdict or activity.audience != Audience.SAYS_LOCAL or says_local:
        return verdict  # the higher rungs were asked about standing in may_take_part
    if standing_of(person, activity.board_id, timezone.localdate(now)) is None:
        return Verdict(False, _("Tell us first that you live, work or study here."))
    return YES


def may_run(person: Person | AnonymousUser, poll: Poll) -> Verdict:
    """Set up, publish, close and correct it."""
    return may(person, "run_activities", poll.activity.board_id)


def may_reword(poll: Poll) -> Verdict:
    """The question and its choices are free until the first vote."""
    if poll.activity.taking_part.exists():
        return Verdict(
            False, _("People have voted, so the question and the choices are fixed. You can put a slip right.")
        )
    return YES


def may_publish(person: Person | AnonymousUser, poll: Poll, *, now: datetime) -> Verdict:
    if not may_run(person, poll):
        return may_run(person, poll)
    if not poll.activity.is_draft:
        return Verdict(False, _("This poll is published already."))
    if poll.activity.closes_at is not None and poll.activity.closes_at <= now:
        return Verdict(False, _("The closing time has passed. Give it a later one first."))
    if poll.choices.count() < 2:
        return Verdict(False, _("A poll needs two choices or more."))
    return YES


def may_close(person: Person | AnonymousUser, poll: Poll, *, now: datetime) -> Verdict:
    if not may_run(person, poll):
        return may_run(person, poll)
    if not poll.activity.is_open(now):
        return Verdict(False, _("Only an open poll can be closed early."))
    return YES


def may_delete(person: Person | AnonymousUser, poll: Poll) -> Verdict:
    if not may_run(person, poll):
        return may_run(person, poll)
    if not poll.activity.is_draft or poll.activity.taking_part.exists():
        return Verdict(False, _("Only a draft can be deleted. Close this poll instead."))
    return YES


def may_put_out_kiosk(person: Person | AnonymousUser, poll: Poll, *, now: datetime) -> Verdict:
    """For a poll that anyone may vote in: a kiosk cannot ask who stands before it."""
    if not may_run(person, poll):
        return may_run(person, poll)
    activity = poll.activity
    if activity.audience != Audience.ANYONE:
        return Verdict(
            False,
            _(
                "A kiosk does not know who stands before it, and this poll asks who its voters are. "
                "Only a poll that anyone can vote in can have a kiosk. Here use a poster: people vote on their own phone."
            ),
        )
    if activity.is_draft:
        return Verdict(False, _("Publish the poll first."))
    if activity.has_closed(now):
        return Verdict(False, _("This poll has closed."))
    return YES
