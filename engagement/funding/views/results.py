"""What the votes decided, why, and everything needed to count again."""

from __future__ import annotations

import csv
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people.permissions import open_to_all
from engagement.funding import panel_queries, permissions, queries, words
from engagement.funding.forms.voting import ReceiptForm
from engagement.funding.models import Ballot, FundingRound, Proposal
from engagement.funding.rules import Method, receipt_in_words
from engagement.funding.views.frame import page, the_round


def the_count(request: HttpRequest, round: FundingRound, now: datetime) -> Any:
    """Give the latest count, or None while nobody may see one."""
    if not permissions.may_see_results(request.user, round, now=now):
        return None
    return queries.latest_count(round)


@open_to_all
def results(request: HttpRequest, board_slug: str, slug: str, form: ReceiptForm | None = None) -> HttpResponse:
    """Votes, costs, and for each proposal why it was funded or not, from the working of the count."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    count = the_count(request, round, now)
    if count is None:
        verdict = permissions.may_see_results(request.user, round, now=now)
        return page(request, "results_later", round, now, below=True, verdict=verdict)
    panel = panel_queries.panel_of(round)
    file = queries.read_count(count.file)
    slugs = dict(Proposal.objects.for_round(round).on_ballot().values_list("number", "slug"))
    titles = {row["number"]: row["title"] for row in file["inputs"]["proposals"]}
    return page(
        request,
        "results",
        round,
        now,
        below=True,
        count=count,
        result=file["result"],
        lines=words.results(file, slugs),
        spent_pence=round.budget_pence - file["result"]["left_pence"],
        tied=[f"{number}. {titles[number]}" for number in file["result"].get("tie_between", ())],
        lots=[
            {"order": [f"{n}. {titles.get(n, '')}" for n in drawn.order], "words": drawn.words, "on": drawn.on}
            for drawn in round.lots.all()
        ],
        receipt_form=form or ReceiptForm(),
        counts=list(round.counts.defer("file")) if count.why else [],
        objections=list(round.objections.all()[:100]) if round.review_days else [],
        may_object=permissions.may_object(round, now=now),
        panel=panel,
        panel_is_public=panel is not None and panel_queries.is_public(panel),
        interests=panel_queries.interests_in(round),
        turnout=queries.turnout_shown(round),
        set_aside=queries.set_aside(round),
        paper=queries.paper_account(round),
        spoiled=queries.paper_spoiled(round),
    )


@open_to_all
@never_cache
def check_receipt(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Find one ballot by its receipt. Nothing typed here is kept."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    count = the_count(request, round, now)
    if count is None:
        raise Http404
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    ballot = None
    if form.is_valid():
        ballot = Ballot.objects.filter(round=round, receipt=form.cleaned_data["receipt"]).first()
        if ballot is None:
            form.add_error("receipt", _("No ballot in this count has this code. Check it for slips."))
    chosen = fared(round, ballot, count.file) if ballot else []
    return page(request, "check_receipt", round, now, below=True, form=form, ballot=ballot, chosen=chosen)


def fared(round: FundingRound, ballot: Ballot, file: str) -> list[dict[str, Any]]:
    """Give what a ballot says and what became of each choice, the best first where there is an order."""
    lines = {line.number: line for line in words.results(queries.read_count(file), {})}
    marks = sorted(ballot.marks, key=lambda mark: mark[1]) if round.method == Method.RANKING else ballot.marks
    return [
        {"line": lines[number], "mark": words.mark_in_words(round.method, value)}
        for number, value in marks
        if number in lines
    ]


@open_to_all
def ballots_file(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Every ballot without a name: its receipt and its choices, in the order of the random receipts.

    A tick is a number; a place, points or a score stand after a colon: "3:1 7:2".
    """
    round = the_round(request, board_slug, slug)
    if the_count(request, round, timezone.now()) is None:
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{round.slug}-ballots.csv"'
    writer = csv.writer(response)
    is_ticks = Method(round.method).is_ticks
    writer.writerow(["receipt", "ticks" if is_ticks else round.method])
    for receipt, marks in (
        Ballot.objects.filter(round=round).order_by("receipt").values_list("receipt", "marks").iterator()
    ):
        said = (str(number) if is_ticks else f"{number}:{value}" for number, value in marks)
        writer.writerow([receipt_in_words(receipt), " ".join(said)])
    return response


@open_to_all
def count_file(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """The count as anyone can run it again: `manage.py recount FILE`."""
    round = the_round(request, board_slug, slug)
    count = the_count(request, round, timezone.now())
    if count is None:
        raise Http404
    response = HttpResponse(count.file, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{round.slug}-count.json"'
    return response
