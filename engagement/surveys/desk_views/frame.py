"""What every desk screen of this room stands in: who asks, and a survey of a board that is theirs."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from boards.people.models import Person
from boards.people.permissions import may
from engagement.surveys.models import Survey

A_PAGE = 25


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


def page(request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
    heading = {"page_title": _("Surveys"), "header_icon": "list-ul"}
    return TemplateResponse(request, f"surveys/desk/{template}.html", {**heading, **context})
