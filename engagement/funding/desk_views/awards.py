"""The grants and what came of them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from boards.people.permissions import may, officers_only
from engagement.funding import permissions, queries
from engagement.funding.actions import awards
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.awards import AwardForm, ReportForm
from engagement.funding.desk_views.frame import officer, own_round, page, round_context
from engagement.funding.models import Award


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
