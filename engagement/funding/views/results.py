"""What the votes decided, why, and everything needed to count again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people.permissions import open_to_all
from engagement.funding import panel_queries, permissions, published, queries, words
from engagement.funding.forms.voting import ReceiptForm
from engagement.funding.models import Ballot, Count, FundingRound, Proposal
from engagement.funding.rules import Method
from engagement.funding.views.frame import page, the_round

FEW = 40
"""Up to this many proposals the working stands on the results page; beyond, on a page of its own."""


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
    return page(request, "results", round, now, below=True, count=count, **_told(request, round, count, form, now))


def _told(
    request: HttpRequest, round: FundingRound, count: Count, form: ReceiptForm | None, now: datetime
) -> dict[str, Any]:
    """Give everything the page says of a count, from the cut that was kept with it. No ballot is read."""
    summary = published.summary_of(count)
    result, inputs = summary["result"], summary["inputs"]
    found = {
        proposal.number: proposal
        for proposal in Proposal.objects.for_round(round).on_ballot().prefetch_related("needs")
    }
    lines = [
        replace(line, href=round.address("proposal", line.slug) if line.slug else "")
        for line in words.results(summary, {number: proposal.slug for number, proposal in found.items()})
    ]
    titles = {row["number"]: row["title"] for row in inputs["proposals"]}
    funded = [found[number] for number in result["funded"] if number in found]
    return {
        "result": result,
        **{"set_aside": 0, "all_votes": result["ballots"], "paper": None, "spoiled": [], **summary.get("beside", {})},
        "sample_told": words.sample_told(summary.get("beside", {})),
        "not_counted": words.not_counted(summary),
        "parts": words.in_parts(lines),
        "in_all": len(inputs["proposals"]),
        "spent_pence": inputs["budget_pence"] - result["left_pence"],
        "left_out_what_if": summary["what_if"] is None and "most_votes" in result and result["status"] != "tie",
        "tied": [f"{number}. {titles[number]}" for number in result.get("tie_between", ())],
        "decides": words.method_name(inputs["rule"]["method"]),
        "compared": words.compared(summary),
        "fairness": words.fairness_told(summary),
        "workings": words.workings(summary) if len(titles) <= FEW else [],
        "channels": words.channels(summary),
        "wards": words.wards(summary),
        "by_need": words.by_need(funded),
        "by_place": words.by_place(funded),
        "files": _files(round, summary),
        "rules_sha256": round.rules_digest,
        "lots": [
            {"order": [f"{n}. {titles.get(n, '')}" for n in drawn.order], "words": drawn.words, "on": drawn.on}
            for drawn in round.lots.all()
        ],
        "receipt_form": form or ReceiptForm(),
        "counts": list(round.counts.defer("file", "summary")) if count.why else [],
        "objections": list(round.objections.all()[:100]) if round.review_days else [],
        "may_object": permissions.may_object(round, now=now),
        **_beside_the_vote(round),
    }


def _beside_the_vote(round: FundingRound) -> dict[str, Any]:
    """Give what a panel said, where there is one, and the interests that were declared."""
    panel = panel_queries.panel_of(round)
    return {
        "panel": panel,
        "panel_is_public": panel is not None and panel_queries.is_public(panel),
        "interests": panel_queries.interests_in(round),
    }


def _files(round: FundingRound, summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    titles = {
        "ballots.pb": _("Every ballot, for programs that count (Pabulib)"),
        "ballots.csv": _("Every ballot, with its receipt"),
        "count.json": _("The count and all its steps"),
    }
    kinds = {"ballots.pb": "PB", "ballots.csv": "CSV", "count.json": "JSON"}
    return [
        {
            "href": round.address(address),
            "title": titles[name],
            "kind": kinds[name],
            **summary["files"].get(name, {"bytes": None, "sha256": ""}),
        }
        for name, address in published.FILES.items()
    ]


@open_to_all
def working(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Both ways of counting, step by step, as pictures and as tables."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    count = the_count(request, round, now)
    if count is None:
        raise Http404
    summary = published.summary_of(count)
    return page(request, "working", round, now, below=True, count=count, workings=words.workings(summary))


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
def ballots_file(request: HttpRequest, board_slug: str, slug: str) -> HttpResponseBase:
    """Every ballot without a name: its receipt and its ticks, in the order of the random receipts."""
    round = the_round(request, board_slug, slug)
    if the_count(request, round, timezone.now()) is None:
        raise Http404
    return _streamed(published.csv_lines(round), f"{round.slug}-ballots.csv", "text/csv; charset=utf-8")


@open_to_all
def ballots_pb(request: HttpRequest, board_slug: str, slug: str) -> HttpResponseBase:
    """Every ballot in the form that programs of other cities read: `manage.py recount FILE`."""
    round = the_round(request, board_slug, slug)
    count = the_count(request, round, timezone.now())
    if count is None:
        raise Http404
    lines = published.pb_of(round, published.summary_of(count))
    return _streamed(lines, f"{round.slug}-ballots.pb", "text/plain; charset=utf-8")


def _streamed(lines: Iterator[str], name: str, kind: str) -> HttpResponseBase:
    response = StreamingHttpResponse(published.in_chunks(lines), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
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


@open_to_all
def sums(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """The digest of each published file and of the sealed rules, as `sha256sum --check` reads them."""
    round = the_round(request, board_slug, slug)
    count = the_count(request, round, timezone.now())
    if count is None:
        raise Http404
    files = published.summary_of(count)["files"]
    lines = [f"{held['sha256']}  {name}\n" for name, held in files.items()]
    text = f"# The sealed rules of this round: {round.rules_digest}\n" + "".join(lines)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="SHA256SUMS"'
    return response
