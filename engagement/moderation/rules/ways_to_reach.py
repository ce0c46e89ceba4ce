"""Ways to reach someone that a text gives away: links, e-mail, telephone, where they live.

Written for Great Britain. Each pattern begins only where a run of its letters begins and every repeat in it has an
end, so that a text of 100,000 letters made to be slow is not (PROMISES 14).
"""

from __future__ import annotations

import re

from engagement.moderation.rules.finding import Span, apart

LINK = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"]{1,300}", re.IGNORECASE)
ENDINGS = "com|org|net|co|uk|info|biz|io|ru|xyz|top|shop|site|online|link|club|live|app|me|tv|cymru|wales|scot|eu"
BARE_LINK = re.compile(
    rf"(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.){{1,4}}(?:{ENDINGS})(?![\w@-])(?:/[^\s<>\"]{{0,200}})?",
    re.IGNORECASE,
)


def find_links(text: str) -> list[Span]:
    """Find addresses of the web, with or without "https". The part after the @ of an e-mail address is none."""
    return apart(Span(*found.span()) for pattern in (LINK, BARE_LINK) for found in pattern.finditer(text))


EMAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[a-z]{2,24}(?![\w-])", re.IGNORECASE)
SPELT = re.compile(
    r"(?<![\w.%+-])[\w.%+-]{1,64} ?[(\[] ?at ?[)\]] ?[\w-]{1,63}(?: ?(?:\.|[(\[] ?dot ?[)\]]) ?[\w-]{1,63}){1,4}",
    re.IGNORECASE,
)


def find_emails(text: str) -> list[Span]:
    """Find e-mail addresses, also as "name (at) example (dot) org"."""
    return apart(Span(*found.span()) for pattern in (EMAIL, SPELT) for found in pattern.finditer(text))


# 0 or +44 and nine or ten digits, with single spaces, hyphens, dots or brackets between (Ofcom, National Telephone
# Numbering Plan: numbers are of ten digits after the 0, a few of nine). Nothing that begins with a £ or inside a word.
BRITISH = re.compile(r"(?<![\w£$€.,/+-])(?:(?:\+|00)44[ .-]?(?:\(0\))?|\(?0)(?:\)?[ .-]?\(?\d){9,10}(?![\w/:]|[.,-]\d)")
FOREIGN = re.compile(r"(?<![\w£$€.,/+-])\+(?!44)[1-9](?:[ .-]?\(?\d\)?){7,13}(?!\w)")
FIRST_DIGITS = "123578"


def find_telephones(text: str) -> list[Span]:
    """Find telephone numbers. Dates, times, prices and long numbers of other kinds are none."""
    british = (Span(*found.span()) for found in BRITISH.finditer(text) if is_telephone(found.group()))
    return apart([*british, *(Span(*found.span()) for found in FOREIGN.finditer(text))])


def is_telephone(written: str) -> bool:
    """Tell a number for calling from a row of dates or times: by its length, its first digit and its groups."""
    digits = re.sub(r"\D", "", written)
    if written.startswith(("+", "00")):
        digits = digits.removeprefix("00").removeprefix("44").removeprefix("0")
    else:
        digits = digits.removeprefix("0")
    if len(digits) not in (9, 10) or digits[0] not in FIRST_DIGITS:
        return False
    groups = re.findall(r"\d+", written)
    # "01-02-2026 10" and "08.30 09.30 10" have the length of a number, and no number's groups.
    if re.match(r"\d{1,2}[.-]\d{1,2}[.-]\d{2,4}\b", written):
        return False
    return len(groups) <= 6 and any(len(group) >= 3 for group in groups)


# Capital letters only: "a £4m1 1aa" is no postcode. Pattern after BS 7666, appendix of the Government Data Standards.
POSTCODE = re.compile(r"(?<![\w£])[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}(?!\w)")
SMALL_POSTCODE = re.compile(r"(?<![\w£])[a-z]{1,2}\d[a-z\d]? \d[abd-hjlnp-uw-z]{2}(?!\w)")
STREET_WORDS = (
    "Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Close|Crescent|Drive|Terrace|Gardens|Grove|Court|Place|Square|Way|Row|Hill"
    "|Mews|Walk|Park|View|Heol|Ffordd|Stryd|Lôn|Rhodfa"
)
NAME_WORD = r"[A-ZÀ-Þ][\w'’-]{1,30}"
STREET = (
    rf"(?:{NAME_WORD} ){{1,3}}(?:{STREET_WORDS})\b|(?:Heol|Ffordd|Stryd|Lôn|Rhodfa)(?: (?:y|yr|{NAME_WORD})){{1,3}}"
)
HOUSE = re.compile(rf"(?<![\w£.,:/-])(?:(?:[Ff]lat|[Nn]o\.?|[Nn]umber) )?\d{{1,4}}[A-Za-z]?,? (?:{STREET})")


def find_addresses(text: str) -> list[Span]:
    """Find a house number with a street, and whole postcodes. A street alone names nobody's home."""
    return apart(
        Span(*found.span()) for pattern in (HOUSE, POSTCODE, SMALL_POSTCODE) for found in pattern.finditer(text)
    )


TITLE_NAME = rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.? {NAME_WORD}(?: {NAME_WORD})?"
TITLED = re.compile(
    rf"{TITLE_NAME},? (?:(?:who|that) )?(?:(?:lives|lived|is|living|works) )?(?:just )?"
    rf"(?:at|of|in|on|from|down|near) (?:the |number )?(?:\d{{1,4}}[A-Za-z]?,? )?(?:{STREET})"
)
NAMED = re.compile(
    rf"\b{NAME_WORD} {NAME_WORD},? (?:"
    rf"(?:(?:who|that) )?(?:lives|lived|living) (?:just )?(?:at|in|on|down|near)"
    rf"|(?:of|from|at)(?= (?:number )?\d)|from) (?:number )?(?:\d{{1,4}}[A-Za-z]?,? )?(?:{STREET})"
)


def find_names_with_a_street(text: str) -> list[Span]:
    """Find someone's name beside the street they live in: "Mrs Hale of Mill Lane", "Jo Hale lives on Mill Lane"."""
    return apart(Span(*found.span()) for pattern in (TITLED, NAMED) for found in pattern.finditer(text))
