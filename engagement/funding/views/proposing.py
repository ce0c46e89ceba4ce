"""Asking for a grant: fill in, check, send; say who you are last."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people import pending
from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.permissions import login_required, open_to_all
from components.templatetags.components import pence
from engagement.evidence.models import Need
from engagement.funding import panel_queries, permissions, pipeline_queries
from engagement.funding.actions import proposals as proposing
from engagement.funding.actions.refusals import Refused
from engagement.funding.forms.proposing import (
    COST_ROWS,
    GROUP_FIELDS,
    MAIN_FIELDS,
    ConfirmForm,
    ProposalForm,
    asked_for,
)
from engagement.funding.models import FundingRound, Proposal
from engagement.funding.views.frame import page, the_proposal, the_round, voter


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
    is_own = request.user.is_authenticated and proposal.lead_id == request.user.pk
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
        is_own=is_own,
        may_withdraw=permissions.may_withdraw(request.user, proposal, now=now),
        voting=permissions.voting_is_open(round, now=now),
        interests=panel_queries.interests_of(proposal),
        funders=pipeline_queries.interests_for_group(proposal) if is_own else [],
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
