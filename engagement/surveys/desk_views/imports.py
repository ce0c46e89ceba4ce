"""Answers from elsewhere: a file, what its columns are, what is wrong with it, and all of it in at once."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from boards.people.permissions import officers_only
from engagement.surveys.actions import importing
from engagement.surveys.actions.importing import ImportRefused
from engagement.surveys.desk_views.frame import officer, own_survey
from engagement.surveys.desk_views.reading import page
from engagement.surveys.forms.importing import ColumnsForm, FileForm
from engagement.surveys.models import Incoming

HANDED_IN = 50


@officers_only("run_activities")
@never_cache
def bring_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a file; see the files that were brought in, and take one out again."""
    survey = own_survey(request, pk, "run_activities")
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        try:
            held = importing.keep_file(
                survey=survey, upload=form.cleaned_data["file"], by=officer(request), now=timezone.now()
            )
        except ImportRefused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("surveys_reading:incoming", held.pk)
    return page(
        request, "bring_in", survey, _("Bring answers in"), form=form,
        files=list(survey.incoming.select_related("by")[:HANDED_IN]),
    )  # fmt: skip


def own_incoming(request: HttpRequest, key: UUID) -> Incoming:
    """Give a file of a survey of this officer's board; to anyone else there is none."""
    found = get_object_or_404(
        Incoming.objects.select_related("survey__activity__board", "survey__current", "version"), pk=key
    )
    found.survey = own_survey(request, found.survey_id, "run_activities")
    return found


@officers_only("run_activities")
@never_cache
def incoming(request: HttpRequest, incoming_key: UUID) -> HttpResponse:
    """What the columns of a file are, with a guess at each; then what is wrong with it, or all of it in."""
    held = own_incoming(request, incoming_key)
    if held.state != Incoming.State.WAITING:
        return redirect("surveys_reading:bring_in", held.survey_id)
    try:
        with held.file.open("rb") as file:
            head = importing.head_of(file)
    except OSError:
        raise Http404 from None
    form = ColumnsForm(request.POST if request.method == "POST" else None, incoming=held, head=head)
    report = None
    if request.method == "POST" and form.is_valid():
        held.targets, held.channel, held.on = form.targets(), form.cleaned_data["channel"], form.cleaned_data["on"]
        held.save(update_fields=["targets", "channel", "on"])
        try:
            if "bring_in" in request.POST:
                return brought(request, held)
            report = importing.look(held)
        except ImportRefused as refused:
            form.add_error(None, str(refused))
            report = None
    samples = [[row[at] for row in head.first_rows if row[at]][:3] for at in range(len(head.headings))]
    return page(
        request, "incoming", held.survey, _("Bring answers in"), incoming=held, form=form, head=head, report=report,
        columns=list(zip(form.column_fields(), head.headings, head.described, samples, strict=True)),
    )  # fmt: skip


def brought(request: HttpRequest, held: Incoming) -> HttpResponse:
    report = importing.bring_in(incoming=held, by=officer(request), now=timezone.now())
    said = ngettext("%(n)d answer is in.", "%(n)d answers are in.", report.new) % {"n": report.new}
    if report.already:
        said += " " + ngettext("%(n)d was here already.", "%(n)d were here already.", report.already) % {
            "n": report.already
        }
    messages.success(request, said)
    return redirect("surveys_reading:bring_in", held.survey_id)


@officers_only("run_activities")
@require_POST
def give_up(request: HttpRequest, incoming_key: UUID) -> HttpResponse:
    """Delete a file that will not be brought in."""
    held = own_incoming(request, incoming_key)
    importing.give_up(incoming=held)
    messages.success(request, _("The file is deleted. Nothing was brought in."))
    return redirect("surveys_reading:bring_in", held.survey_id)


@officers_only("run_activities")
@never_cache
def take_out(request: HttpRequest, incoming_key: UUID) -> HttpResponse:
    """Take everything out again that a file brought in, after asking."""
    held = own_incoming(request, incoming_key)
    if held.state != Incoming.State.IN:
        return redirect("surveys_reading:bring_in", held.survey_id)
    if request.method == "POST":
        try:
            gone = importing.take_out(incoming=held, by=officer(request), now=timezone.now())
        except ImportRefused as refused:
            messages.warning(request, str(refused))
        else:
            said = ngettext("%(n)d answer is out again.", "%(n)d answers are out again.", gone) % {"n": gone}
            messages.success(request, said)
        return redirect("surveys_reading:bring_in", held.survey_id)
    return page(
        request, "take_out", held.survey, _("Take answers out again?"), incoming=held, many=held.responses.count()
    )
