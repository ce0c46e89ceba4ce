"""The ballot, the comparison, the check, the sealed envelope and its receipt."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people.limits import count_one, counted, network_address, raised
from boards.people.permissions import open_to_all
from engagement.activities import device
from engagement.activities.actions import say_standing
from engagement.activities.models import Audience
from engagement.funding import carrying, permissions, queries, words
from engagement.funding.actions.codes import find_code
from engagement.funding.actions.refusals import VoteRefused
from engagement.funding.actions.voting import CameFrom, cast_vote, used_already, why_no_vote
from engagement.funding.actions.watching import came_from, note_odd
from engagement.funding.ballot_box import BallotBox, ballot_box
from engagement.funding.forms.voting import BallotForm, CastForm, initial_for
from engagement.funding.models import FundingRound, OddThing, Proposal, VotingCode
from engagement.funding.rules import (
    MOST_ORDERS,
    Marks,
    Method,
    Paper,
    in_the_order_of,
    spent_pence,
)
from engagement.funding.views.frame import choosable, page, the_round, voter
from engagement.funding.views.receipt import receipt_page

WRONG_CODES_A_MINUTE = 10
A_BURST = 15
BURST_SECONDS = 300


def paper_for(round: FundingRound, proposals: Sequence[Proposal]) -> Paper:
    return queries.paper_of(
        round, [{"number": p.number, "cost_pence": p.cost_pence, "withdrawn": False} for p in proposals]
    )


def shuffled(proposals: Sequence[Proposal], seed: int) -> list[Proposal]:
    """Give the proposals in the order of the voter's own number."""
    found = {proposal.number or 0: proposal for proposal in proposals}
    return [found[number] for number in in_the_order_of(seed, found)]


def asked_order(request: HttpRequest) -> int | None:
    """Give the voter's number that the address or the form carries."""
    typed = request.POST.get("order") or request.GET.get("order") or ""
    if typed.isascii() and typed.isdigit() and len(typed) <= len(str(MOST_ORDERS)) and int(typed) >= 1:
        return int(typed)
    return None


@open_to_all
def short(request: HttpRequest, pk: int) -> HttpResponse:
    """The address a letter can print in one line: leads to the ballot."""
    round = get_object_or_404(FundingRound.objects.select_related("activity__board"), pk=pk)
    if not permissions.may_see(request.user, round):
        raise Http404
    return redirect(round.address("vote"))


@open_to_all
@never_cache
def vote(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """The ballot. Choices go to the voter's own browser, then to the check page."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    verdict = permissions.voting_is_open(round, now=now)
    if not verdict and request.method != "POST":
        return page(request, "closed", round, now, below=True, verdict=verdict)
    carried = carrying.carried(request, round.pk)
    seed = asked_order(request) or (carried.seed if carried else None)
    if seed is None:
        seed = 1 + secrets.randbelow(MOST_ORDERS)
        if request.method != "POST":
            lost = "&lost=1" if "lost" in request.GET else ""
            return redirect(f"{round.address('vote')}?order={seed}{lost}")
    proposals = shuffled(choosable(round), seed)
    paper = paper_for(round, proposals)
    step = request.POST.get("step", "")
    form = BallotForm(
        request.POST if request.method == "POST" else None,
        paper=paper,
        proposals=proposals,
        unfinished=step in ("total", "compare"),
        initial=initial_for(paper, carried.marks, blank=carried.blank) if carried else None,
    )
    if request.method == "POST":
        if not verdict:
            form.full_clean()
            form.add_error(None, verdict.why_not)
        elif form.is_valid() and step != "total":
            if step == "compare":
                answer = redirect(round.address("compare"))
            elif request.user.is_authenticated or asks_code(request, round):
                answer = redirect(round.address("check"))
            else:
                answer = to_sign_in(round)
            carrying.carry(answer, round.pk, form.read_marks(), seed=seed, blank=form.is_blank)
            return answer
    return page(
        request,
        "vote",
        round,
        now,
        below=True,
        form=form,
        rows=ballot_rows(form, proposals),
        paper=paper,
        how=words.how_to_vote(paper),
        method=paper.method.value,
        basket=basket(paper, chosen_so_far(form)),
        lost="lost" in request.GET and carried is None,
        seed=seed,
    )


def chosen_so_far(form: BallotForm) -> Marks:
    """Give the marks that can be read from what was typed, whole or not."""
    if form.is_bound:
        form.is_valid()
        return form.read_marks()
    form.cleaned_data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return form.read_marks()


def ballot_rows(form: BallotForm, proposals: Sequence[Proposal]) -> list[dict[str, Any]]:
    """Give each proposal with its box as the voter left it."""
    if "ticks" in form.fields:
        ticked = {str(value) for value in form["ticks"].value() or ()}
        return [{"proposal": proposal, "ticked": str(proposal.number) in ticked} for proposal in proposals]
    return [
        {"proposal": proposal, "field": field, "value": field.value() or ""}
        for proposal in proposals
        for field in [form[f"value_{proposal.number}"]]
    ]


def basket(paper: Paper, marks: Marks) -> dict[str, Any]:
    """Give the running total: how many are chosen, what they cost, and what is left."""
    spent = spent_pence(marks, paper.costs_pence)
    given = sum(value for _number, value in marks)
    return {
        "chosen": len(marks),
        "spent_pence": spent,
        "left_pence": paper.budget_pence - spent,
        "over_pence": spent - paper.budget_pence,
        "points_left": paper.points - given if paper.method is Method.POINTS else None,
    }


def chosen_rows(paper: Paper, proposals: Sequence[Proposal], marks: Marks) -> list[dict[str, Any]]:
    """Give what was chosen, the best first where there is an order, with each mark in words."""
    values = dict(marks)
    found = [proposal for proposal in proposals if proposal.number in values]
    if paper.method is Method.RANKING:
        found.sort(key=lambda proposal: values[proposal.number or 0])
    return [
        {"proposal": proposal, "mark": words.mark_in_words(paper.method, values[proposal.number or 0])}
        for proposal in found
    ]


@open_to_all
@never_cache
def compare(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """What was chosen so far, side by side."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    carried = carrying.carried(request, round.pk)
    if carried is None:
        return redirect(f"{round.address('vote')}?lost=1")
    proposals = shuffled(choosable(round), carried.seed)
    paper = paper_for(round, proposals)
    return page(
        request,
        "compare",
        round,
        now,
        below=True,
        chosen=chosen_rows(paper, proposals, carried.marks),
        basket=basket(paper, carried.marks),
        method=paper.method.value,
        verdict=permissions.voting_is_open(round, now=now),
    )


def to_sign_in(round: FundingRound) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('account_login')}?next={round.address('check')}")


def asks_code(request: HttpRequest, round: FundingRound) -> bool:
    """Whether this round can be voted in with a code."""
    return round.activity.audience == Audience.CODE or queries.takes_codes(round)


def cast_form(
    request: HttpRequest,
    round: FundingRound,
    paper: Paper,
    asks: bool,
    now: datetime,
    shown: str | None = None,
    **kwargs: Any,
) -> CastForm:
    """Ask for a code where there are codes; it is a must for whoever could not vote without."""
    needs, stands = False, None if shown is None else bool(shown)
    if asks and not request.user.is_authenticated:
        needs, stands = True, True
    elif asks and round.activity.audience == Audience.CODE:
        needs = not permissions.may_vote(request.user, round, now=now, shown=shown)
        stands = True
    return CastForm(
        request.POST if request.method == "POST" else None,
        activity=round.activity,
        person=request.user,
        paper=paper,
        asks_code=asks,
        needs_code=needs,
        stands=stands,
        **kwargs,
    )


@open_to_all
@never_cache
def check(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """What was chosen, once more, before it is sealed; and who is voting."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    carried = carrying.carried(request, round.pk)
    if carried is None:
        return redirect(f"{round.address('vote')}?lost=1")
    asks = asks_code(request, round)
    if not asks and not request.user.is_authenticated:
        return to_sign_in(round)
    if request.method == "POST":  # the form of this page is sent to the next one
        return redirect(round.address("check"))
    proposals = choosable(round)
    paper = paper_for(round, proposals)
    initial = initial_for(paper, carried.marks, blank=carried.blank)
    form = cast_form(request, round, paper, asks, now, initial=initial)
    return check_page(request, round, now, form, proposals, carried.marks, blank=carried.blank)


def check_page(
    request: HttpRequest,
    round: FundingRound,
    now: datetime,
    form: CastForm,
    proposals: list[Proposal],
    marks: Marks,
    *,
    blank: bool,
    again: bool = False,
) -> HttpResponse:
    return page(
        request,
        "check",
        round,
        now,
        below=True,
        form=form,
        chosen=chosen_rows(form.paper, proposals, marks),
        basket=basket(form.paper, marks),
        method=form.paper.method.value,
        blank=blank,
        again=again,
        verdict=permissions.voting_is_open(round, now=now),
        mark=queries.vote_of(request.user, round),
    )


@open_to_all
@never_cache
def thanks(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Casting, and the receipt, which is shown this once and kept nowhere."""
    now = timezone.now()
    if request.method != "POST":
        round = the_round(request, board_slug, slug)
        mark = queries.vote_of(request.user, round)
        if mark is None:
            return redirect(round.address("check"))
        return page(request, "voted", round, now, below=True, mark=mark)
    box = the_box(request, board_slug, slug, now)
    round = box.round
    asks = asks_code(request, round)
    if not asks and not request.user.is_authenticated:
        return to_sign_in(round)
    form = cast_form(request, round, queries.paper_of(round, box.listed), asks, now, shown=box.shown)
    again = False
    if form.is_valid():
        try:
            code, again = the_code(request, round, form, now)
            if not again:
                return seal(request, box, form, code, now)
        except VoteRefused as refusal:
            form.add_error(None, str(refusal))
    elif any(error.code == "slip" for error in form.errors.as_data().get("code", ())):
        wrong_code(request, round, now)
    elif any(error.code == "unknown" for error in form.errors.as_data().get("postcode", ())):
        note_odd(round=round, kind=OddThing.Kind.POSTCODE, about=origin(request, round).network, now=now)
    return check_page(request, round, now, form, choosable(round), form.read_marks(), blank=form.is_blank, again=again)


def the_box(request: HttpRequest, board_slug: str, slug: str, now: datetime) -> BallotBox:
    try:
        box = ballot_box(board_slug, slug, request.user, on=timezone.localdate(now))
    except FundingRound.DoesNotExist:
        raise Http404 from None
    if not permissions.may_see(request.user, box.round):
        raise Http404
    return box


def seal(request: HttpRequest, box: BallotBox, form: CastForm, code: VotingCode | None, now: datetime) -> HttpResponse:
    round, shown = box.round, box.shown
    person = voter(request) if request.user.is_authenticated else None
    if form.area is not None and person is not None:
        shown = say_standing(person=person, board=round.board, reason=form.cleaned_data["reason"], area=form.area).shown
    receipt: UUID = form.cleaned_data["form_token"]
    source = origin(request, round, has_venues=box.has_venues)
    cast_vote(
        person=person,
        code=code,
        round=round,
        marks=form.read_marks(),
        blank=form.is_blank,
        receipt=receipt,
        came_from=source,
        listed=box.listed,
        shown=shown,
        has_voted=box.has_voted,
        now=now,
    )
    if source.network and count_one("votes", source.network, seconds=BURST_SECONDS) == A_BURST:
        note_odd(round=round, kind=OddThing.Kind.BURST, about=source.network, now=now)
    answer = receipt_page(request, box, receipt, now)
    carrying.put_down(answer)
    if not device.device_of(request):
        device.give_device(answer)
    return answer


def origin(request: HttpRequest, round: FundingRound, *, has_venues: bool = True) -> CameFrom:
    return came_from(round, network_address(request), device.device_of(request), has_venues=has_venues)


def the_code(
    request: HttpRequest, round: FundingRound, form: CastForm, now: datetime
) -> tuple[VotingCode | None, bool]:
    """Give the code that was typed, and whether its holder must first say that they mean to vote again."""
    typed = form.cleaned_data.get("code", "")
    if not typed:
        return None, False
    if counted("voting_code", network_address(request)) >= raised(WRONG_CODES_A_MINUTE):
        raise VoteRefused(too_many_tries())
    code = find_code(round, typed)
    if code is None:
        wrong_code(request, round, now)
        raise VoteRefused(_("We do not know this code for this vote. Check it for slips, or ring the board."))
    if problem := why_no_vote(code):
        raise VoteRefused(problem)
    mark = queries.vote_of(request.user, round, code)
    if code.state == VotingCode.State.USED and mark is not None and mark.code_id == code.pk:
        own = request.user.is_authenticated and mark.person_id == request.user.pk
        if not own and not form.cleaned_data["again"]:
            form.add_error(None, used_already(mark.on, mark.channel))
            return code, True
    return code, False


def too_many_tries() -> str:
    return _("Too many wrong codes came from this network. Your choices are kept: wait a minute, then send again.")


def wrong_code(request: HttpRequest, round: FundingRound, now: datetime) -> None:
    """Count a wrong try. Right ones are never counted, so a busy library is not shut out by its own voters."""
    tries = count_one("voting_code", network_address(request))
    if tries <= raised(WRONG_CODES_A_MINUTE):
        note_odd(round=round, kind=OddThing.Kind.GUESSING, about=origin(request, round).network, now=now)
