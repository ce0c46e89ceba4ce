"""Amending the rules, answering objections, confirming, counting again, ending a round."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from boards.people.permissions import may, officers_only
from engagement.funding import permissions, queries, words
from engagement.funding.actions import amending, confirming, counting, proposals
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.standing import (
    AmendmentForm,
    AnswerObjectionForm,
    CountAgainForm,
    SettleForm,
    TakeOutForm,
    WhereDecidedForm,
)
from engagement.funding.desk_views.frame import officer, own_round, page, round_context
from engagement.funding.models import Amendment, Objection, Proposal


@officers_only("run_activities")
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a change of the rules of a round whose voting is open and in which nobody has voted."""
    now = timezone.now()
    round = own_round(request, pk, "run_activities")
    form = AmendmentForm(request.POST or None, round=round)
    if form.is_valid():
        try:
            amending.propose_amendment(
                round=round, values=form.values(), reason=form.cleaned_data["reason"], by=officer(request), now=now
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It waits for a second officer, and shows on the round's page."))
            return redirect("funding_desk:round", pk)
    verdict = permissions.may_amend(request.user, round, now=now)
    return page(
        request,
        "amend",
        **round_context(round, now),
        form=form,
        verdict=verdict,
        voted=round.roll.exists(),
        waiting=round.amendments.filter(state=Amendment.State.PROPOSED).first(),
    )


@officers_only("see_unpublished")
def amendment(request: HttpRequest, pk: int) -> HttpResponse:
    """The second officer agrees, or the amendment is dropped."""
    now = timezone.now()
    found = get_object_or_404(
        Amendment.objects.select_related("round__activity__board", "round__stream__pot", "proposed_by"), pk=pk
    )
    board = found.round.activity.board_id
    if not may(request.user, "run_activities", board) and not may(request.user, "confirm_result", board):
        raise Http404
    form = SettleForm(request.POST or None)
    if form.is_valid():
        agree = form.cleaned_data["act"] == "agree"
        try:
            amending.settle_amendment(amendment=found, agree=agree, by=officer(request), now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The rules have changed.") if agree else _("Dropped. The rules stay."))
            return redirect("funding_desk:round", found.round_id)
    return page(
        request,
        "amendment",
        **round_context(found.round, now),
        amendment=found,
        changes=words.changes(found),
        form=form,
        own=found.proposed_by_id == request.user.pk,
    )


@officers_only("see_unpublished")
def objections(request: HttpRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    round = own_round(request, pk, "see_unpublished")
    if not may(request.user, "run_count", round.board) and not may(request.user, "confirm_result", round.board):
        raise Http404
    return page(
        request,
        "objections",
        **round_context(round, now),
        objections=round.objections.select_related("answered_by")[:200],
        verdict=permissions.may_answer_objection(request.user, round, now=now),
    )


@officers_only("see_unpublished")
def answer_objection(request: HttpRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(Objection.objects.select_related("round__activity__board"), pk=pk)
    board = found.round.activity.board_id
    if not may(request.user, "run_count", board) and not may(request.user, "confirm_result", board):
        raise Http404
    form = AnswerObjectionForm(request.POST or None)
    if form.is_valid():
        try:
            confirming.answer_objection(
                objection=found,
                upheld=form.cleaned_data["outcome"] == Objection.Outcome.UPHELD,
                answer=form.cleaned_data["answer"],
                by=officer(request),
                now=now,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Answered. The person has been told."))
            return redirect("funding_desk:objections", found.round_id)
    return page(request, "answer_objection", **round_context(found.round, now), objection=found, form=form)


@officers_only("see_unpublished")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down where the board confirmed the result."""
    now = timezone.now()
    round = own_round(request, pk, "see_unpublished")
    verdict = permissions.may_confirm(request.user, round, now=now)
    form = WhereDecidedForm(request.POST or None)
    if form.is_valid():
        try:
            confirming.confirm_result(round=round, words=form.cleaned_data["words"], by=officer(request), now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Confirmed. The groups have been told."))
            return redirect("funding_desk:round", pk)
    return page(
        request,
        "confirm",
        **round_context(round, now),
        form=form,
        verdict=verdict,
        funded=queries.funded_proposals(round),
        unanswered=round.objections.filter(answered_at__isnull=True).count(),
    )


@officers_only("run_count")
def count_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Count once more, with the reason."""
    now = timezone.now()
    round = own_round(request, pk, "run_count")
    verdict = permissions.may_count_again(request.user, round, now=now)
    form = CountAgainForm(request.POST or None)
    if form.is_valid():
        try:
            counting.count_again(round=round, why=form.cleaned_data["why"], by=officer(request), now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Counted again."))
            return redirect("funding_desk:count", pk)
    return page(
        request,
        "count_again",
        **round_context(round, now),
        form=form,
        verdict=verdict,
        on_ballot=list(round.proposals.choosable()),
        upheld=round.objections.filter(outcome=Objection.Outcome.UPHELD).exists(),
    )


@officers_only("run_count")
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proposal out after an objection was upheld."""
    now = timezone.now()
    found = get_object_or_404(Proposal.objects.select_related("round__activity__board", "lead"), pk=pk)
    if not may(request.user, "run_count", found.round.activity.board_id):
        raise Http404
    form = TakeOutForm(request.POST or None)
    if form.is_valid():
        try:
            proposals.take_out(proposal=found, words=form.cleaned_data["words"], by=officer(request), now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Taken out. Now count again."))
            return redirect("funding_desk:count_again", found.round_id)
    return page(request, "take_out", **round_context(found.round, now), proposal=found, form=form)


@officers_only("run_activities")
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    round = own_round(request, pk, "run_activities")
    try:
        confirming.close_round(round=round, by=officer(request), now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The round is closed."))
    return redirect("funding_desk:round", pk)
