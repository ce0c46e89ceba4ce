"""The desk's scope: asked before any of Wagtail's own screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from cms.scope import rule_for

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
        if rule is not None:
            rule(request, match.kwargs)
        return None
