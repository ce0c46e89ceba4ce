"""What officers see of the funders: their interest and pledges in a proposal, their offers, and who they are."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from boards.people.permissions import boards_where, officers_only
from engagement.funding import pipeline_permissions as permissions
from engagement.funding.actions import pipeline
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.pipeline import AnswerOfferForm, BoardsPartForm, FunderForm
from engagement.funding.desk_views.frame import officer, page
from engagement.funding.models import Funder, Offer, Pledge, Proposal


@officers_only("award")
def proposal_funders(request: HttpRequest, pk: int) -> HttpResponse:
    """Which funders have an eye on a proposal, what they pledge, and the board's part."""
    found = get_object_or_404(Proposal.objects.select_related("round__activity__board", "shared_cost"), pk=pk)
    if not permissions.may_agree(request.user, found.round.activity.board_id):
        raise Http404
    shared = getattr(found, "shared_cost", None)
    form = BoardsPartForm(request.POST or None, initial={"board_pence": shared.board_pence} if shared else None)
    if form.is_valid():
        try:
            pipeline.set_boards_part(proposal=found, board_pence=form.cleaned_data["board_pence"], by=officer(request))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. Funders see it."))
            return redirect("funding_desk:proposal_funders", pk)
    return page(
        request,
        "proposal_funders",
        proposal=found,
        round=found.round,
        shared=shared,
        interests=found.funder_interests.select_related("funder__organisation"),
        pledges=found.pledges.select_related("funder__organisation"),
        form=form,
    )


@officers_only("award")
@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Pledge.objects.select_related("proposal__round__activity"), pk=pk)
    if not permissions.may_agree(request.user, found.proposal.round.activity.board_id):
        raise Http404
    try:
        pipeline.agree_pledge(pledge=found, by=officer(request), now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Agreed. The funder has been told."))
    return redirect("funding_desk:proposal_funders", found.proposal_id)


@officers_only("set_pot")
def offers(request: HttpRequest) -> HttpResponse:
    """Money offered to this officer's pots."""
    boards = boards_where(request.user, "set_pot")
    listed = Offer.objects.filter(stream__pot__board__in=boards).select_related(
        "stream__pot__board", "funder__organisation"
    )[:100]
    return page(request, "offers", offers=listed, may_name=permissions.may_name_funders(request.user))


@officers_only("set_pot")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take offered money in, or decline it."""
    found = get_object_or_404(Offer.objects.select_related("stream__pot__board", "funder__organisation"), pk=pk)
    if not permissions.may_answer_offer(request.user, found.stream.pot.board_id):
        raise Http404
    form = AnswerOfferForm(request.POST or None)
    if form.is_valid():
        try:
            pipeline.answer_offer(offer=found, **form.cleaned_data, by=officer(request), now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Done. The funder has been told."))
            return redirect("funding_desk:offers")
    return page(request, "offer", offer=found, form=form)


@officers_only("set_pot")
def funders(request: HttpRequest) -> HttpResponse:
    """Which organisations fund: their partners see the pipeline."""
    if not permissions.may_name_funders(request.user):
        raise Http404
    ending = request.POST.get("end", "")
    form = FunderForm(request.POST if request.method == "POST" and not ending else None)
    try:
        if ending.isascii() and ending.isdigit() and len(ending) < 12:
            pipeline.end_funder(funder=get_object_or_404(Funder, pk=int(ending)), by=officer(request))
            messages.success(request, _("Its partners no longer see the pipeline."))
            return redirect("funding_desk:funders")
        if form.is_valid():
            pipeline.name_funder(
                organisation=form.cleaned_data["organisation"], by=officer(request), on=timezone.localdate()
            )
            messages.success(request, _("Its partners see the pipeline now."))
            return redirect("funding_desk:funders")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return page(request, "funders", form=form, funders=Funder.objects.select_related("organisation"))
