"""A browser's own random value, for activities that ask for no account (rungs 0 and 1).

It is set only when someone takes part, never for reading. What the database keeps of it is a
digest that is other for each activity (actions.device_digest), so that rows do not join.
"""

from __future__ import annotations

import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "__Host-device" if settings.SECURE_COOKIES else "device"
ONE_YEAR = 365 * 24 * 3600


def device_of(request: HttpRequest) -> str:
    """Give the browser's value, 32 hex digits, or "" where it has none (or an odd one)."""
    value = request.COOKIES.get(COOKIE, "")
    return value if re.fullmatch(r"[0-9a-f]{32}", value, re.ASCII) else ""


def give_device(response: HttpResponse) -> None:
    """Set a new random value of 128 bits in the browser that gets this answer."""
    response.set_cookie(
        COOKIE,
        secrets.token_hex(16),
        max_age=ONE_YEAR,
        path="/",
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )
