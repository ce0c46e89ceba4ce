"""The door of the desk: roles as they stand today, and a second factor where one is due."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from boards.people.permissions import may_somewhere, roles_held
from boards.people.queries import desk_group_names


class DeskDoor:
    """Keep a person's Wagtail groups equal to their roles, each time they enter the desk.

    Wagtail asks groups for pages, images and documents; a role that ended yesterday must not
    open them today, so the groups are derived here and never edited by hand.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(("/desk/", "/documents/")) and request.user.is_authenticated:
            if request.path.startswith("/desk/") and not may_somewhere(request.user, "enter_desk"):
                # Said here: sent to sign in again, someone signed in would go round for ever.
                raise PermissionDenied(_("The desk is for the boards' officers. Your role does not open it."))
            self.match_groups(request)
            council_wide = roles_held(request.user).get(None, frozenset())
            if settings.SECOND_FACTOR_REQUIRED and "enter_desk" in council_wide and not is_mfa_enabled(request.user):
                return redirect("people:second_factor")
        return self.get_response(request)

    def match_groups(self, request: HttpRequest) -> None:
        wanted = desk_group_names(request.user)
        held = set(request.user.groups.values_list("name", flat=True))
        if wanted != held:
            request.user.groups.set([Group.objects.get_or_create(name=name)[0] for name in sorted(wanted)])
