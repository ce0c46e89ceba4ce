"""A grant as its group sees it: the letter, the payments, the receipts, the report, and whether it lasted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.permissions import login_required, open_to_all
from components.handed_out import handed_over
from engagement.funding import permissions, queries_awards
from engagement.funding.actions import offers, payments, reports
from engagement.funding.actions.refusals import Refused
from engagement.funding.forms.grants import PICTURES, AnswerForm, EvidenceForm, GroupReportForm, LastingForm
from engagement.funding.models import Award, FundingRound, ReportPicture
from engagement.funding.receipts import FileRefused
from engagement.funding.views.frame import page, the_round, voter


def any_award(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> tuple[FundingRound, Award]:
    round = the_round(request, board_slug, slug)
    found = get_object_or_404(
        Award.objects.select_related("proposal__lead", "report", "stream"),
        proposal__round=round,
        proposal__slug=proposal_slug,
    )
    found.proposal.round = round
    return round, found


def own_award(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> tuple[FundingRound, Award]:
    """Give a grant that is this person's group's, or their board's; to anyone else there is none."""
    round, found = any_award(request, board_slug, slug, proposal_slug)
    if not permissions.may_see_grant(request.user, found):
        raise Http404
    return round, found


def show(
    request: HttpRequest, template: str, round: FundingRound, award: Award, now: datetime, **context: Any
) -> HttpResponse:
    return page(
        request,
        template,
        round,
        now,
        below=True,
        award=award,
        proposal=award.proposal,
        is_group=permissions.is_of_group(request.user, award),
        **context,
    )


def grant_page(request: HttpRequest, round: FundingRound, award: Award, now: datetime, **forms: Any) -> HttpResponse:
    planned = list(award.payments.order_by("due_on", "pk"))
    today = timezone.localdate(now)
    takes_files = award.state in (Award.State.ACCEPTED, Award.State.WITHDRAWN)
    return show(
        request,
        "grant",
        round,
        award,
        now,
        payments=planned,
        files=list(queries_awards.files_of(award)),
        variations=list(award.variations.all()),
        report=getattr(award, "report", None),
        lasting=queries_awards.lasting_asked(award, today) if award.state == Award.State.ACCEPTED else [],
        answer_form=forms.get("answer_form") or AnswerForm(),
        evidence_form=(forms.get("evidence_form") or EvidenceForm(payments=award.payments.all()))
        if takes_files
        else None,
        form=forms.get("answer_form") or forms.get("evidence_form"),
    )


@login_required
@never_cache
def grant(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> HttpResponse:
    """The letter and the answer to it, the payments, the receipts, the changes, and what is due."""
    round, award = own_award(request, board_slug, slug, proposal_slug)
    return grant_page(request, round, award, timezone.now())


@login_required
@never_cache
@require_POST
def answer(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> HttpResponse:
    """Yes or no, by the person who sent the proposal in."""
    now = timezone.now()
    round, award = own_award(request, board_slug, slug, proposal_slug)
    if not permissions.is_of_group(request.user, award):
        raise Http404
    form = AnswerForm(request.POST)
    if form.is_valid():
        act = offers.accept if form.cleaned_data["answer"] == "accept" else offers.decline
        try:
            act(award=award, reason=form.cleaned_data["reason"], by=voter(request), now=now, as_group=True)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(award.address("grant"))
    return grant_page(request, round, award, now, answer_form=form)


@login_required
@never_cache
@require_POST
def send_file(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> HttpResponse:
    """Keep a receipt or a photograph."""
    now = timezone.now()
    round, award = own_award(request, board_slug, slug, proposal_slug)
    form = EvidenceForm(request.POST, request.FILES, payments=award.payments.all())
    if form.is_valid():
        try:
            address = sent_once(
                request, award, form.cleaned_data,
                lambda: payments.keep_evidence(
                    award=award, upload=form.cleaned_data["upload"], payment=form.cleaned_data["payment"],
                    by=voter(request), now=now,
                ),
                award.address("grant"),
            )  # fmt: skip
        except (Refused, FileRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(address)
    return grant_page(request, round, award, now, evidence_form=form)


def sent_once(request: HttpRequest, award: Award, values: dict[str, Any], act: Callable[[], Any], leads_to: str) -> str:
    """Do what was sent, once for its token, files and all; give the address to go on to."""
    contents = {
        name: digest_of(value) if isinstance(value, UploadedFile) else str(value)
        for name, value in values.items()
        if name != "form_token"
    }

    def done() -> str:
        act()
        return leads_to

    try:
        address, _ran = do_once(
            token=values["form_token"], contents={**contents, "award": award.pk, "by": voter(request).pk}, act=done
        )
    except SentWithOtherWords:
        raise Refused(_("This form was sent before with other words. Open the page again, then send it.")) from None
    return address


def digest_of(upload: UploadedFile[Any]) -> str:
    upload.seek(0)
    return sha256(upload.read()).hexdigest()


@login_required
@never_cache
def evidence_file(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str, key: Any) -> FileResponse:
    """A receipt, as a download, to its group and its board's officers. To anyone else there is none."""
    _round, award = own_award(request, board_slug, slug, proposal_slug)
    found = get_object_or_404(award.files, key=key)
    return handed_over(found.file, kind=found.kind, name=found.name, as_attachment=True)


@login_required
@never_cache
def report(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> HttpResponse:
    """What happened, in the group's words, with pictures."""
    now = timezone.now()
    round, award = own_award(request, board_slug, slug, proposal_slug)
    if not permissions.is_of_group(request.user, award):
        raise Http404
    before = getattr(award, "report", None)
    names = ("did", "people_helped", "spent_pence", "went_wrong", "again")
    initial = {name: getattr(before, name) for name in names} if before else {}
    form = (
        GroupReportForm(request.POST, request.FILES) if request.method == "POST" else GroupReportForm(initial=initial)
    )
    if form.is_valid():
        try:
            address = sent_once(
                request, award, form.cleaned_data,
                lambda: reports.send_report(award=award, **form.values(), by=voter(request), now=now),
                award.address("grant") + "#report",
            )  # fmt: skip
        except (Refused, FileRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(address)
    can = award.state == Award.State.ACCEPTED and not (before and before.is_published)
    return show(
        request,
        "report",
        round,
        award,
        now,
        form=form,
        can=can,
        report=before,
        pictures=list(before.pictures.all()) if before else [],
        token=form["form_token"],
        main_fields=[form[name] for name in names],
        picture_fields=[(form[f"picture_{n}"], form[f"alt_{n}"], n) for n in range(1, PICTURES + 1)],
    )


@open_to_all
def picture(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str, pk: int) -> FileResponse:
    """A picture of a report: to everyone once it is published, until then to its group and officers."""
    _round, award = any_award(request, board_slug, slug, proposal_slug)
    found = get_object_or_404(ReportPicture, report__award=award, pk=pk)
    if not permissions.may_see_report(request.user, award, getattr(award, "report", None)):
        raise Http404
    return handed_over(found.file, kind=found.kind, name="", as_attachment=False)


@login_required
@never_cache
@require_POST
def picture_out(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str, pk: int) -> HttpResponse:
    """Take a picture out of a report that is not published yet."""
    _round, award = own_award(request, board_slug, slug, proposal_slug)
    found = get_object_or_404(ReportPicture.objects.select_related("report__award"), report__award=award, pk=pk)
    try:
        reports.drop_picture(picture=found, by=voter(request), now=timezone.now())
    except Refused:
        raise Http404 from None
    return redirect(award.address("report") if permissions.is_of_group(request.user, award) else award.address("grant"))


@login_required
@never_cache
def lasting(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str, months: int) -> HttpResponse:
    """Did it last? Asked 3 and 12 months after the report."""
    now = timezone.now()
    if months not in queries_awards.MONTHS:
        raise Http404
    round, award = own_award(request, board_slug, slug, proposal_slug)
    if not permissions.is_of_group(request.user, award):
        raise Http404
    before = award.lasting.filter(months=months).first()
    initial = {"lasts": before.lasts, "words": before.words} if before else {}
    form = LastingForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            reports.say_if_it_lasted(award=award, months=months, **form.cleaned_data, by=voter(request), now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(award.address("grant") + "#lasting")
    can = before is not None or months in queries_awards.lasting_asked(award, timezone.localdate(now))
    can = can and not (before is not None and before.is_published)
    return show(request, "lasting", round, award, now, form=form, months=months, can=can, title=_("Did it last?"))
