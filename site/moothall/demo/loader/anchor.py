"""On a later day: what should be open is moved on, so that it still is.

The day of loading is not kept anywhere. It is read back from each thing: when it opened, less
the days its file gives. Only what has not been counted moves; what was said and done stays put.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from engagement.activities.models import Activity
from engagement.funding import queries
from engagement.funding.models import FundingRound
from moothall.demo.loader.conversations import conversation_file
from moothall.demo.loader.reading import LONDON, BoardFile, days_in
from moothall.demo.loader.surveys import survey_file

MOVING_STAGES = ("draft", "open-for-proposals", "voting")
ROUND_TIMES = (
    "proposals_close_at", "questions_from_at", "shortlist_from_at", "assessment_from_at", "voting_opens_at",
)  # fmt: skip


@transaction.atomic
def move_on(files: list[BoardFile], *, now: datetime) -> int:
    """Move each open thing by the days since it was loaded or last moved; give how many moved."""
    held = {
        (activity.board.slug, activity.kind, activity.slug): activity
        for activity in Activity.objects.select_related("board").filter(board__slug__in=[file.slug for file in files])
    }
    moved = 0
    for file in files:
        for kind, slug, opened in moving(file):
            activity = held.get((file.slug, kind, slug))
            if activity is not None:
                moved += moved_on(activity, opened, now=now)
    return moved


def moving(file: BoardFile) -> list[tuple[str, str, str]]:
    """Give kind, slug and opening of everything in a file that should not have closed."""
    found = [("poll", each["slug"], each["opens"]) for each in file["polls"] if days_in(each["closes"]) > 0]
    survey = survey_file(file.slug)
    if survey is not None and days_in(survey["closes"]) > 0:
        found.append(("survey", survey["slug"], survey["opens"]))
    conversation = conversation_file(file.slug)
    if conversation is not None and days_in(conversation["closes"]) > 0:
        found.append(("conversation", conversation["slug"], conversation["opens"]))
    found.append(("ideas", file["ideas"]["slug"], file["ideas"]["opens"]))
    if file["round"]["stage"] in MOVING_STAGES:
        found.append(("round", file["round"]["slug"], file["round"]["opens"]))
    return found


def moved_on(activity: Activity, opened: str, *, now: datetime) -> bool:
    loaded_on = activity.opens_at.astimezone(LONDON).date() - timedelta(days=days_in(opened))
    by = timezone.localdate(now) - loaded_on
    if by <= timedelta():
        return False
    round = FundingRound.objects.filter(activity=activity).first() if activity.kind == "round" else None
    if round is not None and round.opened_at is not None:
        return False
    activity.opens_at = later(activity.opens_at, by)
    activity.closes_at = later(activity.closes_at, by) if activity.closes_at else None
    activity.save(update_fields=["opens_at", "closes_at"])
    if round is not None:
        round.activity = activity
        for name in ROUND_TIMES:
            if (moment := getattr(round, name)) is not None:
                setattr(round, name, later(moment, by))
        if round.rules_digest:
            round.rules_digest = queries.rules_digest(round)
        round.save(update_fields=[*ROUND_TIMES, "rules_digest"])
    return True


def later(moment: datetime, by: timedelta) -> datetime:
    """The same time by London's clocks, so many days later."""
    return moment.astimezone(LONDON) + by
