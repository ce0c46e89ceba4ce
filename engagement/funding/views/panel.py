"""The panel's room: interests first, then scores each apart, then the spread, the talk and the decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.permissions import login_required, open_to_all
from engagement.funding import panel_permissions as permissions
from engagement.funding import panel_queries, panel_words, queries
from engagement.funding.actions import assessing
from engagement.funding.actions.refusals import Refused
from engagement.funding.forms.panel import (
    ConfirmCloseForm,
    DecideForm,
    FoundForm,
    InterestForm,
    LaterInterestForm,
    ReasonForm,
    RemarkForm,
    ScoresForm,
)
from engagement.funding.models import Assessment, FundingRound, Panel, PanelMember, Proposal, Score
from engagement.funding.panel_permissions import Seat
from engagement.funding.rules.assessing import assess
from engagement.funding.views.frame import page, the_round, voter

WITH_CRITERIA = Prefetch("scores", Score.objects.select_related("criterion"))


def the_panel(request: HttpRequest, board_slug: str, slug: str) -> tuple[FundingRound, Panel, Seat]:
    """Give the round, its panel and who asks; to anyone else the panel does not exist."""
    round = get_object_or_404(FundingRound.objects.for_board(board_slug), activity__slug=slug)
    panel = panel_queries.panel_of(round)
    if panel is None:
        raise Http404
    seat = permissions.seat_of(request.user, panel, round)
    if not permissions.may_see_panel(seat):
        raise Http404
    return round, panel, seat


@dataclass(frozen=True)
class Before:
    """A proposal on the panel's list, as far as this person may know."""

    proposal: Proposal
    state: str
    tone: str
    progress: str


def listed(seat: Seat, panel: Panel, round: FundingRound) -> list[Before]:
    progress = panel_queries.progress_of(panel)
    rows = []
    for proposal in panel_queries.to_be_scored(round):
        said, sheet = seat.said.get(proposal.pk), seat.sheets.get(proposal.pk)
        how_far = progress.get(proposal.pk)
        far = (
            _("%(handed_in)d of %(members)d have handed in")
            % {"handed_in": how_far.handed_in, "members": how_far.members - how_far.shut_out}
            if how_far
            else _("Nobody has handed in yet")
        )
        if proposal.pk in seat.shut_out_of:
            state, tone, far = _("You have an interest, so you take no part"), "stopped", ""
        elif not seat.is_member:
            state, tone = "", "neutral"
        elif said is None:
            state, tone = _("Say whether you have an interest"), "waiting"
        elif sheet == Assessment.State.HANDED_IN:
            state, tone = _("You have handed in"), "done"
        elif sheet == Assessment.State.VOID:
            state, tone = _("Your scores are void"), "stopped"
        elif panel.closed_at:
            state, tone = _("You handed nothing in"), "neutral"
        elif sheet == Assessment.State.DRAFT:
            state, tone = _("You have a draft"), "open"
        else:
            state, tone = _("Ready for you to score"), "open"
        rows.append(Before(proposal, state, tone, far))
    return rows


@login_required
@never_cache
def panel_page(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """What the panel has before it, and how far this person is."""
    now = timezone.now()
    round, panel, seat = the_panel(request, board_slug, slug)
    criteria = panel_queries.criteria_of(panel)
    return page(
        request,
        "panel",
        round,
        now,
        below=True,
        panel=panel,
        seat=seat,
        rows=listed(seat, panel, round),
        criteria=criteria,
        seal_holds=not panel.criteria_digest or panel_queries.criteria_digest(criteria) == panel.criteria_digest,
        may_close=permissions.may_close(seat),
        may_rank=permissions.may_see_ranking(seat),
        may_decide=permissions.may_decide(seat, now=now),
        is_public=panel_queries.is_public(panel),
    )


@login_required
@never_cache
def panel_close(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """The chair closes scoring."""
    now = timezone.now()
    round, panel, seat = the_panel(request, board_slug, slug)
    form = ConfirmCloseForm(request.POST if request.method == "POST" else None)
    verdict = permissions.may_close(seat)
    if form.is_valid():
        try:
            assessing.close_scoring(panel=panel, by=voter(request), now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(round.address("panel_ranking"))
    waiting = [row for row in listed(seat, panel, round) if row.progress]
    return page(request, "panel_close", round, now, below=True, panel=panel, form=form, verdict=verdict, rows=waiting)


@login_required
@never_cache
def panel_ranking(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Every proposal in the order of its scores, with the weights worked through."""
    round, panel, seat = the_panel(request, board_slug, slug)
    verdict = permissions.may_see_ranking(seat)
    context = ranked(round, panel, seat) if verdict else {}
    return page(request, "panel_ranking", round, timezone.now(), below=True, panel=panel, verdict=verdict, **context)


def ranked(round: FundingRound, panel: Panel, seat: Seat) -> dict[str, Any]:
    proposals = {proposal.pk: proposal for proposal in panel_queries.to_be_scored(round)}
    out = seat.left_out(proposals)
    placed = panel_queries.ranking(panel, proposals, shut_out_of=out)
    seen = {each.assessed.key for each in placed}
    return {
        "rows": panel_words.rows(placed, proposals),
        "left_out": len(out & set(proposals)),
        "unscored": [proposal for pk, proposal in proposals.items() if pk not in seen and pk not in out],
    }


@login_required
@never_cache
def panel_decide(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Write down the shortlist, or what the panel funds after hearing the vote."""
    now = timezone.now()
    round, panel, seat = the_panel(request, board_slug, slug)
    verdict = permissions.may_decide(seat, now=now)
    if not verdict:
        return page(request, "panel_decide", round, now, below=True, panel=panel, verdict=verdict)
    hears = round.combines == FundingRound.Combines.PANEL_HEARS_VOTE
    proposals = list(round.proposals.choosable()) if hears else panel_queries.to_be_scored(round)
    voted = {proposal.pk for proposal in queries.funded_by_vote(round)} if hears else set()
    initial = {f"chosen_{pk}": "yes" for pk in voted} | {
        f"chosen_{proposal.pk}": "no" for proposal in proposals if hears and proposal.pk not in voted
    }
    form = DecideForm(
        request.POST if request.method == "POST" else None, proposals=proposals, hears_vote=hears, initial=initial
    )
    if form.is_valid():
        try:
            assessing.decide(
                panel=panel, choices=form.choices(), words=form.cleaned_data["words"], by=voter(request), now=now
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(round.address("assessment"))
    return page(
        request,
        "panel_decide",
        round,
        now,
        below=True,
        panel=panel,
        verdict=verdict,
        form=form,
        hears=hears,
        fields=[
            (proposal, proposal.pk in voted, form[f"chosen_{proposal.pk}"], form[f"reason_{proposal.pk}"])
            for proposal in proposals
        ],
        **ranked(round, panel, seat),
    )


@login_required
@never_cache
def panel_proposal(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> HttpResponse:
    """One proposal before the panel: the question of interest, then the proposal and one's own scores, then all."""
    now = timezone.now()
    round, panel, seat = the_panel(request, board_slug, slug)
    found: Proposal = get_object_or_404(Proposal, round=round, slug=proposal_slug)
    found.round = round
    if not permissions.can_be_scored(found):
        raise Http404
    acts: dict[str, Any] = {}
    if request.method == "POST":
        answer = take(request, panel, seat, found, now)
        if isinstance(answer, HttpResponse):
            return answer
        acts = answer
    context = what_they_see(request, panel, seat, found, acts, now)
    return page(
        request,
        "panel_proposal",
        round,
        now,
        below=True,
        panel=panel,
        seat=seat,
        proposal=found,
        **context,
    )


def take(
    request: HttpRequest, panel: Panel, seat: Seat, proposal: Proposal, now: datetime
) -> HttpResponse | dict[str, Any]:
    """Do what was asked and lead back, or give the form with what is wrong in it."""
    person, step = voter(request), request.POST.get("step", "")
    here = redirect(proposal.round.address("panel_proposal", proposal.slug))
    form: Any
    try:
        if step == "interest":
            form = InterestForm(request.POST)
            if form.is_valid():
                assessing.declare(panel=panel, proposal=proposal, person=person, now=now, **form.cleaned_data)
                return here
            return {"interest_form": form}
        if step == "later":
            form = LaterInterestForm(request.POST, auto_id="later_%s")
            if form.is_valid():
                assessing.declare(
                    panel=panel, proposal=proposal, person=person, has_interest=True,
                    words=form.cleaned_data["words"], now=now,
                )  # fmt: skip
                return here
            return {"later_form": form}
        if step in ("draft", "hand_in"):
            if not (verdict := permissions.may_score(seat, proposal, now=now)):
                return {"refused": verdict.why_not}
            form = ScoresForm(request.POST, criteria=panel_queries.criteria_of(panel), handing_in=step == "hand_in")
            if form.is_valid():
                assessing.save_scores(
                    panel=panel, proposal=proposal, person=person, scores=form.scores(), hand_in=step == "hand_in",
                    now=now,
                )  # fmt: skip
                return here
            return {"form": form}
        if step == "remark":
            form = RemarkForm(request.POST, auto_id="remark_%s")
            if form.is_valid():
                words = form.cleaned_data["words"]

                def act() -> str:
                    assessing.remark(panel=panel, proposal=proposal, person=person, words=words, now=now)
                    return ""

                do_once(
                    token=form.cleaned_data["form_token"],
                    contents={"words": words, "proposal": proposal.pk, "person": person.pk},
                    act=act,
                )
                return here
            return {"remark_form": form}
        if step == "reopen":
            form = ReasonForm(request.POST, auto_id="reopen_%s", sheets=sheets_to_reopen(panel, seat, proposal))
            if form.is_valid():
                sheet = Assessment.objects.select_related("member__panel").get(pk=form.cleaned_data["sheet"])
                assessing.reopen(sheet=sheet, reason=form.cleaned_data["reason"], by=person, now=now)
                return here
            return {"reason_form": form}
        if step == "found":
            form = FoundForm(request.POST, auto_id="found_%s", members=members_to_find(panel, seat, proposal))
            if form.is_valid():
                member = PanelMember.objects.select_related("panel").get(pk=form.cleaned_data["member"], panel=panel)
                assessing.find_interest(
                    member=member, proposal=proposal, words=form.cleaned_data["words"], by=person, now=now
                )
                return here
            return {"found_form": form}
    except SentWithOtherWords:
        return {"refused": _("This was sent before with other words. Look below, and send it again if it is missing.")}
    except Refused as refusal:
        return {"refused": str(refusal)}
    return {}


def sheets_to_reopen(panel: Panel, seat: Seat, proposal: Proposal) -> list[tuple[int, str]]:
    """Give whose handed-in scores the chair may give back. By name only: the chair need not have seen a score."""
    if not permissions.may_reopen(seat, proposal):
        return []
    return [
        (sheet.pk, panel_queries.name_of(sheet.member))
        for sheet in Assessment.objects.standing()
        .filter(member__panel=panel, proposal=proposal)
        .select_related("member__person", "member__organisation")
    ]


def members_to_find(panel: Panel, seat: Seat, proposal: Proposal) -> list[tuple[int, str]]:
    """Give whom an interest may be found of: everyone but those already shut out."""
    if not permissions.may_find_interest(seat, proposal):
        return []
    return [
        (member.pk, panel_queries.name_of(member))
        for member in panel.members.select_related("person", "organisation").exclude(
            interests__proposal=proposal, interests__kind__in=permissions.SHUT_OUT
        )
    ]


def what_they_see(
    request: HttpRequest, panel: Panel, seat: Seat, proposal: Proposal, acts: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """Give what the page shows to this person now, and nothing of the rest."""
    reads = permissions.may_read(seat, proposal)
    context: dict[str, Any] = {
        "reads": reads,
        "is_shut_out": proposal.pk in seat.shut_out_of,
        "interests": panel_queries.interests_of(proposal),
        "refused": acts.get("refused", ""),
    }
    if not reads:
        if not context["is_shut_out"] and seat.is_member:
            context["interest_form"] = acts.get("interest_form") or InterestForm()
            context["form"] = context["interest_form"]
        return context
    context |= {"lines": list(proposal.lines.all()), "needs": list(proposal.needs.select_related("board"))}
    scores = permissions.may_score(seat, proposal, now=now)
    own = (
        Assessment.objects.filter(member=seat.member, proposal=proposal).prefetch_related(WITH_CRITERIA).first()
        if seat.member
        else None
    )
    criteria = panel_queries.criteria_of(panel)
    context |= {
        "may_score": scores,
        "own": own,
        "later_form": acts.get("later_form") or LaterInterestForm(auto_id="later_%s"),
    }
    if scores:
        kept = {score.criterion_id: score for score in own.scores.all()} if own else {}
        initial = {f"score_{pk}": score.score for pk, score in kept.items() if score.score is not None} | {
            f"words_{pk}": score.words for pk, score in kept.items()
        }
        context["scores_form"] = acts.get("form") or ScoresForm(criteria=criteria, initial=initial)
        context["form"] = context["scores_form"]
        context["given_back"] = list(own.reopenings.all()) if own else []
    sees = permissions.may_see_scores(seat, proposal)
    context["sees"] = sees
    if permissions.may_find_interest(seat, proposal):
        context["found_form"] = acts.get("found_form") or FoundForm(
            auto_id="found_%s", members=members_to_find(panel, seat, proposal)
        )
    if to_reopen := sheets_to_reopen(panel, seat, proposal):
        context["reason_form"] = acts.get("reason_form") or ReasonForm(auto_id="reopen_%s", sheets=to_reopen)
    if not sees:
        return context
    sheets = list(
        Assessment.objects.filter(member__panel=panel, proposal=proposal)
        .exclude(state=Assessment.State.DRAFT)
        .select_related("member__person", "member__organisation")
        .prefetch_related(WITH_CRITERIA, "reopenings")
    )
    weighed = panel_queries.weighed(criteria)
    standing = [
        {score.criterion_id: score.score or 0 for score in sheet.scores.all()}
        for sheet in sheets
        if sheet.state == Assessment.State.HANDED_IN
    ]
    result = assess(proposal.pk, standing, weighed)
    how_far = panel_queries.progress_of(panel).get(proposal.pk)
    all_in = how_far is not None and how_far.all_in
    talks = permissions.may_read_discussion(seat, proposal, all_in=all_in)
    context |= {
        "sheets": [
            (
                sheet,
                panel_queries.name_of(sheet.member),
                panel_queries.role_of(sheet.member),
                sheet.state == Assessment.State.VOID,
            )
            for sheet in sheets
        ],
        "total": panel_words.score(result.total) if result else "",
        "spreads": panel_words.spreads(result) if result else (),
        "totals": panel_words.totals(result) if result else "",
        "all_in": all_in,
        "talks": talks,
        "remarks": [
            (remark, panel_queries.name_of(remark.member))
            for remark in proposal.remarks.select_related("member__person", "member__organisation")
        ]
        if talks
        else [],
        "may_discuss": permissions.may_discuss(seat, proposal, all_in=all_in),
        "remark_form": acts.get("remark_form") or RemarkForm(auto_id="remark_%s"),
    }
    return context


@open_to_all
def assessment(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """What the panel made of the proposals, for everyone: criteria, interests, scores worked through, the decision."""
    round = the_round(request, board_slug, slug)
    found = panel_queries.assessment_of(round)
    if found is None:
        raise Http404
    return page(
        request,
        "assessment",
        round,
        timezone.now(),
        below=True,
        found=found,
        panel=found.panel,
        rows=panel_words.rows(found.placed, found.proposals),
        hears=round.combines == FundingRound.Combines.PANEL_HEARS_VOTE,
        shortlists=round.combines == FundingRound.Combines.PANEL_SHORTLISTS,
        spent_pence=sum(choice.proposal.cost_pence for choice in found.choices if choice.chosen),
    )
