"""Running a round on mock ballots before it opens."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from boards.people.permissions import officers_only
from engagement.funding import permissions
from engagement.funding.actions import rehearsing
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.standing import MockBallotsForm
from engagement.funding.desk_views.frame import officer, own_round, page, round_context
from engagement.funding.models import FundingRound


def own_rehearsal(request: HttpRequest, pk: int) -> FundingRound:
    round = own_round(request, pk, "run_activities")
    if not round.is_rehearsal:
        raise Http404
    return round


@officers_only("run_activities")
def rehearse(request: HttpRequest, pk: int) -> HttpResponse:
    """The rehearsals of a round, and a button to start one."""
    now = timezone.now()
    round = own_round(request, pk, "run_activities")
    if request.method == "POST":
        try:
            rehearsal = rehearsing.start_rehearsal(round=round, by=officer(request), now=now)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            return redirect("funding_desk:rehearsal", rehearsal.pk)
    return page(
        request,
        "rehearse",
        **round_context(round, now),
        verdict=permissions.may_rehearse(request.user, round, now=now),
        rehearsals=round.rehearsals.select_related("activity__board").order_by("-pk")[:20],
    )


@officers_only("run_activities")
def rehearsal(request: HttpRequest, pk: int) -> HttpResponse:
    """Cast mock ballots, end the vote, and go on to the count."""
    now = timezone.now()
    round = own_rehearsal(request, pk)
    form = MockBallotsForm(request.POST if "how_many" in request.POST else None)
    if form.is_bound and form.is_valid():
        try:
            cast = rehearsing.cast_mock_ballots(rehearsal=round, now=now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, ngettext("%(n)d mock ballot is cast.", "%(n)d mock ballots are cast.", cast) % {"n": cast}
            )
            return redirect("funding_desk:rehearsal", pk)
    return page(
        request,
        "rehearsal",
        **round_context(round, now),
        form=form,
        voted=round.roll.count(),
        is_open=permissions.voting_is_open(round, now=now),
        may_count=permissions.may_count(request.user, round, now=now),
    )


@officers_only("run_activities")
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    rehearsing.end_rehearsal(rehearsal=own_rehearsal(request, pk), at=timezone.now())
    messages.success(request, _("Voting in the rehearsal has closed."))
    return redirect("funding_desk:rehearsal", pk)


@officers_only("run_activities")
@require_POST
def put_away(request: HttpRequest, pk: int) -> HttpResponse:
    round = own_rehearsal(request, pk)
    real = round.rehearses_id
    rehearsing.put_away_rehearsal(rehearsal=round, by=officer(request))
    messages.success(request, _("The rehearsal is gone, with its mock ballots."))
    return redirect("funding_desk:rehearse", real)
