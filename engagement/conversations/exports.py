"""A conversation's statements and answers as tables to take away: no names, no order, no small numbers."""

from __future__ import annotations

from collections.abc import Iterator
from secrets import SystemRandom
from typing import Any

from django.db.models import Count

from engagement.conversations.models import Answer, Conversation, KeptResults, Participant, Statement
from engagement.rules.small_numbers import LEAST_SHOWN
from engagement.rules.tables import csv_lines, inert

LEAST_PEOPLE = 15
"""A file of each person's answers needs this many people to be among."""
LETTERS = "ABCDE"
COUNTS = ("agree", "disagree", "pass")


def statements_csv(conversation: Conversation, kept: KeptResults | None) -> Iterator[str]:
    """Give each shown statement with how everyone and each group answered it, as the page of results has it.

    An empty cell was too small to publish, or would have told one that was.
    """
    found = kept.found if kept else {}
    groups = LETTERS[: len(found.get("groups", ()))]
    headings = ["statement", "text", "from", *COUNTS]
    for letter in groups:
        headings += [*(f"group_{letter.lower()}_{count}" for count in COUNTS), f"group_{letter.lower()}_leans"]
    return csv_lines(_statement_rows(conversation, found, groups, headings))


def _statement_rows(
    conversation: Conversation, found: dict[str, Any], groups: str, headings: list[str]
) -> Iterator[list[object]]:
    yield list(headings)
    tables = found.get("tables", {})
    rows = Statement.objects.shown().filter(conversation=conversation).order_by("pk")
    for pk, text, is_the_boards in rows.values_list("pk", "text", "is_the_boards"):
        table = tables.get(str(pk), {"all": [None] * 3, "groups": [[None] * 3] * len(groups), "leans": []})
        row: list[object] = [pk, inert(text), "board" if is_the_boards else "participant", *table["all"]]
        for at in range(len(groups)):
            row += [*table["groups"][at], table["leans"][at] if at < len(table["leans"]) else ""]
        yield row


def has_answers_to_give(conversation: Conversation) -> bool:
    return Participant.objects.filter(conversation=conversation)[LEAST_PEOPLE - 1 : LEAST_PEOPLE].exists()


def answers_csv(conversation: Conversation) -> Iterator[str]:
    """Give one row a person: 1 agree, 0 pass, -1 disagree, empty where they did not answer. Headings alone of fewer than 15 people.

    Rows are shuffled anew in every copy and numbered after that: the number says nothing, and is in no other
    file. Statements that fewer than five people answered are left out.
    """
    if not has_answers_to_give(conversation):
        return csv_lines([["row"]])
    answers = Answer.objects.filter(participant__conversation=conversation, statement__state=Statement.State.SHOWN)
    asked = list(
        answers.order_by("statement")
        .values("statement")
        .annotate(people=Count("pk"))
        .filter(people__gte=LEAST_SHOWN)
        .values_list("statement", flat=True)
    )
    column = {pk: at for at, pk in enumerate(asked)}
    people: dict[int, list[object]] = {}
    for person, statement, way in answers.order_by().values_list("participant", "statement", "way"):
        if statement in column:
            people.setdefault(person, [None] * len(asked))[column[statement]] = way
    rows = list(people.values())
    SystemRandom().shuffle(rows)
    headings: list[list[object]] = [["row", *(f"statement_{pk}" for pk in asked)]]
    return csv_lines(headings + [[number, *row] for number, row in enumerate(rows, 1)])
