"""What one version of a survey asks: its pages and questions, read from JSON and checked.

A schema that is read here can be answered on every channel: ids are known and unique, a condition
asks only about earlier questions, and a jump goes only forward, so no way through it is a loop.
Every flaw names the page and the question it is in; surveys.words turns it into a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from engagement.surveys.rules.conditions import Asks, BadCondition, Condition, as_number, asked_about, parse

END = "end"
MOST_PAGES = 50
MOST_QUESTIONS = 200
MOST_CHOICES = 200
MOST_ROWS = 30
MOST_JUMPS = 20
LONGEST_LABEL = 500
LONGEST_HELP = 2000
LONGEST_CHOICE = 200
LONGEST_SHORT_TEXT = 300
LONGEST_LONG_TEXT = 10_000
USUAL_LONG_TEXT = 2000
MOST_POINTS = 1000
ID = re.compile(r"[a-z0-9_]{1,20}")
"""Never with two underscores on end in it: "q1__other" is the other words of q1."""


class Kind(StrEnum):
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    EMAIL = "email"
    POSTCODE = "postcode"
    YES_NO = "yes_no"
    ONE_CHOICE = "one_choice"
    SEVERAL = "several"
    DROP_DOWN = "drop_down"
    SCALE = "scale"
    FACES = "faces"
    MATRIX = "matrix"
    RANKING = "ranking"
    POINTS = "points"
    PLACE = "place"
    FILE = "file"
    INFORMATION = "information"
    CONSENT = "consent"


WITH_CHOICES = frozenset({Kind.ONE_CHOICE, Kind.SEVERAL, Kind.DROP_DOWN, Kind.RANKING, Kind.POINTS})
WITH_OTHER = frozenset({Kind.ONE_CHOICE, Kind.SEVERAL, Kind.DROP_DOWN})
ONE_OF_CHOICES = frozenset({Kind.ONE_CHOICE, Kind.DROP_DOWN})
FREE_TEXT = frozenset({Kind.SHORT_TEXT, Kind.LONG_TEXT})
WHOLE_NUMBERS = frozenset({Kind.SCALE, Kind.FACES})
YES_NO_VALUES = ("yes", "no", "unknown")
SCOPES = ("evidence", "quote", "contact")
FACES = 5

# What each kind may be asked in a condition (besides "answered").
COMPARED = {
    Kind.SHORT_TEXT: {"is", "is_not"},
    Kind.LONG_TEXT: set[str](),
    Kind.NUMBER: {"is", "is_not", "at_least", "at_most"},
    Kind.DATE: {"is", "is_not"},
    Kind.EMAIL: set[str](),
    Kind.POSTCODE: set[str](),
    Kind.YES_NO: {"is", "is_not"},
    Kind.ONE_CHOICE: {"is", "is_not"},
    Kind.DROP_DOWN: {"is", "is_not"},
    Kind.SEVERAL: {"has", "lacks"},
    Kind.SCALE: {"is", "is_not", "at_least", "at_most"},
    Kind.FACES: {"is", "is_not", "at_least", "at_most"},
    Kind.MATRIX: set[str](),
    Kind.RANKING: {"has", "lacks"},
    Kind.POINTS: {"has", "lacks"},
    Kind.PLACE: set[str](),
    Kind.FILE: set[str](),
    Kind.INFORMATION: set[str](),
    Kind.CONSENT: {"is", "is_not"},
}


@dataclass(frozen=True)
class Choice:
    """One answer that may be chosen. `other` lets words be said with it; `exclusive` stands alone."""

    id: str
    label: str
    other: bool = False
    exclusive: bool = False


@dataclass(frozen=True)
class Question:
    """One question as it is asked. What a kind has no use for stands empty."""

    id: str
    kind: Kind
    label: str
    help: str = ""
    required: bool = False
    show_if: Condition | None = None
    choices: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    columns: tuple[Choice, ...] = ()
    longest: int = 0
    least: Decimal | None = None
    most: Decimal | None = None
    decimals: int = 0
    unit: str = ""
    earliest: date | None = None
    latest: date | None = None
    known_only: bool = False
    steps: int = 0
    start: int = 1
    ends: tuple[str, str] = ("", "")
    points: int = 0
    scope: str = ""

    @property
    def is_answered(self) -> bool:
        """Information is only read."""
        return self.kind is not Kind.INFORMATION

    @cached_property
    def choice_ids(self) -> tuple[str, ...]:
        return tuple(choice.id for choice in self.choices)

    @property
    def values(self) -> range:
        """The whole numbers of a scale, or of the faces (1 is the saddest)."""
        return range(1, FACES + 1) if self.kind is Kind.FACES else range(self.start, self.start + self.steps)

    def choice(self, id: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.id == id), None)


@dataclass(frozen=True)
class Jump:
    """Where to go when `when` holds; `to` is a later page or END."""

    when: Condition | None
    to: str


@dataclass(frozen=True)
class Page:
    id: str
    title: str
    questions: tuple[Question, ...]
    show_if: Condition | None = None
    next: tuple[Jump, ...] = ()


@dataclass(frozen=True)
class Schema:
    """A whole version: what it asks, in order."""

    language: str
    pages: tuple[Page, ...]

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Every question by its id, in order."""
        return {question.id: question for page in self.pages for question in page.questions}

    @cached_property
    def page_of(self) -> Mapping[str, Page]:
        """The page each question is on, by the question's id."""
        return {question.id: page for page in self.pages for question in page.questions}

    def page(self, id: str) -> Page | None:
        return next((page for page in self.pages if page.id == id), None)

    def place_of(self, page_id: str) -> int:
        """Give where a page stands, from nought. Raises ValueError where there is none."""
        return [page.id for page in self.pages].index(page_id)


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a schema, and where: the page's number and title, the question's number and words.

    `code` names a sentence in surveys.words, `given` fills its gaps. Page 0 is the schema as a whole.
    """

    code: str
    page: int = 0
    page_title: str = ""
    question: int = 0
    question_label: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    page_id: str = ""
    question_id: str = ""


class SchemaRefused(ValueError):
    """Every flaw found, in the order of the pages."""

    def __init__(self, flaws: tuple[Flaw, ...]) -> None:
        super().__init__("; ".join(f"{flaw.code} (page {flaw.page}, question {flaw.question})" for flaw in flaws))
        self.flaws = flaws


def read_schema(raw: object) -> Schema:
    """Give the schema that JSON says, or raise SchemaRefused with every flaw in it."""
    return _Reader().read(raw)


class _Reader:
    """Reads once through, keeping what was seen before: a condition may ask about nothing else."""

    def __init__(self) -> None:
        self.flaws: list[Flaw] = []
        self.seen: dict[str, Question] = {}
        self.all_ids: set[str] = set()
        self.page_ids: list[str] = []
        self.where: dict[str, Any] = {}

    def flaw(self, code: str, **given: Any) -> None:
        self.flaws.append(Flaw(code, given=given, **self.where))

    def read(self, raw: object) -> Schema:
        if not isinstance(raw, Mapping) or not isinstance(raw.get("pages"), list):
            self.flaw("shape")
            raise SchemaRefused(tuple(self.flaws))
        language = raw.get("language", "en")
        if not isinstance(language, str) or not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", language):
            self.flaw("language")
            language = "en"
        self.unknown_keys(raw, {"language", "pages"})
        raw_pages: list[Any] = raw["pages"]
        if not raw_pages:
            self.flaw("no_pages")
        if len(raw_pages) > MOST_PAGES:
            self.flaw("many_pages", most=MOST_PAGES)
            raw_pages = []
        self.page_ids = [page.get("id", "") if isinstance(page, Mapping) else "" for page in raw_pages]
        pages = tuple(page for at, each in enumerate(raw_pages) if (page := self.read_page(each, at)) is not None)
        self.where = {}
        if len(self.seen) > MOST_QUESTIONS:
            self.flaw("many_questions", most=MOST_QUESTIONS)
        if raw_pages and not any(question.is_answered for question in self.seen.values()):
            self.flaw("no_questions")
        if self.flaws:
            raise SchemaRefused(tuple(self.flaws))
        return Schema(language, pages)

    # --- pages -----------------------------------------------------------------------------------

    def read_page(self, raw: object, at: int) -> Page | None:
        self.where = {"page": at + 1}
        if not isinstance(raw, Mapping):
            self.flaw("page_shape")
            return None
        title = self.text(raw, "title", longest=LONGEST_CHOICE)
        id = raw.get("id")
        self.where.update(page_title=title, page_id=id if isinstance(id, str) else "")
        self.unknown_keys(raw, {"id", "title", "show_if", "questions", "next"})
        if not self.good_id(id):
            self.flaw("page_id")
        elif self.page_ids.count(str(id)) > 1 or id == END:
            self.flaw("page_id_twice", id=id)
        show_if = self.condition(raw.get("show_if"))
        raw_questions = raw.get("questions", [])
        if not isinstance(raw_questions, list):
            self.flaw("page_shape")
            raw_questions = []
        if not raw_questions:
            self.flaw("empty_page")
        questions: list[Question] = []
        page_where = dict(self.where)
        for number, each in enumerate(raw_questions[: MOST_QUESTIONS + 1], 1):
            self.where = {**page_where, "question": number}
            question = self.read_question(each)
            if question is not None:
                questions.append(question)
                self.seen.setdefault(question.id, question)
        self.where = page_where
        return Page(str(id), title, tuple(questions), show_if, self.jumps(raw.get("next"), at))

    def jumps(self, raw: object, at: int) -> tuple[Jump, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, list) or len(raw) > MOST_JUMPS:
            self.flaw("jump_shape")
            return ()
        jumps: list[Jump] = []
        for each in raw:
            if not isinstance(each, Mapping) or not set(each) <= {"if", "to"} or not isinstance(each.get("to"), str):
                self.flaw("jump_shape")
                continue
            to = each["to"]
            if to != END and to not in self.page_ids:
                self.flaw("jump_unknown", to=to)
            elif to != END and self.page_ids.index(to) <= at:
                self.flaw("jump_back", to=self.page_ids.index(to) + 1)
            jumps.append(Jump(self.condition(each.get("if")), to))
        return tuple(jumps)

    # --- questions -------------------------------------------------------------------------------

    def read_question(self, raw: object) -> Question | None:
        if not isinstance(raw, Mapping):
            self.flaw("question_shape")
            return None
        label = self.text(raw, "label", longest=LONGEST_LABEL)
        id = raw.get("id")
        self.where.update(question_label=label, question_id=id if isinstance(id, str) else "")
        if not self.good_id(id):
            self.flaw("question_id")
            id = ""
        elif id in self.all_ids:
            self.flaw("question_id_twice", id=id)
        self.all_ids.add(str(id))
        if not label:
            self.flaw("no_label")
        try:
            kind = Kind(raw.get("kind", ""))
        except ValueError:
            self.flaw("kind")
            return None
        own = FIELDS.get(kind, frozenset())
        self.unknown_keys(raw, {"id", "kind", "label", "help", "required", "show_if", *own})
        required = raw.get("required", False)
        if not isinstance(required, bool):
            self.flaw("required")
            required = False
        given: dict[str, Any] = {}
        if kind in WITH_CHOICES:
            given["choices"] = self.choices(raw, kind)
        reader = getattr(self, f"read_{kind.value}", None)
        if reader is not None:
            given.update(reader(raw, given))
        return Question(
            id=str(id),
            kind=kind,
            label=label,
            help=self.text(raw, "help", longest=LONGEST_HELP),
            required=required and kind is not Kind.INFORMATION,
            show_if=self.condition(raw.get("show_if")),
            **given,
        )

    def choices(self, raw: Mapping[str, Any], kind: Kind) -> tuple[Choice, ...]:
        choices = self.labelled(raw, "choices", most=MOST_CHOICES, least=2)
        if kind not in WITH_OTHER and any(choice.other for choice in choices):
            self.flaw("no_other_here")
        if kind is not Kind.SEVERAL and any(choice.exclusive for choice in choices):
            self.flaw("no_exclusive_here")
        if sum(choice.other for choice in choices) > 1:
            self.flaw("two_others")
        return choices

    def labelled(self, raw: Mapping[str, Any], name: str, *, most: int, least: int) -> tuple[Choice, ...]:
        listed = raw.get(name)
        if not isinstance(listed, list):
            self.flaw("list", name=name)
            return ()
        if not least <= len(listed) <= most:
            self.flaw("how_many", name=name, least=least, most=most)
            listed = listed[:most]
        found: list[Choice] = []
        for each in listed:
            if not isinstance(each, Mapping) or not self.good_id(each.get("id")):
                self.flaw("choice_id", name=name)
                continue
            label = self.text(each, "label", longest=LONGEST_CHOICE)
            if not label:
                self.flaw("choice_label", name=name)
            self.unknown_keys(each, {"id", "label", "other", "exclusive"})
            flags = {flag: each.get(flag, False) for flag in ("other", "exclusive")}
            if not all(isinstance(flag, bool) for flag in flags.values()):
                self.flaw("choice_id", name=name)
                continue
            if any(choice.id == each["id"] for choice in found):
                self.flaw("choice_twice", name=name, id=each["id"])
            elif label and any(choice.label.casefold() == label.casefold() for choice in found):
                self.flaw("choice_same_words", name=name, label=label)
            found.append(Choice(each["id"], label, **flags))
        return tuple(found)

    def read_short_text(self, raw: Mapping[str, Any], _given: dict[str, Any]) -> dict[str, Any]:
        return {"longest": self.whole(raw, "longest", 1, LONGEST_SHORT_TEXT, usual=LONGEST_SHORT_TEXT)}

    def read_long_text(self, raw: Mapping[str, Any], _given: dict[str, Any]) -> dict[str, Any]:
        return {"longest": self.whole(raw, "longest", 1, LONGEST_LONG_TEXT, usual=USUAL_LONG_TEXT)}

    def read_number(self, raw: Mapping[str, Any], _given: dict[str, Any]) -> dict[str, Any]:
        decimals = self.whole(raw, "decimals", 0, 4, usual=0)
        least, most = self.number(raw, "least"), self.number(raw, "most")
        if least is not None and most is not None and least > most:
            self.flaw("least_over_most")
        return {"decimals": decimals, "least": least, "most": most, "unit": self.text(raw, "unit", longest=20)}

    def read_date(self, raw: Mapping[str, Any], _given: dict[str, Any]) -> dict[str, Any]:
        earliest, latest = self.day(raw, "from"), self.day(raw, "to")
        if earliest and latest and earliest > latest:
            self.flaw("least_over_most")
        return {"earliest": earliest, "latest": latest}

    def read_postcode(self, raw: Mapping[str, Any], _given: dict[str, Any]) -> dict[str, Any]:
        known_only = raw.get("known_only", False)
        if not isinstance(known_only, bool):
            self.flaw("number", name="known_only")
        return {"known_only": known_only is True}

    def read_several(self, raw: Mapping[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        together = sum(not choice.exclusive for choice in given["choices"])
        least = self.whole(raw, "least", 0, max(together, 1), usual=0)
        most = self.whole(raw, "most", 1, max(together, 1), usual=max(together, 1))
        if least > most:
            self.flaw("least_over_most")
        return {"least": Decimal(least), "most": Decimal(most)}

    def read_scale(self, raw: Mapping[str, Any], _given: dict[str, Any]) -> dict[str, Any]:
        ends = raw.get("ends", ["", ""])
        if not isinstance(ends, list) or len(ends) != 2 or not all(isinstance(end, str) for end in ends):
            self.flaw("ends")
            ends = ["", ""]
        if any(len(end) > LONGEST_CHOICE for end in ends):
            self.flaw("long", name="ends", most=LONGEST_CHOICE)
        return {
            "steps": self.whole(raw, "steps", 2, 11, usual=5),
            "start": self.whole(raw, "start", 0, 1, usual=1),
            "ends": (ends[0].strip(), ends[1].strip()),
        }

    def read_matrix(self, raw: Mapping[str, Any], _given: dict[str, Any]) -> dict[str, Any]:
        return {
            "rows": self.labelled(raw, "rows", most=MOST_ROWS, least=1),
            "columns": self.labelled(raw, "columns", most=11, least=2),
        }

    def read_ranking(self, raw: Mapping[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        many = max(len(given["choices"]), 1)
        return {"most": Decimal(self.whole(raw, "most", 1, many, usual=many))}

    def read_points(self, raw: Mapping[str, Any], _given: dict[str, Any]) -> dict[str, Any]:
        return {"points": self.whole(raw, "points", 1, MOST_POINTS, usual=100)}

    def read_consent(self, raw: Mapping[str, Any], _given: dict[str, Any]) -> dict[str, Any]:
        scope = raw.get("scope")
        if scope not in SCOPES:
            self.flaw("scope")
        return {"scope": scope if scope in SCOPES else ""}

    # --- parts -----------------------------------------------------------------------------------

    def condition(self, raw: object) -> Condition | None:
        if raw is None:
            return None
        try:
            condition = parse(raw)
        except BadCondition as bad:
            self.flaw(f"condition_{bad.code}")
            return None
        for asks in asked_about(condition):
            self.check_asks(asks)
        return condition

    def check_asks(self, asks: Asks) -> None:
        question = self.seen.get(asks.question)
        if question is None:
            self.flaw("condition_not_earlier", id=asks.question)
            return
        if not question.is_answered or (asks.how != "answered" and asks.how not in COMPARED[question.kind]):
            self.flaw("condition_does_not_fit", label=question.label)
        elif asks.how != "answered" and not _fits(question, asks):
            self.flaw("condition_unknown_choice", label=question.label, value=str(asks.value))

    def text(self, raw: Mapping[str, Any], name: str, *, longest: int) -> str:
        value = raw.get(name, "")
        if not isinstance(value, str):
            self.flaw("text", name=name)
            return ""
        if len(value) > longest:
            self.flaw("long", name=name, most=longest)
        if not can_be_kept(value):
            self.flaw("characters", name=name)
        return value.strip()

    def whole(self, raw: Mapping[str, Any], name: str, least: int, most: int, *, usual: int) -> int:
        value = raw.get(name)
        if value is None:
            return usual
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.flaw("whole", name=name, least=least, most=most)
            return usual
        return value

    def number(self, raw: Mapping[str, Any], name: str) -> Decimal | None:
        value = raw.get(name)
        if value is None:
            return None
        number = as_number(value)
        if number is None:
            self.flaw("number", name=name)
        return number

    def day(self, raw: Mapping[str, Any], name: str) -> date | None:
        value = raw.get(name)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.flaw("day", name=name)
            return None

    def good_id(self, id: object) -> bool:
        return isinstance(id, str) and ID.fullmatch(id) is not None and "__" not in id and not id.startswith("_")

    def unknown_keys(self, raw: Mapping[Any, Any], known: set[str]) -> None:
        for key in raw:
            if key not in known:
                self.flaw("unknown_key", name=str(key)[:40])


FIELDS: Mapping[Kind, frozenset[str]] = {
    Kind.SHORT_TEXT: frozenset({"longest"}),
    Kind.LONG_TEXT: frozenset({"longest"}),
    Kind.NUMBER: frozenset({"least", "most", "decimals", "unit"}),
    Kind.DATE: frozenset({"from", "to"}),
    Kind.POSTCODE: frozenset({"known_only"}),
    Kind.ONE_CHOICE: frozenset({"choices"}),
    Kind.DROP_DOWN: frozenset({"choices"}),
    Kind.SEVERAL: frozenset({"choices", "least", "most"}),
    Kind.SCALE: frozenset({"steps", "start", "ends"}),
    Kind.MATRIX: frozenset({"rows", "columns"}),
    Kind.RANKING: frozenset({"choices", "most"}),
    Kind.POINTS: frozenset({"choices", "points"}),
    Kind.CONSENT: frozenset({"scope"}),
}
"""What a question of each kind may say besides what all may."""


def _fits(question: Question, asks: Asks) -> bool:
    """Tell whether what is asked of a question is something it can be."""
    value = asks.value
    if asks.how in ("has", "lacks") or question.kind in ONE_OF_CHOICES:
        return value in question.choice_ids
    if question.kind is Kind.YES_NO:
        return value in YES_NO_VALUES
    if question.kind is Kind.CONSENT:
        return isinstance(value, bool)
    if question.kind in WHOLE_NUMBERS:
        return asks.how in ("at_least", "at_most") or (not isinstance(value, bool) and value in question.values)
    if question.kind is Kind.NUMBER:
        return as_number(str(value)) is not None
    return isinstance(value, str)


def can_be_kept(text: str) -> bool:
    """Tell whether a database can keep this text: no control signs but tab and new line, no half characters."""
    return not any(
        (sign < " " and sign not in "\t\n\r") or sign == "\x7f" or "\ud800" <= sign <= "\udfff" for sign in text
    )


def walk(schema: Schema) -> Iterator[tuple[Page, Question]]:
    """Give every question with its page, in order."""
    for page in schema.pages:
        for question in page.questions:
            yield page, question
