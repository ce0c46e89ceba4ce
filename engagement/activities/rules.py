"""Deadlines as people write them, and the reference someone gets for taking part."""

import re
from datetime import date

# "30 October 23:59", "Friday 30th October at 5pm": a day and a time with no year.
WITHOUT_YEAR = re.compile(
    r"\s*(?:[a-z]+day,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>[a-z]{3,9}),?\s+(?:at\s+)?"
    r"(?P<time>\d{1,2}(?:[:.]\d{2})(?::00)?\s*(?:am|pm)?|\d{1,2}\s*(?:am|pm))\s*",
    re.ASCII | re.IGNORECASE,
)
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
YEARS_TO_LOOK = 9
"""29 February can be eight years off (2096 to 2104)."""


def with_year(typed: str, today: date) -> str:
    """Give the words with a year put in where they had none: the next time that day comes.

    What is not a day and a time without a year comes back as it was.

    >>> with_year("30 October 23:59", date(2026, 11, 23))
    '30 October 2027 23:59'
    """
    found = WITHOUT_YEAR.fullmatch(typed) if len(typed) <= 60 else None
    if found is None:
        return typed
    months = [number for number, name in enumerate(MONTHS, 1) if name.startswith(found["month"].lower())]
    if not months:
        return typed
    for year in range(today.year, today.year + YEARS_TO_LOOK):
        try:
            day = date(year, months[0], int(found["day"]))
        except ValueError:
            continue
        if day >= today:
            return f"{day.day} {MONTHS[months[0] - 1].capitalize()} {year} {found['time'].strip()}"
    return typed


# Crockford's base 32: no I, L, O or U, so nothing is misread over the telephone.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_BITS = 50


def reference(number: int) -> str:
    """Give a number of 50 bits as ten letters to read out: "7K3MQ-9FDXA".

    >>> reference(0)
    '00000-00000'
    """
    letters = "".join(LETTERS[(number >> shift) & 31] for shift in range(45, -5, -5))
    return f"{letters[:5]}-{letters[5:]}"


SPOT_LETTERS = 6


def spot_code(number: int) -> str:
    """Give a number of 30 bits as the end of a place's short address: six signs to read out, one of them a letter.

    Without a letter it would be taken for the number of an activity.

    >>> spot_code(0)
    'A00000'
    >>> spot_code(2**30 - 1)
    'ZZZZZZ'
    """
    signs = "".join(LETTERS[(number >> shift) & 31] for shift in range(25, -5, -5))
    return "A" + signs[1:] if signs.isdigit() else signs


def normal_spot(typed: str) -> str:
    """Give a place's code as it is kept, from one typed in small letters or with O for 0; "" for what cannot be one.

    >>> normal_spot("a0o1il")
    'A00111'
    >>> normal_spot("elsewhere")
    ''
    """
    bare = typed[:12].upper().translate(str.maketrans("OIL", "011"))
    whole = len(bare) == SPOT_LETTERS and set(bare) <= set(LETTERS)
    return bare if whole and not bare.isdigit() else ""


def normal_reference(typed: str) -> str:
    """Give a reference as it is kept, from one typed in small letters, with spaces, or with O for 0.

    >>> normal_reference("7k3mq 9fdxa")
    '7K3MQ-9FDXA'
    """
    bare = re.sub(r"[\s-]", "", typed[:40]).upper().translate(str.maketrans("OIL", "011"))
    return f"{bare[:5]}-{bare[5:]}" if len(bare) == 10 else bare
