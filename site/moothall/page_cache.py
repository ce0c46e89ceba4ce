"""Public pages kept for a few seconds for people who are not signed in.

A kept page is dropped as soon as anything it could show was written after it was made, so a
reader sees what was just published. A post that wrote nothing (a search, a form with a slip) or
only what no page shows (a session, a message) drops nothing. Nor does a vote, or an answer to a
survey, unless its results show while it is open: its view says so in `request.pages_changed`. Under a rush of
writing a page is still kept for one second, so that reading does not slow the voting. What a
person may see never comes from here: anyone who carries a cookie of ours gets a fresh page.
"""

import re
import time
from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request

from boards.people.hands import hand_of
from components.framing import MAY_BE_FRAMED
from engagement.ideas.rules import HANDS

LAST_WRITE = "pages:last-write"
LEAST_SECONDS = 1.0
LARGEST_BYTES = 200_000
WRITES = ("INSERT", "UPDATE", "DELETE")
ON_NO_PAGE = frozenset(
    {
        "account_emailaddress", "account_emailconfirmation", "activities_takingpart", "conversations_answer",
        "conversations_conversation", "conversations_participant", "conversations_statement", "django_session",
        "django_tasks_database_dbtaskresult", "funding_ballot", "funding_envelope", "funding_rollentry", "mfa_authenticator",
        "moderation_asked", "moderation_escalation", "moderation_held", "moderation_objection", "moderation_original",
        "moderation_report", "notifications_follow", "notifications_message", "people_sentform", "people_standing", "polls_keptvote",
        "polls_kiosk", "polls_kioskrefusal", "polls_placetally", "polls_tally", "polls_voters",
        "socialaccount_socialaccount", "socialaccount_socialtoken", "usersessions_usersession",
        "surveys_equalityanswer", "surveys_response", "surveys_upload",
        "wagtailadmin_editingsession", "wagtailcore_modellogentry", "wagtailcore_pagelogentry",
    }
)  # fmt: skip
"""Tables whose rows no public page shows by themselves. Writing to any other drops the kept pages."""


SHUFFLED = re.compile(r"^/boards/[^/]+/ideas/[^/]+/(?:map/)?$")
"""A wall of ideas and its map. An idea's own page is the same for everyone, and one of it is kept."""
KEPT_HEADERS = ("Content-Type", "Content-Language", "Vary", "Cache-Control", "X-Robots-Tag", MAY_BE_FRAMED)


Kept = tuple[float, int, bytes, dict[str, str]]
MOST_AT_HAND = 200
_at_hand: dict[str, Kept] = {}
"""The pages asked for last, in this process too: to fetch a page from the shared cache costs as much as to send it."""
_lock = Lock()


def forget() -> None:
    """Drop what this process has at hand."""
    with _lock:
        _at_hand.clear()


def keep_at_hand(key: str, kept: Kept) -> None:
    with _lock:
        while len(_at_hand) >= MOST_AT_HAND:
            del _at_hand[next(iter(_at_hand))]
        _at_hand[key] = kept


def kept_page(key: str) -> Kept | None:
    """Give the page made last, if nothing it could show was written after."""
    if kept := _at_hand.get(key):
        if is_fresh(kept, cache.get(LAST_WRITE, 0)):
            return kept
        with _lock:
            _at_hand.pop(key, None)
    found = cache.get_many([key, LAST_WRITE])
    kept = found.get(key)
    if kept is None or not is_fresh(kept, found.get(LAST_WRITE, 0)):
        return None
    keep_at_hand(key, kept)
    return kept


def is_fresh(kept: Kept, last_write: float) -> bool:
    age = time.time() - kept[0]
    return age < settings.PAGE_CACHE_SECONDS and (kept[0] > last_write or age < LEAST_SECONDS)


class Noted:
    """Notes whether anything was written that a public page could show."""

    def __init__(self) -> None:
        self.wrote = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(WRITES):
            named = sql.split('"', 2)
            self.wrote |= len(named) < 2 or named[1] not in ON_NO_PAGE
        return execute(sql, params, many, context)


class PageCache:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.PAGE_CACHE_SECONDS:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD") or not may_be_kept(request):
            return self.answer_and_note(request)
        key = page_key(request)
        if kept := kept_page(key):
            _made_at, status, body, headers = kept
            return HttpResponse(body, status=status, headers=headers)
        made_at = time.time()
        response = self.get_response(request)
        if worth_keeping(response):
            headers = {name: response[name] for name in KEPT_HEADERS if name in response}
            # The nonce inside the page and the one in the header must stay the same pair.
            nonce = request.csp_nonce  # type: ignore[attr-defined]
            # Nor may two readers share a form that is sent once.
            if nonce.encode() not in response.content and b'name="form_token"' not in response.content:
                kept = (made_at, response.status_code, response.content, headers)
                cache.set(key, kept, settings.PAGE_CACHE_SECONDS)
                keep_at_hand(key, kept)
        return response

    def answer_and_note(self, request: HttpRequest) -> HttpResponse:
        """Answer, and drop the kept pages if that changed what they show: also a GET may finish what was begun."""
        noted = Noted()
        try:
            with connection.execute_wrapper(noted):
                return self.get_response(request)
        finally:
            if noted.wrote or getattr(request, "pages_changed", False):
                cache.set(LAST_WRITE, time.time(), settings.PAGE_CACHE_SECONDS * 2)


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
        # A wall of ideas is shuffled for each visitor: one page is kept for each of the day's hands.
        str(hand_of(request, HANDS)) if SHUFFLED.match(request.path) else "",
    ]
    return "page:" + sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
