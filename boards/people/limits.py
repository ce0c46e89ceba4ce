"""How often one address may try something."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

MINUTE = 60


def within_limit(request: HttpRequest, name: str, *, a_minute: int) -> bool:
    """Count one try from this network address; False when it has had `a_minute` in the last minute or so.

    The address is what the trusted proxies say (settings.ALLAUTH_TRUSTED_PROXY_COUNT), never
    what a visitor says of themselves. Shared by processes through the cache.
    """
    key = f"limit:{name}:{get_adapter(request).get_client_ip(request)}"
    cache.add(key, 0, MINUTE)
    try:
        return int(cache.incr(key)) <= a_minute
    except ValueError:  # it ran out between the two lines
        return True
