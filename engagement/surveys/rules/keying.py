"""What somebody keyed of a sheet of paper: answers that fit, and a mark on every question where paper went its own way.

Paper cannot be refused. What it leaves out, ticks twice or answers although it was to be passed over
is kept as it was found, in a mark, and is no answer. What looks like a slip of the keyer is handed
back as a doubt first; said again to be so, it is a mark too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from engagement.surveys.rules.answers import (
    OTHER,
    Fault,
    Known,
    Typed,
    check_page,
    keep_shown,
    names_of,
    path,
    shown_questions,
)
from engagement.surveys.rules.conditions import World
from engagement.surveys.rules.schema import Choice, Kind, Page, Question, Schema

ONE_TICK = frozenset({Kind.YES_NO, Kind.ONE_CHOICE, Kind.DROP_DOWN, Kind.SCALE, Kind.FACES})
"""Kinds that the web lets nobody tick twice, and paper does."""


class Mark(StrEnum):
    LEFT_OUT = "left_out"
    TWICE = "twice"
    UNCLEAR = "unclear"
    PASSED_OVER = "passed_over"
    NO_WORDS = "no_words"
    DOES_NOT_FIT = "does_not_fit"


Marks = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Keyed:
    """Answers in their kept form, marks by question, and doubts: what should be looked at on the paper once more."""

    answers: dict[str, Any]
    marks: dict[str, dict[str, Any]]
    doubts: dict[str, Fault]


def is_keyed(question: Question) -> bool:
    """Tell whether paper can answer it: what is only read, and a file, it cannot."""
    return question.is_answered and question.kind is not Kind.FILE


def read_sheet(
    schema: Schema, typed: Typed, world: World, *, unclear: Collection[str] = (), sure: bool = False,
    known: Known | None = None,
) -> Keyed:  # fmt: skip
    """Read a whole sheet as it was keyed. `sure`: whoever keyed it has looked again, and the paper says so."""
    answers: dict[str, Any] = {}
    marks: dict[str, dict[str, Any]] = {}
    doubts: dict[str, Fault] = {}
    for question in schema.questions.values():
        if not is_keyed(question):
            continue
        boxes = {name: list(typed.get(name, ())) for name in names_of(question)}
        if question.id in unclear:
            marks[question.id] = {"is": Mark.UNCLEAR.value}
            continue
        twice = _twice(question, boxes)
        if twice:
            marks[question.id] = {"is": Mark.TWICE.value, "said": twice}
        found, fault = _fitting(question, boxes, world, known)
        if fault is not None and fault.code == "other_missing":
            found, _fault = _fitting(_without_other(question), boxes, world, known)
            marks[question.id] = {"is": Mark.NO_WORDS.value}
        elif fault is not None:
            doubts[question.id] = fault
            marks[question.id] = {"is": Mark.DOES_NOT_FIT.value, "said": {name: values for name, values in boxes.items() if any(values)}}  # fmt: skip
        answers.update(found)
    answers, marks = _on_the_way(schema, answers, marks, world)
    return Keyed(answers, marks, {} if sure else doubts)


def _twice(question: Question, boxes: dict[str, list[str]]) -> Any:
    """Take out of the boxes what was ticked more than once where one tick is asked; give it."""
    if question.kind in ONE_TICK and len(set(boxes[question.id])) > 1:
        said = sorted(set(boxes[question.id]))
        boxes[question.id] = []
        boxes.pop(question.id + OTHER, None)
        return said
    if question.kind is Kind.MATRIX:
        rows = {name: sorted(set(values)) for name, values in boxes.items() if len(set(values)) > 1}
        for name in rows:
            boxes[name] = []
        return {name.partition("__")[2]: values for name, values in rows.items()}
    return None


def _fitting(
    question: Question, boxes: Typed, world: World, known: Known | None
) -> tuple[dict[str, Any], Fault | None]:
    """Give the answer to one question by the rules of every channel, but that paper may leave it out."""
    alone = replace(question, required=False, show_if=None)
    checked = check_page(Page("sheet", "", (alone,)), boxes, {}, world, known)
    return dict(checked.answers), checked.faults.get(question.id)


def _without_other(question: Question) -> Question:
    return replace(
        question, choices=tuple(Choice(each.id, each.label, False, each.exclusive) for each in question.choices)
    )


def _on_the_way(
    schema: Schema, answers: Mapping[str, Any], marks: Marks, world: World
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Part what the sheet's own branches lead through from what they pass over, and mark what was left out."""
    kept = keep_shown(schema, answers, world)
    made = {id: dict(mark) for id, mark in marks.items() if mark["is"] not in (Mark.LEFT_OUT, Mark.PASSED_OVER)}
    for id, value in answers.items():
        if id not in kept and not id.endswith(OTHER):
            said = {"is": Mark.PASSED_OVER.value, "said": value}
            made[id] = said | ({"other": answers[id + OTHER]} if id + OTHER in answers else {})
    for page in path(schema, kept, world):
        for question in shown_questions(page, kept, world):
            if is_keyed(question) and question.id not in kept and question.id not in made:
                made[question.id] = {"is": Mark.LEFT_OUT.value}
    return kept, made


# --- two readings --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReadAs:
    """What one person read at one question."""

    answer: Any
    other: str
    mark: Mapping[str, Any]


def read_as(id: str, answers: Mapping[str, Any], marks: Marks) -> ReadAs:
    """Give what was read at a question. Whether the way leads past it is worked out from the whole, so not told here."""
    mark = marks.get(id, {})
    if mark.get("is") == Mark.PASSED_OVER:
        return ReadAs(mark.get("said"), str(mark.get("other", "")), {})
    if mark.get("is") == Mark.LEFT_OUT:
        mark = {}
    return ReadAs(answers.get(id), str(answers.get(id + OTHER, "")), mark)


def differing(
    schema: Schema, first: tuple[Mapping[str, Any], Marks], second: tuple[Mapping[str, Any], Marks]
) -> list[str]:
    """Give the ids of the questions that two people read differently, in their order."""
    return [
        id
        for id, question in schema.questions.items()
        if is_keyed(question) and read_as(id, *first) != read_as(id, *second)
    ]


def settle(
    schema: Schema, first: tuple[Mapping[str, Any], Marks], second: tuple[Mapping[str, Any], Marks],
    takes_second: Collection[str], world: World,
) -> Keyed:  # fmt: skip
    """Put two readings together: the first, but the second where that was chosen."""
    answers: dict[str, Any] = {}
    marks: dict[str, dict[str, Any]] = {}
    for id, question in schema.questions.items():
        if not is_keyed(question):
            continue
        read = read_as(id, *(second if id in takes_second else first))
        if read.answer is not None:
            answers[id] = read.answer
        if read.other:
            answers[id + OTHER] = read.other
        if read.mark:
            marks[id] = dict(read.mark)
    kept, made = _on_the_way(schema, answers, marks, world)
    return Keyed(kept, made, {})
