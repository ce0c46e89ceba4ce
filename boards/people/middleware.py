"""The door of the desk: roles as they stand today, and a second factor where one is due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from boards.people.permissions import is_officer, may_somewhere
from boards.people.queries import desk_group_names, groups_held
from boards.people.second_factor import has_second_factor, is_fresh, used_second_factor

SETTING_UP = {"mfa_activate_totp", "mfa_add_webauthn"}


class DeskDoor:
    """Keep a person's Wagtail groups equal to their roles, each time they enter the desk.

    Wagtail asks groups for pages, images and documents; a role that ended yesterday must not
    open them today, so the groups are derived here and never edited by hand.

    Where a second factor is required, a session that has not shown one has no officer's role, on
    the desk or on any public page: `roles_held` is told so. Setting a first one up asks for a sign-in of
    the last minutes, so that a session left open somewhere cannot be made an officer's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            if settings.SECOND_FACTOR_REQUIRED and not used_second_factor(request):
                request.user.owes_second_factor = True
            if request.path.startswith(("/desk/", "/documents/")):
                if request.path.startswith("/desk/") and (elsewhere := self.way_in(request)):
                    return elsewhere
                self.match_groups(request)
        return self.get_response(request)

    def way_in(self, request: HttpRequest) -> HttpResponse | None:
        """Give where to go first; None for someone who may enter. Refuses whoever has no role there."""
        if not is_officer(request.user):
            # Said here: sent to sign in again, someone signed in would go round for ever.
            raise PermissionDenied(_("The desk is for the boards' officers. Your role does not open it."))
        if settings.SECOND_FACTOR_REQUIRED and not has_second_factor(request.user):
            return redirect("people:second_factor")
        if not may_somewhere(request.user, "enter_desk"):
            return redirect(reverse("mfa_reauthenticate") + "?" + urlencode({"next": request.get_full_path()}))
        return None

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.view_name not in SETTING_UP or not request.user.is_authenticated:
            return None
        if has_second_factor(request.user) or is_fresh(request):
            return None  # with one set up already, allauth asks for it
        return redirect(reverse("people:prove") + "?" + urlencode({"next": request.path}))

    def match_groups(self, request: HttpRequest) -> None:
        wanted = desk_group_names(request.user)
        if wanted != set(groups_held(request.user)):
            request.user.groups.set([Group.objects.get_or_create(name=name)[0] for name in sorted(wanted)])
            del request.user._groups_held
