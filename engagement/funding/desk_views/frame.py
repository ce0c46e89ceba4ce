"""What every desk screen of this room stands in: who asks, and a round of a board that is theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.models import Person
from boards.people.permissions import may
from engagement.funding import words
from engagement.funding.actions.refusals import Refused
from engagement.funding.models import FundingRound

A_PAGE = 25


def officer(request: HttpRequest) -> Person:
    """Give who asks; `officers_only` let nobody in who is not signed in."""
    return cast("Person", request.user)


def own_round(request: HttpRequest, pk: int, act: str) -> FundingRound:
    """Give a round of a board on which this officer may do this; another board's does not exist for them."""
    round = get_object_or_404(FundingRound.objects.select_related("activity__board", "stream__pot__board"), pk=pk)
    if not may(request.user, act, round.activity.board_id):
        raise Http404
    return round


def page(request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
    heading = {"page_title": _("Grants"), "header_icon": "form"}
    return TemplateResponse(request, f"funding/desk/{template}.html", {**heading, **context})


def round_context(round: FundingRound, now: Any) -> dict[str, Any]:
    stage = round.stage(now)
    return {"round": round, "stage": stage.value, "stage_label": words.stage_label(stage), "now": now}


def do_it_once(request: HttpRequest, form: Any, act: Callable[[dict[str, Any]], Any]) -> None:
    """Do what a form says, once for its token: a second click finds it done. Raises Refused as the act does."""
    values = dict(form.cleaned_data)
    token = values.pop("form_token", None)
    if token is None:
        act(values)
        return

    def done() -> str:
        act(values)
        return request.path

    try:
        do_once(token=token, contents={**values, "at": request.path, "by": officer(request).pk}, act=done)
    except SentWithOtherWords:
        raise Refused(_("This form was sent before with other words. Open it again to do another.")) from None
