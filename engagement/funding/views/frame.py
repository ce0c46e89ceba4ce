"""What every public page of this room stands in: the round or the proposal it is about, its crumbs, its stage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from boards.people.models import Person
from engagement.funding import permissions, words
from engagement.funding.models import CodeBatch, FundingRound, Proposal

A_PAGE = 20


def voter(request: HttpRequest) -> Person:
    """Give who asks, where the view lets in only people who are signed in."""
    return cast("Person", request.user)


def the_round(request: HttpRequest, board_slug: str, slug: str) -> FundingRound:
    has_codes = Exists(CodeBatch.objects.filter(round=OuterRef("pk")))
    rounds = FundingRound.objects.for_board(board_slug).annotate(has_codes=has_codes)
    round: FundingRound = get_object_or_404(rounds, activity__slug=slug)
    if not permissions.may_see(request.user, round):
        raise Http404
    return round


def the_proposal(request: HttpRequest, round: FundingRound, slug: str) -> Proposal:
    proposal: Proposal = get_object_or_404(
        Proposal.objects.select_related("award__report", "plan", "host__organisation"), round=round, slug=slug
    )
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
