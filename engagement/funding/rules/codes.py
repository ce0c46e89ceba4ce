"""Voting codes: ten letters and figures that can be read out, typed on a telephone and checked for slips.

Nine carry 45 random bits, the tenth is worked out from them. Crockford's alphabet has no I, L, O
or U, and takes O for 0, I and L for 1. The check is a sum over the field of 32 elements, so that
every single slip and every two characters that changed places are found.
"""

import re

from engagement.funding.rules.sealing import LETTERS

RANDOM_LETTERS = 9
CODE_BITS = 5 * RANDOM_LETTERS
CODE_LETTERS = RANDOM_LETTERS + 1
LOOK_ALIKES = str.maketrans("OIL", "011")


def _double(element: int) -> int:
    """Multiply by x in the field of 32 elements made with x^5 + x^2 + 1."""
    element <<= 1
    return element ^ 0b100101 if element & 32 else element


def check_letter(nine: str) -> str:
    total = 0
    for letter in nine:
        total = _double(total ^ LETTERS.index(letter))
    return LETTERS[total]


def code_from_bits(bits: int) -> str:
    """Give the code of 45 random bits, without spaces: "7K2M9QX4TB"."""
    if not 0 <= bits < 1 << CODE_BITS:
        raise ValueError("A code has 45 bits.")
    nine = "".join(LETTERS[bits >> shift & 31] for shift in range(CODE_BITS - 5, -5, -5))
    return nine + check_letter(nine)


def code_in_words(code: str) -> str:
    """Give the code as it is printed: "7K2M9-QX4TB"."""
    return f"{code[:5]}-{code[5:]}"


def code_from_words(typed: str) -> str | None:
    """Give the code someone typed, however they spaced it, or None when it has a slip in it."""
    bare = re.sub(r"[\s-]", "", typed[:60]).upper().translate(LOOK_ALIKES)
    if len(bare) != CODE_LETTERS or any(letter not in LETTERS for letter in bare):
        return None
    return bare if check_letter(bare[:RANDOM_LETTERS]) == bare[RANDOM_LETTERS] else None
