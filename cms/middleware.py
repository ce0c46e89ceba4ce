"""The desk's scope: asked before any of Wagtail's own screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import NoReverseMatch
from django.utils.http import url_has_allowed_host_and_scheme

from cms.scope import rule_for

log = structlog.get_logger(__name__)

WAGTAIL_SIGN_IN = {"wagtailadmin_login", "wagtailcore_login"}
TAGS = {"wagtailadmin_tag_autocomplete", "wagtailadmin_tag_model_autocomplete"}


class DeskScope:
    """Ask cms.scope before one of Wagtail's desk screens, and close Wagtail's own sign-in.

    Wagtail's sign-in takes a password alone, without a limit on tries or a second factor; the
    site's own has both.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None:
            return None
        if match.view_name in WAGTAIL_SIGN_IN:
            wanted = request.GET.get("next", "")
            safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
            query = "?" + urlencode({"next": wanted}) if safe else ""
            return redirect(resolve_url(settings.LOGIN_URL) + query)
        if not request.path.startswith("/desk/") or not request.user.has_perm("wagtailadmin.access_admin"):
            return None
        if match.view_name in TAGS:
            return JsonResponse([], safe=False)
        rule = rule_for(match.view_name)
        tidy_question(request, wagtails=rule is not None)
        if rule is not None:
            rule(request, match.kwargs)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 400, or 404, where Wagtail's own screens fall over what no page of theirs sends.

        A page number that is a word, a part of the form that is not there, an address to go on to that is none: Wagtail
        reads these without asking. Kept to what reading a request can raise, to posts and questions,
        and to Wagtail's screens; the cause is logged, so that a fault is not hidden.
        """
        match = request.resolver_match
        if match is None or not request.path.startswith("/desk/") or rule_for(match.view_name) is None:
            return None
        if not (request.GET or request.method == "POST") or not isinstance(exception, READING):
            return None
        log.warning("odd_desk_request", view=match.view_name, error=type(exception).__name__, exc_info=exception)
        missing = isinstance(exception, ObjectDoesNotExist)
        return render(request, "404.html" if missing else "400.html", status=404 if missing else 400)


READING = (KeyError, ValueError, NoReverseMatch, ObjectDoesNotExist, ValidationError)
LONGEST_QUESTION = 200


def tidy_question(request: HttpRequest, *, wagtails: bool) -> None:
    """Cut what was typed in a search box to what the search can read.

    SQLite's search takes a quotation mark for its own grammar, and its LIKE refuses long patterns.
    Wagtail's database search cannot narrow by how often a file is used as well (8.0: the count is
    an annotation that its search does not know).
    """
    if "q" not in request.GET:
        return
    asked = request.GET.copy()
    typed = asked["q"][:LONGEST_QUESTION]
    asked["q"] = typed.replace('"', " ").replace("'", " ") if wagtails else typed
    if wagtails and asked["q"].strip():
        for name in ("usage_count_min", "usage_count_max"):
            asked.pop(name, None)
    request.GET = asked
