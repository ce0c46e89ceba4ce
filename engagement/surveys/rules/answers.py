"""Which answers fit, which pages and questions are shown, and where the way leads next.

An answer is kept in one form for each kind, whatever channel it came by:
  texts, email, postcode, date (ISO), number (the exact decimal)   a string
  yes_no                    "yes", "no" or "unknown"
  one_choice, drop_down     the choice's id; the words of an "other" stand beside it as "<id>__other"
  several                   ids in the order of the schema ("<id>__other" beside them)
  scale, faces              a whole number
  matrix                    {row id: column id}
  ranking                   ids, the best first
  points                    {choice id: whole number}, those above nought only
  place                     {"words", "lat", "lon", "area"}, any part; a pin to about 100 metres
  file                      the public id of what was handed in
  consent                   true or false

What was typed comes as a form sends it: lists of texts by name, where a name is the question's id,
or that and two underscores and a part ("q3__day", "q4__other", "q5__<row>", "q6__<choice>").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from boards.places.rules import normal_postcode
from engagement.surveys.rules.conditions import Answers, World, holds, is_answer
from engagement.surveys.rules.schema import (
    END,
    ONE_OF_CHOICES,
    WHOLE_NUMBERS,
    WITH_OTHER,
    YES_NO_VALUES,
    Kind,
    Page,
    Question,
    Schema,
    can_be_kept,
)

Typed = Mapping[str, Sequence[str]]
LONGEST_OTHER = 200
LONGEST_PLACE_WORDS = 300
LONGEST_EMAIL = 254
# Latitude and longitude to three places: about 110 m by 65 m in these islands.
PIN_DECIMALS = Decimal("0.001")
OTHER = "__other"


@dataclass(frozen=True)
class Fault:
    """Why an answer does not fit. `code` names a sentence in surveys.words, `given` fills its gaps.

    `part` is the end of the field's name it belongs to ("other", a row, a choice), or empty.
    """

    code: str
    given: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""


@dataclass(frozen=True)
class Known:
    """What only the database knows, asked here: postcodes, wards of the board, files handed in with this response."""

    knows_postcode: Callable[[str], bool] = lambda _postcode: True
    areas: Collection[str] = ()
    uploads: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """One page read: the answers that fit, and the first fault of each question that has one."""

    answers: Mapping[str, Any]
    faults: Mapping[str, Fault]
    shown: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return not self.faults


class Misfit(Exception):
    """An answer that does not fit; carries its Fault."""

    def __init__(self, code: str, part: str = "", **given: Any) -> None:
        super().__init__(code)
        self.fault = Fault(code, given, part)


# --- what is shown -------------------------------------------------------------------------------


def shown_questions(page: Page, answers: Answers, world: World) -> list[Question]:
    """Give the questions of a page that are shown, in order.

    `answers` may hold those of this page: a question can hang on an earlier one beside it. An
    answer to a question that is not shown counts for nothing here.
    """
    hidden: set[str] = set()
    shown: list[Question] = []
    for question in page.questions:
        seen = {name: answer for name, answer in answers.items() if name not in hidden} if hidden else answers
        if holds(question.show_if, seen, world):
            shown.append(question)
        else:
            hidden.add(question.id)
    return shown


def keep_shown(schema: Schema, answers: Answers, world: World) -> dict[str, Any]:
    """Give the answers without those to questions that are not shown, nor on the way through."""
    return _walk(schema, answers, world)[1]


def path(schema: Schema, answers: Answers, world: World) -> list[Page]:
    """Give the pages that these answers lead through, in order.

    A page whose condition is false, or none of whose questions is shown, is passed over, and so
    are its jumps.
    """
    return _walk(schema, answers, world)[0]


def _walk(schema: Schema, answers: Answers, world: World) -> tuple[list[Page], dict[str, Any]]:
    kept: dict[str, Any] = {}
    pages: list[Page] = []
    at = 0
    while at < len(schema.pages):
        page = schema.pages[at]
        at += 1
        if not holds(page.show_if, kept, world):
            continue
        before = dict(kept)
        some = False
        for question in page.questions:
            if not holds(question.show_if, kept, world):
                continue
            some = True
            if question.is_answered and is_answer(answers.get(question.id)):
                kept[question.id] = answers[question.id]
                if _says_other(question, kept[question.id]) and answers.get(question.id + OTHER):
                    kept[question.id + OTHER] = answers[question.id + OTHER]
        if not some:
            kept = before
            continue
        pages.append(page)
        to = next((jump.to for jump in page.next if holds(jump.when, kept, world)), None)
        if to == END:
            break
        if to is not None:
            at = schema.place_of(to)
    return pages, kept


def _says_other(question: Question, answer: object) -> bool:
    if question.kind not in WITH_OTHER:
        return False
    chosen = answer if isinstance(answer, list | tuple) else [answer]
    return any(choice.other and choice.id in chosen for choice in question.choices)


def next_page(schema: Schema, page_id: str, answers: Answers, world: World) -> str | None:
    """Give the id of the page after this one, or None where the questions end.

    A page that is not on the way (any more) leads to the first on the way that stands after it.
    """
    here = schema.place_of(page_id)
    for page in path(schema, answers, world):
        if schema.place_of(page.id) > here:
            return page.id
    return None


def page_before(schema: Schema, page_id: str, answers: Answers, world: World) -> str | None:
    """Give the id of the page before this one on the way, or None where it is the first."""
    here = schema.place_of(page_id)
    before = [page.id for page in path(schema, answers, world) if schema.place_of(page.id) < here]
    return before[-1] if before else None


def first_unanswered(schema: Schema, answers: Answers, world: World, known: Known | None = None) -> str | None:
    """Give the id of the first page on the way with an answer missing or wrong, or None: all may be sent."""
    for page in path(schema, answers, world):
        if check_values(page, answers, world, known or Known()).faults:
            return page.id
    return None


# --- checking ------------------------------------------------------------------------------------


def check_page(page: Page, typed: Typed, before: Answers, world: World, known: Known | None = None) -> Checked:
    """Read what was typed on one page: only questions that are shown, each in its turn.

    `before` are the answers of earlier pages. What was typed for a hidden question is dropped
    without a word: it may have been typed before it was hidden.
    """
    known = known or Known()
    answers: dict[str, Any] = {}
    faults: dict[str, Fault] = {}
    shown: list[str] = []
    earlier = dict(before)
    for question in page.questions:
        for name in (question.id, question.id + OTHER):
            earlier.pop(name, None)
    for question in page.questions:
        if not holds(question.show_if, {**earlier, **answers}, world):
            continue
        shown.append(question.id)
        if not question.is_answered:
            continue
        try:
            value, other = read(question, typed)
            if question.kind is Kind.FILE:
                # A file that was handed in before stays until another comes.
                value = value or before.get(question.id)
            answers.update(list(_checked(question, value, other, known)))
        except Misfit as misfit:
            faults[question.id] = misfit.fault
    return Checked(answers, faults, tuple(shown))


def check_values(page: Page, answers: Answers, world: World, known: Known | None = None) -> Checked:
    """Check answers that are in their kept form already: those of an earlier visit, a file or a correction."""
    known = known or Known()
    fitting: dict[str, Any] = {}
    faults: dict[str, Fault] = {}
    shown: list[str] = []
    own = {name for question in page.questions for name in (question.id, question.id + OTHER)}
    earlier = {name: answer for name, answer in answers.items() if name not in own}
    for question in page.questions:
        if not holds(question.show_if, {**earlier, **fitting}, world):
            continue
        shown.append(question.id)
        if not question.is_answered:
            continue
        try:
            value, other = answers.get(question.id), answers.get(question.id + OTHER, "")
            if not isinstance(other, str):
                raise Misfit("unknown", "other")
            fitting.update(list(_checked(question, value, other, known)))
        except Misfit as misfit:
            faults[question.id] = misfit.fault
    return Checked(fitting, faults, tuple(shown))


def check_all(schema: Schema, answers: Answers, world: World, known: Known | None = None) -> Checked:
    """Check a whole response in its kept form, along the way it leads; what is not on the way is dropped."""
    fitting: dict[str, Any] = {}
    faults: dict[str, Fault] = {}
    shown: list[str] = []
    for page in path(schema, answers, world):
        checked = check_values(page, {**answers, **fitting}, world, known)
        fitting.update(checked.answers)
        faults.update(checked.faults)
        shown.extend(checked.shown)
    return Checked(keep_shown(schema, fitting, world) if not faults else fitting, faults, tuple(shown))


def unknown_names(schema: Schema, answers: Answers) -> list[str]:
    """Give the names in a response that no question of the schema has: a file of another survey."""
    known = {name for id in schema.questions for name in (id, id + OTHER)}
    return [name for name in answers if name not in known]


def _checked(question: Question, value: Any, other: str, known: Known) -> Iterator[tuple[str, Any]]:
    """Give the answer, and its "other" words, in their kept form; nothing where there is none."""
    if not is_answer(value):
        if other:
            raise Misfit("other_not_chosen", "other")
        if question.required:
            raise Misfit(_missing(question))
        return
    kept = CHECKS[question.kind](question, value, known)
    if question.required and question.kind is Kind.CONSENT and kept is not True:
        raise Misfit("missing_consent")
    yield question.id, kept
    if _says_other(question, kept):
        words = _text(other, LONGEST_OTHER, part="other")
        if not words:
            raise Misfit("other_missing", "other")
        yield question.id + OTHER, words
    elif other.strip() and question.kind is Kind.SEVERAL:
        raise Misfit("other_not_chosen", "other")


def _missing(question: Question) -> str:
    return f"missing_{question.kind.value}"


# --- reading what was typed ----------------------------------------------------------------------


def names_of(question: Question) -> list[str]:
    """Give the name of every field that a question has on a form."""
    id = question.id
    match question.kind:
        case Kind.INFORMATION:
            return []
        case Kind.DATE:
            return [f"{id}__{part}" for part in ("day", "month", "year")]
        case Kind.MATRIX:
            return [f"{id}__{row.id}" for row in question.rows]
        case Kind.RANKING | Kind.POINTS:
            return [f"{id}__{choice.id}" for choice in question.choices]
        case Kind.PLACE:
            return [f"{id}__{part}" for part in ("words", "area", "lat", "lon")]
        case _ if any(choice.other for choice in question.choices):
            return [id, id + OTHER]
        case _:
            return [id]


def read(question: Question, typed: Typed) -> tuple[Any, str]:
    """Give what was typed for a question, near its kept form but not yet checked, and the "other" words."""
    reader = READERS.get(question.kind, _read_one)
    other = _one(typed, question.id + OTHER).strip() if question.kind in WITH_OTHER else ""
    value = reader(question, typed)
    # Words left behind in a box whose choice is no longer the one: of one choice they are let go.
    if other and question.kind in ONE_OF_CHOICES and value and not _says_other(question, value):
        other = ""
    return value, other


def _one(typed: Typed, name: str) -> str:
    values = typed.get(name, ())
    return values[-1] if values else ""


def _read_one(question: Question, typed: Typed) -> Any:
    return _one(typed, question.id).strip()


def _read_several(question: Question, typed: Typed) -> Any:
    return [value for value in typed.get(question.id, ()) if value]


def _read_whole(question: Question, typed: Typed) -> Any:
    value = _one(typed, question.id).strip()
    if not value:
        return None
    return int(value) if re.fullmatch(r"[0-9]{1,4}", value) else value


def _read_date(question: Question, typed: Typed) -> Any:
    parts = [_one(typed, f"{question.id}__{part}").strip() for part in ("year", "month", "day")]
    if not any(parts):
        return _one(typed, question.id).strip()  # one box: a file, or a channel with one
    if not all(parts):
        missing = [name for name, part in zip(("year", "month", "day"), parts, strict=True) if not part]
        raise Misfit("date_part", missing[-1], parts=tuple(reversed(missing)))
    if not (re.fullmatch(r"[0-9]{4}", parts[0]) and all(re.fullmatch(r"[0-9]{1,2}", part) for part in parts[1:])):
        raise Misfit("date", "day")
    return f"{parts[0]}-{parts[1]:0>2}-{parts[2]:0>2}"


def _read_matrix(question: Question, typed: Typed) -> Any:
    given = {row.id: _one(typed, f"{question.id}__{row.id}").strip() for row in question.rows}
    return {row: column for row, column in given.items() if column}


def _read_ranking(question: Question, typed: Typed) -> Any:
    """Give the choices by their numbers; equal numbers, or what is no number, are refused here."""
    places: dict[int, str] = {}
    for choice in question.choices:
        value = _one(typed, f"{question.id}__{choice.id}").strip()
        if not value:
            continue
        if not re.fullmatch(r"[0-9]{1,3}", value) or not 1 <= int(value) <= len(question.choices):
            raise Misfit("rank", choice.id, most=len(question.choices), label=choice.label)
        if int(value) in places:
            raise Misfit("rank_twice", choice.id, place=int(value), label=choice.label)
        places[int(value)] = choice.id
    return [places[place] for place in sorted(places)]


def _read_points(question: Question, typed: Typed) -> Any:
    shared: dict[str, int] = {}
    for choice in question.choices:
        value = _one(typed, f"{question.id}__{choice.id}").strip()
        if not value:
            continue
        if not re.fullmatch(r"[0-9]{1,6}", value):
            raise Misfit("points_whole", choice.id, label=choice.label)
        if int(value):
            shared[choice.id] = int(value)
    return shared


def _read_place(question: Question, typed: Typed) -> Any:
    given = {part: _one(typed, f"{question.id}__{part}").strip() for part in ("words", "lat", "lon", "area")}
    return {part: value for part, value in given.items() if value}


def _read_consent(question: Question, typed: Typed) -> Any:
    value = _one(typed, question.id).strip().casefold()
    return value in ("yes", "true", "on", "1") if value else False


READERS: Mapping[Kind, Callable[[Question, Typed], Any]] = {
    Kind.SEVERAL: _read_several,
    Kind.SCALE: _read_whole,
    Kind.FACES: _read_whole,
    Kind.DATE: _read_date,
    Kind.MATRIX: _read_matrix,
    Kind.RANKING: _read_ranking,
    Kind.POINTS: _read_points,
    Kind.PLACE: _read_place,
    Kind.CONSENT: _read_consent,
}


# --- checking each kind --------------------------------------------------------------------------


def _text(value: object, longest: int, *, part: str = "") -> str:
    if not isinstance(value, str):
        raise Misfit("unknown", part)
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > longest:
        raise Misfit("long", part, most=longest, over=len(text) - longest)
    if not can_be_kept(text):
        raise Misfit("characters", part)
    return text


def _check_short_text(question: Question, value: Any, _known: Known) -> str:
    return _text(" ".join(value.split()) if isinstance(value, str) else value, question.longest)


def _check_long_text(question: Question, value: Any, _known: Known) -> str:
    return _text(value, question.longest)


def _check_number(question: Question, value: Any, _known: Known) -> str:
    text = value.strip() if isinstance(value, str) else ""
    unit = question.unit.strip()
    if unit:
        text = text.removeprefix(unit).removesuffix(unit).strip()
    # A comma parts thousands here; as a decimal sign it would be read as something else, so it is refused.
    if not re.fullmatch(r"-?([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.[0-9]{1,12})?", text, re.ASCII):
        raise Misfit("number")
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise Misfit("number") from None
    if number == 0:
        number = Decimal(0)
    plain = format(number.normalize(), "f")
    if len(plain.partition(".")[2]) > question.decimals:
        raise Misfit("decimals" if question.decimals else "whole_number", decimals=question.decimals)
    if question.least is not None and number < question.least:
        raise Misfit("too_small", least=plain_number(question.least))
    if question.most is not None and number > question.most:
        raise Misfit("too_great", most=plain_number(question.most))
    return plain


def plain_number(number: Decimal) -> str:
    """Give a number as people write it: "3.5", never "3.50" or "1E+3"."""
    return format(number.normalize(), "f") if number else "0"


def _check_date(question: Question, value: Any, _known: Known) -> str:
    try:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
            raise ValueError
        day = date.fromisoformat(value)
    except ValueError:
        raise Misfit("date", "day") from None
    if day.year < 1900:
        raise Misfit("date_year", "year")
    if question.earliest and day < question.earliest:
        raise Misfit("date_early", "day", earliest=question.earliest)
    if question.latest and day > question.latest:
        raise Misfit("date_late", "day", latest=question.latest)
    return day.isoformat()


def _check_email(_question: Question, value: Any, _known: Known) -> str:
    text = _text(value, LONGEST_EMAIL)
    if not re.fullmatch(r"[^\s@<>\",;:]{1,64}@[^\s@<>\",;:.]{1,63}(\.[^\s@<>\",;:.]{1,63})+", text):
        raise Misfit("email")
    return text


def _check_postcode(question: Question, value: Any, known: Known) -> str:
    postcode = normal_postcode(value) if isinstance(value, str) and len(value) < 40 else None
    if postcode is None:
        raise Misfit("postcode")
    if question.known_only and not known.knows_postcode(postcode):
        raise Misfit("postcode_unknown")
    return postcode


def _check_yes_no(_question: Question, value: Any, _known: Known) -> str:
    if value not in YES_NO_VALUES:
        raise Misfit("unknown")
    return str(value)


def _check_one_choice(question: Question, value: Any, _known: Known) -> str:
    if not isinstance(value, str) or question.choice(value) is None:
        raise Misfit("unknown")
    return value


def _check_several(question: Question, value: Any, _known: Known) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise Misfit("unknown")
    chosen = set(value)
    if chosen - set(question.choice_ids):
        raise Misfit("unknown")
    ordered = [choice for choice in question.choices if choice.id in chosen]
    alone = next((choice for choice in ordered if choice.exclusive), None)
    if alone is not None:
        if len(ordered) > 1:
            raise Misfit("exclusive", label=alone.label)
        return [alone.id]
    if question.least is not None and len(ordered) < question.least:
        raise Misfit("too_few", least=int(question.least))
    if question.most is not None and len(ordered) > question.most:
        raise Misfit("too_many", most=int(question.most))
    return [choice.id for choice in ordered]


def _check_whole(question: Question, value: Any, _known: Known) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in question.values:
        raise Misfit("unknown")
    return value


def _check_matrix(question: Question, value: Any, _known: Known) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise Misfit("unknown")
    rows, columns = {row.id: row for row in question.rows}, {column.id for column in question.columns}
    for row, column in value.items():
        if row not in rows:
            raise Misfit("unknown")
        if not isinstance(column, str) or column not in columns:
            raise Misfit("unknown", str(row))
    if question.required:
        for row in question.rows:
            if row.id not in value:
                raise Misfit("row_missing", row.id, label=row.label)
    return {row.id: value[row.id] for row in question.rows if row.id in value}


def _check_ranking(question: Question, value: Any, _known: Known) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise Misfit("unknown")
    if set(value) - set(question.choice_ids) or len(set(value)) != len(value):
        raise Misfit("unknown")
    if question.most is not None and len(value) > question.most:
        raise Misfit("rank_too_many", most=int(question.most))
    return list(value)


def _check_points(question: Question, value: Any, _known: Known) -> dict[str, int]:
    if not isinstance(value, Mapping) or set(value) - set(question.choice_ids):
        raise Misfit("unknown")
    if not all(isinstance(given, int) and not isinstance(given, bool) and given >= 0 for given in value.values()):
        raise Misfit("points_whole")
    total = sum(value.values())
    if total != question.points:
        raise Misfit("points", points=question.points, total=total, left=question.points - total)
    return {choice.id: value[choice.id] for choice in question.choices if value.get(choice.id)}


def _check_place(_question: Question, value: Any, known: Known) -> dict[str, str]:
    if not isinstance(value, Mapping) or set(value) - {"words", "lat", "lon", "area"}:
        raise Misfit("unknown")
    place: dict[str, str] = {}
    if value.get("words"):
        place["words"] = _text(value["words"], LONGEST_PLACE_WORDS, part="words")
    if value.get("lat") or value.get("lon"):
        place["lat"] = _pin(value.get("lat"), Decimal("49"), Decimal("61"))
        place["lon"] = _pin(value.get("lon"), Decimal("-9"), Decimal("2.5"))
    if value.get("area"):
        if value["area"] not in known.areas:
            raise Misfit("unknown", "area")
        place["area"] = str(value["area"])
    return place


def _pin(value: object, least: Decimal, most: Decimal) -> str:
    """Give one half of a pin to about 100 metres; outside these islands it is a slip."""
    if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,20})?", value, re.ASCII):
        raise Misfit("pin", "words")
    number = Decimal(value)
    if not least <= number <= most:
        raise Misfit("pin", "words")
    return plain_number(number.quantize(PIN_DECIMALS))


def _check_file(question: Question, value: Any, known: Known) -> str:
    if not isinstance(value, str) or value not in known.uploads.get(question.id, ()):
        raise Misfit("file_gone")
    return value


def _check_consent(_question: Question, value: Any, _known: Known) -> bool:
    if not isinstance(value, bool):
        raise Misfit("unknown")
    return value


CHECKS: Mapping[Kind, Callable[[Question, Any, Known], Any]] = {
    Kind.SHORT_TEXT: _check_short_text,
    Kind.LONG_TEXT: _check_long_text,
    Kind.NUMBER: _check_number,
    Kind.DATE: _check_date,
    Kind.EMAIL: _check_email,
    Kind.POSTCODE: _check_postcode,
    Kind.YES_NO: _check_yes_no,
    Kind.ONE_CHOICE: _check_one_choice,
    Kind.DROP_DOWN: _check_one_choice,
    Kind.SEVERAL: _check_several,
    Kind.SCALE: _check_whole,
    Kind.FACES: _check_whole,
    Kind.MATRIX: _check_matrix,
    Kind.RANKING: _check_ranking,
    Kind.POINTS: _check_points,
    Kind.PLACE: _check_place,
    Kind.FILE: _check_file,
    Kind.CONSENT: _check_consent,
}
assert set(CHECKS) | {Kind.INFORMATION} == set(Kind)  # noqa: S101  # nosec B101: a kind without its check is a slip here
assert all(kind in CHECKS for kind in WHOLE_NUMBERS)  # noqa: S101  # nosec B101
