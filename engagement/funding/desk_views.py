"""The officers' door: setting up a round, checking proposals, the count, the lots, the grants, the reports."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from boards.people.models import Person
from boards.people.permissions import boards_where, may, may_somewhere, officers_only
from boards.people.rules import YES
from boards.places.models import Board
from engagement.funding import permissions, queries, words
from engagement.funding.actions import awards, counting, keys, money, proposals, rounds
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms import (
    AwardForm,
    BoardChoice,
    CheckProposalForm,
    LotsForm,
    MoneyInForm,
    ReportForm,
    RoundForm,
    StreamForm,
    initial_of,
)
from engagement.funding.models import Award, FundingRound, Proposal, Stream
from engagement.funding.rules import Stage

A_PAGE = 25


def officer(request: HttpRequest) -> Person:
    """Give who asks; `officers_only` let nobody in who is not signed in."""
    return cast("Person", request.user)


def own_round(request: HttpRequest, pk: int, act: str) -> FundingRound:
    """Give a round of a board on which this officer may do this; another board's does not exist for them."""
    round = get_object_or_404(FundingRound.objects.select_related("activity__board", "stream__pot__board"), pk=pk)
    if not may(request.user, act, round.activity.board_id):
        raise Http404
    return round


def page(request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
    heading = {"page_title": _("Grants"), "header_icon": "form"}
    return TemplateResponse(request, f"funding/desk/{template}.html", {**heading, **context})


def round_context(round: FundingRound, now: Any) -> dict[str, Any]:
    stage = round.stage(now)
    return {"round": round, "stage": stage.value, "stage_label": words.stage_label(stage), "now": now}


@officers_only("see_unpublished")
def index(request: HttpRequest) -> HttpResponse:
    """The rounds and the pots of this officer's boards, and what they wait for."""
    now = timezone.now()
    boards = boards_where(request.user, "see_unpublished")
    found = (
        FundingRound.objects.filter(activity__board__in=boards)
        .select_related("activity__board", "stream")
        .order_by("-activity__opens_at", "-pk")
    )
    listed = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "index",
        rounds=[(round, words.stage_label(round.stage(now))) for round in listed],
        listed=listed,
        streams=Stream.objects.filter(pot__board__in=boards)
        .select_related("pot__board")
        .order_by("-pot__year_starts_on", "pot__board__name", "pk")[:60],
        may_add=may_somewhere(request.user, "run_activities"),
        may_pot=may_somewhere(request.user, "set_pot"),
    )


@officers_only("run_activities")
def add(request: HttpRequest) -> HttpResponse:
    """Choose the board where there are several, then fill in the round."""
    boards = boards_where(request.user, "run_activities")
    chosen = request.GET.get("board", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 12:
        board = boards.filter(pk=int(chosen)).first()
        if board is None:
            raise Http404
    elif boards.count() == 1:
        board = boards.get()
    else:
        return page(request, "choose_board", form=BoardChoice(person=officer(request), act="run_activities"))
    return edit_form(request, board, None)


@officers_only("run_activities")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    round = own_round(request, pk, "run_activities")
    return edit_form(request, round.board, round)


def edit_form(request: HttpRequest, board: Board, round: FundingRound | None) -> HttpResponse:
    now = timezone.now()
    form = RoundForm(request.POST or None, board=board, initial=initial_of(round) if round else None)
    verdict = permissions.may_change_rules(request.user, round, now=now) if round else YES
    if not verdict and request.method != "POST":
        messages.warning(request, verdict.why_not)
        return redirect("funding_desk:round", round.pk)  # type: ignore[union-attr]
    if form.is_valid():
        try:
            saved = rounds.save_round(board=board, values=form.cleaned_data, by=officer(request), now=now, round=round)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            for note in form.notes():
                messages.warning(request, note)
            messages.success(request, _("Saved."))
            return redirect("funding_desk:round", saved.pk)
    return page(request, "edit", form=form, board=board, round=round)


@officers_only("see_unpublished")
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A round's totals, its proposals, and what comes next."""
    now = timezone.now()
    round = own_round(request, pk, "see_unpublished")
    listed = Paginator(round.proposals.select_related("award__report"), A_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "round",
        **round_context(round, now),
        proposals=listed,
        may_change=permissions.may_change_rules(request.user, round, now=now),
        may_count=permissions.may_count(request.user, round, now=now),
        may_award=permissions.may_award(request.user, round, now=now),
        may_report=permissions.may_report(request.user, round, now=now),
        may_see_roll=may(request.user, "run_count", round.activity.board_id),
        on_ballot=round.proposals.choosable().count(),
        asked_pence=sum(round.proposals.choosable().values_list("cost_pence", flat=True)),
        voted=round.roll.count(),
        has_key=keys.is_here(round.public_key),
        is_draft=round.stage(now) is Stage.DRAFT,
    )


@officers_only("run_activities")
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    round = own_round(request, pk, "run_activities")
    try:
        rounds.publish_round(round=round, by=officer(request), now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Published. Its rules are sealed when voting opens."))
    return redirect("funding_desk:round", pk)


@officers_only("run_activities")
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Read one proposal, and put it on the ballot, ask, or refuse."""
    now = timezone.now()
    found = get_object_or_404(
        Proposal.objects.select_related("round__activity__board", "round__stream__pot", "lead"), pk=pk
    )
    if not may(request.user, "run_activities", found.round.activity.board_id):
        raise Http404
    form = CheckProposalForm(request.POST or None)
    if form.is_valid():
        try:
            if form.cleaned_data["act"] == "approve":
                proposals.put_on_ballot(proposal=found, by=officer(request), now=now)
            elif form.cleaned_data["act"] == "ask":
                proposals.ask_group(proposal=found, words=form.cleaned_data["words"], by=officer(request), now=now)
            else:
                proposals.refuse(proposal=found, words=form.cleaned_data["words"], by=officer(request), now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Done. The group has been told."))
            return redirect("funding_desk:round", found.round_id)
    return page(
        request,
        "proposal",
        proposal=found,
        round=found.round,
        lines=list(found.lines.all()),
        needs=list(found.needs.all()),
        problem=proposals.too_dear(found.round, found.cost_pence),
        verdict=permissions.may_check(request.user, found.round, now=now),
        form=form,
    )


@officers_only("run_count")
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """Close and count: what there is to open, then the count, then, for a tie, the lots."""
    now = timezone.now()
    round = own_round(request, pk, "run_count")
    tied = tied_of(round)
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
            else:
                counting.count_round(round=round, by=officer(request), now=now)
                return redirect("funding_desk:count", pk)
        except Refused as refusal:
            if form is not None and form.is_bound:
                form.add_error(None, str(refusal))
            else:
                messages.error(request, str(refusal))
    latest = queries.latest_count(round)
    file = queries.read_count(latest.file) if latest else None
    return page(
        request,
        "count",
        **round_context(round, now),
        form=form,
        tied=tied,
        verdict=permissions.may_count(request.user, round, now=now),
        latest=latest,
        lines=words.results(file, {}) if file else [],
        result=file["result"] if file else None,
        voted=round.roll.count(),
        has_key=keys.is_here(round.public_key),
        by_channel=sorted(queries.turnout(round).items()),
    )


def tied_of(round: FundingRound) -> list[tuple[int, str]]:
    numbers = queries.tie_of(round)
    found = dict(round.proposals.filter(number__in=numbers).values_list("number", "title"))
    return [(number, found[number]) for number in numbers]


@officers_only("award")
def award(request: HttpRequest, pk: int) -> HttpResponse:
    """Award everything that the count funded, in one act."""
    now = timezone.now()
    round = own_round(request, pk, "award")
    form = AwardForm(request.POST or None)
    if form.is_valid():
        try:
            made = awards.award_round(round=round, words=form.cleaned_data["words"], by=officer(request), now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Awarded: %(n)d. Each group has been told.") % {"n": len(made)})
            return redirect("funding_desk:round", pk)
    funded = queries.funded_proposals(round)
    return page(
        request,
        "award",
        **round_context(round, now),
        form=form,
        funded=funded,
        sum_pence=sum(each.cost_pence for each in funded),
        verdict=permissions.may_award(request.user, round, now=now),
    )


@officers_only("award")
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what a group says it did with its grant."""
    now = timezone.now()
    found = get_object_or_404(Award.objects.select_related("proposal__round__activity__board", "report"), pk=pk)
    if not may(request.user, "award", found.proposal.round.activity.board_id):
        raise Http404
    before = getattr(found, "report", None)
    initial = {"publish": True}
    if before is not None:
        initial = {
            "did": before.did,
            "spent_pence": before.spent_pence,
            "people_helped": before.people_helped,
            "publish": before.is_published,
        }
    form = ReportForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            awards.record_report(
                award=found, on=timezone.localdate(now), by=officer(request), now=now, **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Kept."))
            return redirect("funding_desk:round", found.proposal.round_id)
    return page(request, "report", award=found, round=found.proposal.round, form=form)


@officers_only("run_count")
def roll(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has voted, on which day and by which channel. Never how."""
    round = own_round(request, pk, "run_count")
    marks = round.roll.select_related("person").order_by("person__email", "pk")
    listed = Paginator(marks, 100).get_page(request.GET.get("page"))
    return page(request, "roll", **round_context(round, timezone.now()), marks=listed)


@officers_only("set_pot")
def add_stream(request: HttpRequest) -> HttpResponse:
    """Make a part of a board's pot, with money in it."""
    form = StreamForm(request.POST or None, person=officer(request), act="set_pot")
    if form.is_valid():
        values = form.cleaned_data
        pot_has = Stream.objects.filter(
            pot__board=values["board"], pot__year_starts_on=values["year_starts_on"], name=values["name"]
        )
        if pot_has.exists():
            form.add_error("name", _("This year's pot has a part with this name. Put the money in there."))
        else:
            money.make_stream(**values, by=officer(request), on=timezone.localdate())
            messages.success(request, _("The money is in the pot."))
            return redirect("funding_desk:index")
    return page(request, "stream", form=form, stream=None)


@officers_only("set_pot")
def money_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Put more money into a part of a pot, from the council or from a partner."""
    stream = get_object_or_404(Stream.objects.select_related("pot__board"), pk=pk)
    if not may(request.user, "set_pot", stream.pot.board_id):
        raise Http404
    form = MoneyInForm(request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        common = {"stream": stream, "amount_pence": values["amount_pence"], "words": values["words"]}
        today = timezone.localdate()
        if values["organisation"]:
            money.contribute(**common, organisation=values["organisation"], by=officer(request), on=today)
        else:
            money.allocate(**common, by=officer(request), on=today)
        messages.success(request, _("The money is in the pot."))
        return redirect("funding_desk:index")
    entries = stream.entries.select_related("award__proposal", "contribution", "by").order_by("-pk")[:50]
    return page(request, "stream", form=form, stream=stream, entries=entries)
