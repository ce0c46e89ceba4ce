"""A board's money for the year, and where each round stands."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.permissions import open_to_all
from boards.places.models import Board
from engagement.funding import effort, permissions, queries, words
from engagement.funding.forms.long_form import minutes_of_short_form
from engagement.funding.forms.proposing import ProposalForm
from engagement.funding.models import FundingRound, Proposal
from engagement.funding.rules import BEFORE_VOTING, Stage
from engagement.funding.rules.checks import LONG_FORM_FROM_PENCE
from engagement.funding.views.frame import A_PAGE, in_round, page, the_round


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
            "awards": queries.awards_of(board).filter(proposal__state=Proposal.State.SHOWN)[:10],
            "hours_asked": words.hours_asked(effort.of_board(board)),
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
        amendments=[] if stage in BEFORE_VOTING else amendments_of(round),
        proposals=proposals,
        may_propose=permissions.may_propose(round, now=now),
        voting=permissions.voting_is_open(round, now=now),
        has_results=permissions.may_see_results(request.user, round, now=now),
        mark=queries.vote_of(request.user, round) if stage is Stage.VOTING else None,
        seal=round.rules_digest,
        threshold_pence=LONG_FORM_FROM_PENCE,
        minutes_short=minutes_of_short_form(ProposalForm(round=round)) if stage is Stage.PROPOSALS else 0,
        hours_asked=words.hours_asked(effort.of_rounds([round.pk])) if stage is Stage.AWARDED else "",
        how=words.how_to_vote(queries.paper_of(round, queries.ballot_list(round))),
        turnout=queries.turnout_shown(round) if stage in (Stage.VOTING, Stage.TO_COUNT) else None,
        needs=list(round.activity.needs.all()[:10]),
    )


def amendments_of(round: FundingRound) -> list[dict[str, Any]]:
    """Give each amendment of the rules with its changes in words."""
    return [
        {"state": each.state, "reason": each.reason, "said": words.changes(each)} for each in round.amendments.all()
    ]
