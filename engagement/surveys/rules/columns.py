"""The columns in which answers leave as a table, the codebook that explains them, and the columns of a table that comes in.

One row is one response. A column's heading is short and stays the same for good: "q3", "q3__other",
"q4.b" (choice b of several), "q5.r2" (a row of a table of questions), "q6.a" (the place or the
points of choice a), "q7.words". A question that changed between versions keeps its columns; a
choice that is gone keeps its own after the newer ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from engagement.surveys.rules.answers import OTHER
from engagement.surveys.rules.conditions import is_answer
from engagement.surveys.rules.schema import FREE_TEXT, ONE_OF_CHOICES, WITH_OTHER, Choice, Kind, Question, Schema

PLACE_PARTS = ("words", "lat", "lon", "area")


class Holds(StrEnum):
    """What stands in a column's cells."""

    VALUE = "value"
    """The answer itself, or the choice: its words, or its code."""
    TICK = "tick"
    """1 where the choice was ticked, 0 where the question was answered without it."""
    RANK = "rank"
    """Which place the choice was given, from 1."""
    POINTS = "points"
    WORDS = "words"
    """Words people wrote."""
    PART = "part"
    """One part of a place."""


@dataclass(frozen=True)
class Column:
    """One column: its heading, the question it belongs to and which part of it, and what its codes mean."""

    heading: str
    question: str
    kind: Kind
    label: str
    holds: Holds = Holds.VALUE
    part: str = ""
    part_label: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    versions: tuple[int, ...] = ()
    unit: str = ""
    words_of: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def is_written(self) -> bool:
        """Tell whether people wrote what stands in it: that must start no formula. Numbers and codes go as they are."""
        return self.holds is Holds.WORDS or self.kind in FREE_TEXT | {Kind.EMAIL, Kind.FILE}


def columns_of(versions: Sequence[tuple[int, Schema]]) -> tuple[Column, ...]:
    """Give the columns of several versions, the newest first: in its order and words, then what only older ones asked."""
    columns: dict[str, Column] = {}
    order: list[str] = []
    for number, schema in versions:
        for question in schema.questions.values():
            mine = [replace(column, versions=(number,)) for column in columns_by(question)]
            # A choice that is gone stands with its question.
            at = max((order.index(name) for name in order if columns[name].question == question.id), default=None)
            for column in mine:
                newer = columns.get(column.heading)
                if newer is not None:
                    if newer.kind is column.kind:
                        known = {code for code, _words in newer.codes}
                        more = tuple(code for code in column.codes if code[0] not in known)
                        columns[column.heading] = replace(
                            newer, codes=newer.codes + more, versions=(*newer.versions, number)
                        )
                    continue
                columns[column.heading] = column
                if at is None:
                    order.append(column.heading)
                else:
                    at += 1
                    order.insert(at, column.heading)
    return tuple(replace(columns[name], words_of=dict(columns[name].codes)) for name in order)


def columns_by(question: Question) -> list[Column]:
    """Give the columns of one question."""
    if not question.is_answered:
        return []
    base = Column(question.id, question.id, question.kind, question.label, unit=question.unit)
    if question.kind is Kind.MATRIX:
        codes = _codes(question.columns)
        return [_part(base, row, Holds.VALUE, codes=codes) for row in question.rows]
    if question.kind is Kind.PLACE:
        return [
            replace(
                base, heading=f"{question.id}.{part}", holds=Holds.WORDS if part == "words" else Holds.PART, part=part
            )
            for part in PLACE_PARTS
        ]
    if question.kind is Kind.SEVERAL:
        found = [_part(base, choice, Holds.TICK) for choice in question.choices]
    elif question.kind is Kind.RANKING:
        found = [_part(base, choice, Holds.RANK) for choice in question.choices]
    elif question.kind is Kind.POINTS:
        found = [_part(base, choice, Holds.POINTS) for choice in question.choices]
    elif question.kind in ONE_OF_CHOICES:
        found = [replace(base, codes=_codes(question.choices))]
    else:
        found = [replace(base, codes=tuple((str(value), "") for value in _own_values(question)))]
    if question.kind in WITH_OTHER and any(choice.other for choice in question.choices):
        found.append(replace(base, heading=question.id + OTHER, holds=Holds.WORDS))
    return found


def _own_values(question: Question) -> tuple[object, ...]:
    """Give the values whose words are ours: whoever shows them says them."""
    if question.kind is Kind.YES_NO:
        return ("yes", "no", "unknown")
    if question.kind is Kind.CONSENT:
        return ("yes", "no")
    if question.kind in (Kind.SCALE, Kind.FACES):
        return tuple(question.values)
    return ()


def _part(base: Column, choice: Choice, holds: Holds, codes: tuple[tuple[str, str], ...] = ()) -> Column:
    return replace(
        base,
        heading=f"{base.question}.{choice.id}",
        holds=holds,
        part=choice.id,
        part_label=choice.label,
        codes=codes,
    )


def _codes(choices: Sequence[Choice]) -> tuple[tuple[str, str], ...]:
    return tuple((choice.id, choice.label) for choice in choices)


def cell_of(column: Column, answers: Mapping[str, Any]) -> str | int | None:
    """Give what stands in a column for one response, as a code; None where there is no answer."""
    if column.holds is Holds.WORDS and column.kind in WITH_OTHER:
        return answers.get(column.question + OTHER)
    answer = answers.get(column.question)
    if not is_answer(answer):
        return None
    if column.holds is Holds.TICK:
        return int(column.part in answer) if isinstance(answer, list) else None
    if column.holds is Holds.RANK:
        return answer.index(column.part) + 1 if isinstance(answer, list) and column.part in answer else None
    if column.holds is Holds.POINTS:
        return int(answer.get(column.part, 0)) if isinstance(answer, Mapping) else None
    if column.part:
        found = answer.get(column.part) if isinstance(answer, Mapping) else None
        return found if isinstance(found, str) and found else None
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return answer if isinstance(answer, str | int) else str(answer)


def in_words(column: Column, cell: str | int | None, own: Mapping[tuple[str, str], str]) -> str | int | None:
    """Give a cell with its code in words. `own` has ours, by kind and value; a code that no version has stays a code."""
    if cell is None or column.holds is not Holds.VALUE or not column.codes:
        return cell
    return column.words_of.get(str(cell)) or own.get((column.kind.value, str(cell))) or cell


def codebook(columns: Sequence[Column], own: Mapping[tuple[str, str], str]) -> list[tuple[str, ...]]:
    """Give the codebook, a line for each code: heading, question, part, kind, code, words, versions."""
    lines: list[tuple[str, ...]] = []
    for column in columns:
        start = (column.heading, column.label, column.part_label or column.part, column.kind.value)
        versions = ", ".join(str(number) for number in sorted(column.versions))
        if column.holds is Holds.VALUE and column.codes:
            for code, words in column.codes:
                lines.append((*start, code, words or own.get((column.kind.value, code), ""), versions))
        else:
            for code in ("0", "1") if column.holds is Holds.TICK else ("",):
                lines.append((*start, code, own.get((column.holds.value, code), ""), versions))
    return lines
