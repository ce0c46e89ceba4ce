"""The grants after the count: what waits, and every move with one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from boards.people.permissions import boards_where, may, officers_only
from boards.places.models import Board
from engagement.funding import permissions, queries_awards
from engagement.funding.actions import offers, payments, reports
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms import grants as forms
from engagement.funding.desk_views.frame import A_PAGE, do_it_once, officer, own_round, page
from engagement.funding.models import Award, Lasting, Payment
from engagement.funding.rules.awards import MOVES, State, Who

SORTS = {
    "newest": ("-awarded_at", "-pk"),
    "title": ("proposal__title", "pk"),
    "group": ("proposal__group", "pk"),
    "amount": ("-amount_pence", "pk"),
    "due": (F("due").asc(nulls_last=True), "pk"),
}


def choices() -> dict[str, list[tuple[str, str]]]:
    return {
        "waits": [
            ("", _("Everything")),
            ("offer", _("To be offered")),
            ("answer", _("Offers not answered in time")),
            ("payment", _("Payments due")),
            ("late", _("Reports late")),
            ("read", _("Reports to read")),
        ],
        "state": [("", _("Any")), *[(value, str(label)) for value, label in Award.State.choices]],
        "sort": [
            ("newest", _("Newest")),
            ("title", _("Title")),
            ("group", _("Group")),
            ("amount", _("Largest")),
            ("due", _("Report due first")),
        ],
    }


@officers_only("award")
def index(request: HttpRequest) -> HttpResponse:
    """Every grant of this officer's boards: searched, narrowed to what waits, sorted."""
    today = timezone.localdate()
    offered = choices()
    chosen = {
        name: given if (given := request.GET.get(name, "")) in dict(values) else values[0][0]
        for name, values in offered.items()
    }
    found = queries_awards.with_what_waits(
        Award.objects.filter(proposal__round__activity__board__in=boards_where(request.user, "award")), today
    )
    counts = queries_awards.counts_of_what_waits(found, today)
    if chosen["waits"]:
        found = found.filter(queries_awards.waits(today)[chosen["waits"]])
    if chosen["state"]:
        found = found.filter(state=chosen["state"])
    words = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:100]
    if words:
        found = found.filter(Q(proposal__title__icontains=words) | Q(proposal__group__icontains=words))
    found = found.select_related("proposal__round__activity__board").order_by(*SORTS[chosen["sort"]])
    listed = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return page(
        request,
        "grants",
        listed=listed,
        offered=offered,
        chosen=chosen,
        q=words,
        counts=counts,
        query=query.urlencode(),
        today=today,
        letters=list(boards_where(request.user, "award")[:30]),
    )


def own_award(request: HttpRequest, pk: int) -> Award:
    """Give a grant of a board on which this officer awards; another board's does not exist for them."""
    found = get_object_or_404(
        Award.objects.select_related("proposal__round__activity__board", "proposal__lead", "stream__pot", "report"),
        pk=pk,
    )
    if not permissions.may_manage_award(request.user, found):
        raise Http404
    return found


# What an officer's form leads to: the heading, the form, the words on its button.
def moves() -> dict[str, tuple[str, type[Any], str]]:
    return {
        "offer": (_("Offer the grant"), forms.OfferForm, _("Send the letter")),
        "take_offer_back": (_("Take the offer back"), forms.ReasonForm, _("Take it back")),
        "accept": (_("The group has said yes"), forms.AnsweredForm, _("Write down that it accepts")),
        "decline": (_("The group has said no"), forms.AnsweredForm, _("Write down that it declines")),
        "reopen": (_("Undo the answer"), forms.ReasonForm, _("Put it on offer again")),
        "schedule": (_("Plan a payment"), forms.ScheduleForm, _("Plan it")),
        "vary": (_("Change the grant"), forms.VaryForm, _("Change it and tell the group")),
        "take_return": (_("Money has come back"), forms.ReturnForm, _("Put it back in the pot")),
        "withdraw": (_("Withdraw the grant"), forms.PublicReasonForm, _("Withdraw it and tell the group")),
    }


ACTS: dict[str, Callable[..., Any]] = {
    "offer": offers.offer,
    "take_offer_back": offers.take_offer_back,
    "accept": offers.accept,
    "decline": offers.decline,
    "reopen": offers.reopen,
    "schedule": payments.schedule,
    "vary": offers.vary,
    "take_return": payments.take_return,
    "withdraw": offers.withdraw_award,
}


def open_moves(award: Award) -> list[tuple[str, str]]:
    """Give the moves an officer could make from where this grant stands: name and heading."""
    state = State(award.state)
    return [
        (name, title)
        for name, (title, _form, _button) in moves().items()
        if Who.OFFICER in MOVES[name].who
        and state in MOVES[name].before
        and not (name == "reopen" and award.paid_pence)
        and not (name == "take_return" and not award.paid_pence)
    ]


@officers_only("award")
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """One grant: where it stands, its money, its files, and what can be done now."""
    award = own_award(request, pk)
    planned = list(award.payments.order_by("due_on", "pk"))
    return page(
        request,
        "grant",
        award=award,
        proposal=award.proposal,
        round=award.proposal.round,
        payments=planned,
        may_pay=award.state == Award.State.ACCEPTED,
        planned_pence=sum(each.amount_pence for each in planned if each.paid_on is None),
        files=list(queries_awards.files_of(award)),
        variations=list(award.variations.all()),
        report=getattr(award, "report", None),
        moves=[*open_moves(award), ("places", _("Wards it is for"))],
        today=timezone.localdate(),
    )


def initial_of(name: str, award: Award) -> dict[str, Any]:
    if name == "offer":
        round = award.proposal.round
        return {
            "report_by": award.due_on,
            "starts_on": award.starts_on or timezone.localdate(),
            "ends_on": award.ends_on or award.due_on,
            "words": forms.letter_to_start(queries_awards.letter_of(round.activity.board)),
        }
    if name == "vary":
        return {"amount_pence": award.amount_pence, "purpose": award.purpose_now}
    if name == "schedule":
        return {"amount_pence": award.to_pay_pence}
    return {}


@officers_only("award")
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Make one move of the table with one grant."""
    award = own_award(request, pk)
    if name == "places":
        return places(request, award)
    if name not in ACTS:
        raise Http404
    title, form_class, button = moves()[name]
    form = form_class(request.POST or None, initial=initial_of(name, award))
    act = partial(ACTS[name], award=award, by=officer(request), now=timezone.now())
    return asked(request, award, form, lambda values: act(**values), title=title, button=button)


def asked(
    request: HttpRequest, award: Award, form: Any, act: Callable[[dict[str, Any]], Any], *, title: str, button: str
) -> HttpResponse:
    if form.is_valid():
        try:
            do_it_once(request, form, act)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Done."))
            return redirect("funding_desk:grant", award.pk)
    return page(request, "grant_form", form=form, award=award, round=award.proposal.round, title=title, button=button)


def places(request: HttpRequest, award: Award) -> HttpResponse:
    """Say which wards a grant is for, so that money by place and the open data can."""
    form = forms.PlacesForm(request.POST or None, award=award, initial={"areas": list(award.areas.all())})
    if request.method == "POST" and form.is_valid():
        offers.set_places(award=award, areas=form.cleaned_data["areas"], by=officer(request), now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("funding_desk:grant", award.pk)
    return page(
        request, "grant_form", form=form, award=award, round=award.proposal.round, title=_("Wards it is for"),
        button=_("Save"),
    )  # fmt: skip


@officers_only("award")
def payment(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Mark a planned payment as paid, put right one written by mistake, or strike it from the plan."""
    found = get_object_or_404(Payment, pk=pk)
    award = own_award(request, found.award_id)
    found.award = award
    common: dict[str, Any] = {"payment": found, "by": officer(request), "now": timezone.now()}
    form: Any
    if name == "pay":
        form, title, button = forms.PayForm(request.POST or None), _("Mark as paid"), _("It is paid")
        act: Callable[..., Any] = partial(payments.pay, **common)
    elif name == "unpay":
        form, title, button = forms.PublicReasonForm(request.POST or None), _("Take a payment back"), _("Take it back")
        act = partial(payments.unpay, **common)
    elif name == "drop" and request.method == "POST":
        try:
            payments.drop_payment(**common)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("funding_desk:grant", award.pk)
    else:
        raise Http404
    return asked(request, award, form, lambda values: act(**values), title=title, button=button)


@officers_only("award")
def read_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a report and what lasted; publish it, take it down, or ask the group about it."""
    award = own_award(request, pk)
    report = getattr(award, "report", None)
    if request.method != "POST":
        return page(
            request,
            "read",
            award=award,
            proposal=award.proposal,
            round=award.proposal.round,
            report=report,
            pictures=list(report.pictures.all()) if report else [],
            lasting=list(award.lasting.all()),
        )
    form = forms.ReadReportForm(request.POST)
    if report is None or not form.is_valid():
        raise Http404
    act, common = form.cleaned_data["act"], {"report": report, "by": officer(request), "now": timezone.now()}
    report.award = award
    try:
        if act == "ask":
            reports.ask_about_report(**common, words=form.cleaned_data["words"])
        else:
            reports.publish_report(**common, publish=act == "publish")
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Done."))
    return redirect("funding_desk:read_report", pk)


@officers_only("award")
@require_POST
def lasting(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish what a group says some months on, or take it down."""
    said = get_object_or_404(Lasting, pk=pk)
    said.award = own_award(request, said.award_id)
    reports.publish_lasting(said=said, publish=request.POST.get("act") == "publish", by=officer(request))
    messages.success(request, _("Done."))
    return redirect("funding_desk:read_report", said.award_id)


@officers_only("award")
def offer_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Send every grant of a round its letter, in one act."""
    round = own_round(request, pk, "award")
    waiting = Award.objects.filter(proposal__round=round, state=Award.State.AWARDED).count()
    form = forms.OfferRoundForm(request.POST or None)
    if form.is_valid():
        try:
            sent = offers.offer_round(round=round, **form.cleaned_data, by=officer(request), now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Letters sent: %(n)d.") % {"n": sent})
            return redirect("funding_desk:round", pk)
    return page(
        request, "offer_round", form=form, round=round, waiting=waiting,
        letter=forms.letter_to_start(queries_awards.letter_of(round.activity.board)),
    )  # fmt: skip


@officers_only("award")
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """A board's own letter of offer."""
    board = get_object_or_404(Board, pk=pk)
    if not may(request.user, "award", board):
        raise Http404
    own = queries_awards.letter_of(board)
    form = forms.LetterForm(request.POST or None, initial={"words": forms.letter_to_start(own)})
    if form.is_valid():
        offers.save_letter(board=board, words=form.cleaned_data["words"], by=officer(request))
        messages.success(request, _("Saved. Letters already sent stay as they were."))
        return redirect("funding_desk:grants")
    return page(request, "letter", form=form, board=board)
