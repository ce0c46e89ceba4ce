"""A survey's answers as a table to take away: CSV as it is read, a spreadsheet, a codebook, and the open copy.

Read a few hundred at a time and written as they are read, so that 250,000 answers take no more
memory than ten. What people wrote can start no formula in a CSV; in a spreadsheet it is text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from boards.places.models import Area
from engagement.activities.models import Channel
from engagement.rules.tables import csv_lines, inert
from engagement.surveys import queries_results as queries
from engagement.surveys.models import Response, Survey
from engagement.surveys.rules.columns import Column, Holds, cell_of, codebook, columns_of, in_words
from engagement.surveys.rules.conditions import as_number
from engagement.surveys.rules.counting import Counts
from engagement.surveys.rules.schema import Kind

CHUNK = 1_000
LINES_AT_ONCE = 100
MOST_ROWS = 1_048_575
"""Of a spreadsheet, below its headings (Excel's own limit is 1,048,576 with them)."""
MOST_FIGURES = 15
"""A spreadsheet keeps 15 figures of a number; what is longer stays text, so that none is lost."""
LEADING = ("reference", "version", "channel", "area_code", "area", "language", "on")
LEADING_WRITTEN = frozenset({"area"})

Cell = str | int | None
Row = list[Cell]


class Sheet:
    """The columns of a survey, and its answers row by row. `in_words`: choices in their words, else in their codes."""

    def __init__(self, survey: Survey, *, in_words: bool) -> None:
        self.survey, self.in_words = survey, in_words
        self.shape = queries.shape_of(survey)
        self.columns: tuple[Column, ...] = columns_of(self.shape.versions)
        self.own = queries.own_words()
        self.headings = [*LEADING, *(column.heading for column in self.columns)]
        self.written = [name in LEADING_WRITTEN for name in LEADING] + [column.is_written for column in self.columns]
        # Choices in their words are words people wrote too: those who made the survey.
        if in_words:
            self.written = [
                was or (at >= len(LEADING) and bool(self.columns[at - len(LEADING)].codes))
                for at, was in enumerate(self.written)
            ]
        self.numbers = [name == "version" for name in LEADING] + [is_number(column) for column in self.columns]

    def count(self) -> int:
        return Response.objects.filter(survey=self.survey).sent().count()

    def rows(self) -> Iterator[Row]:
        """Give each response that was sent, in the order of their days and then of their random keys."""
        areas = {pk: (code, name) for pk, code, name in self.areas()}
        channels = {value: str(label) if self.in_words else value for value, label in Channel.choices}
        found = (
            Response.objects.filter(survey=self.survey)
            .sent()
            .order_by("on", "id")
            .values_list("reference", "version__number", "channel", "place_id", "language", "on", "answers")
        )
        columns, own, as_words = self.columns, self.own, self.in_words
        for reference, version, channel, place, language, on, answers in found.iterator(chunk_size=CHUNK):
            code, name = areas.get(place, ("", ""))
            row: Row = [reference, version, channels[channel], code, name, language, on.isoformat()]
            if as_words:
                row += [in_words(column, cell_of(column, answers), own) for column in columns]
            else:
                row += [cell_of(column, answers) for column in columns]
            yield row

    def areas(self) -> list[tuple[int, str, str]]:
        used = Response.objects.filter(survey=self.survey, place__isnull=False).order_by().values("place").distinct()
        return list(Area.objects.filter(pk__in=used).order_by().values_list("pk", "code", "name"))


def is_number(column: Column) -> bool:
    """Tell whether its cells are numbers (those of faces only as codes)."""
    return column.kind in (Kind.NUMBER, Kind.SCALE, Kind.FACES) or column.holds in (
        Holds.TICK,
        Holds.RANK,
        Holds.POINTS,
    )


def lines_of(headings: Iterable[str], rows: Iterable[Iterable[Cell]], written: list[bool]) -> Iterator[str]:
    """Give a CSV in which what people wrote can start no formula; everything else is as it is."""

    def guarded() -> Iterator[Iterable[object]]:
        yield headings
        for row in rows:
            yield [
                inert(str(cell)) if is_written and cell is not None else cell
                for cell, is_written in zip(row, written, strict=True)
            ]

    return csv_lines(guarded())


def as_csv(survey: Survey, *, in_words: bool) -> Iterator[str]:
    sheet = Sheet(survey, in_words=in_words)
    return lines_of(sheet.headings, sheet.rows(), sheet.written)


CODEBOOK = ("column", "question", "part", "kind", "code", "meaning", "versions")


def codebook_rows(sheet: Sheet) -> list[tuple[str, ...]]:
    """Give what each column and code means: the leading columns first, then the questions."""
    leading = {
        "reference": _("What a person was told to quote"),
        "version": _("Which version of the questions was answered"),
        "channel": _("How the answer came in"),
        "area_code": _("The official code of the area they belong to"),
        "area": _("The name of that area"),
        "language": _("The language it was answered in"),
        "on": _("The day it was sent"),
    }
    rows: list[tuple[str, ...]] = []
    for name in LEADING:
        codes = Channel.choices if name == "channel" else [("", "")]
        rows += [(name, leading[name], "", "", str(value), str(label), "") for value, label in codes]
    return rows + codebook(sheet.columns, sheet.own)


def codebook_csv(survey: Survey) -> Iterator[str]:
    rows = codebook_rows(Sheet(survey, in_words=True))
    return lines_of(CODEBOOK, rows, [True] * len(CODEBOOK))


def write_xlsx(sheet: Sheet, file: IO[bytes], *, progress: Callable[[int], None]) -> int:
    """Write the spreadsheet: the answers, and the codebook beside them. A cell is text or a number, never a formula."""
    book = Workbook(
        file,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    answers = book.add_worksheet("answers")
    answers.freeze_panes(1, 0)
    for column, heading in enumerate(sheet.headings):
        answers.write_string(0, column, heading)
    done = 0
    for row in sheet.rows():
        done += 1
        if done > MOST_ROWS:
            raise TooMany
        for column, (cell, numeric) in enumerate(zip(row, sheet.numbers, strict=True)):
            if cell is not None:
                put(answers, done, column, cell, numeric=numeric)
        if done % CHUNK == 0:
            progress(done)
    explained = book.add_worksheet("codebook")
    for at, line in enumerate([CODEBOOK, *codebook_rows(sheet)]):
        for column, words in enumerate(line):
            explained.write_string(at, column, words)
    book.close()
    progress(done)
    return done


class TooMany(Exception):
    """More answers than a spreadsheet has rows."""


def put(sheet: Any, row: int, column: int, cell: str | int, *, numeric: bool) -> None:
    if isinstance(cell, int):
        sheet.write_number(row, column, cell)
    elif numeric and as_number(cell) is not None and len(Decimal(cell).as_tuple().digits) <= MOST_FIGURES:
        sheet.write_number(row, column, float(cell))
    else:
        sheet.write_string(row, column, cell)


# --- the open copy -------------------------------------------------------------------------------

OPEN = ("question", "line", "answer", "breakdown", "group", "people")


def open_rows(survey: Survey, counts: Counts, *, whole_only: bool) -> Iterator[tuple[str, str, str, str, str, int]]:
    """Give every number that everyone may see, one a row: each question whole, by way in and by area.

    Cells that are hidden are left out. No person's answers stand together in it, nor any words they wrote.
    """
    shape = queries.shape_of(survey)
    for section in queries.sections(shape, counts, for_all=True):
        for result in section.results:
            for _value, words, people in result.rows:
                if people is not None:
                    yield result.asked.label, result.asked.row_label, words, "all", "", people
    if whole_only:
        return
    sides = (("channel", "c", queries.channels(counts)), ("area", "a", queries.areas(counts)))
    for name, letter, side in sides:
        for words, people in queries.people_by(counts, side, letter, for_all=True):
            if people is not None:
                yield "", "", "", name, words, people
        for asked in shape.crossed:
            table = queries.by_side(counts, asked, side, letter=letter)
            for value, answer in asked.choices:
                for group, group_words in side.lines:
                    count = table.cells[value, group]
                    if count is not None:
                        yield asked.label, asked.row_label, answer, name, group_words, count


def open_csv(survey: Survey, counts: Counts, *, whole_only: bool) -> Iterator[str]:
    return lines_of(OPEN, open_rows(survey, counts, whole_only=whole_only), [True, True, True, False, True, False])
