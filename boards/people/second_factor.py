"""How a session has shown who it is: by a code, by a second factor, and how long ago."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

FRESH_SECONDS = 15 * 60
"""How long a sign-in, or a code typed again, is enough to change how one signs in."""
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(person: Any) -> bool:
    return bool(is_mfa_enabled(person, FACTORS))


def used_second_factor(request: HttpRequest) -> bool:
    """Tell whether this session has shown a passkey, an app's code or a recovery code.

    That its person owns one is not enough: the session may be older than the factor, and someone else's.
    """
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def is_fresh(request: HttpRequest) -> bool:
    """Tell whether this session has shown who it is in the last FRESH_SECONDS."""
    since = time.time() - FRESH_SECONDS
    return any(record.get("at", 0) > since for record in get_authentication_records(request, request.user))


def sign_in_again(request: HttpRequest, back_to: str) -> HttpResponseRedirect:
    """Sign this session out, and come back to a page by way of the sign-in."""
    logout(request)
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back_to})}")


@receiver(authenticator_added, dispatch_uid="people.second_factor.added")
def note_first_use(sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    """Whoever has just set a factor up has shown it, and may see their recovery codes."""
    if authenticator.type in FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True)
