"""The shape of a postcode, whole and half."""

import re

# Royal Mail's outward and inward parts (BS 7666, section 5): "HP10 0AA". XX is no real area; the demo uses it.
OUTWARD = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?")
SHAPE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
# "HP10" and "HP10 0": the outward part, and a sector.
PARTS_OF_A_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)(?: ([0-9])[A-Z]?)?")
LONGEST = 40

LOOKS_LIKE_A_FIGURE = str.maketrans("OIL", "011")


def normal_postcode(typed: str) -> str | None:
    """Give "HP10 0AA" for "hp100aa" and other ways to type it, or None if it has not a postcode's shape.

    >>> normal_postcode(" hp10-0aa ")
    'HP10 0AA'
    """
    found = SHAPE.fullmatch(bare(typed))
    return f"{found[1]} {found[2]}" if found else None


def forgiven_postcode(typed: str) -> str | None:
    """Give the postcode meant by someone who typed a letter for a figure: "HPIO OAA" for "HP10 0AA".

    Only the places that must hold a figure are changed, so nothing that was right becomes wrong.
    """
    whole = bare(typed)
    if exact := normal_postcode(typed):
        return exact
    if not 5 <= len(whole) <= 7:
        return None
    outward, inward = whole[:-3], whole[-3:]
    inward = inward[0].translate(LOOKS_LIKE_A_FIGURE) + inward[1:]
    for letters in (2, 1):
        meant = outward[:letters] + outward[letters:].translate(LOOKS_LIKE_A_FIGURE)
        if postcode := normal_postcode(meant + inward):
            return postcode
    return None


def half_postcode(typed: str) -> str | None:
    """Give how every postcode begins that someone may mean by half of one, or None.

    >>> half_postcode("hp10"), half_postcode("HP10 0"), half_postcode("HP10 0A")
    ('HP10 ', 'HP10 0', 'HP10 0')
    """
    if len(typed) > LONGEST or not typed.isascii():
        return None
    found = PARTS_OF_A_POSTCODE.fullmatch(" ".join(typed.upper().split()))
    return f"{found[1]} {found[2] or ''}" if found else None


def bare(typed: str) -> str:
    """The letters and figures of a postcode in capitals; nothing when it cannot be one.

    Letters are looked at before they are made capital: "ß" would become a plausible "SS".
    """
    if len(typed) > LONGEST:
        return ""
    kept = re.sub(r"[\s\-.,]", "", typed)
    return kept.upper() if kept.isascii() else ""
