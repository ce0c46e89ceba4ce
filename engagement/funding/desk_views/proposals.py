"""A round's proposals: finding, checking, asking, deciding, taking back, and keying one for a group."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

from boards.people.actions.groups import number_of, recognise
from boards.people.models import Person
from boards.people.permissions import may, officers_only
from engagement.funding import check_words, checking, permissions
from engagement.funding.actions import proposals, talk
from engagement.funding.actions.proposals import Keyed
from engagement.funding.actions.refusals import Refused
from engagement.funding.desk_forms.proposals import CheckProposalForm, FindForm, KeyForm
from engagement.funding.desk_views.frame import A_PAGE, officer, own_round, page, round_context
from engagement.funding.models import Paper, Proposal, Question


@officers_only("see_unpublished")
def listing(request: HttpRequest, pk: int) -> HttpResponse:
    """The proposals of a round, narrowed and sorted, each with its checks at a glance."""
    now = timezone.now()
    round = own_round(request, pk, "see_unpublished")
    today = timezone.localdate(now)
    form = FindForm(request.GET or {})
    narrowed = form.narrowed(checking.with_plans(round.proposals.all()), today)
    listed = Paginator(narrowed, A_PAGE).get_page(request.GET.get("page"))
    found = checking.check_list(listed.object_list, round)
    waiting = {
        question.proposal_id: question
        for question in Question.objects.waiting().filter(proposal__in=[each.pk for each in listed.object_list])
    }
    asked = request.GET.copy()
    asked.pop("page", None)
    return page(
        request,
        "proposals",
        **round_context(round, now),
        listed=listed,
        rows=[
            (proposal, check_words.glance(found[proposal.pk]), waiting.get(proposal.pk))
            for proposal in listed.object_list
        ],
        today=today,
        form=form,
        asked=asked.urlencode(),
        may_key=permissions.may_key(request.user, round, now=now),
    )


@officers_only("run_activities")
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Read one proposal with its checks and its thread, and decide."""
    now = timezone.now()
    found = get_object_or_404(
        Proposal.objects.select_related(
            "round__activity__board",
            "round__stream__pot",
            "lead",
            "organisation",
            "plan",
            "host__organisation",
            "keyed_by",
        ),
        pk=pk,
    )
    if not may(request.user, "run_activities", found.round.activity.board_id):
        raise Http404
    form = CheckProposalForm(request.POST or None, proposal=found)
    if form.is_valid():
        try:
            decide(found, form.cleaned_data, officer(request), now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Done. The group has been told."), buttons=way_back(found))
            return redirect("funding_desk:proposals", found.round_id)
    plan = getattr(found, "plan", None)
    papers = list(Paper.objects.filter(organisation=found.organisation)) if found.organisation_id else []
    checks = checking.check_list([found], found.round, papers)[found.pk]
    return page(
        request,
        "proposal",
        proposal=found,
        round=found.round,
        lines=list(found.lines.all()),
        needs=list(found.needs.all()),
        plan=plan,
        areas=list(plan.areas.all()) if plan else [],
        matches=list(found.matches.all()) if plan else [],
        host=getattr(found, "host", None),
        checks=check_words.lines(checks),
        thread=list(found.questions.select_related("asked_by", "answered_by")),
        papers=papers,
        usual_day=talk.usual_day(found.round, now),
        problem=proposals.too_dear(found.round, found.cost_pence),
        may_agree=may(request.user, "award", found.round.activity.board_id),
        verdict=permissions.may_check(request.user, found.round, now=now),
        form=form,
    )


def decide(found: Proposal, said: dict[str, Any], by: Person, now: Any) -> None:
    if said["act"] == "approve":
        proposals.put_on_ballot(proposal=found, by=by, now=now)
    elif said["act"] == "shortlist":
        proposals.shortlist(proposal=found, by=by, now=now)
    elif said["act"] == "reopen":
        proposals.reopen(proposal=found, by=by, now=now)
    elif said["act"] == "ask":
        talk.ask_group(proposal=found, words=said["words"], answer_by=said["answer_by"], by=by, now=now)
    else:
        proposals.refuse(proposal=found, words=said["words"], by=by, now=now)


def way_back(found: Proposal) -> list[Any]:
    """Give the button that leads to taking a decision back."""
    if found.standing not in proposals.DECIDED:
        return []
    return [messages.button(f"/desk/funding/proposals/{found.pk}/", _("Take it back"))]


@officers_only("key_paper")
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """Key a proposal for a group that rang, wrote or came."""
    now = timezone.now()
    round = own_round(request, pk, "key_paper")
    verdict = permissions.may_key(request.user, round, now=now)
    form = KeyForm(request.POST or None)
    if form.is_valid():
        said, by = form.cleaned_data, officer(request)
        try:
            numbered = number_of(name=said["group"], numbered=form.read)
            lead = Person.objects.known_by(said["email"]) if said["email"] else None
            organisation = recognise(name=said["group"], numbered=numbered, person=lead, on=timezone.localdate(now))
            sent = proposals.propose(
                round=round,
                lead=lead,
                organisation=organisation,
                org_id=organisation.identifier,
                lines=form.lines(),
                keyed=Keyed(by=by, channel=said["channel"], because=said["because"], came_at=said["came_at"]),
                now=now,
                **{name: said[name] for name in ("title", "summary", "who_benefits", "place", "group")},
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Keyed. Its reference is %(reference)s: tell the group.") % {"reference": sent.reference}
            )
            return redirect("funding_desk:proposal", sent.pk)
    return page(request, "key", **round_context(round, now), form=form, verdict=verdict)
