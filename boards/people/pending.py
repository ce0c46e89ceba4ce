"""What someone filled in before they said who they are: kept in their session until they come back.

"Fill in first, say who you are last" (DESIGN 5). A room keeps the cleaned form, sends the
person to sign in, and takes it back at its own finish page, once.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

KEY = "pending"


def keep(request: HttpRequest, name: str, contents: dict[str, Any], *, finish_at: str) -> str:
    """Keep `contents` (plain values) under `name`; give the address of the sign-in that leads to `finish_at`."""
    kept = request.session.get(KEY, {})
    kept[name] = contents
    request.session[KEY] = dict(list(kept.items())[-5:])  # a handful: nobody fills in more at once
    return reverse("account_login") + "?" + urlencode({"next": finish_at})


def look(request: HttpRequest, name: str) -> dict[str, Any] | None:
    contents: dict[str, Any] | None = request.session.get(KEY, {}).get(name)
    return contents


def take(request: HttpRequest, name: str) -> dict[str, Any] | None:
    """Give what was kept under `name` and forget it, or None."""
    kept = request.session.get(KEY, {})
    contents: dict[str, Any] | None = kept.pop(name, None)
    if contents is not None:
        request.session[KEY] = kept
    return contents
