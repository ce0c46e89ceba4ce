"""How often one address may try something."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

MINUTE = 60


def network_address(request: HttpRequest) -> str:
    """Give where a request comes from, as the trusted proxies say (settings.ALLAUTH_TRUSTED_PROXY_COUNT)."""
    return str(get_adapter(request).get_client_ip(request))


def sender_of(request: HttpRequest) -> str:
    """Tell senders apart for a count or a shuffle: never kept but as a keyed digest."""
    return f"{network_address(request)} {request.headers.get('User-Agent', '')[:300]}"


def within_limit(request: HttpRequest, name: str, *, a_minute: int) -> bool:
    """Count one try from this network address; False when it has had `a_minute` in the last minute or so.

    The address is what the trusted proxies say (settings.ALLAUTH_TRUSTED_PROXY_COUNT), never
    what a visitor says of themselves. Shared by processes through the cache.
    """
    return count_one(name, network_address(request)) <= raised(a_minute)


def count_one(name: str, about: str, *, seconds: int = MINUTE) -> int:
    """Count one more of something, and give how many there were in the last `seconds` or so."""
    key = f"limit:{name}:{about}"
    for _ in range(3):
        try:
            return int(cache.incr(key))
        except ValueError:  # none yet
            if cache.add(key, 1, seconds):
                return 1
    return 1  # it ran out each time, between one line and the next


def counted(name: str, about: str) -> int:
    """Give how many were counted, and count none."""
    return int(cache.get(f"limit:{name}:{about}", 0))


def raised(limit: int) -> int:
    """Give the limit that holds here: higher where a load test says so (settings.RATE_LIMITS_TIMES)."""
    return limit * settings.RATE_LIMITS_TIMES
