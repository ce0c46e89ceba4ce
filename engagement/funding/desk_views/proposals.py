"""Checking a proposal."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from boards.people.permissions import may, officers_only
from engagement.funding import permissions
from engagement.funding.actions import proposals
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.proposals import CheckProposalForm
from engagement.funding.desk_views.frame import officer, page
from engagement.funding.models import Proposal


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
        may_agree=may(request.user, "award", found.round.activity.board_id),
        verdict=permissions.may_check(request.user, found.round, now=now),
        form=form,
    )
