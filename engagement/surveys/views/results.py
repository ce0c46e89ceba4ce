"""What a survey came to, for everyone who may see it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.permissions import open_to_all
from engagement.activities.actions import device_digest
from engagement.activities.device import device_of
from engagement.activities.permissions import may_see_results
from engagement.activities.queries import took_part
from engagement.activities.views import crumbs_of
from engagement.surveys import exports
from engagement.surveys import queries_results as queries
from engagement.surveys.actions import counting
from engagement.surveys.forms.crossing import CrossForm
from engagement.surveys.models import Survey


@open_to_all
def results(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Every question with what it came to, who answered, and a table of any two things, with no small number."""
    survey = get_object_or_404(Survey.objects.for_board(board_slug).published(), activity__slug=slug)
    now, activity = timezone.now(), survey.activity
    board = activity.board
    verdict = may_see_results(request.user, activity, now=now, took_part=has_taken_part(request, survey) is not None)
    context = {
        "survey": survey,
        "activity": activity,
        "board": board,
        "verdict": verdict,
        "now": now,
        "is_open": activity.is_open(now),
        "crumbs": crumbs_of(
            board,
            (_("Surveys"), reverse("surveys:list", args=[board.slug])),
            (activity.title, activity.get_absolute_url()),
            (_("Results"), ""),
        ),
    }
    if verdict:
        context |= found(request, survey, is_open=activity.is_open(now))
    return TemplateResponse(request, "surveys/results.html", context)


@open_to_all
def open_copy(request: HttpRequest, board_slug: str, slug: str) -> StreamingHttpResponse:
    """Every number on the page of results as a table for anyone, under the open licence."""
    survey = get_object_or_404(Survey.objects.for_board(board_slug).published(), activity__slug=slug)
    now, activity = timezone.now(), survey.activity
    if not may_see_results(request.user, activity, now=now, took_part=has_taken_part(request, survey) is not None):
        raise Http404
    counts = counting.counts_for_all(survey, now=now).counts
    if counting.sent_in(counts) < counting.LEAST_SHOWN:
        raise Http404
    lines = exports.open_csv(survey, counts, whole_only=activity.is_open(now))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{activity.slug}-results.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def has_taken_part(request: HttpRequest, survey: Survey) -> object:
    """Give the row of this person's or this browser's answers, where results wait for that."""
    activity = survey.activity
    if activity.results_show != activity.ResultsShow.AFTER_VOTING:
        return None
    device = device_of(request)
    digest = device_digest(activity, device) if device else ""
    return took_part(activity, person=request.user, digest=digest)


def found(request: HttpRequest, survey: Survey, *, is_open: bool) -> dict[str, object]:
    """Give what stands on the page. While the survey is open, whole questions only, and five answers at a time."""
    counted = counting.counts_for_all(survey, now=timezone.now())
    shape = queries.shape_of(survey)
    counts = counted.counts
    sent = counting.sent_in(counts)
    enough = sent >= counting.LEAST_SHOWN
    pages = Paginator(queries.in_pages(queries.sections(shape, counts, for_all=True)), 1)
    page = pages.get_page(request.GET.get("page", "1")[:6])
    context: dict[str, object] = {
        "counted": counted,
        "sent": sent,
        "enough": enough,
        "page": page,
        "sections": page.object_list[0],
        "shapes": queries.shapes_of(survey, page.object_list[0]),
        "is_first": page.number == 1,
    }
    if not enough or is_open:
        return context
    channels, areas = queries.channels(counts), queries.areas(counts)
    form = CrossForm(request.GET if "by" in request.GET else None, shape=shape)
    context |= {"form": form if shape.crossed else None}
    if form.is_valid():
        row = shape.find(form.cleaned_data["question"])
        by = form.cleaned_data["by"]
        table = row and queries.crossed(survey, counts, row, by, shape, for_all=True)
        context |= {"table": table, "crossed": row, "by": dict(queries.ways_to_cross(shape))[by]}
    if page.number == 1:
        context |= {
            "by_channel": queries.people_by(counts, channels, "c", for_all=True),
            "wards": queries.wards_beside(survey, counts, for_all=True),
            "by_area": queries.people_by(counts, areas, "a", for_all=True),
            "groups": queries.groups_beside(survey),
        }
    return context
