"""What every desk screen for reading a survey stands in: who asks, and a survey of a board that is theirs."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from boards.people.models import Person
from boards.people.permissions import may
from engagement.surveys import queries_words
from engagement.surveys.models import Survey


def officer(request: HttpRequest) -> Person:
    """Give who asks; `officers_only` let nobody in who is not signed in."""
    return cast("Person", request.user)


def own_survey(request: HttpRequest, pk: int, act: str) -> Survey:
    """Give a survey of a board on which this officer may do this; another board's does not exist for them."""
    if pk > 2**62:
        raise Http404
    survey = get_object_or_404(Survey.objects.select_related("activity__board", "current"), pk=pk)
    if not may(request.user, act, survey.activity.board_id):
        raise Http404
    return survey


def page(request: HttpRequest, template: str, survey: Survey, title: str, **context: Any) -> TemplateResponse:
    frame = {
        "survey": survey,
        "activity": survey.activity,
        "page_title": f"{title}: {survey.activity.title}",
        "header_icon": "list-ul",
        "may_take_copies": may(request.user, "run_activities", survey.activity.board_id),
        "waiting": queries_words.how_many_wait(survey),
        "ways_title": _("Reading what came back"),
    }
    return TemplateResponse(request, f"surveys/desk/{template}.html", {**frame, **context})
