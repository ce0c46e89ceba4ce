"""The equality questions, on a page of their own, after the answers are in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from boards.people.permissions import open_to_all
from engagement.surveys.actions.equality import keep_equality
from engagement.surveys.forms.equality import EqualityForm
from engagement.surveys.views.answering import EQUALITY
from engagement.surveys.views.frame import page, the_survey


@open_to_all
@never_cache
def equality(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Questions about the person, none of them needed. Only someone who has just answered is asked, once."""
    survey = the_survey(board_slug, slug)
    marks = request.session.get(EQUALITY, {}) if request.COOKIES else {}
    mark = marks.get(str(survey.pk))
    if mark is None or not survey.asks_equality:
        return redirect(survey)
    form = EqualityForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return page(request, "equality", survey, form=form, status=422 if form.errors else 200)
    keep_equality(survey=survey, answers=form.answers(), mark=mark, now=timezone.now())
    marks.pop(str(survey.pk), None)
    request.session[EQUALITY] = marks
    return redirect(survey.address("equality_thanks"))


@open_to_all
def equality_thanks(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    return page(request, "equality_thanks", the_survey(board_slug, slug))
