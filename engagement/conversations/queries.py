"""Lists of conversations, the statement that comes next, and what someone answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet
from rapidfuzz import fuzz, process

from boards.people.permissions import boards_where
from boards.places.models import Board
from engagement.activities import queries as activity_queries
from engagement.activities.models import Activity, TakingPart
from engagement.conversations.models import Answer, Conversation, KeptResults, Participant, Statement
from engagement.conversations.rules.order import Waiting, folded, next_statement

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person

LIKE_ENOUGH = 72
"""Of 100, by rapidfuzz token_set_ratio: the measure and the limit that ideas have."""


def conversations_of(board: Board, *, now: datetime, state: str) -> QuerySet[Activity]:
    """Give a board's published conversations that are open, coming or closed, as their activities."""
    find = {
        "open": activity_queries.open_activities,
        "coming": activity_queries.coming_activities,
        "closed": activity_queries.closed_activities,
    }[state]
    return find(board, now=now, kind=Activity.Kind.CONVERSATION)


def taking_part_of(
    conversation: Conversation, person: Person | AnonymousUser | None, digest: str = ""
) -> TakingPart | None:
    """Give the row of this person, or of their browser where they answered there before they signed in.

    Whoever answered in the browser and then sent a statement with their name has both rows; their
    answers stay with the one that has them.
    """
    activity = conversation.activity
    mine = activity_queries.took_part(activity, person=person) if person is not None else None
    browsers = activity_queries.took_part(activity, digest=digest) if digest else None
    if mine is None or browsers is None:
        return mine or browsers
    rows = Participant.objects.filter(taking_part__in=[mine, browsers]).values_list("taking_part", flat=True)
    return browsers if browsers.pk in rows and mine.pk not in rows else mine


def participant_of(taking_part: TakingPart | None) -> Participant | None:
    return Participant.objects.filter(taking_part=taking_part).first() if taking_part else None


def answers_of(participant: Participant | None) -> dict[int, int]:
    """Give each statement's key with what this participant answered."""
    if participant is None:
        return {}
    return dict(Answer.objects.filter(participant=participant).values_list("statement_id", "way"))


def waiting_statements(conversation: Conversation) -> list[Waiting]:
    """Give every shown statement with what people made of it so far, as the order of asking needs it."""
    rows = Statement.objects.shown().filter(conversation=conversation).order_by("pk")
    return [Waiting(*row) for row in rows.values_list("pk", "agrees", "disagrees", "passes", "extremity")]


@dataclass(frozen=True)
class Place:
    """Where someone stands in a conversation: what is asked now, and how far they are."""

    statement: Statement | None
    answered: int
    all: int


def place_in(conversation: Conversation, *, answered: dict[int, int], seed: int, asked: int | None = None) -> Place:
    """Give the statement to ask next, or the one that is `asked` for if it is shown. Two queries."""
    shown = waiting_statements(conversation)
    keys = {each.key for each in shown}
    left = [each for each in shown if each.key not in answered]
    key = asked if asked in keys else next_statement(left, seed=seed)
    statement = Statement.objects.filter(pk=key).first() if key is not None else None
    return Place(statement, len(keys & answered.keys()), len(keys))


def shown_statement(conversation: Conversation, pk: int) -> Statement | None:
    found: Statement | None = Statement.objects.shown().filter(conversation=conversation, pk=pk).first()
    return found


def answered_statements(conversation: Conversation, answered: dict[int, int]) -> list[tuple[Statement, Answer.Way]]:
    """Give the shown statements someone answered, with what they answered, in the statements' order."""
    rows = Statement.objects.shown().filter(conversation=conversation).order_by("pk")
    return [(each, Answer.Way(answered[each.pk])) for each in rows if each.pk in answered]


def statements_by(person: Person | AnonymousUser, conversation: Conversation) -> QuerySet[Statement]:
    """Give what someone sent to this conversation, whatever became of it: for them alone."""
    return Statement.objects.filter(conversation=conversation, author=person.pk or 0).order_by("-pk")


def similar(conversation: Conversation, text: str, *, limit: int = 3) -> list[Statement]:
    """Give the shown statements that share most words with this one, the most alike first."""
    rows = Statement.objects.shown().filter(conversation=conversation).order_by("pk")
    texts = {pk: folded(said) for pk, said in rows.values_list("pk", "text")}
    found = process.extract(folded(text), texts, scorer=fuzz.token_set_ratio, limit=limit, score_cutoff=LIKE_ENOUGH)
    statements = Statement.objects.in_bulk([pk for _text, _score, pk in found]) if found else {}
    return [statements[pk] for _text, _score, pk in found if pk in statements]


def is_there_already(conversation: Conversation, text: str) -> bool:
    """Tell whether a shown statement says the same, but for spaces, case and its stop."""
    same = folded(text)
    rows = Statement.objects.shown().filter(conversation=conversation).values_list("text", flat=True)
    return any(folded(said) == same for said in rows)


def kept_results(conversation: Conversation) -> KeptResults | None:
    return KeptResults.objects.filter(pk=conversation.pk).first()


def texts_of(conversation: Conversation) -> dict[int, str]:
    """Give the words of every statement that is shown now: one that was hidden since is on no page of results."""
    return dict(Statement.objects.shown().filter(conversation=conversation).values_list("pk", "text"))


def changed_since(conversation: Conversation, changes: int) -> int:
    """Give how many people answered, or answered otherwise, since the conversation stood at this number."""
    return Participant.objects.filter(conversation=conversation, changed_at__gt=changes).count()


# --- the desk ----------------------------------------------------------------------------------


def desk_conversations(person: Person | AnonymousUser) -> QuerySet[Conversation]:
    """Give the conversations of boards whose unpublished words this person may see, latest first."""
    return (
        Conversation.objects.filter(activity__board__in=boards_where(person, "see_unpublished"))
        .select_related("activity__board")
        .with_counts()
        .order_by("-activity__opens_at", "-pk")
    )


def to_work_out(now: datetime) -> QuerySet[Conversation]:
    """Give the conversations in which something changed since their results were kept, or that closed since."""
    changed = Q(kept_results__isnull=True, changes__gt=0) | Q(kept_results__changes__lt=F("changes"))
    closed = Q(activity__closes_at__lte=now, kept_results__is_final=False)
    return Conversation.objects.published().filter(changed | closed).select_related("activity__board").order_by("pk")
