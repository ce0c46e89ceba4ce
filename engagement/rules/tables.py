"""Tables that people take away: words in them stay words in every spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet run a cell. Source: OWASP, "CSV Injection", with the full-width forms."""


LINES_AT_ONCE = 100


class _Echo:
    """Gives back each line a csv.writer writes, instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Give a CSV (RFC 4180) a hundred lines at a time, in constant memory; None is an empty cell.

    Cells go out as they are: whoever gives them has made `inert` what people wrote.
    """
    writer: Any = csv.writer(_Echo())
    lines: list[str] = []
    for row in rows:
        lines.append(writer.writerow(row))
        if len(lines) >= LINES_AT_ONCE:
            yield "".join(lines)
            lines = []
    yield "".join(lines)


def inert(words: str) -> str:
    """Give words that no spreadsheet runs: an apostrophe goes before a sign that would start a formula.

    Only for what people wrote. Ids, dates, codes and numbers go out as they are, so that machines
    read them unaltered.
    """
    return (
        "'" + words if words.lstrip(" \u00a0").startswith(STARTS_A_FORMULA) or words.startswith(("\t", "\r")) else words
    )


def pounds(pence: int) -> str:
    """Pence as pounds for a machine: 420050 is 4200.50. Always two places, no thousands, never a float."""
    sign = "-" if pence < 0 else ""
    whole, rest = divmod(abs(pence), 100)
    return f"{sign}{whole}.{rest:02}"
