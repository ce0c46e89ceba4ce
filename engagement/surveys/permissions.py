"""Who may answer a survey, put their answers right or take them back, and who may see what came in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.permissions import may
from boards.people.rules import YES, Verdict
from components.templatetags.components import london
from engagement.activities.models import Audience, Channel
from engagement.activities.permissions import may_see, may_see_results, may_take_part, needs_account, not_open
from engagement.activities.queries import standing_of
from engagement.surveys.models import Response, Survey, Upload

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person

__all__ = [
    "may_answer", "may_begin", "may_correct", "may_open_upload", "may_run", "may_see", "may_see_results",
    "may_withdraw", "needs_account",
]  # fmt: skip

KEYED = frozenset({Channel.PAPER, Channel.PHONE, Channel.IN_PERSON})
"""Channels on which someone else wrote the answers down, and may have made a slip."""


def may_begin(survey: Survey, *, now: datetime) -> Verdict:
    """Open, and there is something to answer. Who someone is, is asked last."""
    verdict = not_open(survey.activity, now=now)
    if verdict and survey.current_id is None:
        return Verdict(False, _("There are no questions here yet."))
    return verdict


def may_answer(person: Person | AnonymousUser, survey: Survey, *, now: datetime, says_local: bool = False) -> Verdict:
    """Open, and on the rung. `says_local`: a postcode of this board came with the answers."""
    activity = survey.activity
    verdict = may_take_part(person, activity, now=now)
    if not verdict or activity.audience != Audience.SAYS_LOCAL or says_local:
        return verdict  # the higher rungs were asked about standing in may_take_part
    if standing_of(person, activity.board_id, timezone.localdate(now)) is None:
        return Verdict(False, _("Tell us first that you live, work or study here."))
    return YES


def may_correct(response: Response, *, now: datetime) -> Verdict:
    """With its code, while the survey is open; after that only what someone else wrote down."""
    if response.state != Response.State.SENT:
        return Verdict(False, _("There are no answers here to put right."))
    activity = response.survey.activity
    if activity.is_open(now) or (response.channel in KEYED and not activity.is_draft):
        return YES
    closed = activity.closes_at
    return Verdict(
        False,
        _("This survey closed on %(when)s, so the answers no longer change. You can still take them back.")
        % {"when": london(closed)}
        if closed
        else _("This survey is not open, so the answers do not change."),
    )


def may_withdraw(response: Response) -> Verdict:
    """With its code, at any time."""
    if response.state == Response.State.WITHDRAWN:
        return Verdict(False, _("These answers were taken back already."))
    return YES


def may_run(person: Person | AnonymousUser, survey: Survey) -> Verdict:
    """Set up, publish, close and read it."""
    return may(person, "run_activities", survey.activity.board_id)


def may_open_upload(person: Person | AnonymousUser, upload: Upload) -> Verdict:
    """What people handed in is for the board's officers, and only once it was sent."""
    verdict = may(person, "see_unpublished", upload.survey.activity.board_id)
    if verdict and upload.response.state != Response.State.SENT:
        return Verdict(False, "")
    return verdict
