"""Money into a pot."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from boards.people.permissions import may, officers_only
from engagement.funding.actions import money
from engagement.funding.desk_forms.money import MoneyInForm, StreamForm
from engagement.funding.desk_views.frame import officer, page
from engagement.funding.models import Stream


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
            money.make_stream(**values, by=officer(request), on=timezone.localdate())
            messages.success(request, _("The money is in the pot."))
            return redirect("funding_desk:index")
    return page(request, "stream", form=form, stream=None)


@officers_only("set_pot")
def money_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Put more money into a part of a pot, from the council or from a partner."""
    stream = get_object_or_404(Stream.objects.select_related("pot__board"), pk=pk)
    if not may(request.user, "set_pot", stream.pot.board_id):
        raise Http404
    form = MoneyInForm(request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        common = {"stream": stream, "amount_pence": values["amount_pence"], "words": values["words"]}
        today = timezone.localdate()
        if values["organisation"]:
            money.contribute(**common, organisation=values["organisation"], by=officer(request), on=today)
        else:
            money.allocate(**common, by=officer(request), on=today)
        messages.success(request, _("The money is in the pot."))
        return redirect("funding_desk:index")
    entries = stream.entries.select_related("award__proposal", "contribution", "by").order_by("-pk")[:50]
    return page(request, "stream", form=form, stream=stream, entries=entries)
