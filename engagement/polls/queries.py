"""Polls of a board, their results, and which ones someone took part in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.models import Person
from boards.places.models import Board
from engagement.activities.models import Activity, TakingPart
from engagement.activities.queries import touched_by
from engagement.polls.models import Choice, Kind, PlaceTally, Poll, Voters, Why
from engagement.polls.rules import Spread, points_for, spread_of


@dataclass(frozen=True)
class Results:
    """How a poll stands: choices in their own order with their votes, and how many people voted.

    Of a ranking the votes are the first places, and `points` gives each choice its points. Of a
    scale `spread` says where the middle lies, as positions in `rows`.
    """

    rows: tuple[tuple[str, int], ...]
    base: int
    kind: str = Kind.ONE_CHOICE
    points: tuple[tuple[str, int], ...] = ()
    most: int = 0
    spread: Spread | None = None

    @property
    def leading(self) -> tuple[str, ...]:
        """The choice, or choices, with most votes; none where nobody has voted."""
        most = max((votes for _text, votes in self.rows), default=0)
        return tuple(text for text, votes in self.rows if most and votes == most)

    @property
    def middle(self) -> str:
        """The median of a scale in words: one answer, or two with nobody between them."""
        if self.spread is None:
            return ""
        low, high = self.rows[self.spread.low][0], self.rows[self.spread.high][0]
        return low if low == high else _("between %(low)s and %(high)s") % {"low": low, "high": high}

    @property
    def is_between(self) -> bool:
        """Tell whether the median lies between two answers that nobody stands between."""
        return self.spread is not None and self.spread.low != self.spread.high

    @property
    def half_from(self) -> str:
        return self.rows[self.spread.from_][0] if self.spread else ""

    @property
    def half_to(self) -> str:
        return self.rows[self.spread.to][0] if self.spread else ""


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
    """Add up the counts of every channel, in one query."""
    choices = Choice.objects.filter(poll=poll).order_by("position", "pk")
    if poll.kind == Kind.RANKING:
        return _ranked(poll, choices)
    rows = choices.annotate(votes=Sum("tallies__votes", default=0))
    if poll.kind == Kind.SEVERAL:
        counted = list(rows.annotate(base=_base()).values_list("text", "votes", "base"))
        return Results(
            rows=tuple((text, votes) for text, votes, _base in counted),
            base=counted[0][2] if counted else 0,
            kind=poll.kind,
            most=poll.most or 0,
        )
    found = list(rows.values_list("text", "votes"))
    votes = [each for _text, each in found]
    texts = poll.worded([text for text, _votes in found])
    return Results(
        rows=tuple(zip(texts, votes, strict=True)),
        base=sum(votes),
        kind=poll.kind,
        spread=spread_of(votes) if poll.kind in (Kind.SCALE, Kind.FACES) else None,
    )


def _base() -> Coalesce:
    people = Voters.objects.filter(poll=OuterRef("poll")).order_by().values("poll").annotate(all=Sum("people"))
    return Coalesce(Subquery(people.values("all")), 0)


def _ranked(poll: Poll, choices: QuerySet[Choice]) -> Results:
    most = poll.most or 1
    worth = points_for(0, most=most) - F("place_tallies__place")
    counted = list(
        choices.annotate(
            first=Sum("place_tallies__votes", filter=Q(place_tallies__place=1), default=0),
            points=Sum(F("place_tallies__votes") * worth, default=0, output_field=IntegerField()),
            base=_base(),
        ).values_list("text", "first", "points", "base")
    )
    return Results(
        rows=tuple((text, first) for text, first, _points, _base in counted),
        base=counted[0][3] if counted else 0,
        kind=poll.kind,
        points=tuple((text, points) for text, _first, points, _base in counted),
        most=most,
    )


def places(poll: Poll) -> list[tuple[str, list[int]]]:
    """Give how often each choice was put in each place, for the desk: (choice, votes of place 1, 2 and so on)."""
    given: dict[int, dict[int, int]] = {}
    rows = PlaceTally.objects.filter(choice__poll=poll).order_by().values_list("choice_id", "place")
    for choice_id, place, votes in rows.annotate(all=Sum("votes")):
        given.setdefault(choice_id, {})[place] = votes
    numbers = range(1, (poll.most or 0) + 1)
    return [
        (choice.text, [given.get(choice.pk, {}).get(place, 0) for place in numbers]) for choice in poll.choices.all()
    ]


def shown_whys(poll: Poll) -> QuerySet[Why]:
    """Give the words that may be shown, in an order that says nothing of when they came."""
    return Why.objects.filter(poll=poll).shown().order_by("pk")


def desk_whys(poll: Poll) -> QuerySet[Why]:
    """Give every word written of why, for the board's officers: what waits first."""
    waiting = Case(When(state=Why.State.PENDING, then=0), default=1)
    return Why.objects.filter(poll=poll, withdrawn_at__isnull=True).select_related("evidence").order_by(waiting, "pk")


def polls_touched_by(person: Person) -> QuerySet[TakingPart]:
    """Give the polls someone voted in, latest first, for their own page. Never what they chose."""
    return touched_by(person, kind=Activity.Kind.POLL)


def people_to_tell(polls: QuerySet[Poll] | list[Poll]) -> QuerySet[Person]:
    """Give everyone who voted in any of these with an account, once each."""
    ids = [poll.pk for poll in polls]
    return Person.objects.filter(Q(taking_part__activity_id__in=ids), is_active=True).distinct()
