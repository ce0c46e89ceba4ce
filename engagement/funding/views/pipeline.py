"""The funders' door: proposals across boards and rounds, twins, gaps, pledges, offers to a pot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from boards.people import second_factor
from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.permissions import login_required
from engagement.funding import pipeline_permissions as permissions
from engagement.funding import pipeline_queries as queries
from engagement.funding.actions import pipeline as acts
from engagement.funding.actions.refusals import Refused
from engagement.funding.forms.pipeline import (
    ContactForm,
    InterestInForm,
    KeepForm,
    OfferForm,
    PledgeForm,
    WantedForm,
    WithdrawPledgeForm,
)
from engagement.funding.models import FunderInterest, Offer, Pledge, Proposal, SavedFilter
from engagement.funding.pipeline_permissions import Eyes
from engagement.funding.rules.likeness import Why
from engagement.funding.views.frame import page as round_frame
from engagement.funding.views.frame import the_round, voter
from engagement.rules.tables import csv_lines, inert

A_PAGE = 25


def eyes(request: HttpRequest) -> Eyes:
    """Give what who asks may see; to anyone who may see nothing the pipeline does not exist."""
    found = permissions.eyes_of(request.user)
    if not permissions.may_see_pipeline(found):
        raise Http404
    return found


def page(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    crumbs = [(_("Home"), "/"), (_("Funders together"), reverse("funding:pipeline"))]
    crumbs = [*crumbs, (title, "")] if title else [crumbs[0], (_("Funders together"), "")]
    return TemplateResponse(request, f"funding/pipeline/{template}.html", {"crumbs": crumbs, **context})


def wanted_form(data: QueryDict, seen: Eyes) -> WantedForm:
    return WantedForm(data, boards=list(permissions.boards_seen(seen)), themes=queries.themes())


def query_of(data: QueryDict) -> str:
    """Give what was asked for as the end of an address, without the page."""
    kept = {name: data[name][:200] for name in WantedForm.base_fields if data.get(name)}
    return urlencode(kept)


@login_required
@never_cache
def pipeline(request: HttpRequest) -> HttpResponse:
    """Proposals across boards and rounds: what is asked, by whom, for which need and place, and who pays."""
    now = timezone.now()
    seen = eyes(request)
    form = wanted_form(request.GET, seen)
    found = queries.pipeline(seen, form.wanted(), now=now).prefetch_related("needs")
    listed = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    query = query_of(request.GET)
    return page(
        request,
        "list",
        "",
        form=form,
        listed=listed,
        lines=[queries.line(proposal, now) for proposal in listed],
        query=query,
        keep_form=KeepForm(initial={"query": query}, auto_id="keep_%s"),
    )


# --- a copy ------------------------------------------------------------------------------------


@login_required
@never_cache
def copy(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Everything asked for as a table, after a fresh sign-in. It is logged."""
    seen = eyes(request)
    query = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    query = query[:1500]
    if not second_factor.is_fresh(request):
        return page(request, "again", _("Sign in again"), query=query)
    data = QueryDict(query)
    form = wanted_form(data, seen)
    found = queries.pipeline(seen, form.wanted(), now=timezone.now())
    if request.method != "POST":
        return page(request, "copy", _("Take a copy"), query=query_of(data), rows=found.count())
    acts.log_copy(by=voter(request), query=query_of(data), rows=found.count())
    response = StreamingHttpResponse(
        csv_lines(table(seen, form)),
        content_type="text/csv; charset=utf-8",
        headers={"X-Content-Type-Options": "nosniff"},
    )
    response["Content-Disposition"] = 'attachment; filename="pipeline.csv"'
    return response


COLUMNS = (
    "reference", "board", "round", "stage", "standing", "title", "group", "org_id", "asked_pence", "board_part_pence",
    "pledged_pence", "awarded_pence", "needs", "themes", "place", "sent_on", "funders_interested",
)  # fmt: skip


def table(seen: Eyes, form: WantedForm) -> Iterator[Iterable[object]]:
    """Give the table row by row. No person's name or address is in it."""
    yield COLUMNS
    for line in queries.lines(seen, form.wanted(), now=timezone.now()):
        proposal, award = line.proposal, getattr(line.proposal, "award", None)
        texts = [
            proposal.reference,
            proposal.round.board.name,
            proposal.round.title,
            line.stage,
            proposal.get_standing_display(),
            proposal.title,
            proposal.group,
            proposal.org_id,
        ]
        needs = "; ".join(need.title for need in line.needs)
        about = "; ".join(sorted({need.theme.label for need in line.needs if need.theme}))
        yield [
            *map(inert, texts),
            proposal.cost_pence,
            line.board_pence,
            line.pledged_pence,
            award.amount_pence if award else 0,
            inert(needs),
            inert(about),
            inert(proposal.place),
            proposal.sent_on.isoformat(),
            line.eager,
        ]


@login_required
@require_POST
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Sign out, and come back to the copy by way of the sign-in."""
    eyes(request)
    query = query_of(QueryDict(request.POST.get("query", "")[:1500]))
    return second_factor.sign_in_again(request, reverse("funding:pipeline_copy") + (f"?{query}" if query else ""))


# --- one proposal ------------------------------------------------------------------------------


@login_required
@never_cache
def one(request: HttpRequest, reference: str) -> HttpResponse:
    """One proposal as funders see it: its money, its twins, who else has an eye on it, and what one can do."""
    now = timezone.now()
    seen = eyes(request)
    found: Proposal = get_object_or_404(
        permissions.proposals_seen(seen).select_related(
            "round__activity__board", "round__stream__pot", "award", "shared_cost", "contact_agreed", "lead"
        ),
        reference=reference,
    )
    given: dict[str, Any] = {}
    funders = queries.funders_of(seen, found.round.activity.board_id)
    if request.method == "POST":
        answer = take(request, found, funders)
        if isinstance(answer, HttpResponse):
            return answer
        given = answer
    found.eager = 0
    interests = list(found.funder_interests.select_related("funder__organisation"))
    pledges = list(found.pledges.select_related("funder__organisation"))
    own = {funder.pk for funder in funders}
    standing = [each for each in pledges if each.state != Pledge.State.WITHDRAWN]
    needs = list(found.needs.select_related("board", "theme"))
    line = queries.line(found, now, needs=needs)
    mine = next((each for each in interests if each.funder_id in own), None)
    return page(
        request,
        "one",
        found.title,
        proposal=found,
        line=line,
        needs=needs,
        lines=list(found.lines.all()),
        twins=[(like, " ".join(WHY[reason]() for reason in like.twin.why)) for like in queries.twins_of(seen, found)],
        interests=interests,
        pledges=pledges,
        funders=funders,
        my_interest=mine,
        my_pledges=[each for each in standing if each.funder_id in own],
        interest_form=given.get("interest_form")
        or InterestInForm(funders=funders, initial={"words": mine.words, "seen_by": mine.seen_by} if mine else None),
        pledge_form=given.get("pledge_form") or PledgeForm(funders=funders, auto_id="pledge_%s"),
        withdraw_form=given.get("withdraw_form") or WithdrawPledgeForm(auto_id="withdraw_%s"),
        may_pledge=bool(funders) and line.left_pence > 0 and found.standing != Proposal.Standing.WITHDRAWN,
        contact=found.lead.email if permissions.may_see_contact(seen, found) else "",
        refused=given.get("refused", ""),
    )


WHY: dict[Why, Callable[[], str]] = {
    Why.SAME_GROUP: lambda: _("The same group."),
    Why.TITLE: lambda: _("Nearly the same title."),
    Why.WORDS: lambda: _("Nearly the same words."),
}


def take(request: HttpRequest, proposal: Proposal, funders: list[Any]) -> HttpResponse | dict[str, Any]:
    """Do what was asked and lead back, or give the form with what is wrong in it."""
    now, person, step = timezone.now(), voter(request), request.POST.get("step", "")
    here = redirect("funding:pipeline_one", proposal.reference)
    form: Any
    if not funders:
        return {"refused": _("You do not speak for a funder here.")}
    try:
        if step == "interest":
            form = InterestInForm(request.POST, funders=funders)
            if not form.is_valid():
                return {"interest_form": form}
            acts.mark_interest(
                proposal=proposal, funder=form.funder(), words=form.cleaned_data["words"],
                seen_by=form.cleaned_data["seen_by"], by=person, now=now,
            )  # fmt: skip
            return here
        if step == "interest_off":
            for interest in FunderInterest.objects.filter(proposal=proposal, funder__in=funders).select_related(
                "funder"
            ):
                acts.take_back_interest(proposal=proposal, funder=interest.funder, by=person)
            return here
        if step == "pledge":
            form = PledgeForm(request.POST, funders=funders, auto_id="pledge_%s")
            if not form.is_valid():
                return {"pledge_form": form}
            values, funder = form.cleaned_data, form.funder()

            def act() -> str:
                acts.pledge(
                    proposal=proposal, funder=funder, amount_pence=values["amount_pence"],
                    conditions=values["conditions"], by=person, now=now,
                )  # fmt: skip
                return ""

            contents = [proposal.pk, funder.pk, values["amount_pence"], values["conditions"]]
            do_once(token=values["form_token"], contents={"pledge": contents}, act=act)
            return here
        if step == "withdraw":
            form = WithdrawPledgeForm(request.POST, auto_id="withdraw_%s")
            if not form.is_valid():
                return {"withdraw_form": form}
            for pledge in Pledge.objects.standing().filter(proposal=proposal, funder__in=funders):
                acts.withdraw_pledge(pledge=pledge, words=form.cleaned_data["words"], by=person, now=now)
            return here
    except SentWithOtherWords:
        return {"refused": _("This was sent before with another sum. Look below at what stands.")}
    except Refused as refusal:
        return {"refused": str(refusal)}
    return {}


# --- gaps, pots, saved ways of looking ----------------------------------------------------------


@login_required
@never_cache
def gaps(request: HttpRequest) -> HttpResponse:
    """Needs that people voiced and nobody has asked money for; places where people spoke and no grant went."""
    seen = eyes(request)
    needs = Paginator(queries.needs_without_proposals(seen), A_PAGE).get_page(request.GET.get("page"))
    places = queries.places_without_money(seen)
    return page(request, "gaps", _("Gaps"), needs=needs, places=places[:100], more_places=max(0, len(places) - 100))


@login_required
@never_cache
def pots(request: HttpRequest) -> HttpResponse:
    """The parts of the boards' pots one may put money into, and what one has offered."""
    seen = eyes(request)
    funders = {funder for _board, funder in seen.speaks}
    offers = Offer.objects.filter(funder__in=funders).select_related("stream__pot__board", "funder__organisation")[:100]
    refused = ""
    if request.method == "POST":
        typed = request.POST.get("offer", "")
        found = get_object_or_404(
            Offer, pk=int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else 0, funder__in=funders
        )
        try:
            acts.withdraw_offer(offer=found, by=voter(request), now=timezone.now())
        except Refused as refusal:
            refused = str(refusal)
        else:
            return redirect("funding:pipeline_pots")
    return page(
        request, "pots", _("Boards' pots"), streams=queries.streams_open_to(seen), offers=offers, refused=refused
    )


@login_required
@never_cache
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer money to one part of a pot, with conditions."""
    seen = eyes(request)
    stream = next((each for each in queries.streams_open_to(seen) if each.pk == pk), None)
    if stream is None:
        raise Http404
    funders = queries.funders_of(seen, stream.pot.board_id)
    form = OfferForm(request.POST if request.method == "POST" else None, funders=funders)
    if form.is_valid():
        values, funder = form.cleaned_data, form.funder()

        def act() -> str:
            acts.offer(
                stream=stream, funder=funder, amount_pence=values["amount_pence"], conditions=values["conditions"],
                by=voter(request), now=timezone.now(),
            )  # fmt: skip
            return ""

        try:
            do_once(
                token=values["form_token"],
                contents={"offer": [stream.pk, funder.pk, values["amount_pence"], values["conditions"]]},
                act=act,
            )
        except SentWithOtherWords:
            form.add_error(None, _("This was sent before with another sum. Look at what you have offered."))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("funding:pipeline_pots")
    return page(request, "offer", str(stream), stream=stream, form=form)


@login_required
@never_cache
def saved(request: HttpRequest) -> HttpResponse:
    """Ways of looking that one keeps: each is a link."""
    eyes(request)
    person, form = voter(request), None
    if request.method == "POST" and (typed := request.POST.get("remove", "")):
        if typed.isascii() and typed.isdigit() and len(typed) < 12:
            SavedFilter.objects.filter(person=person, pk=int(typed)).delete()
        return redirect("funding:pipeline_saved")
    if request.method == "POST":
        form = KeepForm(request.POST)
        if form.is_valid():
            query = query_of(QueryDict(form.cleaned_data["query"]))[:800]
            try:
                acts.save_filter(person=person, name=form.cleaned_data["name"], query=query)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                return redirect("funding:pipeline_saved")
    return page(request, "saved", _("Kept ways of looking"), saved=person.saved_filters.all(), form=form)


@login_required
@never_cache
def contact(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> HttpResponse:
    """The group says whether funders may see the address it wrote from."""
    round = the_round(request, board_slug, slug)
    proposal = get_object_or_404(
        Proposal.objects.select_related("contact_agreed"), round=round, slug=proposal_slug, lead=request.user.pk
    )
    proposal.round = round
    agreed = getattr(proposal, "contact_agreed", None) is not None
    form = ContactForm(
        request.POST if request.method == "POST" else None, initial={"agrees": "yes" if agreed else "no"}
    )
    if form.is_valid():
        acts.share_contact(proposal=proposal, agrees=form.cleaned_data["agrees"], by=voter(request), now=timezone.now())
        return redirect(proposal.get_absolute_url())
    return round_frame(request, "contact", round, timezone.now(), below=True, proposal=proposal, form=form)
