"""The place in a link: from a short address, through the page, to the act.

It travels in the address (`?at=7K3MQ9`), never in a cookie: someone who only reads keeps nothing.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from engagement.activities.models import Activity, Spot
from engagement.activities.rules import normal_spot


def code_in(request: HttpRequest) -> str:
    """Give the code of a place in this address, as it is kept; "" for none, or what cannot be one."""
    return normal_spot(request.GET.get("at", ""))


def spot_with(activity: Activity, code: object) -> Spot | None:
    """Give the activity's place with this code; None for another's, so that a copied link misleads nobody."""
    known = normal_spot(code) if isinstance(code, str) else ""
    return Spot.objects.filter(activity=activity, code=known).first() if known else None


def short_address(activity: Activity, spot: Spot | None = None) -> str:
    """Give the address to read out, without its "https://": "moothall.example/p/7K3MQ9"."""
    return whole_address(activity, spot).partition("://")[2].rstrip("/")


def whole_address(activity: Activity, spot: Spot | None = None) -> str:
    """Give the short address as a square code holds it."""
    return settings.SITE_URL + reverse("activities:short", args=[spot.code if spot else activity.pk])
