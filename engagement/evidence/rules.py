"""Figures of wards put together for a board; slip codes and references."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# Crockford's base 32: no I, L, O or U, so that a code can be read out and written down.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SLIP_LENGTH = 12
"""Twelve letters of 32 carry 60 bits (PROMISES 8)."""

COUNTED_UNITS = frozenset({"people", "households", "count", "areas"})
PLACES_IN_ORDER = frozenset({"rank", "decile"})
"""Units that can be neither added up nor averaged: two tenth places do not make a tenth place."""


def is_a_count(unit: str) -> bool:
    """Tell whether figures in this unit may be added up; scores, rates, ranks and minutes may not."""
    return unit.strip().lower() in COUNTED_UNITS


def is_a_place_in_order(unit: str) -> bool:
    return unit.strip().lower() in PLACES_IN_ORDER


def in_a_hundred(part: Decimal, whole: Decimal) -> int | None:
    """Give how many in every hundred, half rounded up; None where there is no whole, or the part is more than it.

    >>> in_a_hundred(Decimal(1), Decimal(8))
    13
    """
    if whole <= 0 or not 0 <= part <= whole:
        return None
    return int((part * 100 / whole).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class Part:
    """One area's figure, the share of its people who live in the board, and how many people it has."""

    value: Decimal
    share: Decimal = Decimal(1)
    people: int | None = None


def put_together(parts: Iterable[Part], *, is_count: bool) -> Decimal | None:
    """Give one figure for several areas, or None where that cannot be said.

    A count is the sum of each area's count times its share, to the nearest whole. Anything else
    is the mean weighted by the people each area brings, to two places; without every area's
    number of people it is None, because a plain mean would mislead.
    """
    parts = list(parts)
    if not parts:
        return None
    if is_count:
        return sum((part.value * part.share for part in parts), Decimal(0)).quantize(Decimal(1), ROUND_HALF_UP)
    weights = [part.share * part.people if part.people else None for part in parts]
    if any(weight is None for weight in weights):
        return parts[0].value if len(parts) == 1 else None
    total = sum((weight for weight in weights if weight is not None), Decimal(0))
    weighted = sum((part.value * (weight or 0) for part, weight in zip(parts, weights, strict=True)), Decimal(0))
    return (weighted / total).quantize(Decimal("0.01"), ROUND_HALF_UP)


def code_from(number: int, *, length: int) -> str:
    """Give a number as letters that can be read out."""
    letters = []
    for _ in range(length):
        number, at = divmod(number, 32)
        letters.append(LETTERS[at])
    return "".join(letters)


def normal_code(typed: str) -> str | None:
    """Give a slip code as it was made, however it was typed, or None if it cannot be one.

    Crockford's base 32 reads I and L as 1, and O as 0.
    """
    if len(typed) > 60:
        return None
    bare = "".join(letter for letter in typed.upper() if letter not in " -.\t")
    bare = bare.translate(str.maketrans("ILO", "110"))
    return bare if len(bare) == SLIP_LENGTH and all(letter in LETTERS for letter in bare) else None


def in_fours(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
