"""Two questions in one table, or a question by way in or by area; and the same as everyone may see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from engagement.rules.small_numbers import safe_breakdown
from engagement.rules.small_tables import safe_table
from engagement.surveys.rules.counting import ALL, ANSWERED, Asked, Counts
from engagement.surveys.rules.schema import Kind

Values = tuple[str, ...] | None
"""What one person said to a question; None for no answer."""
Pairs = Mapping[tuple[Values, Values], int]
"""How many people said the one and the other."""
View = tuple[tuple[str, ...], Callable[[Values], str | None]]
"""Some lines, and which of them someone stands in (None: did not say)."""

TICKED, NOT_TICKED = "ticked", "not"


@dataclass(frozen=True)
class Side:
    """What stands at one side of a table: its lines with their words, and whether one person may stand in several."""

    key: str
    lines: tuple[tuple[str, str], ...]
    is_several: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(value for value, _words in self.lines)


@dataclass(frozen=True)
class Table:
    """How many people stand in each cell; None is hidden. `rows_alone` and `columns_alone` are each side by itself.

    `base` people answered both. In the shown table it is None: one could subtract from it.
    """

    row: Side
    column: Side
    cells: Mapping[tuple[str, str], int | None]
    rows_alone: Mapping[str, int | None]
    columns_alone: Mapping[str, int | None]
    base: int | None

    @property
    def has_hidden(self) -> bool:
        return any(count is None for count in self.cells.values())

    @property
    def shows_nothing(self) -> bool:
        return not any(self.cells.values())


def side_of(asked: Asked) -> Side:
    return Side(asked.key, asked.choices, asked.kind is Kind.SEVERAL)


def pairs_by_group(counts: Counts, asked: Asked, groups: Iterable[str], *, letter: str) -> Pairs:
    """Give the pairs of a question of which each person says one thing, and the groups of a letter ("c", "a")."""
    pairs: dict[tuple[Values, Values], int] = {}
    for group in groups:
        name = f"{letter}:{group}"
        said = counts.get("said", {}).get(name, {}).get(asked.key, {})
        column = (group,) if group else None
        for value, count in said.items():
            if value != ANSWERED:
                pairs[((value,), column)] = count
        missing = counts.get("sent", {}).get(name, 0) - said.get(ANSWERED, 0)
        if missing:
            pairs[(None, column)] = missing
    return pairs


def by_group(counts: Counts, asked: Asked, groups: Side, *, letter: str, for_all: bool) -> Table:
    """Give a question by channel or by area, in full or as everyone may see it (`for_all`)."""
    names = [*groups.values, ALL]
    if asked.kind is not Kind.SEVERAL:
        table = cross(pairs_by_group(counts, asked, names, letter=letter), side_of(asked), groups)
        return shown(table, pairs_by_group(counts, asked, names, letter=letter)) if for_all else table
    # Each that may be ticked is a table of its own: those who ticked it, and those who did not.
    tables = []
    for value, words in asked.choices:
        one = Side(asked.key, ((value, words),), is_several=True)
        pairs = _ticked_by_group(counts, asked, value, names, letter)
        table = cross(pairs, one, groups)
        tables.append(shown(table, pairs) if for_all else table)
    return Table(
        side_of(asked),
        groups,
        {cell: count for table in tables for cell, count in table.cells.items()},
        {value: count for table in tables for value, count in table.rows_alone.items()},
        tables[0].columns_alone if tables else {},
        tables[0].base if tables else 0,
    )


def _ticked_by_group(counts: Counts, asked: Asked, value: str, names: Iterable[str], letter: str) -> Pairs:
    pairs: dict[tuple[Values, Values], int] = {}
    for group in names:
        name = f"{letter}:{group}"
        said = counts.get("said", {}).get(name, {}).get(asked.key, {})
        base, ticked = said.get(ANSWERED, 0), said.get(value, 0)
        column = (group,) if group else None
        parts = {(value,): ticked, (): base - ticked, None: counts.get("sent", {}).get(name, 0) - base}
        pairs |= {(part, column): many for part, many in parts.items() if many}
    return pairs


def cross(pairs: Pairs, row: Side, column: Side) -> Table:
    """Put two questions in a table, in full: for officers."""
    cells = dict.fromkeys(((r, c) for r in row.values for c in column.values), 0)
    rows_alone, columns_alone, base = dict.fromkeys(row.values, 0), dict.fromkeys(column.values, 0), 0
    for (said_row, said_column), many in pairs.items():
        for value in said_row or ():
            if value in rows_alone:
                rows_alone[value] += many
        for value in said_column or ():
            if value in columns_alone:
                columns_alone[value] += many
        if said_row is not None and said_column is not None:
            base += many
            for r in said_row:
                for c in said_column:
                    if (r, c) in cells:
                        cells[r, c] += many
    return Table(row, column, dict(cells), dict(rows_alone), dict(columns_alone), base)


def shown(table: Table, pairs: Pairs) -> Table:
    """Give a table as everyone may see it. Nothing hidden in it can be had by subtraction, nor from several tables."""
    cells: dict[tuple[str, str], int | None] = {}
    rows_alone: dict[str, int | None] = {}
    columns_alone: dict[str, int | None] = {}
    for row_lines, row_of in views(table.row):
        for column_lines, column_of in views(table.column):
            counts: dict[tuple[str | None, str | None], int] = {}
            for (said_row, said_column), many in pairs.items():
                at = (row_of(said_row), column_of(said_column))
                counts[at] = counts.get(at, 0) + many
            safe = safe_table(counts, row_lines, column_lines)
            for (r, c), count in safe.items():
                if NOT_TICKED not in (r, c):
                    cells[_named(r, row_of, table.row), _named(c, column_of, table.column)] = count
            rows_alone |= _alone(counts, 0, row_lines, row_of, table.row)
            columns_alone |= _alone(counts, 1, column_lines, column_of, table.column)
    return replace(table, cells=cells, rows_alone=rows_alone, columns_alone=columns_alone, base=None)


def views(side: Side) -> list[View]:
    """Give a side as breakdowns in which everyone stands once: several ticks are one breakdown each."""
    if not side.is_several:
        lines = side.values
        known = set(lines)

        def of(said: Values) -> str | None:
            return said[0] if said and said[0] in known else None

        return [(lines, of)]
    return [((TICKED, NOT_TICKED), _Ticked(value)) for value in side.values]


@dataclass(frozen=True)
class _Ticked:
    """Tells whether someone ticked this value."""

    value: str

    def __call__(self, said: Values) -> str | None:
        if said is None:
            return None
        return TICKED if self.value in said else NOT_TICKED


def _named(line: str, of: Callable[[Values], str | None], side: Side) -> str:
    return of.value if side.is_several and isinstance(of, _Ticked) else line


def _alone(
    counts: Mapping[tuple[str | None, str | None], int],
    at: int,
    lines: tuple[str, ...],
    of: Callable[[Values], str | None],
    side: Side,
) -> dict[str, int | None]:
    """Give one side by itself, as everyone may see it."""
    totals = dict.fromkeys(lines, 0)
    for cell, many in counts.items():
        line = cell[at]
        if line is not None:
            totals[line] += many
    safe = safe_breakdown(totals)
    return {_named(line, of, side): count for line, count in safe.items() if line != NOT_TICKED}
