"""The public door: the pot, rounds, proposals, the ballot, the results."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people import pending
from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.models import Person
from boards.people.permissions import login_required, open_to_all
from boards.places.models import Board
from components.templatetags.components import pence
from engagement.activities.actions import say_standing
from engagement.evidence.models import Need
from engagement.funding import carrying, permissions, queries, words
from engagement.funding.actions import proposals as proposing
from engagement.funding.actions.refusals import Refused, VoteRefused
from engagement.funding.actions.voting import cast_vote
from engagement.funding.forms import (
    COST_ROWS,
    GROUP_FIELDS,
    MAIN_FIELDS,
    BallotForm,
    CastForm,
    ConfirmForm,
    ProposalForm,
    ReceiptForm,
    asked_for,
)
from engagement.funding.models import Ballot, FundingRound, Proposal
from engagement.funding.rules import Stage, receipt_in_words

A_PAGE = 20


def voter(request: HttpRequest) -> Person:
    """Give who asks, where the view lets in only people who are signed in."""
    return cast("Person", request.user)


def the_round(request: HttpRequest, board_slug: str, slug: str) -> FundingRound:
    round = get_object_or_404(FundingRound.objects.for_board(board_slug), activity__slug=slug)
    if not permissions.may_see(request.user, round):
        raise Http404
    return round


def the_proposal(request: HttpRequest, round: FundingRound, slug: str) -> Proposal:
    proposal: Proposal = get_object_or_404(Proposal.objects.select_related("award__report"), round=round, slug=slug)
    proposal.round = round
    if not permissions.may_see_proposal(request.user, proposal):
        raise Http404
    return proposal


def choosable(round: FundingRound) -> list[Proposal]:
    return in_round(round, Proposal.objects.for_round(round).choosable())


def in_round(round: FundingRound, proposals: Iterable[Proposal]) -> list[Proposal]:
    """Give the proposals with their round at hand, so that their addresses cost no query each."""
    listed = list(proposals)
    for proposal in listed:
        proposal.round = round
    return listed


def page(request: HttpRequest, template: str, round: FundingRound, now: datetime, **context: Any) -> TemplateResponse:
    stage = round.stage(now)
    crumbs = [
        (_("Home"), "/"),
        (round.board.name, round.board.get_absolute_url()),
        (_("Grants"), reverse("funding:pot", args=[round.board.slug])),
    ]
    crumbs.append((round.title, round.get_absolute_url() if context.get("below") else ""))
    return TemplateResponse(
        request,
        f"funding/{template}.html",
        {
            "round": round,
            "board": round.board,
            "activity": round.activity,
            "now": now,
            "stage": stage.value,
            "stage_label": words.stage_label(stage),
            "tone": words.TONES[stage],
            "crumbs": crumbs,
            **context,
        },
    )


@open_to_all
def pot(request: HttpRequest, board_slug: str) -> HttpResponse:
    """A board's money for the year, and its rounds."""
    now = timezone.now()
    board = get_object_or_404(Board, slug=board_slug)
    rounds = Paginator(queries.rounds_of(board), A_PAGE).get_page(request.GET.get("page"))
    cards = [
        {
            "title": round.title,
            "href": round.get_absolute_url(),
            "text": round.activity.summary,
            "status": words.stage_label(stage),
            "tone": words.TONES[stage],
            "budget_pence": round.budget_pence,
        }
        for round in rounds
        for stage in [round.stage(now)]
    ]
    return TemplateResponse(
        request,
        "funding/pot.html",
        {
            "board": board,
            "now": now,
            "pot": queries.pot_of(board, now),
            "rounds": rounds,
            "cards": cards,
            "awards": queries.awards_of(board)[:10],
            "crumbs": [(_("Home"), "/"), (board.name, board.get_absolute_url()), (_("Grants"), "")],
        },
    )


@open_to_all
def round_page(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Where a round stands, what is in it, and what you can do now."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    stage = round.stage(now)
    shown = Proposal.objects.for_round(round).shown().exclude(standing=Proposal.Standing.NOT_ELIGIBLE)
    proposals = Paginator(shown.select_related("award"), A_PAGE).get_page(request.GET.get("page"))
    proposals.object_list = in_round(round, proposals.object_list)
    return page(
        request,
        "round",
        round,
        now,
        strip=words.strip(round, now),
        proposals=proposals,
        may_propose=permissions.may_propose(round, now=now),
        voting=permissions.voting_is_open(round, now=now),
        has_results=permissions.may_see_results(request.user, round, now=now),
        mark=queries.vote_of(request.user, round) if stage is Stage.VOTING else None,
        seal=round.rules_digest,
        needs=list(round.activity.needs.all()[:10]),
    )


# --- proposing ---------------------------------------------------------------------------------


@open_to_all
@never_cache
def propose(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Fill in, check, send; say who you are last."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    verdict = permissions.may_propose(round, now=now)
    form = ProposalForm(request.POST if request.method == "POST" else None, round=round)
    checking = False
    if request.method == "POST" and request.POST.get("step") != "change":
        if not verdict:
            form.full_clean()
            form.add_error(None, verdict.why_not)
        elif form.is_valid():
            if request.POST.get("step") != "send":
                checking = True
            elif not request.user.is_authenticated:
                finish = round.address("propose_finish")
                return redirect(pending.keep(request, pending_name(round), form.plain(), finish_at=finish))
            else:
                try:
                    return send_proposal(request, round, form.plain(), now)
                except (Refused, SentWithOtherWords) as refusal:
                    form.add_error(None, why_refused(refusal))
    elif request.method == "POST":
        form = ProposalForm(initial=typed_again(request), round=round)
    if not verdict and request.method != "POST":
        return page(request, "closed", round, now, below=True, verdict=verdict)
    return page(
        request,
        "check_proposal" if checking else "propose",
        round,
        now,
        below=True,
        form=form,
        main_fields=[form[name] for name in MAIN_FIELDS if name in form.fields],
        group_fields=[form[name] for name in GROUP_FIELDS],
        cost_rows=[(form[f"what_{row}"], form[f"cost_{row}"], row) for row in range(1, COST_ROWS + 1)],
        rows=check_rows(form) if checking else (),
        sent=list(sent_again(request)) if checking else (),
    )


def typed_again(request: HttpRequest) -> dict[str, Any]:
    return {name: request.POST.getlist(name) if name == "needs" else request.POST[name] for name in request.POST}


def sent_again(request: HttpRequest) -> Any:
    for name, values in request.POST.lists():
        if name != "step":
            for value in values:
                yield name, value


def check_rows(form: ProposalForm) -> list[tuple[str, object]]:
    cleaned = form.cleaned_data
    rows: list[tuple[str, object]] = [
        (str(form.fields[name].label), cleaned[name]) for name in ("title", "summary", "who_benefits", "place")
    ]
    if cleaned.get("needs"):
        rows.append((str(form.fields["needs"].label), "\n".join(need.title for need in cleaned["needs"])))
    bought = "\n".join(f"{what}: {pence(cost)}" for what, cost in form.lines())
    rows += [
        (_("What the money would buy"), bought),
        (_("What you ask for"), asked_for(form)),
        (str(form.fields["group"].label), cleaned["group"]),
    ]
    if cleaned["org_id"]:
        rows.append((str(form.fields["org_id"].label), cleaned["org_id"]))
    return rows


def why_refused(refusal: Exception) -> str:
    if isinstance(refusal, SentWithOtherWords):
        return _("This form was sent before with other words. To send another proposal, start a new one.")
    return str(refusal)


def pending_name(round: FundingRound) -> str:
    return f"funding:{round.pk}"


def send_proposal(request: HttpRequest, round: FundingRound, kept: dict[str, Any], now: datetime) -> HttpResponse:
    person = voter(request)

    def act() -> str:
        proposal = proposing.propose(
            round=round,
            lead=person,
            now=now,
            lines=[(what, cost) for what, cost in kept["lines"]],
            needs=Need.objects.filter(pk__in=kept["needs"]),
            **{name: kept[name] for name in ("title", "summary", "who_benefits", "place", "group", "org_id")},
        )
        return round.address("sent", proposal.slug)

    answer, _ran = do_once(
        token=UUID(kept["form_token"]), contents={**kept, "by": person.pk, "round": round.pk}, act=act
    )
    return redirect(answer)


@login_required
@never_cache
def propose_finish(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Back from signing in: send what was filled in before."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    kept = pending.take(request, pending_name(round))
    if kept is None:
        return redirect(round.address("propose"))
    try:
        return send_proposal(request, round, kept, now)
    except (Refused, SentWithOtherWords) as refusal:
        initial = {name: kept[name] for name in ("title", "summary", "who_benefits", "place", "group", "org_id")}
        initial["needs"] = kept["needs"]
        for row, (what, cost) in enumerate(kept["lines"], 1):
            initial |= {f"what_{row}": what, f"cost_{row}": cost}
        form = ProposalForm(initial=initial, round=round)
        return page(
            request,
            "propose",
            round,
            now,
            below=True,
            form=form,
            refused=why_refused(refusal),
            main_fields=[form[name] for name in MAIN_FIELDS if name in form.fields],
            group_fields=[form[name] for name in GROUP_FIELDS],
            cost_rows=[(form[f"what_{row}"], form[f"cost_{row}"], row) for row in range(1, COST_ROWS + 1)],
        )


@login_required
@never_cache
def sent(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> HttpResponse:
    """The confirmation, for the person who sent it; it can be opened again."""
    round = the_round(request, board_slug, slug)
    proposal = get_object_or_404(Proposal, round=round, slug=proposal_slug, lead=request.user.pk)
    proposal.round = round
    return page(request, "sent", round, timezone.now(), below=True, proposal=proposal)


@open_to_all
def proposal_page(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> HttpResponse:
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    proposal = the_proposal(request, round, proposal_slug)
    return page(
        request,
        "proposal",
        round,
        now,
        below=True,
        proposal=proposal,
        lines=list(proposal.lines.all()),
        needs=list(proposal.needs.select_related("board")),
        award=getattr(proposal, "award", None),
        report=published_report(proposal),
        is_own=request.user.is_authenticated and proposal.lead_id == request.user.pk,
        may_withdraw=permissions.may_withdraw(request.user, proposal, now=now),
        voting=permissions.voting_is_open(round, now=now),
    )


def published_report(proposal: Proposal) -> Any:
    report = getattr(getattr(proposal, "award", None), "report", None)
    return report if report is not None and report.is_published else None


@login_required
@never_cache
def withdraw(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> HttpResponse:
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    proposal = get_object_or_404(Proposal, round=round, slug=proposal_slug, lead=request.user.pk)
    proposal.round = round
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            proposing.withdraw(proposal=proposal, by=voter(request), now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(proposal.get_absolute_url())
    verdict = permissions.may_withdraw(request.user, proposal, now=now)
    return page(request, "withdraw", round, now, below=True, proposal=proposal, form=form, verdict=verdict)


# --- voting ------------------------------------------------------------------------------------


@open_to_all
def vote(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """The ballot. Ticks go to the voter's own browser, then to the check page."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    verdict = permissions.voting_is_open(round, now=now)
    if not verdict and request.method != "POST":
        return page(request, "closed", round, now, below=True, verdict=verdict)
    proposals = choosable(round)
    carried = carrying.carried(request, round.pk)
    form = BallotForm(
        request.POST if request.method == "POST" else None,
        round=round,
        proposals=proposals,
        initial={"ticks": [str(number) for number in carried or ()]},
    )
    if request.method == "POST":
        if not verdict:
            form.add_error(None, verdict.why_not)
        elif form.is_valid():
            check = round.address("check")
            answer = (
                redirect(check)
                if request.user.is_authenticated
                else HttpResponseRedirect(f"{reverse('account_login')}?next={check}")
            )
            carrying.carry(answer, round.pk, form.cleaned_data["ticks"])
            return answer
    ticked = {str(value) for value in form["ticks"].value() or ()}
    return page(
        request,
        "vote",
        round,
        now,
        below=True,
        form=form,
        proposals=proposals,
        ticked=ticked,
        least=min(round.least_ticks, len(proposals)),
    )


@login_required
@never_cache
def check(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """What was ticked, once more, before it is sealed."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    ticks = carrying.carried(request, round.pk)
    if ticks is None:
        return redirect(round.address("vote"))
    proposals = choosable(round)
    form = CastForm(
        activity=round.activity,
        person=request.user,
        numbers=[p.number or 0 for p in proposals],
        initial={"ticks": [str(number) for number in ticks]},
    )
    return check_page(request, round, now, form, proposals, ticks)


def check_page(
    request: HttpRequest,
    round: FundingRound,
    now: datetime,
    form: CastForm,
    proposals: list[Proposal],
    ticks: list[int],
) -> HttpResponse:
    return page(
        request,
        "check",
        round,
        now,
        below=True,
        form=form,
        chosen=[proposal for proposal in proposals if proposal.number in ticks],
        verdict=permissions.voting_is_open(round, now=now),
        mark=queries.vote_of(request.user, round),
    )


@login_required
@never_cache
def thanks(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Casting, and the receipt, which is shown this once and kept nowhere."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    if request.method != "POST":
        mark = queries.vote_of(request.user, round)
        if mark is None:
            return redirect(round.address("check"))
        return page(request, "voted", round, now, below=True, mark=mark)
    proposals = choosable(round)
    form = CastForm(
        request.POST, activity=round.activity, person=request.user, numbers=[p.number or 0 for p in proposals]
    )
    if form.is_valid():
        receipt: UUID = form.cleaned_data["form_token"]
        try:
            if form.area is not None:
                say_standing(
                    person=voter(request), board=round.board, reason=form.cleaned_data["reason"], area=form.area
                )
            cast_vote(person=voter(request), round=round, ticks=form.cleaned_data["ticks"], receipt=receipt, now=now)
        except VoteRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            answer = page(request, "thanks", round, now, below=True, receipt=receipt_in_words(receipt), just_voted=True)
            carrying.put_down(answer)
            return answer
    ticks = [int(value) for value in form["ticks"].value() or () if str(value).isdigit() and len(str(value)) < 6]
    return check_page(request, round, now, form, proposals, ticks)


# --- results -----------------------------------------------------------------------------------


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
    )


@open_to_all
@never_cache
def check_receipt(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Find one ballot by its receipt. Nothing typed here is kept."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    if the_count(request, round, now) is None:
        raise Http404
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    ballot = None
    if form.is_valid():
        ballot = Ballot.objects.filter(round=round, receipt=form.cleaned_data["receipt"]).first()
        if ballot is None:
            form.add_error("receipt", _("No ballot in this count has this code. Check it for slips."))
    chosen = list(Proposal.objects.for_round(round).on_ballot().filter(number__in=ballot.ticks)) if ballot else []
    return page(request, "check_receipt", round, now, below=True, form=form, ballot=ballot, chosen=chosen)


@open_to_all
def ballots_file(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Every ballot without a name: its receipt and its ticks, in the order of the random receipts."""
    round = the_round(request, board_slug, slug)
    if the_count(request, round, timezone.now()) is None:
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{round.slug}-ballots.csv"'
    writer = csv.writer(response)
    writer.writerow(["receipt", "ticks"])
    for receipt, ticks in (
        Ballot.objects.filter(round=round).order_by("receipt").values_list("receipt", "ticks").iterator()
    ):
        writer.writerow([receipt_in_words(receipt), " ".join(map(str, ticks))])
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
