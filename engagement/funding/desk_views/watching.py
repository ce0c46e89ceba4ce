"""Odd things while votes come in, votes held back, and what two officers made of them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from wagtail.admin import messages

from boards.people.permissions import officers_only
from engagement.funding import queries
from engagement.funding.actions import watching
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.voting import DomainForm, HoldForm, OutcomeForm, VenueForm
from engagement.funding.desk_views.frame import officer, own_round, page, round_context
from engagement.funding.models import FundingRound

MOST_TICKED = 5000


@officers_only("run_count")
@never_cache
def odd_things(request: HttpRequest, pk: int) -> HttpResponse:
    """What looks odd, by the votes it is about: names, never choices, never times."""
    now = timezone.now()
    round = own_round(request, pk, "run_count")
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if act and act not in ACTS:
        raise Http404
    forms = {
        "hold": HoldForm(request.POST if act == "hold" else None),
        "outcome": OutcomeForm(request.POST if act == "propose" else None),
        "venue": VenueForm(request.POST if act == "venue" else None),
        "domain": DomainForm(request.POST if act == "domain" else None),
    }
    if act:
        try:
            said = ACTS[act](request, round, forms)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("funding_desk:odd_things", pk)
        if said:
            messages.success(request, said)
            return redirect("funding_desk:odd_things", pk)
    venues, domains = queries.known_networks_and_domains(round)
    return page(
        request,
        "odd_things",
        **round_context(round, now),
        forms=forms,
        groups=queries.odd_groups(round, domains),
        holds=queries.holds_of(round),
        venues=venues,
        domains=domains,
        opened=round.opened_at is not None,
    )


def ticked(request: HttpRequest) -> list[int]:
    """Give the votes whose boxes are ticked."""
    typed = request.POST.getlist("entry")[:MOST_TICKED]
    return [int(value) for value in typed if value.isascii() and value.isdigit() and len(value) < 19]


def _votes(changed: int) -> str:
    return ngettext("Done for %(n)d vote.", "Done for %(n)d votes.", changed) % {"n": changed}


def _hold(request: HttpRequest, round: FundingRound, forms: dict[str, HoldForm]) -> str:
    form = forms["hold"]
    if not form.is_valid():
        return ""
    reason = form.cleaned_data["reason"]
    return _votes(
        watching.hold_votes(
            round=round, entries=ticked(request), reason=reason, by=officer(request), now=timezone.now()
        )
    )


def _propose(request: HttpRequest, round: FundingRound, forms: dict[str, OutcomeForm]) -> str:
    form = forms["outcome"]
    if not form.is_valid():
        return ""
    return _votes(
        watching.propose_outcome(round=round, entries=ticked(request), by=officer(request), **form.cleaned_data)
    )


def _agree(request: HttpRequest, round: FundingRound, forms: object) -> str:
    return _votes(watching.agree(round=round, entries=ticked(request), by=officer(request), now=timezone.now()))


def _venue(request: HttpRequest, round: FundingRound, forms: dict[str, VenueForm]) -> str:
    if not forms["venue"].is_valid():
        return ""
    watching.add_venue(board=round.board, by=officer(request), **forms["venue"].cleaned_data)
    return _("Kept. From now on votes from there are not looked at as one network.")


def _domain(request: HttpRequest, round: FundingRound, forms: dict[str, DomainForm]) -> str:
    if not forms["domain"].is_valid():
        return ""
    domain = forms["domain"].cleaned_data["domain"]
    if "remove" in request.POST:
        watching.remove_domain(round=round, domain=domain, by=officer(request))
        return _("Taken off the list.")
    watching.add_domain(round=round, domain=domain, by=officer(request))
    return _("Put on the list.")


ACTS: dict[str, Callable[..., str]] = {
    "hold": _hold,
    "propose": _propose,
    "agree": _agree,
    "venue": _venue,
    "domain": _domain,
}
