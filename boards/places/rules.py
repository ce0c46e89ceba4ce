"""The shape of a postcode."""

import re

# Royal Mail's outward and inward parts (BS 7666, section 5): "HP10 0AA". XX is no real area; the demo uses it.
SHAPE = re.compile(r"^([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})$")


def normal_postcode(typed: str) -> str | None:
    """Give "HP10 0AA" for "hp100aa" and other ways to type it, or None if it has not a postcode's shape.

    >>> normal_postcode(" hp10-0aa ")
    'HP10 0AA'
    """
    if len(typed) > 40:
        return None
    bare = re.sub(r"[\s\-.,]", "", typed).upper()
    found = SHAPE.match(bare) if bare.isascii() else None
    return f"{found[1]} {found[2]}" if found else None
