"""Who may vote, see results, run a poll, and when its words are fixed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.permissions import may
from boards.people.rules import YES, Verdict
from engagement.activities.models import Audience
from engagement.activities.permissions import may_see, may_see_results, may_take_part, not_open
from engagement.activities.queries import standing_of
from engagement.polls.models import Kind, Poll
from engagement.polls.rules import fault_of_ranking

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person

__all__ = [
    "is_a_vote",
    "may_close",
    "may_delete",
    "may_publish",
    "may_reword",
    "may_run",
    "may_see",
    "may_see_results",
    "may_vote",
]


def may_vote(person: Person | AnonymousUser, poll: Poll, *, now: datetime, says_local: bool = False) -> Verdict:
    """Open, and on the rung. `says_local`: a postcode of this board came with the vote."""
    activity = poll.activity
    verdict = may_take_part(person, activity, now=now)
    if not verdict or activity.audience != Audience.SAYS_LOCAL or says_local:
        return verdict  # the higher rungs were asked about standing in may_take_part
    if standing_of(person, activity.board_id, timezone.localdate(now)) is None:
        return Verdict(False, _("Tell us first that you live, work or study here."))
    return YES


def is_a_vote(poll: Poll, marks: Mapping[int, int]) -> bool:
    """Tell whether these marks are a vote that this poll's form would send: its own choices, as many as it asks."""
    if not set(marks) <= {choice.pk for choice in poll.choices.all()}:
        return False
    if poll.kind == Kind.RANKING:
        return fault_of_ranking(list(marks.values()), least=poll.least or 1, most=poll.most or 1) is None
    if any(mark != 1 for mark in marks.values()):
        return False
    least, most = (1, 1) if poll.has_one_answer else (poll.least or 1, poll.most or 1)
    return least <= len(marks) <= most


def may_change_vote(poll: Poll, *, now: datetime) -> Verdict:
    """Where the poll says so, until it closes."""
    if not poll.may_change:
        return Verdict(False, _("A vote in this poll cannot be changed."))
    return not_open(poll.activity, now=now)


def may_read_whys(person: Person | AnonymousUser, poll: Poll) -> Verdict:
    """Officers who see unpublished words of its board."""
    return may(person, "see_unpublished", poll.activity.board_id)


def may_make_evidence(person: Person | AnonymousUser, poll: Poll) -> Verdict:
    return may(person, "record_evidence", poll.activity.board_id)


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
