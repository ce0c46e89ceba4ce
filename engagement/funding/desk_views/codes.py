"""Voting codes: made here, shown once as letters or as a table, cancelled."""

from __future__ import annotations

import csv
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from wagtail.admin import messages

from boards.people.models import Person
from boards.people.permissions import officers_only
from boards.people.second_factor import is_fresh, sign_in_again
from engagement.funding import letters, permissions, queries
from engagement.funding.actions import codes as making
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.voting import CancelCodesForm, CodesForm
from engagement.funding.desk_views.frame import officer, own_round, page, round_context
from engagement.funding.models import CodeBatch, FundingRound
from engagement.funding.rules import code_from_words, code_in_words

IN_MEMORY = 5_000_000
"""Bytes of a file before it goes on to the disk, where it has no name."""


@officers_only("run_count")
@never_cache
def codes(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """Every batch with how many are used; make more. The answer to that is the codes themselves, this once."""
    round = own_round(request, pk, "run_count")
    fresh = is_fresh(request)
    if request.method == "POST" and "sign_in_again" in request.POST:
        return sign_in_again(request, reverse("funding_desk:codes", args=[pk]))
    form = CodesForm(request.POST if request.method == "POST" else None, ways=paper_ways(round))
    if request.method == "POST" and fresh and form.is_valid():
        given = form.cleaned_data
        try:
            return made(round, given, by=officer(request))
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return page(
        request,
        "codes",
        **round_context(round, timezone.now()),
        form=form,
        fresh=fresh,
        batches=queries.code_batches(round),
        left_out=letters.left_out(round),
        verdict=permissions.may_make_codes(request.user, round),
    )


def paper_ways(round: FundingRound) -> str:
    where = queries.hand_in_words(round)
    return _("On paper: %(where)s") % {"where": where} if where else ""


@transaction.atomic
def made(round: FundingRound, given: dict[str, Any], *, by: Person) -> HttpResponse | FileResponse:
    """Make a batch and its file. Should the file fail there is no batch: nobody could ever read its codes."""
    batch, listed = making.make_codes(
        round=round, size=given["size"], purpose=given["purpose"], is_test=given["is_test"], by=by
    )
    if given["shape"] == "csv":
        return table(round, batch, listed)
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    letters.draw_letters(
        cast("IO[bytes]", file),
        round=round,
        codes=listed,
        is_test=batch.is_test,
        is_large=given["is_large"],
        language=given["language"],
        other_ways=given["other_ways"],
    )
    file.seek(0)
    name = f"{round.slug}-letters-{batch.pk}.pdf"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")


def table(round: FundingRound, batch: CodeBatch, listed: list[str]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{round.slug}-codes-{batch.pk}.csv"'
    writer = csv.writer(response)
    writer.writerow(["code", "link"])
    writer.writerows([code_in_words(code), letters.link_of(round, code)] for code in listed)
    return response


@officers_only("run_count")
def cancel_codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a batch, or one code of it."""
    batch = get_object_or_404(CodeBatch, pk=pk)
    round = own_round(request, batch.round_id, "run_count")
    batch.round = round
    form = CancelCodesForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data["code"]
        code = code_from_words(typed) if typed else ""
        if code is None:
            form.add_error("code", _("This is not a whole code. It has ten letters and figures."))
        else:
            try:
                cancelled = making.cancel_codes(
                    batch=batch, words=form.cleaned_data["words"], code=code, by=officer(request)
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                said = ngettext("%(n)d code is cancelled.", "%(n)d codes are cancelled.", cancelled) % {"n": cancelled}
                messages.success(request, said)
                return redirect("funding_desk:codes", round.pk)
    return page(request, "cancel_codes", **round_context(round, timezone.now()), form=form, batch=batch)
