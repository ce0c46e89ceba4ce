"""A voter's ticks on their way through the sign-in: in their own browser, sealed, and never on the server.

The session is a table of the database and would keep the choice beside the voter's name.
"""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from boards.people import keys

HOURS = 3
MOST_BYTES = 3000


def name() -> str:
    return "__Host-ballot" if settings.SECURE_COOKIES else "ballot"


PURPOSE = b"funding ballot "


def carry(response: HttpResponse, round_id: int, ticks: list[int]) -> None:
    plain = json.dumps({"round": round_id, "ticks": ticks}).encode()
    plain += b" " * (-len(plain) % 256)  # its length says little of how many were ticked
    response.set_cookie(
        name(),
        keys.seal(PURPOSE, plain),
        max_age=HOURS * 3600,
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )


def carried(request: HttpRequest, round_id: int) -> list[int] | None:
    """Give the ticks this browser carries for this round, or None."""
    held = request.COOKIES.get(name(), "")
    if not held or len(held) > MOST_BYTES:
        return None
    opened = keys.unseal(PURPOSE, held)
    if opened is None:
        return None
    try:
        plain = json.loads(opened)
    except (ValueError, RecursionError):
        return None
    if not isinstance(plain, dict) or plain.get("round") != round_id:
        return None
    return [number for number in plain.get("ticks", []) if isinstance(number, int)]


def put_down(response: HttpResponse) -> None:
    response.delete_cookie(name(), samesite="Lax")
