"""Answering statements: one answer of one person to one statement, which they may change while it is open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from boards.people.models import Person
from boards.places.models import Area
from engagement.activities.actions import device_digest, taking_part
from engagement.activities.models import TakingPart
from engagement.activities.permissions import not_open
from engagement.conversations import permissions, queries
from engagement.conversations.actions.refusals import Refused
from engagement.conversations.models import COUNTED_AS, Answer, Conversation, Participant, Statement

WAYS = frozenset(Answer.Way.values)


def answer(
    *,
    conversation: Conversation,
    ways: Mapping[int, int],
    now: datetime,
    person: Person | None = None,
    device: str = "",
    area: Area | None = None,
    seed: int | None = None,
) -> int:
    """Keep what someone answered, by statement; give how many answers are new or other than before.

    Sending the same again changes nothing. A statement that is not shown (any more) is passed over.
    Raises Refused when it is not open or the person is not on its rung.
    """
    if not set(ways.values()) <= WAYS:
        raise ValueError("An answer is 1, 0 or -1.")
    digest = device_digest(conversation.activity, device) if device else ""
    before = queries.taking_part_of(conversation, person, digest)
    says_local = area is not None or (before is not None and before.place_id is not None)
    verdict = permissions.may_answer(person or AnonymousUser(), conversation, now=now, says_local=says_local)
    if not verdict:
        raise Refused(verdict.why_not)
    with transaction.atomic():
        held = hold(conversation)
        verdict = not_open(held.activity, now=now)
        if not verdict:
            raise Refused(verdict.why_not)
        statements = {each.pk: each for each in Statement.objects.shown().filter(conversation=held, pk__in=list(ways))}
        if not statements:
            if ways:
                raise Refused(_("This statement is not shown any more, so your answer was not kept. Here is the next."))
            return 0
        participant = participant_for(held, before, now=now, person=person, device=device, area=area, seed=seed)
        changed = keep_answers(participant, {pk: ways[pk] for pk in statements})
        if changed:
            held.changes += 1
            Conversation.objects.filter(pk=held.pk).update(changes=held.changes)
            Participant.objects.filter(pk=participant.pk).update(changed_at=held.changes)
    return changed


def hold(conversation: Conversation) -> Conversation:
    """Hold the conversation and its activity to the commit, and give them as they are now.

    Answers of one conversation wait for each other here, each for a few milliseconds: closing is
    then before an answer or after it, and two posts of one person cannot both be the first.
    """
    rows = Conversation.objects.select_related("activity").select_for_update(no_key=True, of=("self", "activity"))
    held = rows.get(pk=conversation.pk)
    held.activity.board = conversation.activity.board
    return held


def participant_for(
    conversation: Conversation,
    before: TakingPart | None,
    *,
    now: datetime,
    person: Person | None,
    device: str,
    area: Area | None,
    seed: int | None,
) -> Participant:
    """Give the participant, made with the first answer. A conversation is held, so no other is made meanwhile."""
    if before is None:
        row = taking_part(
            activity=conversation.activity, now=now, person=person, device="" if person else device, place=area
        )
        TakingPart.objects.bulk_create([row], ignore_conflicts=True)
        before = queries.taking_part_of(conversation, person, row.device or "")
        assert before is not None  # noqa: S101  # it was there, or it is now
    found, _made = Participant.objects.get_or_create(
        taking_part=before,
        defaults={"conversation": conversation, **({"seed": seed} if seed is not None else {})},
    )
    return found


def keep_answers(participant: Participant, ways: Mapping[int, int]) -> int:
    """Write what is new or other, and the statements' counts with it; give how many."""
    held = {each.statement_id: each for each in Answer.objects.filter(participant=participant, statement__in=ways)}
    new = [
        Answer(participant=participant, statement_id=pk, way=way) for pk, way in sorted(ways.items()) if pk not in held
    ]
    other = [each for pk, each in sorted(held.items()) if each.way != ways[pk]]
    Answer.objects.bulk_create(new)
    for each in other:
        move(each.statement_id, COUNTED_AS[Answer.Way(each.way)], -1)
        each.way = ways[each.statement_id]
    if other:
        Answer.objects.bulk_update(other, ["way"])
    for each in (*new, *other):
        move(each.statement_id, COUNTED_AS[Answer.Way(each.way)], 1)
    return len(new) + len(other)


def move(statement: int, count: str, by: int) -> None:
    Statement.objects.filter(pk=statement).update(**{count: F(count) + by})
