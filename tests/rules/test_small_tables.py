"""Nothing hidden in a published table can be worked out, by whoever subtracts what from what."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import assume, given
from hypothesis import strategies as st

from engagement.rules.small_numbers import LEAST_SHOWN, safe_breakdown
from engagement.rules.small_tables import safe_table


def test_a_table_of_large_numbers_is_shown_whole():
    counts = {("yes", "web"): 20, ("yes", "paper"): 9, ("no", "web"): 7, ("no", "paper"): 12}

    assert safe_table(counts, ["yes", "no"], ["web", "paper"]) == counts


def test_one_small_cell_takes_a_whole_ring_with_it():
    counts = {
        ("a", "x"): 3, ("a", "y"): 10, ("a", "z"): 50,
        ("b", "x"): 12, ("b", "y"): 30, ("b", "z"): 60,
        ("c", "x"): 40, ("c", "y"): 41, ("c", "z"): 42,
    }  # fmt: skip

    shown = safe_table(counts, ["a", "b", "c"], ["x", "y", "z"])

    assert [cell for cell, count in shown.items() if count is None] == [
        ("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"),
    ]  # fmt: skip


def test_that_nobody_is_in_a_cell_is_not_said():
    """Two tables can be joined where it is known who is nowhere."""
    counts = {(r, c): n for (r, c), n in zip(product("abc", "xyz"), [0, 9, 30, 8, 9, 30, 30, 30, 30], strict=True)}

    shown = safe_table(counts, "abc", "xyz")

    assert shown["a", "x"] is None
    assert [cell for cell in shown if shown[cell] is None] == [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]


def test_a_line_with_nobody_in_it_says_so():
    counts = {("a", "x"): 0, ("a", "y"): 0, ("b", "x"): 30, ("b", "y"): 30, ("c", "x"): 7, ("c", "y"): 8}

    assert safe_table(counts, "abc", "xy") == counts


def test_the_order_of_lines_changes_nothing():
    counts = {(r, c): n for (r, c), n in zip(product("abc", "xyz"), [3, 9, 8, 7, 12, 30, 31, 6, 5], strict=True)}

    one, other = safe_table(counts, "abc", "xyz"), safe_table(counts, "cab", "zyx")

    assert one == other


def test_a_row_whose_own_number_is_hidden_is_hidden_whole():
    counts = {("a", "x"): 1, ("a", "y"): 2, ("b", "x"): 9, ("b", "y"): 9, ("c", "x"): 30, ("c", "y"): 30}

    shown = safe_table(counts, ["a", "b", "c"], ["x", "y"])

    assert [shown[cell] for cell in (("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"))] == [None] * 4


lines = st.one_of(st.integers(0, 12), st.sampled_from([0, 0, 0, 1, 5, 20]))


@st.composite
def tables(draw, rows=3, columns=3):
    wide, high = draw(st.integers(1, columns)), draw(st.integers(1, rows))
    said = {(r, c): draw(lines) for r in range(high) for c in range(wide)}
    if draw(st.booleans()):
        said |= {(None, c): draw(st.integers(0, 3)) for c in range(wide)}
    if draw(st.booleans()):
        said |= {(r, None): draw(st.integers(0, 3)) for r in range(high)}
    return said, list(range(high)), list(range(wide))


@given(tables(rows=2, columns=3))
def test_more_than_one_whole_table_fits_what_is_shown(drawn):
    """Every table of whole numbers is tried that has the same breakdowns and the same shown cells."""
    counts, rows, columns = drawn
    shown = safe_table(counts, rows, columns)
    small = [cell for cell in shown if 0 < counts[cell] < LEAST_SHOWN]
    assert all(shown[cell] is None for cell in small)
    high, wide = [*rows, None], [*columns, None]
    row_known = known_lines(counts, rows, 0)
    column_known = known_lines(counts, columns, 1)
    said = [sum(n for cell, n in counts.items() if cell[side] is not None) for side in (0, 1)]
    if min(said) < LEAST_SHOWN:
        assert set(shown.values()) <= {None}
        return
    for cell in small:
        others = [n for n in range(sum(counts.values()) + 1) if n != counts[cell]]
        assert any(
            fits(counts, shown, high, wide, row_known, column_known, {cell: n})
            for n in sorted(others, key=lambda n: abs(n - counts[cell]))
        ), (cell, shown)
    assert fits(counts, shown, high, wide, row_known, column_known, {})


def known_lines(counts, lines, side):
    """Give what a reader knows of lines: each alone, or those hidden together, and those who did not say."""
    totals = {line: sum(n for cell, n in counts.items() if cell[side] == line) for line in [*lines, None]}
    open_ones = {line: n for line, n in safe_breakdown({line: totals[line] for line in lines}).items() if n is not None}
    closed = [line for line in lines if line not in open_ones]
    known = [((line,), n) for line, n in open_ones.items()] + [((None,), totals[None])]
    return known + ([(tuple(closed), sum(totals[line] for line in closed))] if closed else [])


def fits(counts, shown, high, wide, row_known, column_known, forced):
    """Tell whether some table of whole numbers has all that is known, and these cells besides."""
    cells = list(product(high, wide))
    rows = {line: at for at, (lines_of, _n) in enumerate(row_known) for line in lines_of}
    columns = {line: at for at, (lines_of, _n) in enumerate(column_known) for line in lines_of}
    left_rows, left_columns = [n for _l, n in row_known], [n for _l, n in column_known]
    last_of_row = {rows[r]: i for i, (r, _c) in enumerate(cells)}
    last_of_column = {columns[c]: i for i, (_r, c) in enumerate(cells)}

    def fill(at):
        if at == len(cells):
            return True
        cell = cells[at]
        row, column = rows[cell[0]], columns[cell[1]]
        known = forced.get(cell, shown.get(cell))
        room = min(left_rows[row], left_columns[column])
        truth = counts.get(cell, 0)
        tries = [known] if known is not None else sorted(range(room + 1), key=lambda value: abs(value - truth))
        for value in tries:
            over = value > room
            short = (last_of_row[row] == at and left_rows[row] != value) or (
                last_of_column[column] == at and left_columns[column] != value
            )
            if over or short:
                continue
            left_rows[row] -= value
            left_columns[column] -= value
            done = fill(at + 1)
            left_rows[row] += value
            left_columns[column] += value
            if done:
                return True
        return False

    return fill(0)


@given(st.data())
def test_subtracting_all_that_is_published_brings_no_small_number_back(data):
    """Whole, by channel, by area, and the table of each two of them: every sum and difference of them is tried at once.

    A hidden number can be had by adding and subtracting just when its row lies in the span of the rows published.
    """
    answers, channels, areas = (names[: data.draw(st.integers(2, 3))] for names in ("abc", "wpk", "nes"))
    people = {key: data.draw(lines) for key in product(answers, channels, areas)}
    tables = [(0, 1, answers, channels), (0, 2, answers, areas)]
    assume(sum(people.values()) >= LEAST_SHOWN)  # of fewer nothing is published, their number neither
    # Places where a shown nought says that no one is are no unknowns.
    empty, published, secret = set(), [], []
    wholes = [(0, answers), (1, channels), (2, areas)]
    for side, names in wholes:
        for name, count in safe_breakdown({n: total(people, {side: n}) for n in names}).items():
            if count is None:
                secret.append({side: name})
            else:
                published.append({side: name})
                empty |= {key for key in people if not count and key[side] == name}
    published.append({})
    for one, other, names, columns in tables:
        counts = {(a, b): total(people, {one: a, other: b}) for a in names for b in columns}
        for (a, b), count in safe_table(counts, list(names), list(columns)).items():
            where = {one: a, other: b}
            if count is None:
                secret.append(where)
            else:
                published.append(where)
    unknown = [key for key in people if key not in empty]
    known = [[Fraction(matches(key, where)) for key in unknown] for where in published]
    reduced = reduce(known)
    for where in secret:
        if total(people, where) < LEAST_SHOWN:
            assert not in_span([Fraction(matches(key, where)) for key in unknown], reduced), where


def matches(key, where):
    return all(key[side] == name for side, name in where.items())


def total(people, where):
    return sum(count for key, count in people.items() if matches(key, where))


def reduce(rows):
    """Give the rows in echelon form: (the place of the first one, the row)."""
    done = []
    for row in rows:
        row = rest_of(row, done)
        at = next((i for i, value in enumerate(row) if value), None)
        if at is not None:
            done.append((at, [value / row[at] for value in row]))
    return done


def rest_of(row, done):
    for at, other in done:
        if row[at]:
            row = [value - row[at] * given for value, given in zip(row, other, strict=True)]
    return row


def in_span(row, done):
    return any(row) and not any(rest_of(row, done))
