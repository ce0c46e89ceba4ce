"""Coming back with a code: to answers not sent yet, or to what was recorded."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people.limits import count_one, counted, network_address, raised
from boards.people.permissions import open_to_all
from engagement.evidence import thread
from engagement.evidence.rules import in_fours, normal_code
from engagement.surveys import permissions, queries
from engagement.surveys.actions import slips
from engagement.surveys.actions.refusals import Refused
from engagement.surveys.forms.sending import BeginForm, CodeForm, TakeBackForm
from engagement.surveys.models import Response
from engagement.surveys.views.answering import parts_of, where_to_go_on
from engagement.surveys.views.frame import is_theirs, lost, remember

WRONG_A_MINUTE = 10
"""Wrong codes from one network address, after which even a right one waits."""
LIMIT = "survey-code"


def found(request: HttpRequest, typed: str) -> Response | None:
    """Give what a code leads to; a code that leads nowhere is counted."""
    response = queries.response_of_code(typed)
    if response is None:
        count_one(LIMIT, network_address(request))
    return response


def has_guessed_enough(request: HttpRequest) -> bool:
    return counted(LIMIT, network_address(request)) >= raised(WRONG_A_MINUTE)


def wait(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "429.html", {}, status=429)


@open_to_all
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """Type a code."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and has_guessed_enough(request):
        return wait(request)
    if form.is_valid():
        response = found(request, form.cleaned_data["code"])
        if response is not None:
            return redirect("surveys:slip", in_fours(normal_code(form.cleaned_data["code"]) or ""))
        form.add_error("code", _("We do not know that code. Check each letter. Still stuck? Ring the board."))
    return TemplateResponse(request, "surveys/find.html", {"form": form}, status=422 if form.errors else 200)


def the_response(request: HttpRequest, code: str) -> Response | HttpResponse:
    if has_guessed_enough(request):
        return wait(request)
    response = found(request, code)
    if response is None or response.survey.activity.is_draft:
        form = CodeForm({"code": code[:60]})
        form.is_valid()
        form.add_error("code", _("We do not know that code. Check each letter. Still stuck? Ring the board."))
        return TemplateResponse(request, "surveys/find.html", {"form": form}, status=404)
    return response


@open_to_all
@never_cache
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """Go on with saved answers; or see what was recorded and what came of it."""
    response = the_response(request, code)
    if isinstance(response, HttpResponse):
        return response
    if response.state == Response.State.DRAFT:
        if not is_theirs(request, response, response.survey):
            return lost(request, response.survey)
        remember(request, response)
        return redirect(where_to_go_on(response))
    return draw_slip(request, response, code)


def draw_slip(
    request: HttpRequest, response: Response, code: str, *, form: BeginForm | None = None, refusal: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    now = timezone.now()
    needs = queries.needs_served(response)
    context: dict[str, Any] = {
        "response": response,
        "survey": response.survey,
        "activity": response.survey.activity,
        "board": response.survey.activity.board,
        "code": code,
        "parts": parts_of(response),
        "threads": [(need, thread.steps_of(need, now=now)) for need in needs[:3]],
        "more_needs": needs[3:],
        "may_correct": permissions.may_correct(response, now=now),
        "form": form or BeginForm(),
        "corrected": "corrected" in request.GET,
        "refusal": refusal,
    }
    return TemplateResponse(request, "surveys/slip.html", context, status=status)


@open_to_all
@never_cache
def correct(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a new set of answers that starts from what was recorded."""
    response = the_response(request, code)
    if isinstance(response, HttpResponse):
        return response
    if request.method != "POST" or response.state != Response.State.SENT:
        return redirect("surveys:slip", code)
    form = BeginForm(request.POST)
    if not form.is_valid():
        return draw_slip(request, response, code, form=form, status=422)
    try:
        draft = slips.begin_correction(response=response, token=form.cleaned_data["form_token"], now=timezone.now())
    except Refused as refused:
        return draw_slip(request, response, code, refusal=str(refused), status=409)
    draft.survey, draft.version = response.survey, response.version
    remember(request, draft)
    return redirect(response.survey.address("check"))


@open_to_all
@never_cache
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    """Withdraw everything: asked once more, then gone from everywhere."""
    response = the_response(request, code)
    if isinstance(response, HttpResponse):
        return response
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        slips.withdraw(response=response, now=timezone.now())
        request.pages_changed = True  # type: ignore[attr-defined]
        return redirect(reverse("surveys:gone"))
    context = {"form": form, "code": code, "response": response, "activity": response.survey.activity}
    return TemplateResponse(request, "surveys/take_back.html", context, status=422 if form.errors else 200)


@open_to_all
def gone(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "surveys/gone.html", {})
