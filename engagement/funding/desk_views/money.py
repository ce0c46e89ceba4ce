"""Money into a pot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from boards.people.permissions import officers_only
from engagement.funding import permissions, queries_money
from engagement.funding.actions import money
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.money import (
    CancelPromiseForm,
    EditStreamForm,
    MoneyInForm,
    MoneyOutForm,
    MoveMoneyForm,
    PartnerForm,
    ReceiveForm,
    StreamForm,
)
from engagement.funding.desk_views.frame import A_PAGE, do_it_once, officer, page
from engagement.funding.models import Contribution, Stream


@officers_only("set_pot")
def add_stream(request: HttpRequest) -> HttpResponse:
    """Make a part of a board's pot, with money in it."""
    form = StreamForm(request.POST or None, person=officer(request), act="set_pot")
    if form.is_valid():
        values = form.cleaned_data
        pot_has = Stream.objects.filter(
            pot__board=values["board"], pot__year_starts_on=values["year_starts_on"], name=values["name"]
        )
        if pot_has.exists():
            form.add_error("name", _("This year's pot has a part with this name. Put the money in there."))
        else:
            try:
                money.make_stream(**values, by=officer(request), on=timezone.localdate())
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The money is in the pot."))
                return redirect("funding_desk:index")
    return page(request, "stream", form=form, stream=None)


@officers_only("set_pot")
def money_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Put more money into a part of a pot, from the council or from a partner."""
    stream = own_stream(request, pk)
    form = MoneyInForm(request.POST or None)
    if form.is_valid():
        try:
            do_it_once(request, form, partial(put_in, request, stream))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The money is in the pot."))
            return redirect("funding_desk:index")
    entries = Paginator(queries_money.with_running_balance(stream), A_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "stream",
        form=form,
        stream=stream,
        entries=entries,
        parts=list(stream.parts.order_by("pk")),
    )


def put_in(request: HttpRequest, stream: Stream, values: dict[str, Any]) -> None:
    common = {"stream": stream, "by": officer(request), "on": timezone.localdate()}
    partner = values.pop("organisation")
    if partner:
        money.contribute(**common, organisation=partner, **values)
    else:
        money.allocate(**common, **values)


def own_stream(request: HttpRequest, pk: int) -> Stream:
    """Give a stream of a board whose pot this officer sets; another board's does not exist for them."""
    stream = get_object_or_404(Stream.objects.select_related("pot__board", "within"), pk=pk)
    if not permissions.may_set_pot(request.user, stream.pot.board_id):
        raise Http404
    return stream


def asked(
    request: HttpRequest,
    stream: Stream,
    form: Any,
    act: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    button: str,
    done: str,
    contributions: Iterable[Contribution] = (),
) -> HttpResponse:
    """Ask one form about a stream and do what it says; a refusal stands above what was typed."""
    if form.is_valid():
        try:
            do_it_once(request, form, act)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("funding_desk:money_in", stream.pk)
    return page(
        request, "money_form", form=form, stream=stream, title=title, button=button, contributions=contributions
    )


@officers_only("set_pot")
def edit_stream(request: HttpRequest, pk: int) -> HttpResponse:
    """Name a part of a pot anew, or set its two limits."""
    stream = own_stream(request, pk)
    initial = {"name": stream.name, "cap_pence": stream.cap_pence, "limit_pence": stream.limit_pence}
    form = EditStreamForm(request.POST or None, initial=initial)
    return asked(
        request, stream, form,
        lambda values: money.change_stream(stream=stream, **values, by=officer(request)),
        title=_("Change its name or limits"), button=_("Save"), done=_("Saved."),
    )  # fmt: skip


@officers_only("set_pot")
def move_money(request: HttpRequest, pk: int) -> HttpResponse:
    """Move money to another part of the board's pot, or into a sub-pot."""
    stream = own_stream(request, pk)
    form = MoveMoneyForm(request.POST or None, stream=stream)
    return asked(
        request, stream, form,
        lambda values: money.move(source=stream, **values, by=officer(request), on=timezone.localdate()),
        title=_("Move money"), button=_("Move it"), done=_("The money has moved."),
    )  # fmt: skip


@officers_only("set_pot")
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Take money out that is not awarded."""
    stream = own_stream(request, pk)
    form = MoneyOutForm(request.POST or None)
    return asked(
        request, stream, form,
        lambda values: money.take_out(stream=stream, **values, by=officer(request), on=timezone.localdate()),
        title=_("Take money out"), button=_("Take it out"), done=_("The money is out of the pot."),
    )  # fmt: skip


@officers_only("set_pot")
def partner(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what a partner gives or promises, with its conditions."""
    stream = own_stream(request, pk)
    form = PartnerForm(request.POST or None)

    def act(values: dict[str, Any]) -> None:
        known, name = values.pop("partner"), values.pop("organisation")
        money.contribute(
            stream=stream, organisation=known or name, **values, by=officer(request), on=timezone.localdate()
        )

    return asked(
        request, stream, form, act,
        title=_("A partner's money"), button=_("Write it down"), done=_("Written down. It shows with the pot."),
        contributions=list(stream.contributions.order_by("pk")),
    )  # fmt: skip


@officers_only("set_pot")
def contribution(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """A promise comes in or is struck; money goes back to the partner."""
    found = get_object_or_404(Contribution.objects.select_related("stream"), pk=pk)
    stream = own_stream(request, found.stream_id)
    common: dict[str, Any] = {"contribution": found, "by": officer(request)}
    today = timezone.localdate()
    form: Any
    if name == "receive":
        form, title, button = (
            ReceiveForm(request.POST if request.method == "POST" else None),
            _("The money has come"),
            _("Put it in the pot"),
        )
        act = partial(money.receive, **common, on=today)
    elif name == "cancel":
        form, title, button = CancelPromiseForm(request.POST or None), _("Strike the promise"), _("Strike it")
        act = partial(money.cancel_promise, **common)
    elif name == "give-back":
        form, title, button = MoneyOutForm(request.POST or None), _("Give money back"), _("Give it back")
        act = partial(money.give_back, **common, on=today)
    else:
        raise Http404
    return asked(
        request, stream, form, lambda values: act(**values),
        title=f"{title}: {found.organisation}", button=button, done=_("Done."),
    )  # fmt: skip
