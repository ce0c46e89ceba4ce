"""Setting up a round, and what it waits for."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from boards.people.desk_forms import BoardChoice, board_chosen
from boards.people.permissions import boards_where, may, may_somewhere, officers_only
from boards.people.rules import YES
from boards.places.models import Board
from engagement.funding import permissions, words
from engagement.funding.actions import keys, rounds
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.rounds import RoundForm, initial_of
from engagement.funding.desk_views.frame import A_PAGE, officer, own_round, page, round_context
from engagement.funding.models import FundingRound, Stream
from engagement.funding.rules import Stage


@officers_only("see_unpublished")
def index(request: HttpRequest) -> HttpResponse:
    """The rounds and the pots of this officer's boards, and what they wait for."""
    now = timezone.now()
    boards = boards_where(request.user, "see_unpublished")
    found = (
        FundingRound.objects.filter(activity__board__in=boards)
        .filter(rehearses__isnull=True)
        .select_related("activity__board", "stream")
        .order_by("-activity__opens_at", "-pk")
    )
    listed = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "index",
        rounds=[(round, words.stage_label(round.stage(now))) for round in listed],
        listed=listed,
        streams=Stream.objects.filter(pot__board__in=boards)
        .select_related("pot__board")
        .order_by("-pot__year_starts_on", "pot__board__name", "pk")[:60],
        may_add=may_somewhere(request.user, "run_activities"),
        may_pot=may_somewhere(request.user, "set_pot"),
        may_award=may_somewhere(request.user, "award"),
    )


@officers_only("run_activities")
def add(request: HttpRequest) -> HttpResponse:
    """Choose the board where there are several, then fill in the round."""
    board = board_chosen(request, "run_activities")
    if board is None:
        return page(request, "choose_board", form=BoardChoice(person=officer(request), act="run_activities"))
    return edit_form(request, board, None)


@officers_only("run_activities")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    round = own_round(request, pk, "run_activities")
    return edit_form(request, round.board, round)


def edit_form(request: HttpRequest, board: Board, round: FundingRound | None) -> HttpResponse:
    now = timezone.now()
    form = RoundForm(request.POST or None, board=board, initial=initial_of(round) if round else None)
    verdict = permissions.may_change_rules(request.user, round, now=now) if round else YES
    if not verdict and request.method != "POST":
        messages.warning(request, verdict.why_not)
        return redirect("funding_desk:round", round.pk)  # type: ignore[union-attr]
    if form.is_valid():
        try:
            saved = rounds.save_round(board=board, values=form.cleaned_data, by=officer(request), now=now, round=round)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            for note in form.notes():
                messages.warning(request, note)
            messages.success(request, _("Saved."))
            return redirect("funding_desk:round", saved.pk)
    return page(request, "edit", form=form, board=board, round=round)


@officers_only("see_unpublished")
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A round's totals, its proposals, and what comes next."""
    now = timezone.now()
    round = own_round(request, pk, "see_unpublished")
    listed = Paginator(round.proposals.select_related("award__report"), A_PAGE).get_page(request.GET.get("page"))
    on_ballot = round.proposals.choosable().aggregate(number=Count("pk"), asked_pence=Coalesce(Sum("cost_pence"), 0))
    voted = round.roll.count()
    return page(
        request,
        "round",
        **round_context(round, now),
        proposals=listed,
        may_change=permissions.may_change_rules(request.user, round, now=now),
        may_count=permissions.may_count(request.user, round, now=now),
        may_award=permissions.may_award(request.user, round, now=now),
        may_report=permissions.may_report(request.user, round, now=now),
        may_amend=permissions.may_amend(request.user, round, now=now) and not voted,
        may_rehearse=permissions.may_rehearse(request.user, round, now=now),
        may_confirm=permissions.may_confirm(request.user, round, now=now),
        may_count_again=permissions.may_count_again(request.user, round, now=now),
        may_close=permissions.may_close(request.user, round, now=now),
        objections=round.objections.count() if round.counted_at else 0,
        amendments=list(round.amendments.all()[:10]),
        may_change_panel=may(request.user, "run_activities", round.activity.board_id),
        may_see_roll=may(request.user, "run_count", round.activity.board_id),
        on_ballot=on_ballot["number"],
        asked_pence=on_ballot["asked_pence"],
        voted=voted,
        has_key=keys.is_here(round.public_key),
        is_draft=round.stage(now) is Stage.DRAFT,
    )


@officers_only("run_activities")
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    round = own_round(request, pk, "run_activities")
    try:
        rounds.publish_round(round=round, by=officer(request), now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Published. Its rules are sealed when voting opens."))
    return redirect("funding_desk:round", pk)
