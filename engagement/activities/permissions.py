"""Who may take part in an activity: the audience ladder, in one place."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.models import Person, Standing
from boards.people.permissions import may
from boards.people.rules import YES, Verdict
from engagement.activities import queries
from engagement.activities.models import Activity, Audience

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def not_open(activity: Activity, *, now: datetime) -> Verdict:
    """Yes while it is open; else a sentence that says which way it is not."""
    if activity.is_open(now):
        return YES
    if activity.has_closed(now):
        return Verdict(False, _("This has closed. Nothing you send now can be counted."))
    return Verdict(False, _("This has not opened yet."))


def may_see(person: Person | AnonymousUser, activity: Activity) -> Verdict:
    """A draft is for the board's officers."""
    if not activity.is_draft or may(person, "see_unpublished", activity.board_id):
        return YES
    return Verdict(False, "")


def needs_account(activity: Activity) -> bool:
    return activity.audience >= Audience.EMAIL


def needs_standing(activity: Activity) -> bool:
    """Tell whether people must say that they live, work or study here."""
    return activity.audience >= Audience.SAYS_LOCAL


def may_take_part(
    person: Person | AnonymousUser, activity: Activity, *, now: datetime, shown: str | None = None
) -> Verdict:
    """Open, and the person stands on the activity's rung.

    Rung 1's statement (postcode and reason) is asked on the form itself (forms.StandingForm), so
    this says yes to someone without an account; the action that stores what they did asks for
    the area. `shown` is the person's Standing.Shown for this board where a caller has read it
    (empty: none); else it is asked of the database.
    """
    verdict = not_open(activity, now=now)
    if not verdict:
        return verdict
    if activity.audience < Audience.EMAIL:
        return YES
    if not person.is_authenticated:
        return Verdict(False, _("Tell us your e-mail address first. We send a code to it."))
    if shown is None:
        standing = queries.standing_of(person, activity.board_id, timezone.localdate(now))
        shown = standing.shown if standing else ""
    if not shown:
        return Verdict(False, _("Tell us first that you live, work or study here."))
    if activity.audience == Audience.CODE and shown == Standing.Shown.SAID:
        return Verdict(
            False, _("This one needs the code from our letter. No code? Ring the board or ask at the library.")
        )
    if activity.audience == Audience.IN_PERSON and shown != Standing.Shown.IN_PERSON:
        return Verdict(False, _("This one is for people we have met. Come to a meeting or the library to be checked."))
    return YES


def may_see_results(
    person: Person | AnonymousUser, activity: Activity, *, now: datetime, took_part: bool = False
) -> Verdict:
    for_all = activity.results_show != Activity.ResultsShow.OFFICERS
    always = activity.results_show == Activity.ResultsShow.ALWAYS
    if for_all and not activity.is_draft and (always or activity.has_closed(now)):
        return YES
    if may(person, "see_unpublished", activity.board_id):
        return YES
    if activity.is_draft:
        return Verdict(False, "")
    if not for_all:
        return Verdict(False, _("The board's officers see the results and will say what came of them."))
    if activity.results_show == Activity.ResultsShow.AFTER_VOTING:
        return YES if took_part else Verdict(False, _("You see the results once you have voted, or when this closes."))
    return Verdict(False, _("The results show when this closes."))
