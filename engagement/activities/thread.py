"""What the thread of a need says of activities held for it."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from engagement.activities.models import Activity
from engagement.activities.queries import serving
from engagement.evidence.models import Need
from engagement.evidence.thread import Step


def steps_for(need: Need, now: datetime) -> list[Step]:
    """Give a step for each activity that serves the need: what was asked, or is open to decide."""
    return [step_of(activity, now) for activity in serving(need)]


def step_of(activity: Activity, now: datetime) -> Step:
    decides = activity.kind == Activity.Kind.ROUND
    if activity.is_open(now):
        text = _("Open now: take part.")
    elif activity.has_closed(now):
        text = _("Closed.")
    else:
        text = _("Opens later.")
    return Step(
        stage="decided" if decides else "asked",
        label=str(activity.get_kind_display()),
        title=activity.title,
        href=activity.get_absolute_url(),
        on=timezone.localdate(activity.opens_at),
        text=text,
    )
