"""The wall, one idea, and what a person sent and backed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db import connection, transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Value
from django.db.models.fields import BigIntegerField, FloatField
from django.db.models.functions import Cast, Mod
from django.utils import timezone
from rapidfuzz import fuzz, process

from boards.people.models import Person
from boards.people.permissions import boards_where
from boards.places.models import Area, Board, Postcode
from boards.places.queries import ward_containing
from engagement.evidence.models import Need, Theme
from engagement.ideas.models import Backing, CoAuthor, Comment, Following, Idea, IdeaPicture, IdeasCall, StatusChange
from engagement.ideas.rules import DECK, folded, search_words, turn_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

SORTS = ("shuffled", "newest", "backed", "discussed", "near")
PAGE = 20
ON_A_MAP = 100
MOST_COMPARED = 2000
LIKE_ENOUGH = 72
A_LITTLE_ALIKE = 40
"""For an officer who looks for a duplicate: better a few too many than the one missed."""


@dataclass(frozen=True)
class Asked:
    """What someone asked of the wall. Odd values mean "all", never a fault.

    `near` is a postcode as typed, and `point` where it lies (latitude, longitude), None for one
    that is unknown. `hand` is which of the day's orders a visitor was dealt (boards.people.hands).
    """

    words: str = ""
    status: str = ""
    theme: str = ""
    ward: str = ""
    need: str = ""
    near: str = ""
    point: tuple[float, float] | None = None
    sort: str = "shuffled"
    hand: int = 0

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.status or self.theme or self.ward or self.need)


def shown_ideas() -> QuerySet[Idea]:
    """Every idea the public may see: shown, in a call that is published, and not brought into another."""
    return Idea.objects.on_the_wall().filter(call__activity__is_draft=False)


def wall(call: IdeasCall, asked: Asked, *, today: date) -> QuerySet[Idea]:
    """Give the shown ideas of a call as asked for, in the order asked for.

    Shuffled is one of the orders of today (rules.turn), so that no idea is always first and one
    visitor's pages do not overlap. Ties in the others fall by that same turn. Near leaves out
    ideas that are not on the map.
    """
    found = narrowed(Idea.objects.on_the_wall().filter(call=call), asked)
    turn = Mod(Cast("card", BigIntegerField()) * Value(turn_of(today, asked.hand)), Value(DECK))
    if asked.sort == "near" and asked.point is not None:
        return found.filter(latitude__isnull=False).annotate(far=far_from(asked.point)).order_by("far", turn, "pk")
    if asked.sort == "newest":
        return found.order_by("-sent_at", "-pk")
    if asked.sort == "backed":
        return found.order_by("-backers", turn, "pk")
    if asked.sort == "discussed":
        return found.order_by("-comments", turn, "pk")
    return found.order_by(turn, "pk")


MOST_FOUND = 2_000


class WallPaginator(Paginator[Any]):
    """Pages of a wall. Finds the keys of a page first, from indexes alone where it can, then reads those ideas.

    A narrowed wall is looked through once: up to 2,000 keys say both how many there are and which
    stand on this page.
    """

    def __init__(self, found: QuerySet[Idea], asked: Asked, size: int) -> None:
        keys: Any = found.values_list("pk", flat=True)
        if asked.is_narrowed:
            first = list(keys[: MOST_FOUND + 1])
            keys = first if len(first) <= MOST_FOUND else keys
        super().__init__(keys, size)

    def page(self, number: int | str) -> Page[Any]:
        found = super().page(number)
        keys = list(found.object_list)
        ideas = Idea.objects.select_related("place", "need").in_bulk(keys)
        found.object_list = [ideas[key] for key in keys if key in ideas]
        return found


def narrowed(found: QuerySet[Idea], asked: Asked) -> QuerySet[Idea]:
    for word in search_words(asked.words):
        found = found.filter(search_text__contains=word)
    if asked.status:
        found = found.filter(status=asked.status)
    if asked.theme:
        found = found.filter(theme__code=asked.theme)
    if asked.ward:
        found = found.filter(place__code=asked.ward)
    if asked.need:
        found = found.filter(need__slug=asked.need)
    return found


def far_from(point: tuple[float, float]) -> Any:
    """Give an expression for how far an idea is from a point: degrees of latitude, squared, on a flat map."""
    latitude, longitude = point
    north = Cast("latitude", FloatField()) - Value(latitude)
    east = (Cast("longitude", FloatField()) - Value(longitude)) * Value(math.cos(math.radians(latitude)))
    return north * north + east * east


def point_of(postcode: str) -> tuple[float, float] | None:
    """Give where a postcode lies, or None for one we do not know."""
    row = Postcode.objects.filter(pk=postcode).values_list("latitude", "longitude").first()
    return (float(row[0]), float(row[1])) if row and row[0] is not None and row[1] is not None else None


@dataclass(frozen=True)
class Waiting:
    """How many shown ideas nobody has answered, and since when the oldest waits."""

    how_many: int
    since: datetime | None

    def days(self, now: datetime) -> int:
        """Whole days in London from the day it was sent to today."""
        return (timezone.localdate(now) - timezone.localdate(self.since)).days if self.since else 0


def waiting_for_an_answer(call: IdeasCall) -> Waiting:
    """Give the shown ideas of a call without an answer: published, so that silence is seen."""
    row = (
        Idea.objects.on_the_wall()
        .filter(call=call, answered_at__isnull=True)
        .aggregate(how_many=Count("*"), since=Min("sent_at"))
    )
    return Waiting(row["how_many"], row["since"])


def themes_of(call: IdeasCall) -> list[Theme]:
    return list(call.themes.order_by("label"))


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
        .annotate(shown_count=Count("ideas", filter=Q(ideas__state=Idea.State.SHOWN, ideas__merged_into__isnull=True)))
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


def similar(
    call: IdeasCall,
    title: str,
    *,
    but_not: Idea | None = None,
    limit: int = 3,
    least: int = LIKE_ENOUGH,
    by_letters: bool = True,
) -> list[Idea]:
    """Give shown ideas of this board that may be the same as one called `title`, most alike first.

    PostgreSQL: names that share two words with it, stems and not stop words (full text); where
    none is alike, names of similar letters, slips and all (pg_trgm, half of the trigrams). Both
    from indexes. SQLite: the latest 2,000 whose names share a word. Either way the order is by
    likeness of names, rapidfuzz token_set_ratio, of which `least` in 100 or more counts as alike.
    """
    asked = folded(title[:200])
    if not asked:
        return []
    finders = [sharing_a_word]
    if connection.vendor == "postgresql":
        finders = [sharing_two_words, *([alike_in_letters] if by_letters else [])]
        if least < LIKE_ENOUGH:  # an officer looks: one word in common will do
            finders.append(sharing_a_word)
    for find in finders:
        candidates = find(call, asked)
        if but_not is not None:
            candidates.pop(but_not.pk, None)
        found = process.extract(asked, candidates, scorer=fuzz.token_set_ratio, limit=limit, score_cutoff=least)
        if found:
            ideas = Idea.objects.select_related("call__activity__board").in_bulk([pk for _name, _score, pk in found])
            return [ideas[pk] for _name, _score, pk in found if pk in ideas]
    return []


ON_THIS_BOARD = """
    FROM ideas_idea idea JOIN activities_activity activity ON activity.id = idea.call_id
    WHERE activity.board_id = %(board)s AND NOT activity.is_draft AND NOT activity.is_unlisted
      AND idea.state = 'shown' AND idea.merged_into_id IS NULL
"""
TWO_WORDS = f"""
    WITH said AS (SELECT unnest(tsvector_to_array(to_tsvector('english', %(title)s))) AS word)
    SELECT idea.id, idea.search_title {ON_THIS_BOARD}
      AND to_tsvector('english', idea.search_title) @@ (
        SELECT coalesce(
          (SELECT string_agg(quote_literal(one.word) || ' & ' || quote_literal(two.word), ' | ')
           FROM said one JOIN said two ON one.word < two.word),
          (SELECT quote_literal(min(word)) FROM said), ''
        )::tsquery
      )
    ORDER BY similarity(idea.search_title, %(title)s) DESC, idea.id DESC
    LIMIT 20
"""  # noqa: S608  # nosec B608: only our own words are joined; what was typed is a parameter
SAME_LETTERS = f"""
    SELECT idea.id, idea.search_title {ON_THIS_BOARD} AND idea.search_title %% %(title)s
    ORDER BY similarity(idea.search_title, %(title)s) DESC, idea.id DESC
    LIMIT 20
"""  # nosec B608: as above


def sharing_two_words(call: IdeasCall, asked: str) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(TWO_WORDS, {"board": call.activity.board_id, "title": asked})
        return dict(cursor.fetchall())


def alike_in_letters(call: IdeasCall, asked: str) -> dict[int, str]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.similarity_threshold = 0.5")
        cursor.execute(SAME_LETTERS, {"board": call.activity.board_id, "title": asked})
        return dict(cursor.fetchall())


def sharing_a_word(call: IdeasCall, asked: str) -> dict[int, str]:
    words = sorted(search_words(asked), key=len, reverse=True)
    shares = Q(pk__in=[])
    for word in [word for word in words if len(word) > 3] or words:
        # Without its last letter, so that one bench finds two benches.
        shares |= Q(search_title__contains=word[:-1] if len(word) > 4 else word)
    rows = shown_ideas().filter(shares, call__activity__board=call.activity.board_id)
    return dict(rows.order_by("-pk").values_list("pk", "search_title")[:MOST_COMPARED])


# --- who stands by an idea -----------------------------------------------------------------------


def writers_of(idea: Idea) -> QuerySet[Person]:
    """Give everyone who wrote an idea or one that was brought into it."""
    together = Idea.objects.together_with(idea)
    return Person.objects.filter(
        Q(pk__in=together.filter(author__isnull=False).values("author"))
        | Q(pk__in=CoAuthor.objects.filter(idea__in=together, accepted_at__isnull=False).values("person"))
    )


def people_touched_by(idea: Idea) -> QuerySet[Person]:
    """Give everyone who hears what the board answers: writers, backers, commenters and followers, each once."""
    together = Idea.objects.together_with(idea)
    said = Comment.objects.shown().filter(idea__in=together, author__isnull=False)
    return Person.objects.filter(
        Q(pk__in=writers_of(idea).values("pk"))
        | Q(pk__in=Backing.objects.filter(idea__in=together).values("person"))
        | Q(pk__in=said.values("author"))
        | Q(pk__in=Following.objects.filter(idea__in=together).values("person"))
    )


def languages_of(people: QuerySet[Person]) -> list[str]:
    return list(people.order_by("language").values_list("language", flat=True).distinct())


def backers_counted(idea: Idea) -> int:
    """Count the different people who back an idea or one brought into it."""
    together = Idea.objects.together_with(idea)
    return Backing.objects.filter(idea__in=together).aggregate(n=Count("person", distinct=True))["n"] or 0


def has_backed(person: Person | AnonymousUser, idea: Idea) -> bool:
    """Tell whether someone backs an idea or one that was brought into it."""
    if not person.is_authenticated:
        return False
    return Backing.objects.filter(Q(idea=idea) | Q(idea__merged_into=idea), person=person.pk).exists()


def backed_a_duplicate(person: Person, idea: Idea) -> bool:
    return Backing.objects.filter(idea__merged_into=idea, person=person.pk).exists()


def of_this_person(person: int) -> dict[str, Exists]:
    """Give what an idea's page asks of a reader, to be read with the idea: who backs, follows and has comments waiting."""
    mine = OuterRef("pk")
    backings = Backing.objects.filter(Q(idea=mine) | Q(idea__merged_into=mine), person=person)
    said = Comment.objects.exclude(state=Comment.State.SHOWN).filter(idea=mine, author=person)
    return {
        "is_backed": Exists(backings),
        "is_followed": Exists(Following.objects.filter(idea=mine, person=person)),
        "has_own_waiting": Exists(said),
    }


# --- comments --------------------------------------------------------------------------------------


def comments_of(idea: Idea) -> QuerySet[Comment]:
    """Give what is shown below an idea, and below those brought into it, oldest first."""
    return Comment.objects.shown().filter(Q(idea=idea) | Q(idea__merged_into=idea)).order_by("sent_at", "pk")


def comments_today(person: Person, *, now: datetime) -> int:
    return Comment.objects.filter(author=person, sent_at__gt=now - timedelta(days=1)).count()


def last_comment_is_shown(person: Person, idea: Idea) -> bool:
    last = idea.all_comments.filter(author=person).order_by("-pk").first()
    return last is not None and last.state == Comment.State.SHOWN


def comments_waiting(person: Person | AnonymousUser, idea: Idea) -> list[Comment]:
    """Give someone's own comments that are not shown yet: for them alone."""
    if not person.is_authenticated:
        return []
    return list(idea.all_comments.exclude(state=Comment.State.SHOWN).filter(author=person.pk).order_by("sent_at"))


def days_waiting(idea: Idea, now: datetime) -> int | None:
    """Give how many days a shown idea has waited for the board's answer; None for one that has it."""
    if idea.answered_at is not None or not idea.is_shown:
        return None
    return (timezone.localdate(now) - timezone.localdate(idea.sent_at)).days


def pictures_of(idea: Idea, person: Person | AnonymousUser, *, is_mine: bool) -> list[IdeaPicture]:
    """Give the pictures someone may see: those shown, and for the writers those that wait too."""
    found = idea.pictures.order_by("pk")
    return list(found.exclude(state=IdeaPicture.State.HIDDEN) if is_mine else found.shown())


def co_authors_counted(idea: Idea) -> int:
    return idea.co_authors.filter(accepted_at__isnull=False).count()


def brought_into(idea: Idea) -> list[Idea]:
    """Give the ideas that were brought into this one, with the addresses of their pages."""
    return list(idea.brought_in.select_related("call__activity__board").order_by("sent_at", "pk"))


def ward_at(board: Board, latitude: float, longitude: float) -> Area | None:
    """Give the ward of a board that a point lies in, or None outside the board."""
    found = ward_containing(latitude, longitude)
    return found if found is not None and board.covers.filter(area=found).exists() else None


def could_stand_for(idea: Idea, words: str, *, limit: int = 12) -> QuerySet[Idea]:
    """Give ideas of the same board that may say the same: by the words asked for, else the most alike."""
    board_id = idea.call.activity.board_id
    others = shown_ideas().filter(call__activity__board=board_id).exclude(pk=idea.pk)
    if search_words(words):
        for word in search_words(words):
            others = others.filter(search_text__contains=word)
        keys = list(others.order_by("-backers", "pk").values_list("pk", flat=True)[:limit])
    else:
        keys = [each.pk for each in similar(idea.call, idea.title, but_not=idea, limit=limit, least=A_LITTLE_ALIKE)]
    return Idea.objects.filter(pk__in=keys).select_related("call__activity__board").order_by("-backers", "pk")


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


def ideas_of_person(person: Person) -> QuerySet[Idea]:
    """Give every idea someone wrote, alone or with others, whatever became of it, latest first: for them alone."""
    mine = Q(author=person) | Q(co_authors__person=person, co_authors__accepted_at__isnull=False)
    found = Idea.objects.filter(pk__in=Idea.objects.filter(mine).values("pk"))
    return found.select_related("call__activity__board", "place", "need").order_by("-sent_at", "-pk")


def ideas_backed_by(person: Person) -> QuerySet[Idea]:
    """Give the shown ideas someone backs, latest backing first: for them alone."""
    return (
        shown_ideas()
        .filter(backings__person=person)
        .select_related("call__activity__board", "place", "need")
        .order_by("-backings__backed_at", "-pk")
    )


def people_to_tell(calls: Iterable[IdeasCall]) -> QuerySet[Person]:
    """Give everyone who sent an idea or a comment to these calls, shown or not, or backs one."""
    calls = list(calls)
    return Person.objects.filter(
        Q(pk__in=Idea.objects.filter(call__in=calls, author__isnull=False).values("author"))
        | Q(pk__in=Backing.objects.filter(idea__call__in=calls).values("person"))
        | Q(pk__in=Comment.objects.filter(idea__call__in=calls, author__isnull=False).values("author"))
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
