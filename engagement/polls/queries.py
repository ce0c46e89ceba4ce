"""Polls of a board, their results, and which ones someone took part in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from boards.people.models import Person
from boards.places.models import Board
from engagement.activities.models import Activity, TakingPart
from engagement.activities.queries import touched_by
from engagement.polls.models import Choice, Poll


@dataclass(frozen=True)
class Results:
    """How a poll stands: choices in their own order with their votes, and how many voted."""

    rows: tuple[tuple[str, int], ...]
    base: int

    @property
    def leading(self) -> tuple[str, ...]:
        """The choice, or choices, with most votes; none where nobody has voted."""
        most = max((votes for _text, votes in self.rows), default=0)
        return tuple(text for text, votes in self.rows if most and votes == most)


def polls_of(board: Board, *, now: datetime | None = None, state: str = "") -> QuerySet[Poll]:
    """Give a board's published polls; `state` narrows to "open", "coming" or "closed"."""
    moment = now or timezone.now()
    polls = Poll.objects.for_board(board).published()
    if state == "open":
        return polls.open_at(moment).order_by("activity__closes_at", "pk")
    if state == "coming":
        return polls.coming_at(moment).order_by("activity__opens_at", "pk")
    if state == "closed":
        return polls.closed_at(moment).order_by("-activity__closes_at", "-pk")
    return polls.order_by("-activity__opens_at", "-pk")


def results(poll: Poll) -> Results:
    """Add up the tallies of every channel, in one query."""
    rows = (
        Choice.objects.filter(poll=poll)
        .annotate(votes=Sum("tallies__votes", default=0))
        .order_by("position", "pk")
        .values_list("text", "votes")
    )
    counted = tuple(rows)
    return Results(rows=counted, base=sum(votes for _text, votes in counted))


def polls_touched_by(person: Person) -> QuerySet[TakingPart]:
    """Give the polls someone voted in, latest first, for their own page. Never what they chose."""
    return touched_by(person, kind=Activity.Kind.POLL)


def people_to_tell(polls: QuerySet[Poll] | list[Poll]) -> QuerySet[Person]:
    """Give everyone who voted in any of these with an account, once each."""
    ids = [poll.pk for poll in polls]
    return Person.objects.filter(Q(taking_part__activity_id__in=ids), is_active=True).distinct()
