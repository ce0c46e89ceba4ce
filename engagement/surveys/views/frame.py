"""What every page of a survey needs: the survey, and the answers that this visitor is on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from components.templatetags.components import london
from engagement.activities.views import crumbs_of
from engagement.surveys import permissions, queries
from engagement.surveys.models import Response, Survey

KEY = "survey_answers"
"""In the session: the token of the answers someone is on, by the survey's key."""


def the_survey(board_slug: str, slug: str) -> Survey:
    """Give a published survey. A draft is not there."""
    return get_object_or_404(Survey.objects.for_board(board_slug).published(), activity__slug=slug)


def way_to(survey: Survey, *further: tuple[str, str]) -> list[tuple[str, str]]:
    board = survey.activity.board
    return crumbs_of(board, (_("Surveys"), reverse("surveys:list", args=[board.slug])), *further)


def page(
    request: HttpRequest, template: str, survey: Survey, *, status: int = 200, below: bool = True, **context: Any
) -> HttpResponse:
    activity = survey.activity
    crumbs = way_to(survey, (activity.title, survey.get_absolute_url() if below else ""))
    frame = {"survey": survey, "activity": activity, "board": activity.board, "now": timezone.now(), "crumbs": crumbs}
    return TemplateResponse(request, f"surveys/{template}.html", {**frame, **context}, status=status)


def remember(request: HttpRequest, response: Response) -> None:
    """Let this browser come back to these answers until its session ends. Only someone who answers gets a cookie."""
    kept = request.session.get(KEY, {})
    if kept.get(str(response.survey_id)) == response.token.hex:
        return
    kept.pop(str(response.survey_id), None)
    kept[str(response.survey_id)] = response.token.hex
    request.session[KEY] = dict(list(kept.items())[-5:])


def forget(request: HttpRequest, survey: Survey) -> None:
    kept = request.session.get(KEY, {})
    if kept.pop(str(survey.pk), None) is not None:
        request.session[KEY] = kept


def answers_in_hand(request: HttpRequest, survey: Survey) -> Response | None:
    """Give the answers this visitor is on: those its form names, its session, or its account.

    The form's own token counts most, so that a session that ended in between loses nothing.
    """
    named = request.POST.get("response", "") if request.method == "POST" else ""
    found = queries.response_of_token(named) if named else None
    if found is None and request.COOKIES:
        kept = request.session.get(KEY, {}).get(str(survey.pk))
        found = queries.response_of_token(kept) if kept else None
    if found is not None and not is_theirs(request, found, survey):
        found = None
    if found is None and request.user.is_authenticated and permissions.needs_account(survey.activity):
        found = queries.draft_of_person(request.user, survey)
    if found is not None:
        found.survey = survey
    return found


def is_theirs(request: HttpRequest, response: Response, survey: Survey) -> bool:
    """Tell whether answers found by a token may be gone on with here: never those of someone else's account."""
    if response.survey_id != survey.pk:
        return False
    return response.person_id is None or not request.user.is_authenticated or response.person_id == request.user.pk


def too_late(survey: Survey, *, now: datetime) -> str:
    """Say why answers that came now cannot be counted."""
    activity = survey.activity
    if activity.closes_at is not None and activity.has_closed(now):
        return _(
            "This survey closed on %(when)s. Your page was opened before then, and your answers came after, "
            "so they were not counted."
        ) % {"when": london(activity.closes_at)}
    return _("This survey opens on %(when)s. Your answers were not counted.") % {"when": london(activity.opens_at)}


def lost(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Say that there are no answers to go on with on this device, and how to find them."""
    return page(request, "lost", survey, status=404)
