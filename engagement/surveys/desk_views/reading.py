"""What every desk screen for reading a survey stands in: who asks, and a survey of a board that is theirs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from boards.people.permissions import may
from engagement.surveys import queries_words
from engagement.surveys.models import Survey


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
