"""The wall, one idea, and what a person sent and backed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.fields import BigIntegerField
from django.db.models.functions import Cast, Mod
from rapidfuzz import fuzz, process

from boards.people.models import Person
from boards.people.permissions import boards_where
from boards.places.models import Area, Board
from engagement.evidence.models import Need
from engagement.ideas.models import Backing, Idea, IdeasCall, StatusChange
from engagement.ideas.rules import DECK, search_words, turn_of_the_day

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

SORTS = ("shuffled", "newest", "backed")
PAGE = 20
ON_A_MAP = 100
MOST_COMPARED = 2000
LIKE_ENOUGH = 72


@dataclass(frozen=True)
class Asked:
    """What someone asked of the wall. Odd values mean "all", never a fault."""

    words: str = ""
    status: str = ""
    ward: str = ""
    need: str = ""
    sort: str = "shuffled"

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.status or self.ward or self.need)


def shown_ideas() -> QuerySet[Idea]:
    """Every idea the public may see: shown, and in a call that is published."""
    return Idea.objects.shown().filter(call__activity__is_draft=False)


def wall(call: IdeasCall, asked: Asked, *, today: date) -> QuerySet[Idea]:
    """Give the shown ideas of a call as asked for, in the order asked for.

    Shuffled is everyone's order for today (rules.turn_of_the_day), so that no idea is always
    first and pages do not overlap. Ties in the others fall by that same turn.
    """
    found = Idea.objects.shown().filter(call=call).select_related("place", "need")
    for word in search_words(asked.words):
        found = found.filter(search_text__contains=word)
    if asked.status:
        found = found.filter(status=asked.status)
    if asked.ward:
        found = found.filter(place__code=asked.ward)
    if asked.need:
        found = found.filter(need__slug=asked.need)
    turn = Mod(Cast("card", BigIntegerField()) * Value(turn_of_the_day(today)), Value(DECK))
    if asked.sort == "newest":
        return found.order_by("-sent_at", "-pk")
    if asked.sort == "backed":
        return found.order_by("-backers", turn, "pk")
    return found.order_by(turn, "pk")


def wards_of(board: Board) -> list[Area]:
    """Give the wards a board covers, without their boundaries."""
    return list(board.areas.wards().defer("boundary").order_by("name"))


def needs_asked(call: IdeasCall) -> list[Need]:
    return list(call.activity.needs.order_by("title"))


def calls_of(board: Board, *, now: datetime) -> list[IdeasCall]:
    """Give a board's published calls, open ones first, each with `shown_count`."""
    calls = (
        IdeasCall.objects.published()
        .filter(activity__board=board)
        .select_related("activity__board")
        .annotate(shown_count=Count("ideas", filter=Q(ideas__state=Idea.State.SHOWN)))
        .order_by("-activity__opens_at", "-pk")
    )
    return sorted(calls, key=lambda call: not call.activity.is_open(now))


def ideas_of(board: Board, *, limit: int = 6) -> QuerySet[Idea]:
    """Give a board's shown ideas, latest first."""
    return (
        shown_ideas()
        .filter(call__activity__board=board)
        .select_related("call__activity__board", "place", "need")
        .order_by("-sent_at", "-pk")[:limit]
    )


def similar(call: IdeasCall, title: str, *, but_not: Idea | None = None, limit: int = 3) -> list[Idea]:
    """Give shown ideas of this call whose names share most words with this one, most alike first.

    Compares with the latest 2,000 names. Source of the measure: rapidfuzz token_set_ratio, of
    which 72 in 100 or more counts as alike.
    """
    rows = Idea.objects.shown().filter(call=call)
    if but_not is not None:
        rows = rows.exclude(pk=but_not.pk)
    titles = dict(rows.order_by("-pk").values_list("pk", "title")[:MOST_COMPARED])
    found = process.extract(
        title.casefold(),
        {pk: name.casefold() for pk, name in titles.items()},
        scorer=fuzz.token_set_ratio,
        limit=limit,
        score_cutoff=LIKE_ENOUGH,
    )
    if not found:
        return []
    ideas = Idea.objects.select_related("call__activity__board").in_bulk([pk for _name, _score, pk in found])
    return [ideas[pk] for _name, _score, pk in found if pk in ideas]


def answers_to(idea: Idea) -> list[StatusChange]:
    """Give what the board said about an idea, oldest first."""
    return list(idea.status_changes.order_by("at", "pk"))


def sent_today_and_taken(call: IdeasCall, author: Person, slug: str, *, now: datetime) -> tuple[int, bool]:
    """Give how many ideas someone sent to a call in the last day, and whether an address in it is taken: one query."""
    a_day_ago = now - timedelta(days=1)
    rows = Idea.objects.filter(call=call).filter(Q(author=author, sent_at__gt=a_day_ago) | Q(slug=slug)).order_by()
    sent, taken = 0, False
    for author_id, sent_at, address in rows.values_list("author_id", "sent_at", "slug"):
        sent += author_id == author.pk and sent_at > a_day_ago
        taken = taken or address == slug
    return sent, taken


def has_backed(person: Person | AnonymousUser, idea: Idea) -> bool:
    return person.is_authenticated and Backing.objects.filter(idea=idea, person=person.pk).exists()


def ideas_of_person(person: Person) -> QuerySet[Idea]:
    """Give every idea someone sent, whatever became of it, latest first: for them alone."""
    return person.ideas.select_related("call__activity__board", "place", "need").order_by("-sent_at", "-pk")


def ideas_backed_by(person: Person) -> QuerySet[Idea]:
    """Give the shown ideas someone backs, latest backing first: for them alone."""
    return (
        shown_ideas()
        .filter(backings__person=person)
        .select_related("call__activity__board", "place", "need")
        .order_by("-backings__backed_at", "-pk")
    )


def people_to_tell(calls: Iterable[IdeasCall]) -> QuerySet[Person]:
    """Give everyone who sent an idea to these calls, shown or not, or backs one."""
    calls = list(calls)
    return Person.objects.filter(
        Q(pk__in=Idea.objects.filter(call__in=calls, author__isnull=False).values("author"))
        | Q(pk__in=Backing.objects.filter(idea__call__in=calls).values("person"))
    ).order_by("pk")


# --- the desk ----------------------------------------------------------------------------------

ANSWER_WITHIN = timedelta(days=14)


def desk_ideas(person: Person) -> QuerySet[Idea]:
    """Give every idea of the boards whose unpublished words this person may see."""
    return Idea.objects.filter(call__activity__board__in=boards_where(person, "see_unpublished")).select_related(
        "call__activity__board", "place"
    )


def unanswered(person: Person) -> QuerySet[Idea]:
    """Give the shown ideas nobody has answered, on the boards where this person answers, oldest first."""
    return (
        shown_ideas()
        .filter(status=Idea.Status.RECEIVED, call__activity__board__in=boards_where(person, "answer_ideas"))
        .select_related("call__activity__board")
        .order_by("sent_at", "pk")
    )


def unanswered_count(person: Person) -> int:
    return unanswered(person).count()
