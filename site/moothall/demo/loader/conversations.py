"""A conversation of a board that has a file for one: invented people answer by chance, and the code finds the groups."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from boards.people.models import Person, Standing
from boards.places.models import Board
from engagement.activities.models import TakingPart
from engagement.conversations.actions.results import work_out
from engagement.conversations.actions.running import open_conversation
from engagement.conversations.actions.statements import add_statement
from engagement.conversations.models import COUNTED_AS, Answer, Conversation, Participant, Statement
from engagement.evidence.models import Need
from engagement.moderation.actions import decide
from engagement.moderation.models import Decision
from moothall.demo.loader.people import Cast
from moothall.demo.loader.reading import DATA, moment


def conversation_file(slug: str) -> dict[str, Any] | None:
    """Give the conversation of a board, or None where it has none."""
    path = DATA / "conversations" / f"{slug}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def load(board: Board, *, cast: Cast, needs: dict[str, Need], now: datetime) -> None:
    file = conversation_file(board.slug)
    if file is None:
        return
    opens_at = moment(file["opens"], now)
    conversation = open_conversation(
        board=board,
        question=file["question"],
        slug=file["slug"],
        summary=file["summary"],
        background=file["background"].strip(),
        opens_at=opens_at,
        closes_at=moment(file["closes"], now),
        audience=file["audience"],
        results_show=file["results"],
        is_draft=False,
        needs=[needs[slug] for slug in file["needs"]],
        statements=[each["text"] for each in file["statements"] if "from" not in each],
        by=None,
        now=opens_at,
    )
    for each in file["statements"]:
        if "from" in each:
            statement = send(conversation, each, now=opens_at + timedelta(days=1))
            at = opens_at + timedelta(days=1, hours=3)
            decide(item=statement, to=Statement.State.SHOWN, reason=Decision.Reason.FINE, by=cast.coordinator, now=at)
    for each in file["waiting"]:
        send(conversation, each, now=min(now, opens_at + timedelta(days=15)))
    answer(conversation, file, cast.crowd, now=now)
    work_out(conversation, now=now)


def send(conversation: Conversation, each: dict[str, Any], *, now: datetime) -> Statement:
    author = Person.objects.known_by(each["from"])
    # Who lives elsewhere works here.
    Standing.objects.get_or_create(
        person=author, board=conversation.activity.board, defaults={"reason": Standing.Reason.WORKS}
    )
    return add_statement(conversation=conversation, author=author, text=each["text"], now=now)


def answer(conversation: Conversation, file: dict[str, Any], crowd: list[Person], *, now: datetime) -> None:
    """Write what each invented person answered, by the chances of their camp: the same on every load."""
    chance = Random(conversation.activity.slug)  # noqa: S311  # invented people, not secrets
    keys = {each.text: each.pk for each in Statement.objects.shown().filter(conversation=conversation)}
    first = timezone.localdate(conversation.activity.opens_at)
    days = max(1, (timezone.localdate(now) - first).days)
    people = [camp for camp in file["camps"] for _each in range(camp["people"])]
    parts = TakingPart.objects.bulk_create(
        TakingPart(activity=conversation.activity, person=person, on=first + timedelta(days=number * 7919 % days))
        for number, (_camp, person) in enumerate(zip(people, crowd, strict=False))
    )
    participants = [
        Participant(conversation=conversation, taking_part=part, seed=chance.randrange(2**31), changed_at=number)
        for number, part in enumerate(parts, 1)
    ]
    Participant.objects.bulk_create(participants)
    answers = []
    for camp, participant in zip(people, participants, strict=False):
        for statement in file["statements"]:
            if chance.random() < camp["answers"]:
                agree, disagree = statement[camp["name"]]
                drawn = chance.randrange(100)
                way = 1 if drawn < agree else -1 if drawn < agree + disagree else 0
                answers.append(Answer(participant=participant, statement_id=keys[statement["text"]], way=way))
    Answer.objects.bulk_create(answers, batch_size=500)
    for pk in keys.values():
        ways = [each.way for each in answers if each.statement_id == pk]
        Statement.objects.filter(pk=pk).update(**{name: ways.count(int(way)) for way, name in COUNTED_AS.items()})
    Conversation.objects.filter(pk=conversation.pk).update(changes=len(participants))
