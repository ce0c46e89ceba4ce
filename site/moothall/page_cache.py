"""Public pages kept for a few seconds for people who are not signed in.

A kept page is dropped as soon as anything was posted after it was made, so a reader sees what
was just published. Under a rush of posts a page is still kept for one second, so that reading
does not slow the voting. What a person may see never comes from here: anyone who carries a
cookie of ours gets a fresh page.
"""

import time
from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request

LAST_POST = "pages:last-post"
LEAST_SECONDS = 1.0
LARGEST_BYTES = 200_000


class PageCache:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            response = self.get_response(request)
            if settings.PAGE_CACHE_SECONDS:
                cache.set(LAST_POST, time.time(), settings.PAGE_CACHE_SECONDS * 2)
            return response
        if not settings.PAGE_CACHE_SECONDS or not may_be_kept(request):
            return self.get_response(request)
        key = page_key(request)
        found = cache.get_many([key, LAST_POST])
        if kept := found.get(key):
            made_at, status, body, headers = kept
            fresh_for = time.time() - made_at
            if made_at > found.get(LAST_POST, 0) or fresh_for < LEAST_SECONDS:
                return HttpResponse(body, status=status, headers=headers)
        made_at = time.time()
        response = self.get_response(request)
        if worth_keeping(response):
            headers = {
                name: response[name] for name in ("Content-Type", "Content-Language", "Vary") if name in response
            }
            # The nonce inside the page and the one in the header must stay the same pair.
            nonce = request.csp_nonce  # type: ignore[attr-defined]
            # Nor may two readers share a form that is sent once.
            if nonce.encode() not in response.content and b'name="form_token"' not in response.content:
                cache.set(key, (made_at, response.status_code, response.content, headers), settings.PAGE_CACHE_SECONDS)
        return response


def may_be_kept(request: HttpRequest) -> bool:
    return not request.COOKIES and not request.path.startswith(("/desk/", "/account/", "/me/", "/static/", "/media/"))


def worth_keeping(response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "no-store" not in response.get("Cache-Control", "")
        and "no-cache" not in response.get("Cache-Control", "")
        and len(response.content) < LARGEST_BYTES
    )


def page_key(request: HttpRequest) -> str:
    parts = [
        request.get_host(),
        request.get_full_path(),
        request.method or "",
        get_language_from_request(request),
        request.headers.get("HX-Request", ""),
    ]
    return "page:" + sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
