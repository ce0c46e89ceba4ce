"""Setting up a panel: its criteria, and who sits on it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from boards.people.models import Role
from boards.people.permissions import may, officers_only
from boards.people.rules import CARRIES
from engagement.funding import panel_permissions, panel_queries
from engagement.funding.actions import assessing
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.panel import CriteriaForm, SeatForm
from engagement.funding.desk_views.frame import officer, own_round, page, round_context
from engagement.funding.models import FundingRound, PanelMember


def who_may_assess(round: FundingRound) -> list[int]:
    """Give the people whose role today lets them assess for this board."""
    kinds = [kind for kind, acts in CARRIES.items() if "assess" in acts]
    held = Role.objects.held_on(timezone.localdate()).filter(kind__in=kinds, person__is_active=True)
    board_id = round.activity.board_id
    return list(
        (held.filter(board=board_id) | held.filter(board__isnull=True)).values_list("person_id", flat=True).distinct()
    )


@officers_only("run_activities")
def panel(request: HttpRequest, pk: int, seat_form: SeatForm | None = None) -> HttpResponse:
    """The criteria with their weights, and the people."""
    round = own_round(request, pk, "run_activities")
    found = panel_queries.panel_of(round)
    verdict = panel_permissions.may_change_criteria(request.user, round, found)
    criteria = panel_queries.criteria_of(found) if found else []
    posted = request.POST if request.method == "POST" and seat_form is None else None
    form = CriteriaForm(posted, criteria=criteria, panel=found)
    if form.is_valid():
        try:
            assessing.save_criteria(
                round=round,
                criteria=form.criteria(),
                shows_interests=form.cleaned_data["shows_interests"],
                by=officer(request),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("funding_desk:panel", pk)
    members = (
        found.members.filter(left_at__isnull=True).select_related("person", "organisation").order_by("-is_chair", "pk")
        if found
        else []
    )
    return page(
        request,
        "panel",
        **round_context(round, timezone.now()),
        panel=found,
        criteria=criteria,
        verdict=verdict,
        form=form,
        members=[(member, panel_queries.name_of(member), panel_queries.role_of(member)) for member in members],
        seat_form=seat_form or SeatForm(people=who_may_assess(round), auto_id="seat_%s"),
    )


@officers_only("run_activities")
@require_POST
def seat(request: HttpRequest, pk: int) -> HttpResponse:
    round = own_round(request, pk, "run_activities")
    form = SeatForm(request.POST, people=who_may_assess(round), auto_id="seat_%s")
    if form.is_valid():
        try:
            assessing.seat(round=round, **form.cleaned_data, by=officer(request), now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("They have a seat on the panel."))
            return redirect("funding_desk:panel", pk)
    return panel(request, pk, seat_form=form)


@officers_only("run_activities")
@require_POST
def unseat(request: HttpRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(PanelMember.objects.select_related("panel__round__activity"), pk=pk)
    if not may(request.user, "run_activities", member.panel.round.activity.board_id):
        raise Http404
    try:
        assessing.unseat(member=member, by=officer(request), now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("They are off the panel."))
    return redirect("funding_desk:panel", member.panel_id)
