"""A fresh sign-in, before what could be misused from a desk left open."""

from __future__ import annotations

import time

from allauth.account.authentication import get_authentication_records
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

MINUTES = 15


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether this session was signed in, or proved itself again, in the last MINUTES."""
    latest = max(
        (float(record.get("at", 0)) for record in get_authentication_records(request, request.user)), default=0.0
    )
    return time.time() - latest < MINUTES * 60


def sign_in_again(request: HttpRequest, back_to: str) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back_to})}")
