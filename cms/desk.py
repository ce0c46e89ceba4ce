"""What needs an officer today, asked of each room: the desk's first screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from wagtail.admin.ui.components import Component

from boards.people.models import Person
from boards.people.permissions import boards_where, may_somewhere
from boards.places.models import Board
from engagement.activities.models import Activity
from engagement.activities.queries import open_activities
from engagement.evidence.queries import unlinked
from engagement.funding.models import FundingRound, Proposal
from engagement.ideas.queries import unanswered_count
from engagement.moderation.queries import waiting_count
from engagement.outcomes.models import Loop

SOON = timedelta(days=7)
MOST_SHOWN = 8


@dataclass(frozen=True)
class Waiting:
    """One thing to do: what it is, where, and by when if there is a when."""

    title: str
    href: str = ""
    by: datetime | None = None
    note: str = ""


def what_needs(person: Person, *, now: datetime) -> list[Waiting]:
    """Give what waits for this person on their own boards, the most pressing first."""
    found = [*to_read(person), *counts_to_run(person, now), *closing_soon(person, now), *late_to_open(person, now)]
    return [*found, *proposals_to_check(person, now), *to_answer(person), *to_link(person), *outcomes_due(person)]


def to_read(person: Person) -> Iterator[Waiting]:
    count = waiting_count(person) if may_somewhere(person, "moderate") else 0
    if count:
        title = ngettext("%(n)d thing waits to be read", "%(n)d things wait to be read", count) % {"n": count}
        yield Waiting(title, reverse("moderation_desk:queue"))


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
    count = unanswered_count(person) if may_somewhere(person, "answer_ideas") else 0
    if count:
        title = ngettext("%(n)d idea has no answer yet", "%(n)d ideas have no answer yet", count) % {"n": count}
        yield Waiting(title, reverse("ideas_desk:ideas"))


def to_link(person: Person) -> Iterator[Waiting]:
    count = unlinked(boards_where(person, "link_evidence")) if may_somewhere(person, "link_evidence") else 0
    if count:
        title = ngettext(
            "%(n)d thing people said bears on no need yet", "%(n)d things people said bear on no need yet", count
        )
        yield Waiting(title % {"n": count}, reverse("evidence_desk:index"))


def counts_to_run(person: Person, now: datetime) -> Iterator[Waiting]:
    if not may_somewhere(person, "run_count"):
        return
    closed = FundingRound.objects.published().filter(activity__closes_at__lte=now, counted_at__isnull=True)
    mine = closed.filter(activity__board__in=boards_where(person, "run_count")).select_related("activity__board")
    for round in mine.order_by("activity__closes_at")[:MOST_SHOWN]:
        yield Waiting(str(round), round.get_absolute_url(), None, _("Voting has closed: count the votes"))


def proposals_to_check(person: Person, now: datetime) -> Iterator[Waiting]:
    if not may_somewhere(person, "run_activities"):
        return
    mine = Proposal.objects.filter(
        round__activity__board__in=boards_where(person, "run_activities"),
        round__activity__closes_at__gt=now,
        standing=Proposal.Standing.SUBMITTED,
    )
    rounds = FundingRound.objects.filter(pk__in=mine.values("round")).select_related("activity__board")
    for round in rounds.annotate(waiting=Count("proposals", filter=Q(proposals__in=mine)))[:MOST_SHOWN]:
        title = ngettext("%(n)d proposal to check", "%(n)d proposals to check", round.waiting) % {"n": round.waiting}
        yield Waiting(str(round), round.get_absolute_url(), round.voting_opens_at, title)


def outcomes_due(person: Person) -> Iterator[Waiting]:
    if not may_somewhere(person, "publish_outcome"):
        return
    drafts = Loop.objects.filter(published_at__isnull=True, board__in=boards_where(person, "publish_outcome"))
    count = drafts.count()
    if count:
        title = ngettext("%(n)d outcome is not published", "%(n)d outcomes are not published", count) % {"n": count}
        yield Waiting(title, reverse("outcomes_desk:index"))


DOORS = (
    ("record_evidence", _lazy("Record a conversation"), "evidence_record"),
    ("run_activities", _lazy("Ask a question"), "polls_desk:add"),
    ("run_activities", _lazy("Ask for ideas"), "ideas_desk:new_call"),
    ("run_activities", _lazy("Set up a grant round"), "funding_desk:add"),
    ("publish_outcome", _lazy("Say what came of it"), "outcomes_desk:add"),
)
"""What an officer comes to the desk to begin: by which right, in which words, behind which address."""


def doors_of(person: Person) -> list[tuple[str, str]]:
    """Give the words and address of each thing this person may begin somewhere."""
    return [(str(words), reverse(address)) for right, words, address in DOORS if may_somewhere(person, right)]


class WhatNeedsYou(Component):
    """The panel that takes the place of Wagtail's own on the desk's first screen."""

    name = "what_needs_you"
    order = 10
    template_name = "cms/desk/what_needs_you.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        person = parent_context["request"].user
        now = timezone.now()
        boards: list[Board] = list(boards_where(person, "enter_desk")[:30])
        return {"waiting": what_needs(person, now=now), "boards": boards, "doors": doors_of(person), "now": now}
