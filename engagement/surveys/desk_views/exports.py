"""Copies of a survey's answers, after a fresh sign-in."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from wagtail.admin import messages

from boards.people.permissions import officers_only
from boards.people.second_factor import is_fresh, sign_in_again
from engagement.surveys import exports
from engagement.surveys.actions import exporting
from engagement.surveys.desk_views.frame import officer, own_survey
from engagement.surveys.desk_views.reading import page
from engagement.surveys.forms.reading import CopyForm
from engagement.surveys.models import Copy, Response, Survey

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@officers_only("run_activities")
@never_cache
def copies(request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """Take a copy now, or have a spreadsheet made; how far each one asked for in this session is."""
    survey = own_survey(request, pk, "run_activities")
    if request.method == "POST" and "sign_in_again" in request.POST:
        return sign_in_again(request, reverse("surveys_reading:copies", args=[pk]))
    fresh = is_fresh(request)
    form = CopyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and fresh and form.is_valid():
        return take(request, survey, form.cleaned_data["shape"], in_words=form.cleaned_data["cells"] == "words")
    now = timezone.now()
    digest = exporting.session_digest(request.session.session_key or "")
    asked_for = Copy.objects.filter(survey=survey, by=officer(request), session_digest=digest, ends_at__gt=now)
    return page(
        request,
        "copies",
        survey,
        _("Take a copy"),
        form=form,
        fresh=fresh,
        rows=Response.objects.filter(survey=survey).sent().count(),
        asked_for=[(copy, copy.is_at_hand(now), copy.is_stuck(now)) for copy in asked_for[:20]],
        now=now,
    )


def take(request: HttpRequest, survey: Survey, shape: str, *, in_words: bool) -> HttpResponse | StreamingHttpResponse:
    by = officer(request)
    slug = survey.activity.slug
    if shape == "xlsx":
        if not request.session.session_key:
            request.session.create()
        exporting.ask_for_spreadsheet(
            survey=survey, by=by, session_key=request.session.session_key or "", in_words=in_words, now=timezone.now()
        )
        messages.success(request, _("The spreadsheet is being made. Look here again in a little while."))
        return redirect("surveys_reading:copies", survey.pk)
    if shape == "codebook":
        exporting.log_copy(survey=survey, by=by, shape=shape)
        lines, name = exports.codebook_csv(survey), f"{slug}-codebook.csv"
    else:
        rows = Response.objects.filter(survey=survey).sent().count()
        exporting.log_copy(survey=survey, by=by, shape=shape, rows=rows, in_words=in_words)
        lines, name = exports.as_csv(survey, in_words=in_words), f"{slug}-answers.csv"
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@officers_only("run_activities")
@never_cache
def copy(request: HttpRequest, copy_key: UUID) -> FileResponse:
    """Hand out a spreadsheet to the session that asked for it, until its time is over."""
    found = get_object_or_404(Copy.objects.select_related("survey__activity"), pk=copy_key, by=officer(request))
    own_survey(request, found.survey_id, "run_activities")
    digest = exporting.session_digest(request.session.session_key or "")
    if found.session_digest != digest or not found.is_at_hand(timezone.now()):
        raise Http404
    try:
        opened = found.file.open("rb")
    except OSError:
        raise Http404 from None
    exporting.log_copy(survey=found.survey, by=officer(request), shape="xlsx, handed out", rows=found.done)
    response = FileResponse(
        opened, as_attachment=True, filename=f"{found.survey.activity.slug}-answers.xlsx", content_type=XLSX
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
