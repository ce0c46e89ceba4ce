"""Tables that people take away: words in them stay words in every spreadsheet."""

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet run a cell. Source: OWASP, "CSV Injection", with the full-width forms."""


class Echo:
    """Gives back each line a csv.writer writes, instead of keeping it: a table goes out a line at a time."""

    def write(self, line: str) -> str:
        return line


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
