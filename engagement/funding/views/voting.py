"""The ballot, the check, the sealed envelope and its receipt."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from boards.people.permissions import login_required, open_to_all
from engagement.activities.actions import say_standing
from engagement.funding import carrying, permissions, queries
from engagement.funding.actions.refusals import VoteRefused
from engagement.funding.actions.voting import cast_vote
from engagement.funding.forms.voting import BallotForm, CastForm
from engagement.funding.models import FundingRound, Proposal
from engagement.funding.rules import receipt_in_words
from engagement.funding.views.frame import choosable, page, the_round, voter


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
