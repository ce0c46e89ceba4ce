"""Paper keyed once or twice and settled, its scans, and answers written down for someone on the telephone."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people import keys
from boards.people.models import Person
from components.handed_in import PDF, PHOTO, checked
from engagement.activities.models import Channel, TakingPart
from engagement.evidence.rules import normal_code
from engagement.surveys import building_permissions as permissions
from engagement.surveys.actions.answering import hold_open, store
from engagement.surveys.actions.drafting import code_of
from engagement.surveys.actions.refusals import Refused
from engagement.surveys.models import (
    Call,
    FilledSheet,
    KeyingPlan,
    PrintedSlip,
    Reading,
    Response,
    SheetScan,
    Survey,
    SurveyVersion,
)
from engagement.surveys.rules.conditions import World
from engagement.surveys.rules.keying import Keyed, differing, settle

State = FilledSheet.State
MOST_SCANS = 8


# --- the plan ------------------------------------------------------------------------------------


def plan_of(survey: Survey) -> KeyingPlan:
    """Give how sheets are keyed again; every sheet, where nobody has said otherwise."""
    return KeyingPlan.objects.filter(survey=survey).first() or KeyingPlan(survey=survey)


@transaction.atomic
def change_plan(*, survey: Survey, again: str, one_in: int, by: Person) -> None:
    """Say how many sheets a second person keys from now on. Sheets keyed before stay as they were drawn."""
    verdict = permissions.may_print(by, survey)
    if not verdict:
        raise Refused(verdict.why_not)
    was = plan_of(survey)
    KeyingPlan.objects.update_or_create(survey=survey, defaults={"again": again, "one_in": one_in})
    _log(survey, "keying_plan", by, before=[was.again, was.one_in], after=[again, one_in])


def _is_keyed_again(plan: KeyingPlan) -> bool:
    if plan.again == KeyingPlan.Again.SAMPLE:
        return secrets.randbelow(plan.one_in) == 0
    return plan.again == KeyingPlan.Again.ALL


# --- keying --------------------------------------------------------------------------------------


def slip_of(survey: Survey, typed: str) -> PrintedSlip | None:
    """Give the printed slip of a code, or of "run-number" as it stands at the foot of a sheet."""
    run, dash, number = typed.strip().partition("-")
    slips = PrintedSlip.objects.select_related("run__version").filter(run__survey=survey)
    if dash and run.isascii() and run.isdigit() and number.isascii() and number.isdigit() and len(typed) < 12:
        return slips.filter(run__number=int(run), number=int(number)).first()
    code = normal_code(typed)
    return slips.filter(code_digest__in=keys.digests(f"survey:{code}")).first() if code else None


@transaction.atomic
def key_first(
    *, survey: Survey, version: SurveyVersion, keyed: Keyed, language: str, token: UUID, by: Person, now: datetime,
    slip: PrintedSlip | None = None,
) -> FilledSheet:  # fmt: skip
    """Take in what the first person read on a sheet. Sent twice, it is kept once.

    Whether a second person keys it is drawn now, so that nobody knows beforehand which sheets are checked.
    """
    verdict = permissions.may_key(by, survey, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    before = FilledSheet.objects.filter(token=token).first()
    if before is not None:
        return before
    held = Survey.objects.select_for_update(of=("self",)).select_related("activity__board").get(pk=survey.pk)
    if version.survey_id != survey.pk or (slip is not None and slip.run.version_id != version.pk):
        raise ValueError("That version is another survey's, or not the slip's.")
    if slip is not None and (taken := FilledSheet.objects.filter(slip=slip).first()) is not None:
        raise Refused(_("This sheet was keyed before, as number %(number)d.") % {"number": taken.number})
    again = _is_keyed_again(plan_of(survey))
    number = (held.filled_sheets.aggregate(latest=Max("number"))["latest"] or 0) + 1
    sheet = FilledSheet(
        survey=survey, version=version, slip=slip, number=number, language=language, state=State.AGAIN, token=token
    )
    if again:
        sheet.save(force_insert=True)
    else:
        _make_settled(sheet, keyed, by=by, now=now)
    Reading.objects.create(
        sheet=sheet, place=1, by=by, answers=keyed.answers if again else {}, marks=keyed.marks if again else {}
    )
    return sheet


@transaction.atomic
def key_again(*, sheet: FilledSheet, keyed: Keyed, by: Person, now: datetime) -> FilledSheet:
    """Take in what the second person read, who has not seen the first. Equal: settled. Not: it waits for a third act."""
    verdict = permissions.may_key(by, sheet.survey, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    held = _held(sheet)
    if held.state != State.AGAIN:
        raise Refused(_("This sheet has been keyed a second time already."))
    first = held.readings.get(place=1)
    if first.by_id == by.pk:
        raise Refused(_("You keyed this sheet first. Somebody else keys it again."))
    Reading.objects.create(sheet=held, place=2, by=by, answers=keyed.answers, marks=keyed.marks)
    schema = held.version.read
    if differing(schema, (first.answers, first.marks), (keyed.answers, keyed.marks)):
        held.state = State.DIFFERS
        held.save(update_fields=["state"])
    else:
        _make_settled(held, keyed, by=None, now=now)
        _forget_readings(held)
    return held


@transaction.atomic
def settle_sheet(
    *, sheet: FilledSheet, takes_second: Collection[str], by: Person, now: datetime, afresh: Keyed | None = None
) -> FilledSheet:  # fmt: skip
    """Settle what two people read differently: choose at each question, or key the whole sheet afresh."""
    verdict = permissions.may_key(by, sheet.survey, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    held = _held(sheet)
    if held.state != State.DIFFERS:
        raise Refused(_("This sheet is not waiting to be settled."))
    first, second = held.readings.order_by("place")
    one, other = (first.answers, first.marks), (second.answers, second.marks)
    schema = held.version.read
    keyed = afresh or settle(schema, one, other, takes_second, World(Channel.PAPER, held.language))
    _make_settled(held, keyed, by=by, now=now)
    _forget_readings(held)
    _log(sheet.survey, "settle_sheet", by, sheet=held.number, questions=differing(schema, one, other), afresh=afresh is not None)  # fmt: skip
    return held


def _held(sheet: FilledSheet) -> FilledSheet:
    return (
        FilledSheet.objects.select_for_update(of=("self",))
        .select_related("survey__activity__board", "version", "slip")
        .get(pk=sheet.pk)
    )


def _make_settled(sheet: FilledSheet, keyed: Keyed, *, by: Person | None, now: datetime) -> None:
    """Make the sheet's answers a response that counts; its slip's code leads to it from now on."""
    sheet.response = _keep(
        survey=sheet.survey, version=sheet.version, answers=keyed.answers, channel=Channel.PAPER,
        language=sheet.language, token=sheet.slip.token if sheet.slip else uuid4(), now=now,
    )  # fmt: skip
    sheet.state, sheet.marks, sheet.settled_by = State.SETTLED, keyed.marks, by
    sheet.save()


def _keep(
    *, survey: Survey, version: SurveyVersion, answers: Mapping[str, Any], channel: str, language: str, token: UUID,
    now: datetime,
) -> Response:  # fmt: skip
    """Store answers that somebody else wrote down: with a code, on a day, and with nobody's name."""
    response = Response(
        survey=survey, version=version, channel=channel, language=language, token=token, answers=dict(answers),
        on=timezone.localdate(now),
    )  # fmt: skip
    response.save(force_insert=True)
    response.taking_part = TakingPart.objects.create(
        activity=survey.activity, channel=channel, on=response.on, reference=response.reference
    )
    store(response, answers, schema=version.read, now=now)
    return response


def _forget_readings(sheet: FilledSheet) -> None:
    """Keep who read a settled sheet, and no longer what."""
    sheet.readings.update(answers={}, marks={})


@transaction.atomic
def take_back(*, sheet: FilledSheet, by: Person, now: datetime) -> None:
    """Undo one's own first reading, while nobody else has keyed the sheet."""
    held = _held(sheet)
    first = held.readings.first()
    if held.state != State.AGAIN or first is None or first.by_id != by.pk:
        raise Refused(_("Only your own first reading can be taken back, before somebody else keys the sheet."))
    _drop_scans(held)
    held.delete()


def forget_sheet(response: Response) -> None:
    """Drop what paper said beside the answers, and its scans, once the answers are taken back."""
    sheet = FilledSheet.objects.filter(response=response).first()
    if sheet is None:
        return
    _drop_scans(sheet)
    sheet.marks = {}
    sheet.save(update_fields=["marks"])
    sheet.readings.update(answers={}, marks={})


# --- scans ---------------------------------------------------------------------------------------


def keep_scan(*, sheet: FilledSheet, upload: Any, by: Person, now: datetime) -> SheetScan:
    """Keep a PDF or a picture of a sheet, encoded anew; its own name is forgotten. Raises FileRefused for any other."""
    verdict = permissions.may_key(by, sheet.survey, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    kept = checked(upload)
    if kept.type not in (PDF, PHOTO):
        raise Refused(_("A scan is a picture or a PDF."))
    scan = SheetScan(sheet=sheet, kind=kept.type, size=len(kept.content), by=by)
    stored = ""
    try:
        with transaction.atomic():
            held = _held(sheet)
            if held.scans.count() >= MOST_SCANS:
                raise Refused(_("There are as many scans as one sheet may have. Take one out first."))
            scan.file.save("scan", ContentFile(kept.content), save=False)
            stored = scan.file.name or ""
            scan.save(force_insert=True)
            _log(sheet.survey, "scan_sheet", by, sheet=sheet.number)
    except BaseException:
        if stored:
            scan.file.storage.delete(stored)
        raise
    return scan


def note_looking(*, scan: SheetScan, by: Person) -> None:
    """Write down that an officer opened a scan: handwriting can say who somebody is."""
    _log(scan.sheet.survey, "see_scan", by, sheet=scan.sheet.number)


@transaction.atomic
def take_out_scan(*, scan: SheetScan, by: Person) -> None:
    verdict = permissions.may_print(by, scan.sheet.survey)
    if not verdict:
        raise Refused(verdict.why_not)
    _log(scan.sheet.survey, "take_out_scan", by, sheet=scan.sheet.number)
    _drop(scan)


def _drop_scans(sheet: FilledSheet) -> None:
    for scan in sheet.scans.all():
        _drop(scan)


def _drop(scan: SheetScan) -> None:
    transaction.on_commit(partial(scan.file.storage.delete, scan.file.name or ""))
    scan.delete()


# --- by phone ------------------------------------------------------------------------------------


def write_down(
    *, survey: Survey, answers: Mapping[str, Any], language: str, token: UUID, read_back: bool, why: str, by: Person,
    now: datetime,
) -> tuple[Response, str]:  # fmt: skip
    """Keep answers given on the telephone, once they were read back; give them and the code to read out.

    Sent twice, they are kept once, and the same code is given.
    """
    verdict = permissions.may_write_down(by, survey, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    if not read_back:
        raise Refused(_("Read the answers back to the person first. Then tick that you did."))
    if survey.current is None:
        raise Refused(_("There are no questions here yet."))
    before = Response.objects.filter(token=token, survey=survey).first()
    if before is not None:
        return before, code_of(token)
    try:
        with transaction.atomic():
            hold_open(survey=survey, now=now)
            response = _keep(
                survey=survey, version=survey.current, answers=answers, channel=Channel.PHONE, language=language,
                token=token, now=now,
            )  # fmt: skip
            Call.objects.create(response=response, by=by, why=why, read_back=True)
            _log(survey, "write_down", by)
    except IntegrityError:
        before = Response.objects.filter(token=token, survey=survey).first()
        if before is None:
            raise
        return before, code_of(token)
    return response, code_of(token)


def _log(survey: Survey, action: str, by: Person, **data: object) -> None:
    log(instance=survey, action=f"surveys.{action}", user=by, data={**data, "board": survey.activity.board_id})
