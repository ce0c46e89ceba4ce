"""Text that goes into a table for a spreadsheet: never read as a formula."""

FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Also the wide forms, which some spreadsheets read as the narrow ones."""


def inert(text: str) -> str:
    """Give the text, with an apostrophe before it where a spreadsheet would run it (OWASP, "CSV Injection")."""
    return "'" + text if text.lstrip(" ").startswith(FORMULA_BEGINS) else text
