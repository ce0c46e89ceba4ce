"""Arithmetic of figures, and the shape of a slip code. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# Units whose numbers can be added up, with the key that says what they are a share of.
COUNTED = {"people": "pop_", "households": "households_", "areas": ""}
# Units that are an average already, so a bigger area's is weighted by who lives there.
AVERAGED = frozenset({"rate", "score", "minutes", "percent", "%", "years"})


@dataclass(frozen=True)
class Piece:
    """One area's part in a larger one: its figure (None where none is known), the share of its people who
    live in the larger area, and how many people live in it (None where that is not known)."""

    value: Decimal | None
    share: Decimal
    people: int | None


@dataclass(frozen=True)
class Combined:
    """A figure of a larger area. `how` is "sum", "mean" or "one"; `used` of `parts` areas had a figure."""

    value: Decimal
    how: str
    used: int
    parts: int


def combine(unit: str, pieces: Sequence[Piece]) -> Combined | None:
    """Put the figures of areas together into one for the area they make up, or None where that would be wrong.

    Counts (people, households) are added, each times the share of its people who live inside.
    Averages (rates, scores, minutes) are weighted by people times that share. A rank or a decile
    can be neither added nor averaged; it is given only where one whole area is all there is.
    Exact: nothing is rounded here.
    """
    known = [piece for piece in pieces if piece.value is not None]
    if not known:
        return None
    if len(pieces) == 1 and pieces[0].share == 1:
        assert pieces[0].value is not None
        return Combined(pieces[0].value, "one", 1, 1)
    if unit in COUNTED:
        total = sum((piece.value * piece.share for piece in known if piece.value is not None), Decimal(0))
        return Combined(total, "sum", len(known), len(pieces))
    if unit in AVERAGED:
        if any(not piece.people for piece in known):
            return None
        weights = [Decimal(piece.people or 0) * piece.share for piece in known]
        total = sum((p.value * w for p, w in zip(known, weights, strict=True) if p.value is not None), Decimal(0))
        return Combined(total / sum(weights), "mean", len(known), len(pieces))
    return None


def as_read(value: Decimal, unit: str) -> str:
    """Give a number as people read it: whole for counts, one decimal for averages, commas at thousands.

    >>> as_read(Decimal("1234.5"), "people")
    '1,235'
    >>> as_read(Decimal("28.04"), "minutes")
    '28'
    """
    whole = unit in COUNTED or unit in {"rank", "decile", "minutes"}
    # A score may be small and signed (-0.79): two decimals there, or it would read as nothing.
    small = not whole and abs(value) < 1
    step = Decimal(1) if whole else Decimal("0.01") if small else Decimal("0.1")
    rounded = value.quantize(step, rounding=ROUND_HALF_UP)
    return f"{rounded:,}".replace("-", "−")


def in_a_hundred(part: Decimal, whole: Decimal) -> int | None:
    """Give "how many in every 100", half rounded up; None where the whole is nought."""
    if whole <= 0:
        return None
    return int((part * 100 / whole).quantize(Decimal(1), rounding=ROUND_HALF_UP))


# Douglas Crockford, "Base 32": no I, L, O or U; what looks like a 1 or a 0 is read as one.
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SLIP_LENGTH = 12  # 60 bits
LOOKS_LIKE: Mapping[int, str] = str.maketrans({"I": "1", "L": "1", "O": "0"})


def slip_code(number: int) -> str:
    """Give the code for the low 60 bits of a number: twelve signs in three groups, "7K3M-9Q2T-VX4B"."""
    signs = "".join(CROCKFORD[(number >> (5 * place)) & 31] for place in reversed(range(SLIP_LENGTH)))
    return "-".join(signs[at : at + 4] for at in range(0, SLIP_LENGTH, 4))


def normal_slip(typed: str) -> str | None:
    """Give a code in its one form however it was typed, or None if it has not the shape of one."""
    if len(typed) > 60:
        return None
    bare = "".join(sign for sign in typed.upper() if sign not in " -–—.\t\n").translate(LOOKS_LIKE)
    if len(bare) != SLIP_LENGTH or any(sign not in CROCKFORD for sign in bare):
        return None
    return "-".join(bare[at : at + 4] for at in range(0, SLIP_LENGTH, 4))
