"""A device that is a kiosk: starting it, the ballot, the votes it sends, what it is told, and leaving it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people.limits import within_limit
from boards.people.permissions import open_to_all
from engagement.polls import actions, kiosk
from engagement.polls.embed import static_script
from engagement.polls.forms import BallotForm
from engagement.polls.models import Kiosk, KioskRefusal
from engagement.polls.views import pages_follow

COOKIE = "__Host-kiosk" if settings.SECURE_COOKIES else "kiosk"
KEPT_FOR = 60 * 24 * 3600
VOTES_A_MINUTE = 240
"""From one network address: a hall's kiosks share one, and each may bring a whole queue when the line is back."""
IDLE_SECONDS, WARN_SECONDS = 60, 20
HEARTBEAT_SECONDS = 30


def kiosk_of(request: HttpRequest) -> Kiosk | None:
    return kiosk.kiosk_with(request.COOKIES.get(COOKIE, ""))


def on_a_kiosk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view as a page of a kiosk: for any other device it is not there."""

    @never_cache
    @wraps(view)
    def there(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = kiosk_of(request)
        if found is None:
            return TemplateResponse(request, "polls/kiosk/none.html", status=404)
        return view(request, found, *args, **kwargs)

    return open_to_all(there)


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


# --- starting -------------------------------------------------------------------------------------


@open_to_all
@never_cache
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Make this device the kiosk, on a post: a link that something looked at beforehand is not used up."""
    now = timezone.now()
    if request.method != "POST":
        found = kiosk.waiting_to_start(code, now=now)
        if found is None:
            return TemplateResponse(request, "polls/kiosk/none.html", {"is_used_up": True}, status=404)
        return TemplateResponse(request, "polls/kiosk/start.html", {"kiosk": found, "poll": found.poll})
    secret = kiosk.start_kiosk(code=code, now=now)
    if secret is None:
        return TemplateResponse(request, "polls/kiosk/none.html", {"is_used_up": True}, status=404)
    if request.user.is_authenticated:
        logout(request)  # nobody who passes by may find an officer signed in
    response = redirect("polls:kiosk")
    response.set_cookie(
        COOKIE, secret, max_age=KEPT_FOR, path="/", secure=settings.SECURE_COOKIES, httponly=True, samesite="Strict"
    )
    return response


# --- the ballot -----------------------------------------------------------------------------------


def languages() -> list[dict[str, Any]]:
    """Give the languages that the site offers, as their own speakers write them; none where there is but one."""
    if len(settings.LANGUAGES) < 2:
        return []
    return [{"code": code, "name": own_name(code)} for code, _name in settings.LANGUAGES]


def own_name(code: str) -> str:
    """Give a language's name as its speakers write it: "English", with no word of where."""
    name: str = translation.get_language_info(code.partition("-")[0])["name_local"]
    return name[:1].upper() + name[1:]


def language_asked(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else usual_language()


def usual_language() -> str:
    """Give the language that the kiosk comes back to."""
    codes = [code for code, _name in settings.LANGUAGES]
    return settings.LANGUAGE_CODE if settings.LANGUAGE_CODE in codes else codes[0]


def ballot_form(found: Kiosk, data: Any = None) -> BallotForm:
    """Give the poll's own form, as for someone we do not know."""
    return BallotForm(data, poll=found.poll, person=AnonymousUser(), stands=True)


def answers_of(form: BallotForm) -> dict[str, Any]:
    """Give what a valid form holds, as actions.cast_vote takes it."""
    return {"marks": form.marks, **form.words}


def screen(
    request: HttpRequest, found: Kiosk, *, template: str = "polls/kiosk/kiosk.html", status: int = 200, **more: Any
) -> HttpResponse:
    """Give a page of the kiosk in the language chosen on it, whatever the device's own."""
    activity = found.poll.activity
    now = timezone.now()
    language = language_asked(request)
    with translation.override(language):
        is_open = activity.is_open(now) and found.ended_at is None
        context = {
            "kiosk": found,
            "poll": found.poll,
            "activity": activity,
            "board": activity.board,
            "is_open": is_open,
            "has_closed": activity.has_closed(now),
            "form": ballot_form(found) if is_open else None,
            "languages": languages(),
            "language": language,
            "usual_language": usual_language(),
            "token": kiosk.new_token(),
            "idle_seconds": IDLE_SECONDS,
            "warn_seconds": WARN_SECONDS,
            "heartbeat_seconds": HEARTBEAT_SECONDS,
            "now": now,
            **more,
        }
        response = TemplateResponse(request, template, context, status=status).render()
        response.headers["Content-Language"] = language
    return response


@on_a_kiosk
def ballot(request: HttpRequest, found: Kiosk) -> HttpResponse:
    """The page that stands on the device."""
    return screen(request, found)


@on_a_kiosk
def vote(request: HttpRequest, found: Kiosk) -> HttpResponse:
    """Count one vote, once. What the device is told says whether it may forget the vote.

    To its script: 200 counted (now or before), 422 with the page where the form has a slip, 409 and 410 for too
    late; anything else means that it keeps the vote and sends it again.
    """
    if request.method != "POST":
        return redirect("polls:kiosk")
    if not within_limit(request, "kiosk", a_minute=VOTES_A_MINUTE):
        return said(request, found, "wait", status=429)
    token = request.POST.get("token", "")
    if not kiosk.TOKEN.fullmatch(token):
        return said(request, found, "wrong", status=400)
    if kiosk.counted_earlier(kiosk=found, token=token) is not None:
        return said(request, found, "counted")
    with translation.override(language_asked(request)):
        form = ballot_form(found, request.POST)
        is_valid = form.is_valid()
    activity = found.poll.activity
    now = timezone.now()
    if found.ended_at is not None:
        return refused(request, found, token, KioskRefusal.Why.ENDED, status=410)
    if activity.has_closed(now):
        return refused(request, found, token, KioskRefusal.Why.CLOSED, status=409)
    if not is_valid:
        if "later" in request.POST:  # nobody stands there any more to put it right
            return refused(request, found, token, KioskRefusal.Why.WRONG, status=400)
        return screen(request, found, form=form, status=422)
    try:
        kiosk.count_vote(kiosk=found, token=token, answers=answers_of(form), now=now)
    except actions.VoteRefused:
        # It closed between the question above and the count; or it has not opened yet, and the device keeps it.
        if activity.is_open(timezone.now()) or not activity.has_closed(timezone.now()):
            return said(request, found, "wait", status=425)
        return refused(request, found, token, KioskRefusal.Why.CLOSED, status=409)
    pages_follow(request, activity.results_show)
    return said(request, found, "counted")


def refused(request: HttpRequest, found: Kiosk, token: str, why: str, *, status: int) -> HttpResponse:
    kiosk.note_refusal(kiosk=found, token=token, why=why)
    return said(request, found, why, status=status)


def said(request: HttpRequest, found: Kiosk, outcome: str, *, status: int = 200) -> HttpResponse:
    """Answer the device's script in a word, or without one the person in a sentence."""
    if wants_json(request):
        return JsonResponse({"outcome": outcome}, status=status)
    response = screen(request, found, template="polls/kiosk/said.html", status=status, outcome=outcome)
    if outcome == "counted":
        response["Refresh"] = (
            f"{WARN_SECONDS};url={reverse('polls:kiosk')}"  # without a script nobody else begins again
        )
    return response


@on_a_kiosk
def state(request: HttpRequest, found: Kiosk) -> HttpResponse:
    """Tell the device how it stands, and note how many votes wait on it."""
    if request.method != "POST":
        return redirect("polls:kiosk")
    now = timezone.now()
    waiting = request.POST.get("waiting", "")
    if re.fullmatch(r"[0-9]{1,7}", waiting, re.ASCII) and found.ended_at is None:
        kiosk.heard_from(kiosk=found, waiting=int(waiting), now=now)
    return JsonResponse({"open": found.poll.activity.is_open(now) and found.ended_at is None})


@on_a_kiosk
def leave(request: HttpRequest, found: Kiosk) -> HttpResponse:
    """End the kiosk on this device, with the PIN of staff."""
    if request.method != "POST":
        return redirect("polls:kiosk")
    why_not = ""
    if found.ended_at is None:
        try:
            if not kiosk.is_pin(kiosk=found, pin=request.POST.get("pin", "")[:20]):
                why_not = _("That is not the PIN.")
        except kiosk.TooManyTries as too_many:
            why_not = str(too_many)
    if why_not:
        return screen(request, found, pin_refused=why_not, status=403)
    kiosk.end_kiosk(kiosk=found, by=None, now=timezone.now())
    response = TemplateResponse(request, "polls/kiosk/left.html", {"poll": found.poll, "kiosk": found})
    response.delete_cookie(COOKIE, path="/", samesite="Strict")
    return response


@open_to_all
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: at an address within /kiosk/, so that nothing else of the site is in its reach."""
    return static_script("polls/kiosk-worker.js", max_age=0)
