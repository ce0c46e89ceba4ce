"""A voter's choices on their way through the sign-in: in their own browser, sealed, and never on the server.

The session is a table of the database and would keep the choice beside the voter's name. What is
carried always has the same size, whatever was chosen, on a ballot of one proposal or of 512.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from boards.people import keys
from engagement.funding.rules import LARGEST_VALUE, MOST_ON_A_BALLOT, MOST_ORDERS, Marks, in_order

HOURS = 3
MOST_BYTES = 1500
VERSION = 2
HEAD = Struct(">BQHB")
"""A version, the round, the number that orders the ballot, and whether a blank vote was asked for."""


@dataclass(frozen=True)
class Carried:
    """What this browser carries for one round."""

    marks: Marks
    seed: int
    blank: bool = False


def name() -> str:
    return "__Host-ballot" if settings.SECURE_COOKIES else "ballot"


PURPOSE = b"funding ballot "


def carry(
    response: HttpResponse, round_id: int, marks: Iterable[tuple[int, int]], *, seed: int, blank: bool = False
) -> None:
    values = bytearray(MOST_ON_A_BALLOT)
    for number, value in marks:
        if 1 <= number <= MOST_ON_A_BALLOT and 1 <= value <= LARGEST_VALUE:
            values[number - 1] = value
    plain = HEAD.pack(VERSION, round_id, seed, blank) + bytes(values)
    response.set_cookie(
        name(),
        keys.seal(PURPOSE, plain),
        max_age=HOURS * 3600,
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )


def carried(request: HttpRequest, round_id: int) -> Carried | None:
    """Give what this browser carries for this round, or None."""
    held = request.COOKIES.get(name(), "")
    if not held or len(held) > MOST_BYTES:
        return None
    plain = keys.unseal(PURPOSE, held)
    if plain is None or len(plain) != HEAD.size + MOST_ON_A_BALLOT:
        return None
    version, of_round, seed, blank = HEAD.unpack_from(plain)
    if version != VERSION or of_round != round_id or not 1 <= seed <= MOST_ORDERS:
        return None
    marks = in_order((number, value) for number, value in enumerate(plain[HEAD.size :], 1) if value)
    return Carried(marks, seed, bool(blank))


def put_down(response: HttpResponse) -> None:
    response.delete_cookie(name(), samesite="Lax")
