"""Paper: how much is keyed again, sheets to print, and what is keyed."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from wagtail.admin import messages

from boards.people.permissions import officers_only
from engagement.surveys import building_permissions as permissions
from engagement.surveys.actions import keying, printing
from engagement.surveys.actions.refusals import Refused
from engagement.surveys.desk_views.frame import officer, own_survey, page
from engagement.surveys.forms.keying import PlainForm, PlanForm, PrintForm, WhichForm
from engagement.surveys.models import FilledSheet, PrintRun, Survey
from engagement.surveys.print_form import Slip, draw_sheets, languages, left_out

IN_MEMORY = 5_000_000
"""Bytes of a file before it goes on to the disk, where it has no name."""


def pdf(survey: Survey, name: str, *, as_attachment: bool, **given: Any) -> FileResponse:
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    draw_sheets(cast("IO[bytes]", file), survey=survey, **given)
    file.seek(0)
    answer = FileResponse(file, as_attachment=as_attachment, filename=f"{name}.pdf", content_type="application/pdf")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def printed_language(schema: dict[str, Any]) -> str:
    """Give the language of our own words on a sheet: the survey's, where the printed fonts can write it."""
    wanted = str(schema.get("language") or "")
    return wanted if wanted in dict(languages()) else settings.LANGUAGE_CODE


@officers_only("key_paper")
@never_cache
def paper(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """Sheets that wait, sheets to print, and the plan for keying again. Printing answers with the PDF, this once."""
    now = timezone.now()
    survey = own_survey(request, pk, "key_paper")
    act = request.POST.get("act", "")
    plan = keying.plan_of(survey)
    printer = PrintForm(request.POST if act == "print" else None, initial={"language": settings.LANGUAGE_CODE})
    planner = PlanForm(request.POST if act == "plan" else None, initial={"again": plan.again, "one_in": plan.one_in})
    which = WhichForm(request.POST if act == "which" else None, survey=survey)
    form = {"print": printer, "plan": planner, "which": which}.get(act)
    if form is not None and form.is_valid():
        try:
            if act == "print":
                return made(survey, printer.cleaned_data, request)
            if act == "plan":
                keying.change_plan(survey=survey, by=officer(request), **planner.cleaned_data)
                messages.success(request, _("Saved. It holds for sheets keyed from now on."))
                return redirect("surveys_desk:paper", pk)
            chosen = chosen_sheet(survey, which)
            if chosen:
                return chosen
        except Refused as refusal:
            form.add_error(None, str(refusal))
    waiting = survey.filled_sheets.exclude(state=FilledSheet.State.SETTLED)
    first_keyed = Q(readings__place=1, readings__by=officer(request))
    return page(
        request,
        "paper",
        survey=survey,
        printer=printer,
        planner=planner,
        which=which,
        plain=PlainForm(),
        verdict=permissions.may_print(request.user, survey),
        may_key=permissions.may_key(request.user, survey, now=now),
        runs=list(
            survey.print_runs.select_related("version").annotate(
                sheets=Count("slips"), keyed=Count("slips", filter=Q(slips__filled__isnull=False))
            )[:20]
        ),
        waiting=list(waiting.annotate(mine=Count("readings", filter=first_keyed)).order_by("number")[:100]),
        settled=survey.filled_sheets.filter(state=FilledSheet.State.SETTLED).count(),
        last=list(survey.filled_sheets.filter(state=FilledSheet.State.SETTLED).order_by("-number")[:10]),
        left_out=left_out(survey.current.schema, str(survey), survey.introduction) if survey.current else "",
    )


def chosen_sheet(survey: Survey, which: WhichForm) -> HttpResponse | None:
    """Go on to key the sheet that was named; None, with a sentence at the field, where it cannot be."""
    typed, version = which.cleaned_data["slip"], which.cleaned_data["version"]
    address = redirect("surveys_desk:key", survey.pk)
    if not typed:
        chosen = version or survey.current
        address["Location"] += f"?version={chosen.number}" if chosen else ""
        return address
    slip = keying.slip_of(survey, typed)
    if slip is None:
        which.add_error("slip", _("No sheet of this survey has this number or code. Check it for slips."))
        return None
    before = FilledSheet.objects.filter(slip=slip).first()
    if before is not None:
        which.add_error("slip", _("This sheet was keyed before, as number %(number)d.") % {"number": before.number})
        return None
    address["Location"] += f"?slip={slip.pk}"
    return address


@transaction.atomic
def made(survey: Survey, given: dict[str, Any], request: HttpRequest) -> FileResponse:
    """Make a run and its file. Should the file fail there is no run: nobody could ever read its codes."""
    done = printing.print_run(survey=survey, by=officer(request), now=timezone.now(), **given)
    run: PrintRun = done.run
    return pdf(
        survey, f"{survey.activity.slug}-{run.number}", as_attachment=True, schema=run.version.schema,
        version=run.version, language=run.language, is_large=run.is_large, run=run.number, hand_in=run.hand_in,
        slips=[Slip(number, code) for number, code in done.slips],
    )  # fmt: skip


@officers_only("key_paper")
@never_cache
def plain(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """One plain sheet of what people answer now, to print and copy."""
    survey = own_survey(request, pk, "key_paper")
    verdict = permissions.may_print(request.user, survey)
    if not verdict or survey.current is None:
        messages.error(request, verdict.why_not)
        return redirect("surveys_desk:paper", pk)
    return pdf(
        survey, survey.activity.slug, as_attachment=True, schema=survey.current.schema, version=survey.current,
        language=printed_language(survey.current.schema), is_large="is_large" in request.GET,
    )  # fmt: skip
