"""What needs an officer today, asked of each room: the desk's first screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.ui.components import Component

from boards.people.models import Person
from boards.people.permissions import boards_where, may_somewhere
from boards.places.models import Board
from cms.queries import answer
from engagement.activities.models import Activity
from engagement.activities.queries import open_activities
from engagement.moderation.queries import waiting_count

SOON = timedelta(days=7)
MOST_SHOWN = 8


@dataclass(frozen=True)
class Waiting:
    """One thing to do: what it is, where, and by when if there is a when."""

    title: str
    href: str = ""
    by: datetime | None = None
    note: str = ""


def address(name: str, *args: Any) -> str:
    """The address of a room's screen, or none where the room has no such screen."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def what_needs(person: Person, *, now: datetime) -> list[Waiting]:
    """Give what waits for this person on their own boards, the most pressing first."""
    found = [*to_read(person), *counts_to_run(person, now), *closing_soon(person, now), *late_to_open(person, now)]
    return [*found, *to_answer(person), *proposals_to_check(person, now), *outcomes_due(person)]


def to_read(person: Person) -> Iterator[Waiting]:
    count = waiting_count(person) if may_somewhere(person, "moderate") else 0
    if count:
        title = ngettext("%(n)d thing waits to be read", "%(n)d things wait to be read", count) % {"n": count}
        yield Waiting(title, address("moderation:queue") or "/desk/moderation/")


def closing_soon(person: Person, now: datetime) -> Iterator[Waiting]:
    mine = boards_where(person, "run_activities")
    soon = open_activities(None, now=now).filter(board__in=mine, closes_at__lt=now + SOON)
    for activity in soon[:MOST_SHOWN]:
        yield Waiting(activity.title, activity.get_absolute_url(), activity.closes_at, _("Closes soon"))


def late_to_open(person: Person, now: datetime) -> Iterator[Waiting]:
    mine = boards_where(person, "run_activities")
    late = Activity.objects.filter(is_draft=True, opens_at__lte=now, board__in=mine).select_related("board")
    for activity in late.order_by("opens_at")[:MOST_SHOWN]:
        yield Waiting(activity.title, activity.get_absolute_url(), activity.opens_at, _("Due to open, still a draft"))


def to_answer(person: Person) -> Iterator[Waiting]:
    if not may_somewhere(person, "answer_ideas"):
        return
    count = answer("engagement.ideas", "unanswered_count", person) or 0
    if count:
        title = ngettext("%(n)d idea has no answer yet", "%(n)d ideas have no answer yet", count) % {"n": count}
        yield Waiting(title, address("ideas_desk:index") or "/desk/ideas/")


def counts_to_run(person: Person, now: datetime) -> Iterator[Waiting]:
    if not may_somewhere(person, "run_count"):
        return
    mine = boards_where(person, "run_count")
    for round in answer("engagement.funding", "rounds_to_count", mine, now=now) or ():
        yield Waiting(str(round), round.get_absolute_url(), None, _("Voting has closed: count the votes"))


def proposals_to_check(person: Person, now: datetime) -> Iterator[Waiting]:
    if not may_somewhere(person, "run_activities"):
        return
    mine = boards_where(person, "run_activities")
    count = answer("engagement.funding", "proposals_to_check_count", mine) or 0
    if count:
        title = ngettext("%(n)d proposal to check", "%(n)d proposals to check", count) % {"n": count}
        yield Waiting(title, address("proposals:index") or "/desk/funding/proposals/")


def outcomes_due(person: Person) -> Iterator[Waiting]:
    if not may_somewhere(person, "publish_outcome"):
        return
    mine = boards_where(person, "publish_outcome")
    count = answer("engagement.outcomes", "unpublished_count", mine) or 0
    if count:
        title = ngettext("%(n)d outcome is not published", "%(n)d outcomes are not published", count) % {"n": count}
        yield Waiting(title, address("outcomes_desk:index") or "/desk/outcomes/")


class WhatNeedsYou(Component):
    """The panel that takes the place of Wagtail's own on the desk's first screen."""

    name = "what_needs_you"
    order = 10
    template_name = "cms/desk/what_needs_you.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        person = parent_context["request"].user
        now = timezone.now()
        boards: list[Board] = list(boards_where(person, "enter_desk")[:30])
        return {"waiting": what_needs(person, now=now), "boards": boards, "now": now}
