"""Keying filled sheets in paper order, once or twice, blind; settling what differs; scans; and calls by phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from boards.people.permissions import officers_only
from components.handed_in import FileRefused
from engagement.evidence.rules import in_fours
from engagement.surveys import building_permissions as permissions
from engagement.surveys import keying_words, queries
from engagement.surveys.actions import keying as acting
from engagement.surveys.actions.refusals import Refused
from engagement.surveys.desk_views.frame import officer, own_survey, page
from engagement.surveys.forms.keying import CallForm, KeptForm, ScanForm, parts_of, typed_in, unclear_in
from engagement.surveys.models import FilledSheet, PrintedSlip, SheetScan, Survey, SurveyVersion
from engagement.surveys.rules.answers import Known
from engagement.surveys.rules.conditions import World
from engagement.surveys.rules.keying import Keyed, differing, read_as, read_sheet
from engagement.surveys.rules.schema import Kind
from engagement.surveys.telling import told
from engagement.surveys.words import fault_in_words

State = FilledSheet.State


def own_sheet(request: HttpRequest, pk: int, number: int) -> FilledSheet:
    """Give a sheet of a survey of a board on which this officer keys paper."""
    survey = own_survey(request, pk, "key_paper")
    if number > 2**31 - 1:
        raise Http404
    sheet = get_object_or_404(
        FilledSheet.objects.select_related("version", "slip__run", "response", "settled_by"),
        survey=survey,
        number=number,
    )
    sheet.survey = survey
    return sheet


def known_of(survey: Survey, version: SurveyVersion) -> tuple[Known, list[tuple[str, str]]]:
    areas = queries.wards_of(survey) if queries.has_kind(version.read, Kind.PLACE) else []
    return Known(knows_postcode=queries.is_on_our_list, areas={code for code, _name in areas}), areas


def keyed_now(
    request: HttpRequest, survey: Survey, version: SurveyVersion, *, language: str, sure: bool
) -> tuple[Keyed, Any, list[str]]:
    """Read what stands on the screen: what it comes to, what was typed, and what was called unclear."""
    known, _areas = known_of(survey, version)
    typed, unclear = typed_in(request.POST, version.read), unclear_in(request.POST, version.read)
    world = World("paper", language)
    return read_sheet(version.read, typed, world, unclear=unclear, sure=sure, known=known), typed, unclear


def key_page(
    request: HttpRequest, survey: Survey, version: SurveyVersion, form: KeptForm, keyed: Keyed | None, typed: Any,
    unclear: list[str], *, language: str, **more: Any,
) -> HttpResponse:  # fmt: skip
    _known, areas = known_of(survey, version)
    schema = version.read
    doubts = keyed.doubts if keyed else {}
    return page(
        request,
        "key",
        survey=survey,
        version=version,
        form=form,
        parts=parts_of(version.schema, schema, typed, language=language, faults=doubts, unclear=unclear, areas=areas),
        doubts=[
            (schema.questions[id].label, fault_in_words(schema.questions[id], fault), id)
            for id, fault in doubts.items()
        ],
        **more,
    )


@officers_only("key_paper")
@never_cache
@sensitive_post_parameters()
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """Key a sheet for the first time, in the order it is printed in."""
    now = timezone.now()
    survey = own_survey(request, pk, "key_paper")
    verdict = permissions.may_key(request.user, survey, now=now)
    if not verdict:
        messages.error(request, verdict.why_not)
        return redirect("surveys_desk:paper", pk)
    slip, version = sheet_named(request, survey)
    # Its branches hang on the language that the sheet was printed in.
    language = slip.run.language if slip else version.read.language
    form = KeptForm(request.POST or None)
    keyed: Keyed | None = None
    typed: Any = {}
    unclear: list[str] = []
    if request.method == "POST" and form.is_valid():
        keyed, typed, unclear = keyed_now(request, survey, version, language=language, sure=form.cleaned_data["sure"])
        if not keyed.doubts:
            try:
                sheet = acting.key_first(
                    survey=survey, version=version, keyed=keyed, language=language, slip=slip,
                    token=form.cleaned_data["form_token"], by=officer(request), now=now,
                )  # fmt: skip
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                said = _("Kept. Write this number on the sheet: %(number)d.") % {"number": sheet.number}
                if sheet.state == State.AGAIN:
                    said += " " + _("Somebody else keys it again.")
                messages.success(request, said)
                return redirect("surveys_desk:paper", pk)
    return key_page(
        request, survey, version, form, keyed, typed, unclear, language=language, slip=slip, title=_("Key a sheet")
    )


def sheet_named(request: HttpRequest, survey: Survey) -> tuple[PrintedSlip | None, SurveyVersion]:
    """Give the slip that the address names, and the version its sheet is of."""
    slip_pk, number = request.GET.get("slip", ""), request.GET.get("version", "")
    if slip_pk.isascii() and slip_pk.isdigit() and len(slip_pk) < 15:
        slip = get_object_or_404(
            PrintedSlip.objects.select_related("run__version"), pk=int(slip_pk), run__survey=survey
        )
        slip.run.version.survey = survey
        return slip, slip.run.version
    if number.isascii() and number.isdigit() and len(number) < 5:
        return None, get_object_or_404(SurveyVersion, survey=survey, number=int(number))
    if survey.current is None:
        raise Http404
    return None, survey.current


@officers_only("key_paper")
@never_cache
def sheet(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One filled sheet: how it stands, what the paper did its own way, and its scans."""
    found = own_sheet(request, pk, number)
    form = ScanForm(request.POST, request.FILES) if request.method == "POST" else ScanForm()
    if request.method == "POST" and form.is_valid():
        try:
            acting.keep_scan(sheet=found, upload=form.cleaned_data["scan"], by=officer(request), now=timezone.now())
        except FileRefused as refusal:
            form.add_error("scan", keying_words.file_refused(refusal.why))
        except Refused as refusal:
            form.add_error("scan", str(refusal))
        else:
            messages.success(request, _("The scan is kept."))
            return redirect("surveys_desk:sheet", pk, number)
    readings = list(found.readings.select_related("by"))
    schema = found.version.read
    return page(
        request,
        "sheet",
        survey=found.survey,
        sheet=found,
        readings=readings,
        mine=any(reading.by_id == officer(request).pk for reading in readings),
        marks=[
            (schema.questions[id].label, keying_words.mark_in_words(schema.questions[id], mark))
            for id, mark in found.marks.items()
            if id in schema.questions
        ],
        scans=list(found.scans.all()),
        form=form,
    )


@officers_only("key_paper")
@never_cache
@sensitive_post_parameters()
def again(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Key a sheet the second time. Nothing of the first reading is on the page."""
    found = own_sheet(request, pk, number)
    if found.state != State.AGAIN or found.readings.filter(place=1, by=officer(request)).exists():
        messages.error(request, _("This sheet does not wait for you to key it again."))
        return redirect("surveys_desk:sheet", pk, number)
    form = KeptForm(request.POST or None)
    keyed: Keyed | None = None
    typed: Any = {}
    unclear: list[str] = []
    if request.method == "POST" and form.is_valid():
        keyed, typed, unclear = keyed_now(
            request, found.survey, found.version, language=found.language, sure=form.cleaned_data["sure"]
        )
        if not keyed.doubts:
            try:
                done = acting.key_again(sheet=found, keyed=keyed, by=officer(request), now=timezone.now())
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                if done.state == State.DIFFERS:
                    messages.warning(request, _("Kept. The two readings differ, so a third act settles it."))
                    return redirect("surveys_desk:sheet", pk, number)
                messages.success(request, _("Both readings are the same. The sheet is settled."))
                return redirect("surveys_desk:paper", pk)
    return key_page(
        request, found.survey, found.version, form, keyed, typed, unclear, language=found.language, slip=found.slip,
        sheet=found,
        title=_("Key sheet %(number)d again") % {"number": number},
    )  # fmt: skip


@officers_only("key_paper")
@never_cache
def settle(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Two readings side by side, only where they differ. Look at the paper, then choose."""
    found = own_sheet(request, pk, number)
    if found.state != State.DIFFERS:
        messages.error(request, _("This sheet is not waiting to be settled."))
        return redirect("surveys_desk:sheet", pk, number)
    schema = found.version.read
    first, second = found.readings.order_by("place")
    one, other = (first.answers, first.marks), (second.answers, second.marks)
    ids = differing(schema, one, other)
    chosen = {id: request.POST.get(f"takes-{id}", "") for id in ids}
    missing = [id for id in ids if chosen[id] not in ("first", "second")] if request.method == "POST" else []
    if request.method == "POST" and not missing:
        try:
            acting.settle_sheet(
                sheet=found, takes_second=[id for id in ids if chosen[id] == "second"], by=officer(request), now=timezone.now(),
            )  # fmt: skip
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The sheet is settled."))
        return redirect("surveys_desk:sheet", pk, number)
    areas = dict(queries.wards_of(found.survey)) if queries.has_kind(schema, Kind.PLACE) else {}
    return page(
        request,
        "settle",
        survey=found.survey,
        sheet=found,
        lines=[
            {
                "id": id,
                "label": schema.questions[id].label,
                "first": keying_words.reading_in_words(schema.questions[id], read_as(id, *one), areas),
                "second": keying_words.reading_in_words(schema.questions[id], read_as(id, *other), areas),
                "chosen": chosen[id],
                "is_missing": id in missing,
            }
            for id in ids
        ],
        missing=missing,
    )


@officers_only("key_paper")
@never_cache
@sensitive_post_parameters()
def afresh(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Settle a sheet by keying all of it once more, with the paper in hand."""
    found = own_sheet(request, pk, number)
    if found.state != State.DIFFERS:
        messages.error(request, _("This sheet is not waiting to be settled."))
        return redirect("surveys_desk:sheet", pk, number)
    form = KeptForm(request.POST or None)
    keyed: Keyed | None = None
    typed: Any = {}
    unclear: list[str] = []
    if request.method == "POST" and form.is_valid():
        keyed, typed, unclear = keyed_now(
            request, found.survey, found.version, language=found.language, sure=form.cleaned_data["sure"]
        )
        if not keyed.doubts:
            try:
                acting.settle_sheet(sheet=found, takes_second=(), afresh=keyed, by=officer(request), now=timezone.now())
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The sheet is settled."))
                return redirect("surveys_desk:sheet", pk, number)
    return key_page(
        request, found.survey, found.version, form, keyed, typed, unclear, language=found.language, slip=found.slip,
        sheet=found,
        title=_("Key sheet %(number)d afresh, to settle it") % {"number": number},
    )  # fmt: skip


@officers_only("key_paper")
@never_cache
@require_POST
def take_back(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = own_sheet(request, pk, number)
    try:
        acting.take_back(sheet=found, by=officer(request), now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("surveys_desk:sheet", pk, number)
    messages.success(request, _("Your reading of sheet %(number)d is taken back.") % {"number": number})
    return redirect("surveys_desk:paper", pk)


# --- scans ---------------------------------------------------------------------------------------


def own_scan(request: HttpRequest, key: UUID) -> SheetScan:
    found = get_object_or_404(SheetScan.objects.select_related("sheet"), pk=key)
    found.sheet.survey = own_survey(request, found.sheet.survey_id, "key_paper")
    return found


@officers_only("key_paper")
@never_cache
def scan(request: HttpRequest, key: UUID) -> FileResponse:
    """Hand out one scan, as a download in which nothing can run."""
    found = own_scan(request, key)
    try:
        opened = found.file.open("rb")
    except OSError:
        raise Http404 from None
    acting.note_looking(scan=found, by=officer(request))
    ending = (found.file.name or "").rpartition(".")[2]
    name = f"sheet-{found.sheet.number}-{str(found.pk)[:8]}.{ending}"
    answer = FileResponse(opened, as_attachment=True, filename=name, content_type=found.kind)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@officers_only("key_paper")
@never_cache
@require_POST
def take_out_scan(request: HttpRequest, key: UUID) -> HttpResponse:
    found = own_scan(request, key)
    acting.take_out_scan(scan=found, by=officer(request))
    messages.success(request, _("The scan is taken out."))
    return redirect("surveys_desk:sheet", found.sheet.survey_id, found.sheet.number)


# --- by phone ------------------------------------------------------------------------------------


@officers_only("key_paper")
@never_cache
@sensitive_post_parameters()
def phone(request: HttpRequest, pk: int) -> HttpResponse:
    """The script to read out, with boxes for the answers; then the answers to read back; then the code to read out."""
    now = timezone.now()
    survey = own_survey(request, pk, "key_paper")
    verdict = permissions.may_write_down(request.user, survey, now=now)
    version = survey.current
    if not verdict or version is None:
        return page(request, "phone", survey=survey, verdict=verdict, parts=[])
    known, areas = known_of(survey, version)
    schema = version.read
    act = request.POST.get("act", "")
    form = CallForm(request.POST if act == "keep" else None, initial={"form_token": request.POST.get("form_token") or None} if act else None)  # fmt: skip
    typed = typed_in(request.POST, schema) if request.method == "POST" else {}
    keyed = read_sheet(schema, typed, World("phone", schema.language), known=known)
    if act in ("back", "keep") and not keyed.doubts:
        if act == "keep" and form.is_valid():
            given = form.cleaned_data
            try:
                response, code = acting.write_down(
                    survey=survey, answers=keyed.answers, language=schema.language, token=given["form_token"],
                    read_back=given["read_back"], why=given["why"], by=officer(request), now=now,
                )  # fmt: skip
            except Refused as refusal:
                form.add_error("read_back", str(refusal))
            else:
                spelt = keying_words.spelt(code)
                return page(request, "phone_code", survey=survey, code=in_fours(code), spelt=spelt, reference=response.reference)  # fmt: skip
        names = dict(areas)
        return page(
            request,
            "phone_back",
            survey=survey,
            form=form,
            told=[
                (question.label, told(question, keyed.answers, areas=names))
                for question in schema.questions.values()
                if question.id in keyed.answers
            ],
            passed=[schema.questions[id].label for id, mark in keyed.marks.items() if mark["is"] == "passed_over"],
            left=ngettext(
                "%(n)d question was left out.",
                "%(n)d questions were left out.",
                sum(mark["is"] == "left_out" for mark in keyed.marks.values()),
            )
            % {"n": sum(mark["is"] == "left_out" for mark in keyed.marks.values())},
            typed=[(name, value) for name, values in typed.items() for value in values],
        )
    faults = keyed.doubts if act else {}
    return page(
        request,
        "phone",
        survey=survey,
        verdict=verdict,
        form=form,
        parts=parts_of(
            version.schema, schema, typed, language=schema.language, channel="phone", faults=faults, areas=areas
        ),
        doubts=[
            (schema.questions[id].label, fault_in_words(schema.questions[id], fault), id)
            for id, fault in faults.items()
        ],
    )
