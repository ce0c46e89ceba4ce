"""Read files that other people made: strictly, a row at a time, and refuse them in plain words.

Used by every import. A file is checked whole before anything is kept; what is wrong is told by
row (or feature), field and reason, the first twenty in full. Only as much of a CSV file is in
memory as one row.

    problems = Problems(path.name)
    with opened_csv(path, problems, progress=progress) as table:
        code = table.column("code", r"area_code", r"wd\\d\\dcd")
        problems.refuse_if_any()
        for row in table.rows():
            with problems.noting(row):
                name = row.read("name", a_name)
    problems.refuse_if_any()
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from components.forms import without_hidden_characters

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Called now and then with how much is done, and of how much."""

SHOWN = 20
LONGEST_CELL = 1_000
LONGEST_LINE_BYTES = 100_000
MOST_COLUMNS = 500
LARGEST_JSON_BYTES = 200_000_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs what starts with one of these (OWASP, CSV injection)."""

NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,15})?")


class Wrong(Exception):
    """A value that cannot be used. Its message says why, and what to do."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file: where, in which field, and why."""

    where: str
    field: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in (", ".join(filter(None, [self.where, self.field])), self.reason) if part)


class FileRefused(Exception):
    """Nothing of this file was kept. Its message lists what is wrong, fit to show an officer."""

    def __init__(self, name: str, problems: list[Problem], total: int) -> None:
        self.name, self.problems, self.total = name, problems, total
        super().__init__(name)

    def __str__(self) -> str:
        lines = [
            ngettext(
                "%(name)s was refused, and nothing was changed. There is %(total)d problem:",
                "%(name)s was refused, and nothing was changed. There are %(total)d problems:",
                self.total,
            )
            % {"name": self.name, "total": self.total}
        ]
        lines += [f"- {problem}" for problem in self.problems]
        if self.total > len(self.problems):
            lines.append(_("These are the first %(shown)d.") % {"shown": len(self.problems)})
        return "\n".join(lines)


@dataclass
class Problems:
    """What is wrong with a file: the first twenty in words, and a count of all."""

    name: str
    first: list[Problem] = field(default_factory=list)
    total: int = 0

    def add(self, where: str, field: str, reason: str) -> None:
        self.total += 1
        if len(self.first) < SHOWN:
            self.first.append(Problem(where, field, reason))

    @contextmanager
    def noting(self, row: Row) -> Iterator[None]:
        """Note what is wrong with a row and go on with the next."""
        try:
            yield
        except WrongCell as wrong:
            self.add(row.where, wrong.column, str(wrong))

    def refuse_if_any(self) -> None:
        if self.total:
            raise FileRefused(self.name, self.first, self.total)

    def refuse(self, where: str, field: str, reason: str) -> FileRefused:
        """Give the exception for something that ends the reading here: `raise problems.refuse(…)`."""
        self.add(where, field, reason)
        return FileRefused(self.name, self.first, self.total)


class WrongCell(Wrong):
    def __init__(self, column: str, reason: str) -> None:
        self.column = column
        super().__init__(reason)


@dataclass(frozen=True)
class Row:
    """One row of a CSV file. Rows are counted as a spreadsheet does: the headings are row 1."""

    number: int
    cells: dict[str, str]

    @property
    def where(self) -> str:
        return _("row %(number)d") % {"number": self.number}

    def read(self, column: str, understand: Callable[[str], T]) -> T:
        """Give a cell as `understand` reads it; what it finds Wrong is told with the column's name."""
        try:
            return understand(self.cells[column])
        except Wrong as wrong:
            raise WrongCell(column, str(wrong)) from None


class Table:
    """A CSV file, open for reading once from the top."""

    def __init__(self, file: BinaryIO, size: int, problems: Problems, progress: Progress | None = None) -> None:
        self.file, self.size, self.problems, self.progress = file, size, problems, progress
        self.reader = csv.reader(self.lines(), strict=True)
        self.number = 0
        self.columns = self.headings()

    def lines(self) -> Iterator[str]:
        """Give the lines as text; refuse one that is not UTF-8, or has no end."""
        number = 0
        while raw := self.file.readline(LONGEST_LINE_BYTES):
            number += 1
            where = _("line %(number)d") % {"number": number}
            if number == 1:
                if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                    raise self.problems.refuse("", "", NOT_UTF8())
                raw = raw.removeprefix(b"\xef\xbb\xbf")
            if len(raw) >= LONGEST_LINE_BYTES:
                raise self.problems.refuse(where, "", _("The line is far too long for a table. Is this a CSV file?"))
            if b"\x00" in raw:
                raise self.problems.refuse(where, "", _("There is a NUL character. Is this a CSV file?"))
            try:
                yield raw.decode("utf-8")
            except UnicodeDecodeError:
                raise self.problems.refuse(where, "", NOT_UTF8()) from None

    def headings(self) -> list[str]:
        record = next(self.records(), None)
        columns = [name.strip() for name in record[1]] if record else []
        if not any(columns):
            raise self.problems.refuse("", "", _("The file is empty. Its first row must name the columns."))
        if len(columns) == 1 and (found := re.search(r"[;\t|]", columns[0])):
            sign = {";": _("semicolons"), "\t": _("tabs"), "|": _("bars")}[found[0]]
            raise self.problems.refuse(
                _("row 1"), "", _("The columns are parted by %(sign)s. Save the file with commas.") % {"sign": sign}
            )
        if len(columns) > MOST_COLUMNS:
            raise self.problems.refuse(_("row 1"), "", _("There are more than %d columns.") % MOST_COLUMNS)
        for name in {name for name in columns if name and columns.count(name) > 1}:
            self.problems.add(_("row 1"), shortened(name), _("Two columns have this name."))
        return columns

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Give each record with its number, from 1; blank ones are passed over, and still counted."""
        while True:
            self.number += 1
            try:
                cells = next(self.reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self.problems.refuse(
                    _("row %(number)d") % {"number": self.number},
                    "",
                    _("The row cannot be read as CSV (%(error)s). Look for a quotation mark out of place.")
                    % {"error": error},
                ) from None
            if any(cell.strip() for cell in cells):
                yield self.number, cells

    def column(self, meaning: str, *patterns: str, given: str = "", needed: bool = True) -> str:
        """Give the name of the column that holds something, or "" where there is none and none is needed.

        `given` is the name the officer said; else the patterns are tried in order against the
        headings, in small letters, and the last of several fits is taken: lsoa21 before lsoa11.
        """
        if given:
            if given not in self.columns:
                self.problems.add(
                    _("row 1"),
                    given,
                    _("There is no such column. The file has: %(columns)s.") % {"columns": self.listed()},
                )
                return ""
            return given
        for pattern in patterns:
            found = sorted(name for name in self.columns if name and re.fullmatch(pattern, name.lower()))
            if found:
                return found[-1]
        if needed:
            self.problems.add(
                _("row 1"),
                meaning,
                _("No column holds this. The file has: %(columns)s.") % {"columns": self.listed()},
            )
        return ""

    def listed(self) -> str:
        return shortened(", ".join(filter(None, self.columns)), 300)

    def rows(self) -> Iterator[Row]:
        """Give each row whose cells fit the headings; note the others as problems."""
        for number, cells in self.records():
            if self.progress and number % 500 == 0:
                self.progress(self.file.tell(), self.size)
            row = Row(number, dict(zip(self.columns, cells, strict=False)))
            if len(cells) != len(self.columns):
                self.problems.add(
                    row.where,
                    "",
                    _("There are %(found)d cells where the headings name %(wanted)d.")
                    % {"found": len(cells), "wanted": len(self.columns)},
                )
                continue
            huge = next((name for name, cell in row.cells.items() if len(cell) > LONGEST_CELL), None)
            if huge is not None:
                self.problems.add(
                    row.where, shortened(huge), _("The cell is longer than %d characters.") % LONGEST_CELL
                )
                continue
            yield row
        if self.progress:
            self.progress(self.size, self.size)


@contextmanager
def opened_csv(path: Path, problems: Problems, *, progress: Progress | None = None) -> Iterator[Table]:
    """Open a CSV file whose first row names its columns."""
    with opened(path, problems) as file:
        yield Table(file, path.stat().st_size, problems, progress)


@contextmanager
def opened(path: Path, problems: Problems) -> Iterator[BinaryIO]:
    """Open a file, or refuse it in words when it cannot be opened."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise problems.refuse("", "", _("The file cannot be opened: %(why)s.") % {"why": error.strerror}) from None
    with file:
        yield file


def read_json(path: Path, problems: Problems) -> Any:
    """Give what a JSON file holds, or refuse it: not UTF-8, not JSON, empty, or far too large."""
    with opened(path, problems) as file:
        raw = file.read(LARGEST_JSON_BYTES + 1)
    if len(raw) > LARGEST_JSON_BYTES:
        raise problems.refuse("", "", _("The file is larger than %d MB.") % (LARGEST_JSON_BYTES // 1_000_000))
    try:
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise problems.refuse(_("line %(number)d") % {"number": line}, "", NOT_UTF8()) from None
    if not text.strip():
        raise problems.refuse("", "", _("The file is empty."))
    try:
        return json.loads(text, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        raise problems.refuse(
            _("line %(number)d") % {"number": error.lineno}, "", _("This is not JSON. Is it the right file?")
        ) from None
    except Wrong as wrong:
        raise problems.refuse("", "", str(wrong)) from None
    except (ValueError, RecursionError):
        # A number of thousands of digits, or brackets within brackets without end.
        raise problems.refuse("", "", _("This is not JSON that anyone would write. Is it the right file?")) from None


def refuse_constant(name: str) -> None:
    raise Wrong(_("%(name)s is not a number that JSON allows.") % {"name": name})


def NOT_UTF8() -> str:
    return _('The text is not UTF-8. Save the file as "CSV UTF-8" or as UTF-8 text, then try again.')


def shortened(text: str, longest: int = 60) -> str:
    """Enough of what stands in a file to know it again, on one line."""
    line = " ".join(without_hidden_characters(text[: longest * 2])[0].split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


# How to understand a cell or a property. Each gives a value, or is Wrong in words.


def a_name(value: object, *, longest: int = 120) -> str:
    """A name to show: not blank, not long, no hidden characters, and nothing a spreadsheet would run."""
    if not isinstance(value, str) or not value.strip():
        raise Wrong(_("The name is missing."))
    if value.startswith(FORMULA_STARTS) or value.strip().startswith(FORMULA_STARTS):
        raise Wrong(
            _("“%(name)s” starts with a sign that makes a spreadsheet run it as a formula. Take the sign out.")
            % {"name": shortened(value)}
        )
    plain, changed = without_hidden_characters(value)
    if changed or "\n" in plain or "\t" in plain:
        raise Wrong(_("“%(name)s” holds hidden characters or a new line.") % {"name": shortened(value)})
    plain = " ".join(plain.split())
    if len(plain) > longest:
        raise Wrong(
            _("“%(name)s” is longer than %(longest)d characters.") % {"name": shortened(plain), "longest": longest}
        )
    return plain


def a_number(value: str) -> Decimal:
    """A plain decimal number: figures, and one point. Not 1e5, not 1,000, not NaN."""
    text = value.strip()
    if not text:
        raise Wrong(_("The number is missing."))
    if not NUMBER.fullmatch(text):
        raise Wrong(_("“%(value)s” is not a number such as 51.58936.") % {"value": shortened(value)})
    return Decimal(text)
