"""Make a valid conversation, statements and answers that fall into groups."""

from __future__ import annotations

from itertools import count
from random import Random

from boards.places.models import Board
from engagement.activities.models import Activity, Audience, TakingPart
from engagement.conversations.models import COUNTED_AS, Answer, Conversation, Participant, Statement
from tests.factories import make_activity, make_person

numbers = count(1)


def make_conversation(board: Board, question: str = "", *, statements: int = 0, **facts: object) -> Conversation:
    """Give a conversation that opened yesterday, closes in a week and asks for nothing."""
    question = question or f"What should the high street be like? {next(numbers)}"
    own = {
        name: facts.pop(name)
        for name in ("background", "takes_statements", "shows_at_once", "least_in_group", "publishes_answers")
        if name in facts
    }
    facts = {"audience": Audience.ANYONE, **facts}
    activity = make_activity(board, Activity.Kind.CONVERSATION, question, **facts)
    conversation = Conversation.objects.create(activity=activity, question=question, **own)
    for _each in range(statements):
        make_statement(conversation)
    return conversation


def make_statement(conversation: Conversation, text: str = "", **facts: object) -> Statement:
    """Give a statement of the board, which is shown; with an author, or another state, where they are given."""
    number = next(numbers)
    facts = {"state": Statement.State.SHOWN, "is_the_boards": "author" not in facts, **facts}
    return Statement.objects.create(
        conversation=conversation, text=text or f"Statement {number} says something.", **facts
    )


def make_answers(conversation: Conversation, rows: list[list[int | None]]) -> list[Participant]:
    """Store answers, a row a person and a column a statement in the order of their keys, as the actions would."""
    statements = list(Statement.objects.shown().filter(conversation=conversation).order_by("pk"))
    people = []
    for row in rows:
        part = TakingPart.objects.create(activity=conversation.activity, person=make_person())
        conversation.changes += 1
        person = Participant.objects.create(
            conversation=conversation, taking_part=part, changed_at=conversation.changes
        )
        Answer.objects.bulk_create(
            Answer(participant=person, statement=statement, way=way)
            for statement, way in zip(statements, row, strict=True)
            if way is not None
        )
        people.append(person)
    for statement in statements:
        ways = list(Answer.objects.filter(statement=statement).values_list("way", flat=True))
        Statement.objects.filter(pk=statement.pk).update(
            **{name: ways.count(int(way)) for way, name in COUNTED_AS.items()}
        )
    conversation.save(update_fields=["changes"])
    return people


def two_camps(people: int, statements: int, *, seed: int = 1, passes: float = 0.1) -> list[list[int | None]]:
    """Give the answers of two groups that differ on all but the first two statements, on which all agree.

    The last statement nobody is sure of. One in ten answers is a pass, one in ten goes the other way.
    """
    chance = Random(seed)
    rows: list[list[int | None]] = []
    for at in range(people):
        side = 1 if at % 5 < 3 else -1
        row: list[int | None] = []
        for statement in range(statements):
            way = 1 if statement < 2 else side * (1 if statement % 2 else -1)
            if statement == statements - 1:
                way = 0 if chance.random() < 0.7 else way
            elif chance.random() < passes:
                way = 0
            elif chance.random() < 0.1 and statement >= 2:
                way = -way
            row.append(way)
        rows.append(row)
    return rows
