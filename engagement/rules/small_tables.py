"""Hiding small numbers of people in a table of two breakdowns, so that no subtraction brings them back (PROMISES 18)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TypeVar

from engagement.rules.small_numbers import LEAST_SHOWN, safe_breakdown

Row = TypeVar("Row", bound=Hashable)
Column = TypeVar("Column", bound=Hashable)
Cell = tuple[int, int]
Node = tuple[str, int]


def safe_table(
    counts: Mapping[tuple[Row | None, Column | None], int], rows: Sequence[Row], columns: Sequence[Column]
) -> dict[tuple[Row, Column], int | None]:
    """Give each cell of rows and columns, or None where showing it would single people out.

    `counts` may hold None as a row or a column: people who did not say. They are never shown, but
    they are part of the whole breakdowns that stand on the same page, so they are counted with.

    Whoever reads the table is taken to know each breakdown alone, as safe_breakdown shows it. A cell
    of 0 to 4 is hidden: nought too, since knowing where no one is lets two tables be joined. Then
    more are, the fewest people first, until

    - no hidden number below 5 is the only one that fits what is shown: each lies on a ring of
      hidden cells round which one person can be moved (Gusfield, "A graph theoretic approach to
      statistical data security", 1988: a cell is exposed just when there is no such ring);
    - the hidden cells of a row or a column come to 5 or more together.

    Rows that are hidden in the breakdown alone are hidden whole, and stand in the sum as one. So
    each table with these rows leaves the same numbers of them known, and what several tables tell
    together is no more than what each tells alone: a sum of one function of (a, b), one of (a, c)
    and one of (b, c) that is nought everywhere has nothing in it but functions of a, of b and of c.
    Where nothing can be shown so, every cell is None but those of empty lines; where fewer than
    5 people said either thing, every cell is.
    """
    sums: dict[Row | None, int] = {}
    across: dict[Column | None, int] = {}
    for (row, column), count in counts.items():
        sums[row] = sums.get(row, 0) + count
        across[column] = across.get(column, 0) + count
    open_rows = shown_lines({row: sums.get(row, 0) for row in rows})
    open_columns = shown_lines({column: across.get(column, 0) for column in columns})
    # Where a whole line is empty, its own nought has said so.
    nothing: dict[tuple[Row, Column], int | None] = {
        (row, column): None if sums.get(row, 0) and across.get(column, 0) else 0 for row in rows for column in columns
    }
    if min(sum(sums.get(row, 0) for row in rows), sum(across.get(column, 0) for column in columns)) < LEAST_SHOWN:
        return dict.fromkeys(nothing)
    if not open_rows or not open_columns:
        return nothing
    # The same table with its lines in another order hides the same cells.
    open_rows.sort(key=lambda row: (sums[row], sorted(counts.get((row, c), 0) for c in open_columns)))
    open_columns.sort(key=lambda column: (across[column], sorted(counts.get((r, column), 0) for r in open_rows)))
    # After the open lines: the closed ones together, and those who did not say.
    row_at = {row: at for at, row in enumerate(open_rows)}
    column_at = {column: at for at, column in enumerate(open_columns)}
    held = [[0] * (len(open_columns) + 2) for _ in range(len(open_rows) + 2)]
    for (row, column), count in counts.items():
        at_row = len(open_rows) + 1 if row is None else row_at.get(row, len(open_rows))
        at_column = len(open_columns) + 1 if column is None else column_at.get(column, len(open_columns))
        held[at_row][at_column] += count
    grid = Grid(held, len(open_rows), len(open_columns))
    if not grid.close():
        return nothing
    shown = {
        (row, column): None if (row_at[row], column_at[column]) in grid.hidden else counts.get((row, column), 0)
        for row in open_rows
        for column in open_columns
    }
    return nothing | shown


def shown_lines(totals: Mapping[Row, int]) -> list[Row]:
    """Give the lines whose own total is shown and is not nought."""
    return [line for line, count in safe_breakdown(totals).items() if count]


@dataclass
class Grid:
    """A table while its cells are being hidden. Lines from `rows` and `columns` on are never shown."""

    held: list[list[int]]
    rows: int
    columns: int
    hidden: set[Cell] = field(default_factory=set)

    def is_open(self, cell: Cell) -> bool:
        return cell[0] < self.rows and cell[1] < self.columns

    def close(self) -> bool:
        """Hide what must be hidden; False where that cannot be done with any of it shown."""
        cells = [(row, column) for row in range(self.rows + 2) for column in range(self.columns + 2)]
        self.hidden = {cell for cell in cells if not self.is_open(cell) or self.held[cell[0]][cell[1]] < LEAST_SHOWN}
        while True:
            if self.top_up():
                continue
            small = [cell for cell in sorted(self.hidden) if self.is_small(cell)]
            exposed = next((cell for cell in small if not self.is_on_a_ring(cell)), None)
            if exposed is None:
                return True
            more = self.cheapest_ring(exposed)
            if more is None:
                return False
            self.hidden |= more

    def top_up(self) -> bool:
        """Hide one more cell where the hidden ones of an open line come to less than 5 together."""
        for line in self.lines():
            hidden = [cell for cell in line if cell in self.hidden]
            total = sum(self.held[row][column] for row, column in hidden)
            rest = [cell for cell in line if cell not in self.hidden and self.held[cell[0]][cell[1]]]
            if any(map(self.is_small, hidden)) and total < LEAST_SHOWN and rest:
                self.hidden.add(min(rest, key=lambda cell: (self.held[cell[0]][cell[1]], cell)))
                return True
        return False

    def lines(self) -> list[list[Cell]]:
        every_column, every_row = range(self.columns + 2), range(self.rows + 2)
        return [[(row, column) for column in every_column] for row in range(self.rows)] + [
            [(row, column) for row in every_row] for column in range(self.columns)
        ]

    def is_small(self, cell: Cell) -> bool:
        """Tell whether a hidden number must stay unknown. That nobody is in an empty line is known."""
        row, column = cell
        return self.held[row][column] < LEAST_SHOWN and any(self.held[row]) and any(line[column] for line in self.held)

    def can_be_less(self, cell: Cell) -> bool:
        return self.held[cell[0]][cell[1]] > 0

    def is_on_a_ring(self, cell: Cell) -> bool:
        """Tell whether this hidden number could be one more, or one less, with all that is shown unchanged."""
        return self.ring(cell, self.hidden, {}) is not None

    def cheapest_ring(self, cell: Cell) -> set[Cell] | None:
        """Give the cells to hide so that this one lies on a ring, those of fewest people; None where there is none."""
        may = self.hidden | {
            (row, column) for row in range(self.rows) for column in range(self.columns) if self.held[row][column]
        }
        return self.ring(cell, may, {each: self.held[each[0]][each[1]] for each in may - self.hidden})

    def ring(self, cell: Cell, usable: set[Cell], price: Mapping[Cell, int]) -> set[Cell] | None:
        """Give the cheapest way round from a cell's column to its row, or the other way, without the cell itself.

        From a row to a column one person more is put in a cell; from a column to a row one is taken out.
        """
        row, column = cell
        ends: list[tuple[Node, Node]] = [(("column", column), ("row", row))]
        if self.can_be_less(cell):
            ends.append((("row", row), ("column", column)))
        ways = [way for way in (self.way(a, b, cell, usable, price) for a, b in ends) if way is not None]
        return min(ways, key=lambda way: way[0])[1] if ways else None

    def way(
        self, start: Node, goal: Node, without: Cell, usable: set[Cell], price: Mapping[Cell, int]
    ) -> tuple[int, set[Cell]] | None:
        """Give the cheapest path with its price (Dijkstra)."""
        from_row: dict[int, list[Cell]] = {}
        from_column: dict[int, list[Cell]] = {}
        for each in sorted(usable - {without}):
            from_row.setdefault(each[0], []).append(each)
            if self.can_be_less(each):
                from_column.setdefault(each[1], []).append(each)
        waiting: list[tuple[int, int, Node]] = [(0, 0, start)]
        came: dict[Node, tuple[Node, Cell] | None] = {}
        best: dict[Node, tuple[int, int]] = {start: (0, 0)}
        back: dict[Node, tuple[Node, Cell]] = {}
        while waiting:
            cost, steps, node = heappop(waiting)
            if node in came:
                continue
            came[node] = back.get(node)
            if node == goal:
                cells: set[Cell] = set()
                at = came[node]
                while at is not None:
                    cells.add(at[1])
                    at = came[at[0]]
                return cost, cells
            is_row = node[0] == "row"
            for each in (from_row if is_row else from_column).get(node[1], ()):
                after: Node = ("column", each[1]) if is_row else ("row", each[0])
                dearer = (cost + price.get(each, 0), steps + 1)
                if after not in came and dearer < best.get(after, (dearer[0] + 1, 0)):
                    best[after] = dearer
                    back[after] = (node, each)
                    heappush(waiting, (*dearer, after))
        return None
