"""Closing, counting, drawing lots; who has voted."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from wagtail.admin import messages

from boards.people.permissions import officers_only
from engagement.funding import permissions, published, queries, words
from engagement.funding.actions import counting, keys
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.counting import LotsForm
from engagement.funding.desk_forms.voting import SharesForm
from engagement.funding.desk_views.frame import officer, own_round, page, round_context
from engagement.funding.models import FundingRound


@officers_only("run_count")
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """Close and count: what there is to open, then the count, then, for a tie, the lots."""
    now = timezone.now()
    round = own_round(request, pk, "run_count")
    tied = tied_of(round)
    shares_form = None
    if round.key_kept == FundingRound.KeyKept.OFFICERS and round.opened_at is None and round.roll.exists():
        sent = "text_1" in request.POST
        shares_form = SharesForm(request.POST if sent else None, request.FILES if sent else None)
    form = LotsForm(request.POST if "place_1" in request.POST else None, tied=tied) if tied else None
    if request.method == "POST":
        try:
            if form is not None and form.is_bound:
                if form.is_valid():
                    counting.draw_lots(
                        round=round,
                        order=form.order(),
                        words=form.cleaned_data["words"],
                        on=timezone.localdate(now),
                        by=officer(request),
                        now=now,
                    )
                    counting.count_round(round=round, by=officer(request), now=now)
                    return redirect("funding_desk:count", pk)
            elif shares_form is None or shares_form.is_valid():
                shares = shares_form.shares() if shares_form is not None else ()
                counting.count_round(round=round, by=officer(request), now=now, shares=shares)
                return redirect("funding_desk:count", pk)
        except Refused as refusal:
            if form is not None and form.is_bound:
                form.add_error(None, str(refusal))
            else:
                messages.error(request, str(refusal))
    latest = queries.latest_count(round)
    told = published.summary_of(latest) if latest else None
    return page(
        request,
        "count",
        **round_context(round, now),
        form=form,
        tied=tied,
        verdict=permissions.may_count(request.user, round, now=now),
        latest=latest,
        lines=words.results(told, {}) if told else [],
        result=told["result"] if told else None,
        read_out=words.read_out(told) if told else [],
        voted=round.roll.count(),
        has_key=round.key_kept == FundingRound.KeyKept.OFFICERS or keys.is_here(round.public_key),
        shares_form=shares_form,
        turnout=queries.turnout_shown(round),
        set_aside=queries.set_aside(round),
    )


def tied_of(round: FundingRound) -> list[tuple[int, str]]:
    numbers = queries.tie_of(round)
    found = dict(round.proposals.filter(number__in=numbers).values_list("number", "title"))
    return [(number, found[number]) for number in numbers]


@officers_only("run_count")
def roll(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has voted, on which day and by which channel. Never how."""
    round = own_round(request, pk, "run_count")
    marks = round.roll.select_related("person").order_by("person__email", "code", "pk")
    listed = Paginator(marks, 100).get_page(request.GET.get("page"))
    return page(request, "roll", **round_context(round, timezone.now()), marks=listed)
