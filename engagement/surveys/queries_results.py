"""What a survey came to, for a page: each question, by way in and by area, crossed, where, and who took part."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from django.db.models import Count, Exists, F, Func, OuterRef, Q, TextField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boards.places.models import Area, BoardArea
from components.templatetags.components import share
from engagement.activities.models import Channel
from engagement.evidence.models import IndicatorValue
from engagement.evidence.rules import Part, put_together
from engagement.rules.small_numbers import LEAST_SHOWN, safe_breakdown
from engagement.surveys.models import EqualityAnswer, Response, Survey, SurveyVersion
from engagement.surveys.rules import crossing
from engagement.surveys.rules.counting import Asked, Counts, Result, asked_over, published, result_of
from engagement.surveys.rules.crossing import Side, Table
from engagement.surveys.rules.schema import Kind, Schema
from engagement.surveys.rules.taking_part import GROUPS, beside, count_equality
from engagement.surveys.words import FACE_WORDS, YES_NO_WORDS

ROWS_A_PAGE = 120
"""About how many lines of answers stand on one page of results: some 60 kB of it."""
CHANNEL, AREA = "channel", "area"


@dataclass(frozen=True)
class Shape:
    """What a survey asks and asked: its versions, the newest first, and everything in them that can be counted."""

    versions: tuple[tuple[int, Schema], ...]
    asked: tuple[Asked, ...]

    @property
    def crossed(self) -> tuple[Asked, ...]:
        return tuple(asked for asked in self.asked if asked.is_crossed)

    def find(self, key: str) -> Asked | None:
        return next((asked for asked in self.asked if asked.key == key), None)


def shape_of(survey: Survey) -> Shape:
    """Give the versions that were answered, and the one that stands."""
    answered = Exists(Response.objects.filter(version=OuterRef("pk"), survey=survey))
    versions = SurveyVersion.objects.filter(Q(pk=survey.current_id) | answered, survey=survey).order_by("-number")
    read = tuple((version.number, version.read) for version in versions)
    return Shape(read, tuple(with_words(asked) for asked in asked_over([schema for _number, schema in read])))


def with_words(asked: Asked) -> Asked:
    """Give the same with our own words for yes and no, faces, and the ends of a scale."""
    own = own_words()
    if asked.kind is Kind.SCALE and any(asked.ends) and asked.choices:
        ends = {asked.choices[0][0]: asked.ends[0], asked.choices[-1][0]: asked.ends[1]}
        choices = tuple(
            (value, f"{value} ({ends[value]})" if ends.get(value) else value) for value, _words in asked.choices
        )
    else:
        choices = tuple((value, words or own.get((asked.kind.value, value), value)) for value, words in asked.choices)
    return replace(asked, choices=choices)


def own_words() -> dict[tuple[str, str], str]:
    """Give the words that are ours and not the survey's, by kind and value."""
    words = {(Kind.YES_NO.value, value): str(label) for value, label in YES_NO_WORDS.items()}
    words |= {(Kind.FACES.value, str(value)): str(label) for value, label in FACE_WORDS.items()}
    words |= {(Kind.CONSENT.value, "yes"): _("Yes, I agree"), (Kind.CONSENT.value, "no"): _("No")}
    words |= {("tick", "1"): _("Ticked"), ("tick", "0"): _("Answered, and did not tick it")}
    words |= {("rank", ""): _("The place it was given, from 1"), ("points", ""): _("The points it was given")}
    return words


# --- question by question ------------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    """One question with what it came to, as it stands on the page. `look` says which part of the template draws it."""

    look: str
    question: str
    title: str
    results: tuple[Result, ...]
    columns: tuple[str, ...] = ()
    lines: tuple[tuple[str, tuple[int | None, ...], int | None], ...] = ()
    rows: tuple[tuple[str, int | None], ...] = ()
    points: tuple[tuple[str, int], ...] = ()
    areas: tuple[tuple[str, int | None], ...] = ()
    squares: tuple[Mapping[str, Any], ...] = ()
    few_squares: bool = False

    @property
    def has_hidden(self) -> bool:
        return any(result.has_hidden for result in self.results)

    @property
    def result(self) -> Result:
        return self.results[0]

    @property
    def size(self) -> int:
        return 4 + len(self.rows) + len(self.lines) * max(len(self.columns), 1) + len(self.points) + len(self.areas)


LOOKS = {
    Kind.MATRIX: "matrix",
    Kind.NUMBER: "number",
    Kind.POINTS: "points",
    Kind.RANKING: "ranking",
    Kind.PLACE: "places",
}


def sections(shape: Shape, counts: Counts, *, for_all: bool) -> list[Section]:
    """Give every question with what it came to, in full or as everyone may see it (`for_all`)."""
    found: list[Section] = []
    matrices: dict[str, list[Result]] = {}
    names = area_names(counts)
    for asked in shape.asked:
        result = result_of(counts, asked)
        if for_all:
            result = published(result)
        if asked.kind is Kind.MATRIX:
            rows = matrices.setdefault(asked.question, [])
            rows.append(result)
            if len(rows) > 1:
                found = [each for each in found if each.question != asked.question]
            found.append(_matrix(asked, rows))
            continue
        look = LOOKS.get(asked.kind, "bars" if asked.is_crossed else "words")
        found.append(
            Section(
                look,
                asked.question,
                asked.label,
                (result,),
                rows=tuple((words, count) for _value, words, count in result.rows),
                points=tuple((words, points) for _value, words, points in result.points),
                **(_places(counts, asked, names, for_all=for_all) if look == "places" else {}),
            )
        )
    return found


def _matrix(asked: Asked, results: Sequence[Result]) -> Section:
    columns = tuple(words for _value, words in asked.choices)
    lines = tuple(
        (result.asked.row_label, tuple(count for _value, _words, count in result.rows), result.base)
        for result in results
    )
    return Section("matrix", asked.question, asked.label, tuple(results), columns=columns, lines=lines)


def area_names(counts: Counts) -> dict[str, str]:
    """Give the names of the areas that places lie in, by code. One query where anyone named a place, else none."""
    codes = {code for areas in counts.get("areas", {}).values() for code in areas}
    return dict(Area.objects.filter(code__in=codes).order_by().values_list("code", "name")) if codes else {}


def _places(counts: Counts, asked: Asked, names: Mapping[str, str], *, for_all: bool) -> dict[str, Any]:
    """Give where people pointed: by area, and by squares of about a kilometre; few in a square are not shown.

    A square is no part of a whole that stands beside it, but an area is: areas are hidden as a breakdown.
    """
    areas: dict[str, int] = counts.get("areas", {}).get(asked.key, {})
    cells: dict[str, int] = counts.get("cells", {}).get(asked.key, {})
    shown: Mapping[str, int | None] = safe_breakdown(areas) if for_all else areas
    least = LEAST_SHOWN if for_all else 1
    squares = []
    for cell, count in sorted(cells.items(), key=lambda item: (-item[1], item[0])):
        if count >= least:
            lat, lon = cell.split(",")
            squares.append({"name": f"{lat}, {lon}", "lat": float(lat), "lon": float(lon), "text": str(count)})
    return {
        "areas": tuple(sorted((names.get(code, code), shown[code]) for code in areas)),
        "squares": tuple(squares),
        "few_squares": any(count < least for count in cells.values()),
    }


def shapes_of(survey: Survey, found: Sequence[Section]) -> list[dict[str, Any]]:
    """Give the outlines of the board's wards, where there is a pin to draw among them."""
    if not any(section.squares for section in found):
        return []
    wards = survey.activity.board.areas.wards().filter(outline__isnull=False).order_by("name")  # type: ignore[attr-defined]
    return [{"name": name, "geometry": outline} for name, outline in wards.values_list("name", "outline")]


def in_pages(found: Sequence[Section]) -> list[list[Section]]:
    """Give the questions in pages of about the same length; always one, of which none is too long to load."""
    pages: list[list[Section]] = [[]]
    room = ROWS_A_PAGE
    for section in found:
        if pages[-1] and section.size > room:
            pages.append([])
            room = ROWS_A_PAGE
        pages[-1].append(section)
        room -= section.size
    return pages


def number_in_words(number: Fraction) -> str:
    """Give a number as people write it, to two places at most: 4, 3.5, 12.33."""
    if number.denominator == 1:
        return str(number.numerator)
    return f"{float(number):.2f}".rstrip("0").rstrip(".")


# --- by way in, by area --------------------------------------------------------------------------


def groups_in(counts: Counts, letter: str) -> list[str]:
    return [group[2:] for group in counts.get("sent", {}) if group.startswith(f"{letter}:") and group[2:]]


def channels(counts: Counts) -> Side:
    """Give the ways in by which anyone answered, in their own order."""
    there = set(groups_in(counts, "c"))
    return Side(CHANNEL, tuple((value, str(label)) for value, label in Channel.choices if value in there))


def areas(counts: Counts) -> Side:
    """Give the areas from which anyone answered, by name; in the counts they stand by key. One query, or none."""
    keys = [int(key) for key in groups_in(counts, "a")]
    if not keys:
        return Side(AREA, ())
    named = Area.objects.filter(pk__in=keys).order_by("name", "code").values_list("pk", "name")
    return Side(AREA, tuple((str(pk), name) for pk, name in named))


def people_by(counts: Counts, side: Side, letter: str, *, for_all: bool) -> tuple[tuple[str, int | None], ...]:
    """Give how many answered from each group of a side."""
    sent = counts.get("sent", {})
    totals = {value: sent.get(f"{letter}:{value}", 0) for value in side.values}
    shown: Mapping[str, int | None] = safe_breakdown(totals) if for_all else totals
    return tuple((words, shown[value]) for value, words in side.lines)


# --- crossing ------------------------------------------------------------------------------------


class AnswerText(Func):
    """The text of one answer, or of one row of a table of questions, as the database reads it from the JSON."""

    output_field = TextField()  # type: ignore[assignment]

    def __init__(self, *path: str) -> None:
        super().__init__(F("answers"))
        self.path = path

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[str]]:
        column, params = compiler.compile(self.source_expressions[0])
        # Said to be text, or an id of figures alone would be taken for a place in a list.
        steps = " -> %s::text" * (len(self.path) - 1) + " ->> %s::text"
        return f"({column}{steps})", [*params, *self.path]

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[str | int, ...]]:
        column, params = compiler.compile(self.source_expressions[0])
        # Ids are small letters, figures and _ (rules.schema): nothing in them ends the quotation.
        return f"json_extract({column}, %s)", (*params, "$" + "".join(f'."{part}"' for part in self.path))


def text_of(asked: Asked) -> AnswerText:
    return AnswerText(asked.question, asked.row) if asked.row else AnswerText(asked.question)


def values_in(asked: Asked, text: Any) -> tuple[str, ...] | None:
    """Give the values in an answer's text; as rules.counting.values_said does from the answer itself."""
    if text is None or text == "":
        return None
    text = str(text)
    if asked.kind is Kind.SEVERAL:
        listed = json.loads(text)
        return tuple(str(value) for value in listed) or None if isinstance(listed, list) else None
    if asked.kind is Kind.CONSENT:
        return ("yes",) if text in ("true", "1") else ("no",)
    return (text,)


def pairs_of(survey: Survey, row: Asked, column: Asked) -> dict[tuple[Any, Any], int]:
    """Count how many people said this to the one question and that to the other: one query, added up by the database."""
    found = (
        Response.objects.filter(survey=survey)
        .sent()  # type: ignore[attr-defined]
        .order_by()
        .annotate(row_said=text_of(row), column_said=text_of(column))
        .values_list("row_said", "column_said")
        .annotate(people=Count("pk"))
    )
    pairs: dict[tuple[Any, Any], int] = {}
    for row_text, column_text, people in found:
        key = (values_in(row, row_text), values_in(column, column_text))
        pairs[key] = pairs.get(key, 0) + people
    return pairs


def crossed(survey: Survey, counts: Counts, row: Asked, by: str, shape: Shape, *, for_all: bool) -> Table | None:
    """Give a question by way in, by area or by another question; None where there is no such thing to cross with."""
    if by in (CHANNEL, AREA):
        side = channels(counts) if by == CHANNEL else areas(counts)
        return crossing.by_group(counts, row, side, letter="c" if by == CHANNEL else "a", for_all=for_all)
    column = shape.find(by)
    if column is None or not column.is_crossed or column.key == row.key:
        return None
    pairs = pairs_of(survey, row, column)
    table = crossing.cross(pairs, crossing.side_of(row), crossing.side_of(column))
    return crossing.shown(table, pairs) if for_all else table


def by_side(counts: Counts, asked: Asked, side: Side, *, letter: str) -> Table:
    """Give a question by way in ("c") or by area ("a"), as everyone may see it."""
    return crossing.by_group(counts, asked, side, letter=letter, for_all=True)


def title_of(asked: Asked) -> str:
    return f"{asked.label}: {asked.row_label}" if asked.row_label else asked.label


def ways_to_cross(shape: Shape) -> list[tuple[str, str]]:
    """Give what a question may be crossed with, by name: the way in, the area, any question with choices."""
    return [
        (CHANNEL, _("How people answered")),
        (AREA, _("Where they live, work or study")),
        *((asked.key, title_of(asked)) for asked in shape.crossed),
    ]


# --- who took part -------------------------------------------------------------------------------

GROUP_NAMES = {
    "under_16": gettext_lazy("Under 16"),
    "over_65": gettext_lazy("65 or over"),
    "disabled": gettext_lazy("Disabled people"),
    "white": gettext_lazy("White"),
    "mixed": gettext_lazy("Mixed or several ethnic groups"),
    "asian": gettext_lazy("Asian or Asian British"),
    "black": gettext_lazy("Black or Black British"),
    "other": gettext_lazy("Another ethnic group"),
}


@dataclass(frozen=True)
class BesideEveryone:
    """One group, in words: how many took part of how many, and how many live here of how many."""

    words: str
    took_part: int | None
    of: int | None
    live_here: int
    of_all: int

    @property
    def part_of_those(self) -> str:
        return share(self.took_part, self.of) if self.took_part is not None and self.of else ""

    @property
    def part_of_all(self) -> str:
        return share(self.live_here, self.of_all)


def wards_beside(survey: Survey, counts: Counts, *, for_all: bool) -> list[BesideEveryone]:
    """Give each area of the board with how many answered from it, beside how many live in it. One query."""
    covers = (
        BoardArea.objects.filter(board=survey.activity.board_id, area__population__isnull=False)
        .order_by("area__name")
        .values_list("area_id", "area__name", "area__population", "share")
    )
    here = [(str(pk), name, int((population or 0) * part)) for pk, name, population, part in covers]
    # Hidden among all areas there are, also those outside the board: as the tables by area hide them.
    totals = {group: counts["sent"][f"a:{group}"] for group in groups_in(counts, "a")}
    base, everyone = sum(totals.values()), sum(people for _pk, _name, people in here)
    shown: Mapping[str, int | None] = safe_breakdown(totals) if for_all else totals
    if not base or not everyone or (for_all and base < LEAST_SHOWN):
        return []
    return [BesideEveryone(name, shown.get(pk, 0), base, people, everyone) for pk, name, people in here]


def groups_beside(survey: Survey) -> list[BesideEveryone]:
    """Give groups of people beside the board's population, where both are known. The same for officers. Two queries.

    A figure of a part of an area is that share of it; of several years, the latest counts.
    """
    if not survey.asks_equality:
        return []
    questions = sorted({group.question for group in GROUPS})
    said = count_equality(
        (dict(zip(questions, values, strict=True)), people)
        for *values, people in EqualityAnswer.objects.filter(survey=survey)
        .order_by()
        .annotate(**{f"said_{question}": AnswerText(question) for question in questions})
        .values_list(*(f"said_{question}" for question in questions))
        .annotate(people=Count("pk"))
    )
    if not said:
        return []
    keys = {group.figure for group in GROUPS}
    rows = (
        IndicatorValue.objects.filter(area__covered_by__board=survey.activity.board_id)
        .filter(Q(indicator__key__in=keys) | Q(indicator__key__startswith="pop_"))
        .order_by("period")
        .values_list("indicator__key", "area_id", "value", "area__covered_by__share")
    )
    latest: dict[str, dict[int, Part]] = {}
    for key, area, value, part in rows:
        latest.setdefault(key, {})[area] = Part(value, part)
    figures = {key: int(put_together(parts.values(), is_count=True) or 0) for key, parts in latest.items()}
    everyone = max(((key, number) for key, number in figures.items() if key.startswith("pop_")), default=None)
    found = beside(said, figures, everyone[1] if everyone else None)
    return [
        BesideEveryone(str(GROUP_NAMES[each.name]), each.took_part, each.of, each.live_here, each.of_all)
        for each in found
    ]
