"""Telling a machine's post from a person's, with nobody else's help: a trap, a stamp, and now and then a sum.

Nothing is refused for it. What looks like a machine's is kept and held for a look with the reason
(docs/decisions/0015-what-looks-like-a-machine-is-held.md says why, also for the trap).

A room puts GuardedFields before PublicForm, and asks `guarded(request).reasons` when it stores something:

    class TellUsForm(GuardedFields, PublicForm): ...
    look_over(item=…, doubts=guarded(request).reasons, …)
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Any

import altcha
from django import forms
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people import keys
from boards.people.limits import count_one, counted, network_address, raised

TRAP, STAMP, SUM = "guard_web_address", "guard_opened", "guard_sum"
SOONEST = timedelta(seconds=3)
"""Nobody reads a question, answers it and sends it in less."""
AT_ONCE, WITHIN_SECONDS = 5, 600
"""So many posts from one network in so long before its browsers are asked for a sum."""
HARDEST = 60_000
"""The sum's answer is a number up to this: about a second for a telephone, many for a thousand posts."""
SUM_HOLDS = timedelta(minutes=30)
LONGEST = 2000


@dataclass(frozen=True)
class Guard:
    """What a post looked like. Clean where there is no reason to doubt it."""

    reasons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.reasons


CLEAN = Guard()


def guarded(request: HttpRequest, *, asks_sum: bool = True) -> Guard:
    """Say whether this post looks like a person's. Call it once for each post, as it counts.

    `asks_sum` is False for a page that is kept for everyone alike: it cannot carry a sum of one's own.
    """
    reasons = []
    if request.POST.get(TRAP, "").strip():
        reasons.append(_("A box that people do not see was filled in."))
    opened = when_opened(request.POST.get(STAMP, ""))
    if opened is None:
        reasons.append(_("It was sent without its page having been opened."))
    elif opened < SOONEST:
        reasons.append(_("It was sent within three seconds of its page being opened."))
    if asks_sum:
        asked = is_asked_for_a_sum(request)
        count_one("guard", network_of(request), seconds=WITHIN_SECONDS)
        if asked and not is_solved(request.POST.get(SUM, "")):
            reasons.append(_("Many things came from its network, and its browser did not do the sum we asked for."))
    return Guard(tuple(reasons)) if reasons else CLEAN


def network_of(request: HttpRequest) -> str:
    return keys.digest(f"guard: {network_address(request)}")


# --- the stamp ---------------------------------------------------------------------------------


def new_stamp() -> str:
    """Give a signed moment: when the page was made."""
    return signing.TimestampSigner(salt=STAMP).sign(token_hex(4))


def when_opened(stamp: str) -> timedelta | None:
    """Give how long ago a page was opened; None for a stamp that is not ours."""
    signer = signing.TimestampSigner(salt=STAMP)
    try:
        signer.unsign(stamp[:200])
        made = signing.b62_decode(stamp[:200].rsplit(":", 2)[1])
    except (signing.BadSignature, ValueError, IndexError, KeyError):
        return None
    return max(timedelta(0), timezone.now() - datetime.fromtimestamp(made, tz=UTC))


# --- the sum -----------------------------------------------------------------------------------


def is_asked_for_a_sum(request: HttpRequest) -> bool:
    return counted("guard", network_of(request)) >= raised(AT_ONCE)


def key_of_sums() -> str:
    return sha256(b"sums " + settings.SECRET_KEY.encode()).hexdigest()


def new_sum() -> dict[str, Any]:
    """Give a sum for a browser: which number, put behind this salt, has this SHA-256? (altcha, version 1)."""
    made = altcha.create_challenge_v1(
        altcha.ChallengeOptionsV1(
            algorithm="SHA-256",
            max_number=HARDEST,
            hmac_key=key_of_sums(),
            expires=timezone.now() + SUM_HOLDS,
        )
    )
    return {
        "algorithm": made.algorithm,
        "challenge": made.challenge,
        "max": made.max_number,
        "salt": made.salt,
        "signature": made.signature,
    }


def is_solved(sent: str) -> bool:
    """Tell whether a sum of ours was done, in time and for the first time. One answer is good for one post."""
    if not sent or len(sent) > LONGEST or not sent.isascii():
        return False
    try:
        fits, _problem = altcha.verify_solution_v1(sent, key_of_sums(), check_expires=True)
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    return bool(fits) and cache.add(f"sum:{sha256(sent.encode()).hexdigest()}", 1, SUM_HOLDS.total_seconds())


def solved(sum_: dict[str, Any]) -> str:
    """Do a sum as a browser does it. For tests, and for whoever writes a client of their own."""
    for number in range(sum_["max"] + 1):
        if sha256(f"{sum_['salt']}{number}".encode()).hexdigest() == sum_["challenge"]:
            answer = {name: sum_[name] for name in ("algorithm", "challenge", "salt", "signature")} | {"number": number}
            return b64encode(json.dumps(answer).encode()).decode()
    raise ValueError("This sum has no answer.")


# --- the fields --------------------------------------------------------------------------------


class Trap(forms.TextInput):
    """A box that no person sees or reaches by keyboard; screen readers are told to leave it out."""

    template_name = "moderation/_trap.html"
    is_hidden = True


class Sum(forms.HiddenInput):
    """Carries the sum to the browser and its answer back."""

    template_name = "moderation/_sum.html"
    sum: dict[str, Any] | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, "", attrs)
        return {**context, "sum": json.dumps(self.sum) if self.sum else ""}


class GuardedFields:
    """Adds the trap, the stamp and, where `request` is given and its network sent much, the sum."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_guard(self.fields, request)


def add_guard(fields: dict[str, forms.Field], request: HttpRequest | None = None) -> None:
    """Add the guard's fields to a form's. None of them can make a form wrong."""
    fields[TRAP] = Unread(widget=Trap, required=False)
    fields[STAMP] = Unread(widget=Fresh, required=False, initial=new_stamp)
    if request is not None:
        widget = Sum()
        if is_asked_for_a_sum(request):
            widget.sum = new_sum()
        fields[SUM] = Unread(widget=widget, required=False)


class Unread(forms.Field):
    """Whatever came here is read by `guarded` alone."""

    def clean(self, value: Any) -> str:
        return ""


class Fresh(forms.HiddenInput):
    """A form shown again for an error keeps the stamp of its first opening where that is ours, else takes a new one."""

    def format_value(self, value: Any) -> str:
        return value if isinstance(value, str) and when_opened(value) is not None else new_stamp()
