"""`{% load activity_tags %}`: {% activity_card activity=… now=… %}, {% audience_ladder activity=… %}, {% need_thread need %}."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from components.templatetags.components import card, london, time_left
from engagement.activities.models import Activity, Audience
from engagement.evidence.models import Need
from engagement.evidence.thread import steps_of

register = template.Library()


def state_of(activity: Activity, now: datetime) -> tuple[str, str]:
    """Give an activity's state in a word, and the tone that repeats it."""
    if activity.is_draft:
        return _("Draft"), "neutral"
    if activity.is_open(now):
        return _("Open"), "open"
    if activity.has_closed(now):
        return _("Closed"), "neutral"
    return _("Opens later"), "waiting"


@register.inclusion_tag("components/card/card.html")
def activity_card(
    activity: Activity, *, now: datetime | None = None, level: int = 3, board_name: bool = False
) -> dict[str, object]:
    """One activity in a list: its kind, title, state and when that changes. Needs its board at hand."""
    moment = now or timezone.now()
    status, tone = state_of(activity, moment)
    if activity.is_open(moment):
        meta = _("Closes %(when)s") % {"when": london(activity.closes_at)} if activity.closes_at else _("Stays open")
        if activity.closes_at:
            status = _("Open, %(left)s left") % {"left": time_left(moment, activity.closes_at)}
    elif activity.has_closed(moment):
        meta = _("Closed %(when)s") % {"when": london(activity.closes_at)}
    else:
        meta = _("Opens %(when)s") % {"when": london(activity.opens_at)}
    kind = str(activity.get_kind_display())
    return card(
        title=activity.title,
        href=activity.get_absolute_url(),
        text=Truncator(activity.summary).words(30),
        status=status,
        tone=tone,
        meta=meta,
        kind=activity.kind,
        eyebrow=f"{kind} · {activity.board.name}" if board_name else kind,
        level=level,
    )


@register.inclusion_tag("activities/_audience.html")
def audience_ladder(*, activity: Activity) -> dict[str, object]:
    """Who may take part, in plain words, and the next way in for those who cannot do it here."""
    return {"rung": activity.audience, "rungs": Audience, "board": activity.board}


@register.inclusion_tag("activities/_need_thread.html")
def need_thread(need: Need, *, now: datetime | None = None, level: int = 2) -> dict[str, object]:
    """Everything that came of a need so far, oldest first, each step a link."""
    steps = steps_of(need, now=now or timezone.now())
    return {
        "steps": [
            {"label": step.label, "title": step.title, "href": step.href, "text": step.text, "when": step.on}
            for step in steps
        ],
        "level": level,
    }
