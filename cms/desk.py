"""What needs an officer today, asked of each room: the desk's first screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, Value, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from wagtail.admin.ui.components import Component

from boards.people.models import Person
from boards.people.permissions import boards_where, is_council_wide, may_somewhere, own_boards_where
from boards.places.models import Board
from engagement.activities.models import Activity
from engagement.evidence.queries import unlinked
from engagement.funding.models import FundingRound, Proposal
from engagement.ideas.queries import unanswered
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
    soon, late = closing_soon_and_late(person, now)
    counting, checking = rounds_in_hand(person, now)
    found = [*to_read(person), *counting, *soon, *late]
    return [*found, *checking, *to_answer_and_link(person), *outcomes_due(person)]


def to_read(person: Person) -> Iterator[Waiting]:
    count = waiting_count(person) if may_somewhere(person, "hear_objections") else 0
    if count:
        title = ngettext("%(n)d thing waits to be read", "%(n)d things wait to be read", count) % {"n": count}
        yield Waiting(title, reverse("moderation_desk:queue"))


def closing_soon_and_late(person: Person, now: datetime) -> tuple[list[Waiting], list[Waiting]]:
    """Give what closes within a week, and drafts that were due to open: one query for both."""
    soon = Q(is_draft=False, opens_at__lte=now, closes_at__gt=now, closes_at__lt=now + SOON)
    late = Q(is_draft=True, opens_at__lte=now)
    mine = Activity.objects.filter(board__in=boards_where(person, "run_activities")).select_related("board")
    # The first few of each kind, counted by the database.
    first = Window(RowNumber(), partition_by=[F("is_draft")], order_by=[F("closes_at").asc(nulls_last=True), F("pk")])
    found = list(mine.filter(soon | late).annotate(at=first).filter(at__lte=MOST_SHOWN).order_by("at"))
    return (
        [
            Waiting(one.title, one.get_absolute_url(), one.closes_at, _("Closes soon"))
            for one in found
            if not one.is_draft
        ],
        [
            Waiting(one.title, one.get_absolute_url(), one.opens_at, _("Due to open, still a draft"))
            for one in sorted(found, key=lambda one: one.opens_at)
            if one.is_draft
        ],
    )


def to_answer_and_link(person: Person) -> Iterator[Waiting]:
    """Give how many ideas have no answer and how much evidence no need: both counted in one query."""
    rows: list[QuerySet[Any]] = []
    if may_somewhere(person, "answer_ideas"):
        rows.append(unanswered(person))
    if may_somewhere(person, "link_evidence"):
        rows.append(unlinked(boards_where(person, "link_evidence")))
    counts = dict(counted_together(rows))
    if count := counts.get("idea"):
        title = ngettext("%(n)d idea has no answer yet", "%(n)d ideas have no answer yet", count) % {"n": count}
        yield Waiting(title, reverse("ideas_desk:ideas"))
    if count := counts.get("evidence"):
        title = ngettext(
            "%(n)d thing people said bears on no need yet", "%(n)d things people said bear on no need yet", count
        )
        yield Waiting(title % {"n": count}, reverse("evidence_desk:index"))


def counted_together(rows: Sequence[QuerySet[Any]]) -> Iterable[tuple[str, int]]:
    """Give the model's name and the number of each, in one query."""
    numbers = [
        each.order_by()
        .annotate(what_=Value(each.model._meta.model_name, CharField()))
        .values("what_")
        .annotate(n_=Count("pk"))
        .values_list("what_", "n_")
        for each in rows
    ]
    return numbers[0].union(*numbers[1:], all=True) if numbers else ()


def rounds_in_hand(person: Person, now: datetime) -> tuple[list[Waiting], list[Waiting]]:
    """Give the rounds whose votes wait to be counted, and those with proposals to check: one query for both."""
    if not may_somewhere(person, "run_count") and not may_somewhere(person, "run_activities"):
        return [], []
    to_count = Q(
        activity__is_draft=False,
        activity__closes_at__lte=now,
        counted_at__isnull=True,
        activity__board__in=boards_where(person, "run_count"),
    )
    submitted = Proposal.objects.filter(
        round__activity__board__in=boards_where(person, "run_activities"),
        round__activity__closes_at__gt=now,
        standing=Proposal.Standing.SUBMITTED,
    )
    rounds = FundingRound.objects.filter(to_count | Q(pk__in=submitted.values("round"))).select_related(
        "activity__board"
    )
    rounds = rounds.annotate(waiting=Count("proposals", filter=Q(proposals__in=submitted)))
    counting, checking = [], []
    for round in rounds.order_by("activity__closes_at", "pk")[: 2 * MOST_SHOWN]:
        if round.waiting:
            title = ngettext("%(n)d proposal to check", "%(n)d proposals to check", round.waiting)
            title %= {"n": round.waiting}
            checking.append(Waiting(str(round), round.get_absolute_url(), round.voting_opens_at, title))
        else:
            note = _("Voting has closed: count the votes")
            counting.append(Waiting(str(round), round.get_absolute_url(), None, note))
    return counting, checking


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
    ("run_activities", _lazy("Make a survey"), "surveys_desk:add"),
    ("run_activities", _lazy("Ask for ideas"), "ideas_desk:new_call"),
    ("run_activities", _lazy("Start a conversation"), "conversations_desk:new"),
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
        every = is_council_wide(person, "enter_desk")
        boards = list(Board.objects.all()[:30]) if every else own_boards_where(person, "enter_desk")
        return {"waiting": what_needs(person, now=now), "boards": boards, "doors": doors_of(person), "now": now}
