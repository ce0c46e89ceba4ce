"""What was answered, counted: how often each answer was given, by whom in number, and what lies in the middle.

Counts are plain nested dicts of whole numbers, so that they can be kept as JSON, added and taken
away. They come from any number of versions; each response is counted by the version it answered.

  sent      {group: responses}                      group: "" all, "c:<channel>", "a:<area>" ("a:" not said)
  said      {group: {key: {value: people}}}         value "": people who answered at all
  points    {key: {choice: points}}                 of a ranking, and of points to share
  values    {key: {number: people}}                 of numbers, as they were written
  areas     {key: {area code: people}}              of places
  cells     {key: {"54.12,-1.34": people}}          of pins, to about a kilometre
  left      {page: drafts}                          the furthest page of those who never sent
  versions  {number: responses}

A key is a question's id; of a table of questions, the id and the row's ("q5.r2").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engagement.rules.small_numbers import LEAST_SHOWN, safe_breakdown
from engagement.surveys.rules.conditions import as_number, is_answer
from engagement.surveys.rules.schema import YES_NO_VALUES, Kind, Question, Schema

Counts = dict[str, Any]
ALL = ""
ANSWERED = ""
CELL_DECIMALS = Decimal("0.01")
LEAST_FOR_MIDDLE = 10
"""How many must have given a number before its middle is published: with fewer it may be someone's own."""

ONE_OF = frozenset({Kind.ONE_CHOICE, Kind.DROP_DOWN, Kind.YES_NO, Kind.SCALE, Kind.FACES, Kind.MATRIX, Kind.CONSENT})
"""Kinds of which each person gives one value of a few."""
CROSSED = ONE_OF | {Kind.SEVERAL}
"""Kinds that a table can be made of."""


@dataclass(frozen=True)
class Asked:
    """One thing to count: a question, or one row of a table of questions. `choices` are values with their words.

    Where the words are ours (yes, no, faces) they are empty here, and whoever shows them says them.
    """

    key: str
    question: str
    kind: Kind
    label: str
    row: str = ""
    row_label: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    ends: tuple[str, str] = ("", "")
    unit: str = ""

    @property
    def is_crossed(self) -> bool:
        return self.kind in CROSSED

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(value for value, _label in self.choices)


def asked_in(schema: Schema) -> tuple[Asked, ...]:
    """Give everything one version asks that can be counted, in its order."""
    return tuple(asked for question in schema.questions.values() for asked in asked_by(question))


def asked_by(question: Question) -> Iterable[Asked]:
    if not question.is_answered:
        return
    if question.kind is Kind.MATRIX:
        columns = tuple((column.id, column.label) for column in question.columns)
        for row in question.rows:
            yield Asked(
                f"{question.id}.{row.id}", question.id, question.kind, question.label, row.id, row.label, columns
            )
        return
    if question.kind is Kind.YES_NO:
        choices = tuple((value, "") for value in YES_NO_VALUES)
    elif question.kind is Kind.CONSENT:
        choices = (("yes", ""), ("no", ""))
    elif question.kind is Kind.FACES:
        choices = tuple((str(value), "") for value in question.values)
    elif question.kind is Kind.SCALE:
        choices = tuple((str(value), str(value)) for value in question.values)
    else:
        choices = tuple((choice.id, choice.label) for choice in question.choices)
    yield Asked(
        question.id, question.id, question.kind, question.label, choices=choices, ends=question.ends, unit=question.unit
    )


def asked_over(schemas: Sequence[Schema]) -> tuple[Asked, ...]:
    """Give what any of several versions asks, the newest first: its words and order, then what is no longer asked.

    A choice that an older version had stands after those of the newest.
    """
    found: dict[str, Asked] = {}
    for schema in schemas:
        for asked in asked_in(schema):
            newer = found.get(asked.key)
            if newer is None:
                found[asked.key] = asked
            elif newer.kind is asked.kind:
                known = set(newer.values)
                older = tuple(choice for choice in asked.choices if choice[0] not in known)
                if newer.kind in (Kind.SCALE, Kind.FACES):
                    merged = tuple(sorted(newer.choices + older, key=lambda choice: int(choice[0])))
                else:
                    merged = newer.choices + older
                found[asked.key] = replace(newer, choices=merged)
    return tuple(found.values())


def values_said(asked: Asked, answers: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Give the values someone chose, or None where they gave no answer. Words and numbers have none."""
    answer = answers.get(asked.question)
    if asked.row:
        answer = answer.get(asked.row) if isinstance(answer, Mapping) else None
    if not is_answer(answer):
        return None
    if asked.kind is Kind.CONSENT:
        return ("yes",) if answer is True else ("no",)
    if asked.kind is Kind.SEVERAL:
        return tuple(str(value) for value in answer) if isinstance(answer, list) else None
    if asked.kind is Kind.RANKING:
        return (str(answer[0]),) if isinstance(answer, list) else None
    if asked.kind in ONE_OF:
        return (str(answer),) if isinstance(answer, str | int) else None
    return ()


# --- counting ------------------------------------------------------------------------------------


def count_response(
    counts: Counts, asked: Sequence[Asked], answers: Mapping[str, Any], *, channel: str, area: str, version: int
) -> None:
    """Count one sent response into `counts`, by what its version asks."""
    sent = counts.setdefault("sent", {})
    groups = (ALL, f"c:{channel}", f"a:{area}")
    for group in groups:
        sent[group] = sent.get(group, 0) + 1
    _one_more(counts, "versions", str(version))
    answered = [(each, values) for each in asked if (values := values_said(each, answers)) is not None]
    if not answered:
        return
    said = counts.setdefault("said", {})
    by_key = [said.setdefault(group, {}) for group in groups]
    for each, values in answered:
        for group_counts in by_key:
            row = group_counts.setdefault(each.key, {})
            row[ANSWERED] = row.get(ANSWERED, 0) + 1
            for value in values:
                row[value] = row.get(value, 0) + 1
        if each.kind not in CROSSED:
            _count_more(counts, each, answers[each.question])


def count_draft(counts: Counts, reached: str) -> None:
    """Count one response that was begun and not sent, by the furthest page it came to."""
    _one_more(counts, "left", reached)


def _count_more(counts: Counts, asked: Asked, answer: Any) -> None:
    """Count what has no few values: numbers, points, places."""
    if asked.kind is Kind.NUMBER:
        number = as_number(answer)
        if number is not None:
            _one_more(counts, "values", asked.key, f"{number:f}")
    elif asked.kind is Kind.RANKING:
        # Of n choices the first gets n points, the next one less; what was not placed gets none.
        for place, choice in enumerate(answer):
            _one_more(counts, "points", asked.key, str(choice), more=len(asked.choices) - place)
    elif asked.kind is Kind.POINTS and isinstance(answer, Mapping):
        for choice, points in answer.items():
            _one_more(counts, "points", asked.key, str(choice), more=int(points))
    elif asked.kind is Kind.PLACE and isinstance(answer, Mapping):
        if answer.get("area"):
            _one_more(counts, "areas", asked.key, str(answer["area"]))
        latitude, longitude = as_number(answer.get("lat")), as_number(answer.get("lon"))
        if latitude is not None and longitude is not None:
            cell = f"{latitude.quantize(CELL_DECIMALS):f},{longitude.quantize(CELL_DECIMALS):f}"
            _one_more(counts, "cells", asked.key, cell)


def _one_more(counts: Counts, *path: str, more: int = 1) -> None:
    *way, last = path
    for name in way:
        counts = counts.setdefault(name, {})
    counts[last] = counts.get(last, 0) + more


def add(counts: Counts, more: Mapping[str, Any], *, times: int = 1) -> None:
    """Add one set of counts to another, or with `times=-1` take it away. Noughts are dropped."""
    for name, value in more.items():
        if isinstance(value, Mapping):
            inner = counts.setdefault(name, {})
            add(inner, value, times=times)
            if not inner:
                del counts[name]
        else:
            total = counts.get(name, 0) + times * value
            if total:
                counts[name] = total
            else:
                counts.pop(name, None)


# --- what a question came to ---------------------------------------------------------------------


@dataclass(frozen=True)
class Spread:
    """The middle of some numbers, between which half of them lie, their ends and their mean, all exact."""

    least: Fraction
    lower: Fraction
    middle: Fraction
    upper: Fraction
    most: Fraction
    mean: Fraction


def spread_of(numbers: Mapping[Fraction, int]) -> Spread | None:
    """Give the spread of numbers with how often each stands; None of none.

    The middle of an even many is half way between the two in the middle; the quarters are the
    middles of the lower and the upper half, without the middle one of an odd many (Moore and McCabe).
    """
    listed = sorted((number, times) for number, times in numbers.items() if times > 0)
    many = sum(times for _number, times in listed)
    if not many:
        return None

    def at(place: int) -> Fraction:
        for number, times in listed:
            place -= times
            if place < 0:
                return number
        raise ValueError("No such place.")

    def middle(first: int, after: int) -> Fraction:
        size = after - first
        return (at(first + (size - 1) // 2) + at(first + size // 2)) / 2

    half = many // 2
    total = sum((number * times for number, times in listed), Fraction(0))
    return Spread(
        least=listed[0][0],
        lower=middle(0, half) if half else listed[0][0],
        middle=middle(0, many),
        upper=middle(many - half, many) if half else listed[0][0],
        most=listed[-1][0],
        mean=total / many,
    )


@dataclass(frozen=True)
class Result:
    """What one question came to. A count of None is hidden; so is a base of None, and then all is.

    `base` people answered, `missing` sent the survey without an answer to this. `rows` are (value,
    words, people), for a ranking those who put it first; `points` are (value, words, points).
    """

    asked: Asked
    base: int | None
    missing: int | None
    rows: tuple[tuple[str, str, int | None], ...] = ()
    points: tuple[tuple[str, str, int], ...] = ()
    spread: Spread | None = None

    @property
    def has_hidden(self) -> bool:
        return self.base is None or any(count is None for _value, _words, count in self.rows)


def result_of(counts: Counts, asked: Asked, *, group: str = ALL) -> Result:
    """Give what a question came to, in full: for officers."""
    said = counts.get("said", {}).get(group, {}).get(asked.key, {})
    base = said.get(ANSWERED, 0)
    rows: tuple[tuple[str, str, int | None], ...] = ()
    if asked.kind in CROSSED or asked.kind is Kind.RANKING:
        rows = tuple((value, words, said.get(value, 0)) for value, words in asked.choices)
    points: tuple[tuple[str, str, int], ...] = ()
    spread = None
    if group == ALL and asked.kind in (Kind.RANKING, Kind.POINTS):
        given = counts.get("points", {}).get(asked.key, {})
        points = tuple((value, words, given.get(value, 0)) for value, words in asked.choices)
    if asked.kind in (Kind.SCALE, Kind.FACES):
        spread = spread_of({Fraction(int(value)): count for value, _words, count in rows if count})
    elif asked.kind is Kind.NUMBER and group == ALL:
        numbers = counts.get("values", {}).get(asked.key, {})
        spread = spread_of({Fraction(value): count for value, count in numbers.items()})
    return Result(asked, base, counts.get("sent", {}).get(group, 0) - base, rows, points, spread)


def published(result: Result) -> Result:
    """Give the same as it may be shown to everyone: no small number of people, and none to be worked out.

    Of several that may be ticked each is a breakdown of its own: those who ticked it and those who
    did not. Points and spread go with the counts they could be worked out from.
    """
    if result.base is None or result.base < LEAST_SHOWN:
        return replace(
            result,
            base=None,
            missing=None,
            rows=tuple((value, words, None) for value, words, _count in result.rows),
            points=(),
            spread=None,
        )
    shown = safe_counts(result.asked, {value: count or 0 for value, _words, count in result.rows}, result.base)
    rows = tuple((value, words, shown[value]) for value, words, _count in result.rows)
    hidden = any(count is None for count in shown.values())
    spread = result.spread
    if hidden or (result.asked.kind is Kind.NUMBER and result.base < LEAST_FOR_MIDDLE):
        spread = None
    return replace(result, rows=rows, points=() if hidden else result.points, spread=spread)


def safe_counts(asked: Asked, counts: Mapping[str, int], base: int) -> dict[str, int | None]:
    """Give each value's count, or None where it must be hidden, among `base` people who answered."""
    if asked.kind is not Kind.SEVERAL:
        return safe_breakdown(counts)
    return {value: safe_breakdown({"ticked": count, "not": base - count})["ticked"] for value, count in counts.items()}


# --- how far people came -------------------------------------------------------------------------


@dataclass(frozen=True)
class Stop:
    """One page: how many opened it, and how many of them went no further."""

    page: str
    title: str
    opened: int
    stopped: int


def stops(counts: Counts, schema: Schema) -> tuple[Stop, ...]:
    """Give how far people came, by the pages of one version. Who sent it came through every page asked of them."""
    left = dict(counts.get("left", {}))
    known = {page.id for page in schema.pages}
    sent = counts.get("sent", {}).get(ALL, 0)
    # Whoever stopped at a page that is no longer there, or before any was noted, came as far as the first.
    elsewhere = sum(many for page, many in left.items() if page not in known)
    still = sent + sum(left.values())
    found = []
    for at, page in enumerate(schema.pages):
        stopped = left.get(page.id, 0) + (elsewhere if at == 0 else 0)
        found.append(Stop(page.id, page.title, still, stopped))
        still -= stopped
    return tuple(found)
