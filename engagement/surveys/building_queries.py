"""What the builder's screens read: surveys with what waits, the library, and what may be copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from boards.people.models import Person
from boards.people.permissions import boards_where
from engagement.surveys.models import Draft, FilledSheet, LibraryQuestion, Response, Survey


def desk_surveys(person: Person) -> QuerySet[Survey]:
    """Give the surveys of an officer's boards, latest first, each with `answered` and `waiting` sheets."""
    sent = Response.objects.filter(survey=OuterRef("pk"), state=Response.State.SENT).order_by().values("survey")
    waits = FilledSheet.objects.filter(survey=OuterRef("pk")).exclude(state="settled").order_by().values("survey")
    return (
        Survey.objects.filter(activity__board__in=boards_where(person, "see_unpublished"))
        .select_related("activity__board", "current")
        .annotate(
            answered=Coalesce(Subquery(sent.annotate(n=Count("pk")).values("n")), 0),
            waiting=Coalesce(Subquery(waits.annotate(n=Count("pk")).values("n")), 0),
        )
        .order_by("-activity__opens_at", "-pk")
    )


def library(person: Person, survey: Survey, *, words: str = "", kind: str = "") -> QuerySet[LibraryQuestion]:
    """Give the questions that this survey's board may ask again: its own, and the council's."""
    found = LibraryQuestion.objects.filter(Q(board=survey.activity.board_id) | Q(board__isnull=True)).select_related(
        "board"
    )
    for word in words.split()[:8]:
        found = found.filter(label__icontains=word)
    return found.filter(kind=kind) if kind else found


def copyable(person: Person, *, words: str = "") -> QuerySet[Survey]:
    """Give the surveys whose questions may be copied: all that were published, and drafts of one's own boards."""
    found = (
        Survey.objects.filter(
            Q(activity__is_draft=False, activity__is_unlisted=False, current__isnull=False)
            | Q(activity__board__in=boards_where(person, "see_unpublished"))
        )
        .select_related("activity__board", "current")
        .order_by("activity__board__name", "activity__title", "pk")
    )
    for word in words.split()[:8]:
        found = found.filter(Q(activity__title__icontains=word) | Q(activity__board__name__icontains=word))
    return found


def schema_to_copy(survey: Survey) -> dict[str, Any] | None:
    """Give what a survey asks: as it was published, or its draft; None where it asks nothing."""
    if survey.current is not None:
        return survey.current.schema
    draft = Draft.objects.filter(survey=survey).first()
    return draft.schema if draft else None


# --- a draft as the builder shows it -------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A question in its place. `number` is None for what is only read."""

    question: Mapping[str, Any]
    number: int | None


@dataclass(frozen=True)
class OnePage:
    page: Mapping[str, Any]
    number: int
    asked: tuple[Asked, ...]


def pages_of(schema: Mapping[str, Any]) -> list[OnePage]:
    """Give the pages of a draft, with its questions numbered through."""
    pages, number = [], 0
    for at, page in enumerate(schema.get("pages") or (), start=1):
        asked = []
        for question in page["questions"]:
            is_asked = question.get("kind") != "information"
            number += is_asked
            asked.append(Asked(question, number if is_asked else None))
        pages.append(OnePage(page, at, tuple(asked)))
    return pages


def earlier(schema: Mapping[str, Any], *, question: str = "", page: str = "", whole_page: bool = False) -> list[Any]:
    """Give the numbered questions that come before a question or a page; with `whole_page` those on it as well."""
    found: list[tuple[int, Mapping[str, Any]]] = []
    for each in pages_of(schema):
        here = each.page["id"] == page
        if here and not whole_page and not question:
            break
        for asked in each.asked:
            if question and asked.question["id"] == question:
                return found
            if asked.number is not None:
                found.append((asked.number, asked.question))
        if here:
            break
    return found
