"""Voting on paper: printing, handing in, keying, and the account of each batch."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from wagtail.admin import messages

from boards.people.permissions import officers_only
from engagement.funding import permissions, queries, words
from engagement.funding.actions import paper as acting
from engagement.funding.actions import taking_back
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.paper import BecameForm, HandInForm, KeyForm, PrintForm, TakeBackForm
from engagement.funding.desk_views.frame import officer, own_round, page, round_context
from engagement.funding.models import PaperBatch, PaperSheet
from engagement.funding.rules import ORDER_LETTERS, in_the_order_of


def own_batch(request: HttpRequest, pk: int) -> PaperBatch:
    """Give a batch of a board on which this officer keys paper."""
    batch = get_object_or_404(PaperBatch, pk=pk)
    batch.round = own_round(request, batch.round_id, "key_paper")
    return batch


@officers_only("key_paper")
@never_cache
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Every batch with its account; print more, or mark the roll for someone who hands in a sheet."""
    now = timezone.now()
    round = own_round(request, pk, "key_paper")
    act = request.POST.get("act", "")
    printing = PrintForm(request.POST if act == "print" else None)
    handing = HandInForm(request.POST if act == "hand_in" else None, round=round)
    form = {"print": printing, "hand_in": handing}.get(act)
    if form is not None and form.is_valid():
        try:
            if act == "print":
                made = acting.print_sheets(round=round, by=officer(request), now=now, **form.cleaned_data)
                return redirect("funding_desk:paper_sheets", made.pk)
            mark = acting.hand_in(round=round, by=officer(request), now=now, **handing.who)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("The roll is marked. The sheet goes into the box.")
            if mark.is_aside:
                said = _("They had voted on this site, so neither counts. Put the sheet aside, not into the box.")
            messages.success(request, said)
            return redirect("funding_desk:paper", pk)
    return page(
        request,
        "paper",
        **round_context(round, now),
        printing=printing,
        handing=handing,
        accounts=queries.paper_accounts(round),
        may_print=permissions.may_print_paper(request.user, round, now=now),
        may_hand_in=permissions.may_hand_in(request.user, round, now=now),
    )


@officers_only("key_paper")
@never_cache
@sensitive_post_parameters("email", "code", "reference", "number")
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a mark for paper that was made by mistake."""
    now = timezone.now()
    round = own_round(request, pk, "key_paper")
    form = TakeBackForm(request.POST or None, round=round)
    if form.is_valid():
        try:
            taking_back.take_back_hand_in(round=round, by=officer(request), now=now, **form.values())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The mark is off the roll. This voter can vote again."))
            return redirect("funding_desk:paper", pk)
    return page(
        request,
        "take_back_paper",
        **round_context(round, now),
        form=form,
        verdict=permissions.may_hand_in(request.user, round, now=now),
    )


@officers_only("key_paper")
@never_cache
@sensitive_post_parameters("marks", "blank", "spoiled")
def paper_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Key the sheets of a batch, and say what became of the others."""
    now = timezone.now()
    batch = own_batch(request, pk)
    act = request.POST.get("act", "")
    keying = KeyForm(request.POST if act in ("key", "take_back") else None, method=batch.round.method)
    became = BecameForm(request.POST if act == "became" else None)
    form = {"key": keying, "take_back": keying, "became": became}.get(act)
    if form is not None and form.is_valid():
        try:
            messages.success(request, _done(request, batch, act, form))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("funding_desk:paper_batch", pk)
    accounts = {each.pk: account for each, account in queries.paper_accounts(batch.round)}
    return page(
        request,
        "paper_batch",
        **round_context(batch.round, now),
        batch=batch,
        keying=keying,
        became=became,
        account=accounts[batch.pk],
        waiting=list(queries.sheets_keyed(batch)),
        verdict=permissions.may_key_paper(request.user, batch.round, now=now),
    )


def _done(request: HttpRequest, batch: PaperBatch, act: str, form: KeyForm | BecameForm) -> str:
    now, by, given = timezone.now(), officer(request), form.cleaned_data
    if act == "take_back":
        acting.take_back(batch=batch, number=given["number"], by=by, now=now)
        return _("Your reading of sheet %(number)s is taken back.") % {"number": given["number"]}
    if act == "became":
        numbers = given["numbers"]
        if given["rest"]:
            numbers = list(
                batch.sheets.filter(state=PaperSheet.State.ISSUED, keyings=None).values_list("number", flat=True)
            )
        changed = acting.say_what_became(batch=batch, numbers=numbers, state=given["state"], by=by, now=now)
        return ngettext("Done for %(n)d sheet.", "Done for %(n)d sheets.", changed) % {"n": changed}
    acting.key_sheet(batch=batch, by=by, now=now, **{**given, "blank": given["blank"] and batch.round.allows_blank})
    return _("Sheet %(number)s is kept.") % {"number": given["number"]}


@officers_only("key_paper")
@never_cache
def paper_sheets(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheets of a batch, each a page of A4, to print or to save as a PDF."""
    batch = own_batch(request, pk)
    listed = {row["number"]: row for row in queries.ballot_list(batch.round)}
    rules = queries.paper_of(batch.round, list(listed.values()))
    orders = {
        letter: [listed[number] for number in in_the_order_of(ORDER_LETTERS.index(letter) + 1, listed)]
        for letter in ORDER_LETTERS[: batch.orders]
    }
    return TemplateResponse(
        request,
        "funding/desk/paper_sheets.html",
        {
            "round": batch.round,
            "batch": batch,
            "sheets": [(sheet, orders[sheet.order]) for sheet in batch.sheets.all()],
            "how": words.how_to_vote(rules),
            "shows_costs": batch.round.shows_costs or batch.round.method == "knapsack",
        },
    )
