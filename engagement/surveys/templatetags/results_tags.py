"""Numbers of people, as results show them."""

from __future__ import annotations

from fractions import Fraction

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from components.templatetags.components import share
from engagement.surveys.queries_results import number_in_words
from engagement.surveys.rules.counting import Result
from engagement.surveys.rules.crossing import Table

register = template.Library()


@register.simple_tag
def people(count: int | None) -> str:
    """Give a number of people, or a word for one that is not shown."""
    return _("not shown") if count is None else intcomma(count)


@register.simple_tag
def missing_note(result: Result) -> str:
    """Give how many answered, and how many did not, in a sentence or two."""
    if result.base is None:
        return ""
    words = ngettext("%(n)s person answered this.", "%(n)s people answered this.", result.base) % {
        "n": intcomma(result.base)
    }
    if result.missing:
        words += " " + ngettext(
            "%(n)s gave no answer or was not asked.", "%(n)s gave no answer or were not asked.", result.missing
        ) % {"n": intcomma(result.missing)}
    return words


@register.simple_tag
def figure_of(number: Fraction, unit: str) -> str:
    """Give a number with its unit as people write it."""
    words = number_in_words(number)
    return f"{unit}{words}" if unit == "£" else f"{words} {unit}".strip()


@register.simple_tag
def table_lines(table: Table) -> list[tuple[str, list[tuple[int | None, str]], int | None]]:
    """Give the rows of a table: words, each cell with its share of the column, and the answer by itself.

    A share is worked out only of a column that is shown whole: it would else tell what is hidden.
    """
    rows, columns = table.row.lines, table.column.values
    sums: dict[str, int] = {}
    for column in columns:
        cells = [table.cells[row, column] for row, _words in rows]
        if table.row.is_several:
            base = table.columns_alone.get(column) if table.base is not None else None
            sums[column] = base or 0
        elif None not in cells:
            sums[column] = sum(cell for cell in cells if cell is not None)
    found = []
    for row, words in rows:
        line: list[tuple[int | None, str]] = []
        for column in columns:
            count = table.cells[row, column]
            of = sums.get(column, 0)
            line.append((count, share(count, of) if count is not None and of else ""))
        found.append((words, line, table.rows_alone.get(row)))
    return found


@register.simple_tag
def column_alone(table: Table, value: str) -> str:
    return people(table.columns_alone.get(value))
