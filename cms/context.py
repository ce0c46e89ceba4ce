"""What every page's template may lean on from here."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from boards.people.permissions import may_somewhere
from cms.brand import brand_now


def brand(request: HttpRequest) -> dict[str, Any]:
    """Give `brand`, `brand_css_url` (empty where the council chose no colours) and `may_enter_desk`."""
    try:
        known = brand_now()
    except (DatabaseError, InterfaceError):
        known = {"css": ""}  # the page that says the database is away must not need it
    return {
        "brand": known,
        "brand_css_url": f"{reverse('cms:brand_css')}?{known['css_mark']}" if known["css"] else "",
        "may_enter_desk": SimpleLazyObject(lambda: may_somewhere(request.user, "enter_desk")),
    }
