"""A table of answers made elsewhere: which column is which, and each cell as the answer we would keep.

One row is one response, as Citizen Space and Qualtrics write them. Qualtrics puts two rows more
under its headings: the questions in words, and ids of its own in braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from engagement.rules.tables import STARTS_A_FORMULA
from engagement.surveys.rules.answers import OTHER, Fault, Known, check_values
from engagement.surveys.rules.columns import Column, Holds, columns_of
from engagement.surveys.rules.conditions import World
from engagement.surveys.rules.schema import ONE_OF_CHOICES, Choice, Kind, Page, Question, Schema

LEFT_OUT = ""
ID, ON, CHANNEL, POSTCODE, AREA, FINISHED = "@id", "@on", "@channel", "@postcode", "@area", "@finished"
ABOUT = (ID, ON, CHANNEL, POSTCODE, AREA, FINISHED)
"""What a column may say of a response besides its answers. A question's id has no @."""
ALIKE = 0.87

NAMES: Mapping[str, tuple[str, ...]] = {
    ID: ("responseid", "response id", "respondent id", "submission id", "reference", "id"),
    ON: ("recordeddate", "recorded date", "date submitted", "submitted date", "submission date", "submitted", "enddate",
         "end date", "on", "date"),
    CHANNEL: ("channel", "way in", "how it came in"),
    POSTCODE: ("postcode", "post code", "your postcode", "what is your postcode"),
    AREA: ("area code", "ward code"),
    FINISHED: ("finished",),
}  # fmt: skip
"""Headings, as `plain` has them, the likeliest first. Source: exports of Citizen Space and Qualtrics, and ours."""

YES = frozenset(
    {"yes", "y", "true", "1", "x", "ticked", "checked", "selected", "on", "i agree", "yes i agree", "agree"}
)
NO = frozenset({"no", "n", "false", "0", "not ticked", "unchecked", "not selected", "off", "i do not agree"})
UNKNOWN = frozenset({"unknown", "i do not know", "do not know", "don t know", "i don t know", "not sure", "unsure"})


class Unreadable(Exception):
    """A cell that is no answer to its question. `code` is: choice, number, whole, day, yes_no, tick, rank, channel."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def plain(text: str) -> str:
    """Give a heading or a cell so that it can be compared: small letters and figures, one space between."""
    without_tags = re.sub(r"<[^>]{0,200}>", " ", text.lower().replace("’", "'"))
    return " ".join(re.sub(r"[^\w]+", " ", without_tags).replace("_", " ").split())


def rows_of_headings(second: Sequence[str], third: Sequence[str]) -> int:
    """Give how many rows of headings a table has: 3 for Qualtrics, 2 where it leaves its ids out of the second, else 1."""
    if any(cell.strip().startswith('{"ImportId"') for cell in third):
        return 3
    return 2 if any(cell.strip().startswith('{"ImportId"') for cell in second) else 1


def columns_for(schema: Schema) -> tuple[Column, ...]:
    """Give the columns that answers may come in by, a file's excepted: and each of several as a whole, too."""
    found: list[Column] = []
    for column in columns_of([(0, schema)]):
        if column.kind is Kind.FILE:
            continue
        if (
            column.kind is Kind.SEVERAL
            and column.holds is Holds.TICK
            and not any(each.heading == column.question for each in found)
        ):
            found.append(
                Column(
                    column.question, column.question, column.kind, column.label, codes=codes_of(schema, column.question)
                )
            )
        found.append(column)
    return tuple(found)


def codes_of(schema: Schema, question: str) -> tuple[tuple[str, str], ...]:
    return tuple((choice.id, choice.label) for choice in schema.questions[question].choices)


# --- which column is which -----------------------------------------------------------------------


def guess(headings: Sequence[str], described: Sequence[str], columns: Sequence[Column]) -> list[str]:
    """Give for each column of a table what it likely holds, or LEFT_OUT. Nothing is guessed twice.

    `described` are Qualtrics' second headings, or empty. A guess is only ever a start: the officer
    who brings the table in sees each one beside what stands in the column.
    """
    found = [LEFT_OUT] * len(headings)
    taken: set[str] = set()

    def take(at: int, target: str) -> None:
        if found[at] == LEFT_OUT and target not in taken:
            found[at] = target
            taken.add(target)

    by_heading = {column.heading: column for column in columns}
    said = [[plain(heading), plain(more)] for heading, more in zip(headings, described, strict=True)]
    for at, heading in enumerate(headings):
        if heading.strip() in by_heading:
            take(at, heading.strip())
    wording = {column.heading: wordings(column) for column in columns}
    for at, words in enumerate(said):
        for column in columns:
            if any(word and word in wording[column.heading] for word in words):
                take(at, column.heading)
                break
    for target, names in NAMES.items():
        for name in names:
            for at, words in enumerate(said):
                if words[0] == name or words[1] == name:
                    take(at, target)
    for at, words in enumerate(said):
        if found[at] != LEFT_OUT:
            continue
        best = max(
            (
                (likeness(word, name), column.heading)
                for word in words
                if word
                for column in columns
                if column.heading not in taken
                for name in wording[column.heading]
            ),
            default=(0.0, LEFT_OUT),
        )
        if best[0] >= ALIKE:
            take(at, best[1])
    return found


def wordings(column: Column) -> frozenset[str]:
    """Give the ways in which a column like this may be headed."""
    label, part = plain(column.label), plain(column.part_label or column.part)
    if column.heading.endswith(OTHER):
        return frozenset({f"{label} other", f"{label} other text", f"{label} text", f"{label} other please specify"})
    if not part:
        return frozenset({label, plain(column.question)} - {""})
    return frozenset({f"{label} {part}", f"{part} {label}"})


def likeness(one: str, other: str) -> float:
    """Give how alike two texts are, from 0 to 1; a quick look first spares the long one."""
    matcher = SequenceMatcher(None, one[:300], other[:300])
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0


# --- what a cell says ----------------------------------------------------------------------------


def day_of(text: str) -> date:
    """Give a day written as 2026-05-01 or 1/5/2026 (the day first), whatever time follows it."""
    text = text.strip()
    for pattern, order in (
        (r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", (1, 2, 3)),
        (r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?!\d)", (3, 2, 1)),
    ):
        found = re.match(pattern, text, re.ASCII)
        if found:
            try:
                return date(*(int(found[part]) for part in order))
            except ValueError:
                break
    raise Unreadable("day")


def is_finished(text: str) -> bool:
    return plain(text) not in NO


def channel_of(text: str, channels: Mapping[str, str]) -> str:
    """Give the channel that a cell names, by its value or its words. `channels`: words by value."""
    for value, words in channels.items():
        if plain(text) in (plain(value), plain(words)):
            return value
    raise Unreadable("channel")


def unguarded(text: str) -> str:
    """Give what people wrote without the apostrophe that a spreadsheet's guard put before it."""
    rest = text[1:]
    return rest if text.startswith("'") and rest.lstrip(" \u00a0").startswith(STARTS_A_FORMULA) else text


def choice_of(text: str, choices: Sequence[tuple[str, str]]) -> str:
    """Give the id of the choice a cell names: by its words, its id, or its number in order (as Qualtrics has it)."""
    words = plain(text)
    for id, label in choices:
        if plain(label) == words or text.strip() == label:
            return id
    for id, _label in choices:
        if text.strip() == id:
            return id
    if re.fullmatch(r"[1-9]\d{0,2}", text.strip(), re.ASCII) and int(text) <= len(choices):
        return choices[int(text) - 1][0]
    raise Unreadable("choice")


def choices_in(text: str, choices: Sequence[tuple[str, str]]) -> list[str]:
    """Give the ids of several choices in one cell, parted by commas, semicolons, bars or lines.

    A choice's own words may hold a comma: the longest that fits at each place is taken.
    """
    left, found = text.strip(), []
    by_length = sorted(choices, key=lambda choice: -len(choice[1]))
    while left:
        for id, label in by_length:
            if left.lower().startswith(label.lower()) and re.match(r"\s*([,;|\n]|$)", left[len(label) :]):
                found.append(id)
                left = left[len(label) :].lstrip(" ,;|\n\t")
                break
        else:
            first, _sign, rest = re.sub(r"[;|\n]", ",", left).partition(",")
            found.append(choice_of(first, choices))
            left = left[len(first) :].lstrip(" ,;|\n\t") if rest or len(first) < len(left) else ""
    return found


def whole(text: str, code: str = "whole") -> int:
    found = re.match(r"-?\d{1,9}(?=$|\D)", text.strip(), re.ASCII)
    if not found:
        raise Unreadable(code)
    return int(found[0])


def number_in(text: str) -> str:
    """Give a number without its pound sign, its thousands' commas or its blanks."""
    bare = re.sub(r"[£$€%,\s]", "", text)
    if not re.fullmatch(r"[-+]?\d{1,15}(\.\d{1,10})?", bare, re.ASCII):
        raise Unreadable("number")
    return bare.lstrip("+")


def ticked(text: str, column: Column) -> bool:
    words = plain(text)
    if words in YES or words == plain(column.part_label) or text.strip() == column.part:
        return True
    if not words or words in NO:
        return False
    raise Unreadable("tick")


def put(
    answers: dict[str, Any],
    ranks: dict[str, dict[str, int]],
    column: Column,
    text: str,
    question: Question,
    faces: Mapping[str, str],
) -> None:
    """Put what a cell says into the answers of its row. `faces` are the words of each face. Raises Unreadable."""
    text = unguarded(text).strip()
    id = question.id
    if column.holds is Holds.WORDS and column.heading == id + OTHER:
        if text:
            answers[id + OTHER] = text
        return
    if column.holds is Holds.TICK:
        held = answers.setdefault(id, [])
        if ticked(text, column):
            held.append(column.part)
        return
    if not text:
        return
    if column.holds is Holds.RANK:
        ranks.setdefault(id, {})[column.part] = whole(text, "rank")
    elif column.holds is Holds.POINTS:
        points = whole(text)
        if points:
            answers.setdefault(id, {})[column.part] = points
    elif question.kind is Kind.MATRIX:
        answers.setdefault(id, {})[column.part] = choice_of(text, column.codes)
    elif question.kind is Kind.PLACE:
        answers.setdefault(id, {})[column.part] = text
    elif question.kind is Kind.SEVERAL:
        answers[id] = choices_in(text, column.codes)
    elif question.kind in ONE_OF_CHOICES:
        answers[id], other = one_of(text, question)
        if other:
            answers[id + OTHER] = other
    elif question.kind is Kind.YES_NO:
        answers[id] = "yes" if plain(text) in YES else "no" if plain(text) in NO else "unknown"
        if answers[id] == "unknown" and plain(text) not in UNKNOWN:
            raise Unreadable("yes_no")
    elif question.kind is Kind.CONSENT:
        if plain(text) not in YES | NO and text != question.label:
            raise Unreadable("yes_no")
        answers[id] = plain(text) not in NO
    elif question.kind is Kind.SCALE:
        answers[id] = whole(text)
    elif question.kind is Kind.FACES:
        named = [value for value, words in faces.items() if plain(words) == plain(text)]
        answers[id] = int(named[0]) if named else whole(text)
    elif question.kind is Kind.NUMBER:
        answers[id] = number_in(text)
    elif question.kind is Kind.DATE:
        answers[id] = day_of(text).isoformat()
    else:
        answers[id] = text


def one_of(text: str, question: Question) -> tuple[str, str]:
    """Give the choice a cell names, and the words after "Other:" where there are some."""
    pairs = tuple((choice.id, choice.label) for choice in question.choices)
    try:
        return choice_of(text, pairs), ""
    except Unreadable:
        for choice in question.choices:
            found = re.match(re.escape(choice.label) + r"\s*[:\-–(]\s*(.+?)\)?$", text, re.IGNORECASE | re.DOTALL)
            if choice.other and found:
                return choice.id, found[1].strip()
        raise


@dataclass(frozen=True)
class ReadRow:
    """One row as answers, or what is wrong with it: the column's place, and a code or a rules.answers.Fault."""

    answers: Mapping[str, Any]
    wrong: tuple[tuple[int, str | Fault, str], ...] = ()


class RowReader:
    """Reads rows of a table whose columns are known."""

    def __init__(self, schema: Schema, targets: Sequence[str], faces: Mapping[str, str], known: Known) -> None:
        self.schema, self.faces, self.known = schema, faces, known
        columns = {column.heading: column for column in columns_for(schema)}
        self.answering = [(at, columns[target]) for at, target in enumerate(targets) if target in columns]
        self.pages = {bare: relaxed(schema, with_other=not bare) for bare in (False, True)}

    def read(self, cells: Sequence[str]) -> ReadRow:
        answers: dict[str, Any] = {}
        ranks: dict[str, dict[str, int]] = {}
        wrong: list[tuple[int, str | Fault, str]] = []
        columns: dict[str, int] = {}
        for at, column in self.answering:
            question = self.schema.questions[column.question]
            columns.setdefault(question.id, at)
            try:
                put(answers, ranks, column, cells[at], question, self.faces)
            except Unreadable as unreadable:
                wrong.append((at, unreadable.code, question.id))
        for id, given in ranks.items():
            if sorted(given.values()) != list(range(1, len(given) + 1)):
                wrong.append((columns[id], "rank", id))
            else:
                answers[id] = sorted(given, key=given.__getitem__)
        self.tidy(answers)
        # What can be read is checked too, so that a row is told all that is wrong with it at once.
        unread = {question for _at, _code, question in wrong}
        fitting, faults = self.check({name: value for name, value in answers.items() if name not in unread})
        told = (*wrong, *((columns.get(id, 0), fault, id) for id, fault in faults.items() if id not in unread))
        return ReadRow({} if told else fitting, told)

    def tidy(self, answers: dict[str, Any]) -> None:
        """Nothing ticked of several is no answer; choices stand in the schema's order."""
        for question in self.schema.questions.values():
            answer = answers.get(question.id)
            if question.kind is Kind.SEVERAL and answer is not None:
                chosen = set(answer)
                answers[question.id] = [id for id in question.choice_ids if id in chosen]
            if answers.get(question.id) in ([], {}):
                del answers[question.id]

    def check(self, answers: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Fault]]:
        """Check each answer by itself. What was required, or hidden, elsewhere was so elsewhere."""
        fitting: dict[str, Any] = {}
        faults: dict[str, Fault] = {}
        for question in self.schema.questions.values():
            bare = question.id + OTHER not in answers
            page = Page("p", "", (self.pages[bare][question.id],))
            checked = check_values(page, answers, World(), self.known)
            fitting.update(checked.answers)
            faults.update(checked.faults)
        return fitting, faults


def relaxed(schema: Schema, *, with_other: bool) -> dict[str, Question]:
    """Give the questions as a table from elsewhere may answer them: none required, each shown, "other" without words."""

    def as_is(choice: Choice) -> Choice:
        return choice if with_other else replace(choice, other=False)

    return {
        question.id: replace(
            question, required=False, show_if=None, choices=tuple(as_is(choice) for choice in question.choices)
        )
        for question in schema.questions.values()
    }
