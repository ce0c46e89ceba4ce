"""A code sent to a signed-in person's own address, to show again who they are.

Kept hashed in their session: it works once, for FRESH_SECONDS, and for TRIES guesses.
"""

from __future__ import annotations

import time

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.core.internal.httpkit import authenticated_user
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from boards.people.limits import within_limit
from boards.people.second_factor import FRESH_SECONDS

KEY = "proving"
TRIES = 3
SENDS_A_MINUTE = 5


class NotProved(Exception):
    """Its message is fit to show."""


def digest(request: HttpRequest, code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac("boards.people.proving", f"{request.user.pk}:{plain}").hexdigest()


def was_sent(request: HttpRequest) -> bool:
    """Tell whether a code was sent that can still be typed."""
    held = request.session.get(KEY)
    return held is not None and held["until"] > time.time()


def send(request: HttpRequest) -> bool:
    """Send a new code, which takes the place of the last; False when too many were asked for."""
    if not within_limit(request, f"prove:{request.user.pk}", a_minute=SENDS_A_MINUTE):
        return False
    person = authenticated_user(request)
    adapter = get_adapter(request)
    code = adapter.generate_login_code()
    request.session[KEY] = {"digest": digest(request, code), "until": time.time() + FRESH_SECONDS, "tries": 0}
    adapter.send_mail("account/email/login_code", person.email, {"code": code, "user": person})
    return True


def check(request: HttpRequest, typed: str) -> None:
    """Take the code typed. Raises NotProved with what to do."""
    held = request.session.get(KEY)
    if not held or held["until"] <= time.time():
        request.session.pop(KEY, None)
        raise NotProved(_("That code has run out. Ask for a new one."))
    if not constant_time_compare(held["digest"], digest(request, typed)):
        held["tries"] += 1
        request.session[KEY] = held
        if held["tries"] >= TRIES:
            del request.session[KEY]
            raise NotProved(_("That is not the code we sent, and it was the last try. Ask for a new one."))
        raise NotProved(_("That is not the code we sent. Check it and type it again."))
    del request.session[KEY]
    request.session.cycle_key()
    record_authentication(request, request.user, "code", reauthenticated=True)


def go_on(request: HttpRequest, onward: str) -> HttpResponse:
    """Do what was asked for before the code was; else go to `onward`, or to the person's own page."""
    return resume_request(request) or HttpResponseRedirect(onward or "/me/")
