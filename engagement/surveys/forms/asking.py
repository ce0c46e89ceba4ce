"""A page of questions as a template draws it: each with what was typed, what is wrong, and its boxes.

Not Django's forms: the questions are data, and the rules (rules.answers) have the one say over what
fits on every channel. The builder's preview and the desk's keying draw the same templates.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from engagement.surveys.forms.showing import live
from engagement.surveys.hints import hint_of
from engagement.surveys.rules.answers import LONGEST_OTHER, LONGEST_PLACE_WORDS, OTHER, Fault, Typed, shown_questions
from engagement.surveys.rules.conditions import Answers, World
from engagement.surveys.rules.schema import FACES, Choice, Kind, Page, Question
from engagement.surveys.words import FACE_WORDS, YES_NO_WORDS, fault_in_words

TEMPLATES = {
    Kind.SHORT_TEXT: "line",
    Kind.NUMBER: "line",
    Kind.EMAIL: "line",
    Kind.POSTCODE: "line",
    Kind.LONG_TEXT: "long_text",
    Kind.DATE: "date",
    Kind.YES_NO: "radios",
    Kind.ONE_CHOICE: "radios",
    Kind.SEVERAL: "checkboxes",
    Kind.DROP_DOWN: "drop_down",
    Kind.SCALE: "scale",
    Kind.FACES: "faces",
    Kind.MATRIX: "matrix",
    Kind.RANKING: "ranking",
    Kind.POINTS: "points",
    Kind.PLACE: "place",
    Kind.FILE: "file",
    Kind.INFORMATION: "information",
    Kind.CONSENT: "consent",
}
ONE_BOX = frozenset(
    {Kind.SHORT_TEXT, Kind.NUMBER, Kind.EMAIL, Kind.POSTCODE, Kind.LONG_TEXT, Kind.DROP_DOWN, Kind.FILE}
)
"""Kinds with a label; every other is a group with a legend (or only text, or one tick)."""


@dataclass(frozen=True)
class Option:
    """One thing that may be chosen, or one box of several."""

    id: str
    name: str
    value: str
    label: str
    checked: bool = False
    other: bool = False
    exclusive: bool = False
    typed: str = ""
    is_wrong: bool = False


@dataclass(frozen=True)
class Row:
    """One row of a matrix: its words and its options."""

    id: str
    label: str
    options: tuple[Option, ...]
    is_wrong: bool


@dataclass
class Asked:
    """One question with what was typed for it and what is wrong."""

    question: Question
    typed: Typed
    fault: Fault | None = None
    areas: Sequence[tuple[str, str]] = ()
    upload: Any = None
    number: int = 0
    is_heading: bool = False
    waits: bool = False
    show_if: str = ""

    @property
    def id(self) -> str:
        return f"id_{self.question.id}"

    @property
    def template(self) -> str:
        return f"surveys/kinds/{TEMPLATES[self.question.kind]}.html"

    @property
    def is_one_box(self) -> bool:
        return self.question.kind in ONE_BOX

    @property
    def is_optional(self) -> bool:
        return not self.question.required and self.question.kind not in (Kind.INFORMATION, Kind.CONSENT)

    @cached_property
    def error(self) -> str:
        return fault_in_words(self.question, self.fault) if self.fault else ""

    @property
    def described_by(self) -> str:
        parts = []
        if self.question.help:
            parts.append(f"{self.id}_help")
        if self.question.kind in (Kind.NUMBER,) and self.question.unit:
            parts.append(f"{self.id}_unit")
        if self.hint:
            parts.append(f"{self.id}_hint")
        if self.error:
            parts.append(f"{self.id}_error")
        return " ".join(parts)

    @property
    def hint(self) -> str:
        """What the kind itself has to say: drawn by its template where it is not empty."""
        return hint_of(self.question)

    @property
    def value(self) -> str:
        values = self.typed.get(self.question.id, ())
        return values[-1] if values else ""

    @property
    def other_name(self) -> str:
        return self.question.id + OTHER

    @property
    def other_value(self) -> str:
        return self._one("other")

    @property
    def other_is_wrong(self) -> bool:
        return self.fault is not None and self.fault.part == "other"

    longest_other = LONGEST_OTHER
    longest_place = LONGEST_PLACE_WORDS

    def _one(self, part: str) -> str:
        values = self.typed.get(f"{self.question.id}__{part}", ())
        return values[-1] if values else ""

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """What may be chosen, in order, as radios, ticks or a list."""
        chosen = set(self.typed.get(self.question.id, ()))
        name = self.question.id
        if self.question.kind is Kind.YES_NO:
            pairs = [Choice(value, str(label)) for value, label in YES_NO_WORDS.items()]
        elif self.question.kind is Kind.FACES:
            pairs = [Choice(str(value), str(FACE_WORDS[value])) for value in range(1, FACES + 1)]
        elif self.question.kind is Kind.SCALE:
            pairs = [Choice(str(value), str(value)) for value in self.question.values]
        else:
            pairs = list(self.question.choices)
        return tuple(
            Option(f"{self.id}_{at}", name, each.id, each.label, each.id in chosen, each.other, each.exclusive)
            for at, each in enumerate(pairs)
        )

    @cached_property
    def boxes(self) -> tuple[Option, ...]:
        """One box a choice, for a number: ranking and points."""
        return tuple(
            Option(
                f"{self.id}_{choice.id}", f"{self.question.id}__{choice.id}", choice.id, choice.label,
                typed=self._one(choice.id), is_wrong=self.fault is not None and self.fault.part == choice.id,
            )
            for choice in self.question.choices
        )  # fmt: skip

    @property
    def places(self) -> range:
        """The numbers a ranking may give."""
        return range(1, int(self.question.most or len(self.question.choices)) + 1)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        made = []
        for row in self.question.rows:
            name, chosen = f"{self.question.id}__{row.id}", self._one(row.id)
            options = tuple(
                Option(f"{self.id}_{row.id}_{at}", name, column.id, column.label, column.id == chosen)
                for at, column in enumerate(self.question.columns)
            )
            made.append(Row(row.id, row.label, options, self.fault is not None and self.fault.part == row.id))
        return tuple(made)

    @property
    def day(self) -> tuple[tuple[str, str, str, bool], ...]:
        """The three boxes of a date: name of the part, its field's name, what was typed, whether it is wrong."""
        wrong = self.fault.part if self.fault else ""
        return tuple(
            (part, f"{self.question.id}__{part}", self._one(part), wrong in (part, "") and self.fault is not None)
            for part in ("day", "month", "year")
        )

    @property
    def place(self) -> Mapping[str, str]:
        return {part: self._one(part) for part in ("words", "area", "lat", "lon")}

    @property
    def first_control(self) -> str:
        """The id of what to put the cursor in when its error is followed."""
        kind, part = self.question.kind, self.fault.part if self.fault else ""
        if part == "other":
            return f"{self.id}_other"
        match kind:
            case Kind.DATE:
                return f"{self.id}_{part or 'day'}"
            case Kind.PLACE:
                return f"{self.id}_{part or 'words'}"
            case Kind.RANKING | Kind.POINTS:
                return f"{self.id}_{part or self.question.choices[0].id}"
            case Kind.MATRIX:
                return f"{self.id}_{part or self.question.rows[0].id}_0"
            case Kind.YES_NO | Kind.ONE_CHOICE | Kind.SEVERAL | Kind.SCALE | Kind.FACES:
                return f"{self.id}_0"
            case _:
                return self.id


@dataclass
class AskedPage:
    """A page of questions, ready to draw. `errors` says whether the title starts with "Error:"."""

    page: Page
    asked: list[Asked] = field(default_factory=list)

    @property
    def errors(self) -> list[dict[str, str]]:
        """What is wrong, each with a link to where: what the summary at the top lists."""
        return [
            {
                "text": each.error if _stands_alone(each) else f"{each.question.label} – {each.error}",
                "href": f"#{each.first_control}",
            }
            for each in self.asked
            if each.error
        ]

    @property
    def has_files(self) -> bool:
        return any(each.question.kind is Kind.FILE for each in self.asked)

    @property
    def shown_ids(self) -> str:
        """What the page says it asked, sent back with it: the server then knows what was never seen."""
        return " ".join(each.question.id for each in self.asked if not each.waits)


def _stands_alone(asked: Asked) -> bool:
    """Errors that name what they are about need no question before them."""
    return asked.fault is not None and asked.fault.code in ("row_missing", "exclusive", "rank")


def asked_page(
    page: Page,
    typed: Typed,
    answers: Answers,
    world: World,
    *,
    faults: Mapping[str, Fault] | None = None,
    here: Answers | None = None,
    areas: Sequence[tuple[str, str]] = (),
    uploads: Mapping[str, Any] | None = None,
) -> AskedPage:
    """Give a page to draw. `answers` are of the pages before, `here` those of this page as they stand.

    A question that hangs on another of this page is there too, waiting: the page's script brings it
    out; without one the server does, when the page is sent.
    """
    faults, uploads = faults or {}, uploads or {}
    own = {question.id for question in page.questions}
    known = {name: answer for name, answer in answers.items() if name.removesuffix(OTHER) not in own}
    shown = {question.id for question in shown_questions(page, {**known, **(here or {})}, world)}
    made = AskedPage(page)
    for question in page.questions:
        condition = live(question.show_if, own, known, world)
        if question.id not in shown and not isinstance(condition, dict):
            continue  # nothing on this page can bring it out
        made.asked.append(
            Asked(
                question,
                typed,
                fault=faults.get(question.id),
                areas=areas if question.kind is Kind.PLACE else (),
                upload=uploads.get(question.id),
                waits=question.id not in shown,
                show_if=json.dumps(condition, default=_plain) if isinstance(condition, dict) else "",
            )
        )
    if not page.title and made.asked and not made.asked[0].waits and made.asked[0].question.is_answered:
        made.asked[0].is_heading = True
    return made


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)
