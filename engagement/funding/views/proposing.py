"""Asking for a grant: fill in, check, send; say who you are last."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from boards.people import pending
from boards.people.actions.groups import number_of, recognise
from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.org_ids import Wrong
from boards.people.permissions import login_required, open_to_all
from components.templatetags.components import pence
from engagement.evidence.models import Need
from engagement.funding import panel_queries, permissions, pipeline_queries, queries_awards, words_awards
from engagement.funding.actions import drafts
from engagement.funding.actions import proposals as proposing
from engagement.funding.actions.refusals import Refused
from engagement.funding.forms.groups import SENTENCES, read_group
from engagement.funding.forms.long_form import PARTS, minutes_of_short_form
from engagement.funding.forms.proposing import (
    COST_ROWS,
    GROUP_FIELDS,
    MAIN_FIELDS,
    ConfirmForm,
    ProposalForm,
    asked_for,
)
from engagement.funding.forms.starting import group_answers
from engagement.funding.from_ideas import boxes_from, idea_named, idea_of
from engagement.funding.models import FundingRound, Proposal
from engagement.funding.views.frame import page, the_proposal, the_round, voter


@open_to_all
@never_cache
def propose(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Fill in, check, send; say who you are last."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    verdict = permissions.may_propose(round, now=now)
    idea = idea_named((request.POST.get("from_idea") or request.GET.get("idea", ""))[:9], round)
    form = ProposalForm(
        request.POST if request.method == "POST" else None,
        round=round,
        initial=what_we_know(request) | (boxes_from(idea) if idea else {}) if request.method != "POST" else None,
    )
    checking = False
    if request.method == "POST" and request.POST.get("step") == "longer" and verdict:
        return go_on_longer(request, round, form, now)
    if request.method == "POST" and request.POST.get("step") != "change":
        if not verdict:
            form.full_clean()
            form.add_error(None, verdict.why_not)
        elif form.is_valid():
            if request.POST.get("step") != "send":
                checking = True
            elif not request.user.is_authenticated:
                finish = round.address("propose_finish")
                return redirect(pending.keep(request, pending_name(round), form.plain(), finish_at=finish))
            else:
                try:
                    return send_proposal(request, round, form.plain(), now)
                except (Refused, SentWithOtherWords) as refusal:
                    form.add_error(None, why_refused(refusal))
    elif request.method == "POST":
        form = ProposalForm(initial=typed_again(request), round=round)
    if not verdict and request.method != "POST":
        return page(request, "closed", round, now, below=True, verdict=verdict)
    return page(
        request,
        "check_proposal" if checking else "propose",
        round,
        now,
        below=True,
        form=form,
        idea=idea,
        main_fields=[form[name] for name in MAIN_FIELDS if name in form.fields],
        group_fields=[form[name] for name in GROUP_FIELDS],
        cost_rows=[(form[f"what_{row}"], form[f"cost_{row}"], row) for row in range(1, COST_ROWS + 1)],
        minutes=minutes_of_short_form(form),
        rows=check_rows(form) if checking else (),
        sent=list(sent_again(request)) if checking else (),
    )


def what_we_know(request: HttpRequest) -> dict[str, Any]:
    """Give the group of someone's last proposal, so that they need not write it again."""
    if not request.user.is_authenticated:
        return {}
    last = (
        Proposal.objects.filter(lead=voter(request)).select_related("organisation").order_by("-sent_on", "-pk").first()
    )
    if last is None:
        return {}
    boxes = group_answers(last.organisation) if last.organisation is not None else {"group": [last.group]}
    known = {name: values[0] for name, values in boxes.items()}
    return {"group": last.group, "kind": known.get("kind", ""), "org_id": known.get("number", "")}


def go_on_longer(request: HttpRequest, round: FundingRound, form: ProposalForm, now: datetime) -> HttpResponse:
    """Take over what was typed on the one page into the longer form."""
    answers = {}
    for part, names in LONGER.items():
        blank = PARTS[part](round=round)
        boxes = {theirs: f"{ours}" for ours, theirs in names.items()}
        typed = {box: form.data.getlist(name) for box, name in boxes.items() if name in form.data}
        answers[part] = {
            box: values for box, values in typed.items() if box in blank.fields and any(each.strip() for each in values)
        }
    answers = {part: boxes for part, boxes in answers.items() if boxes}
    try:
        for boxes in answers.values():
            drafts.check_size(boxes)
        key = UUID(str(form.data.get("form_token", ""))[:40])
        reference = str(form.data.get("from_idea", ""))[:9]
        if request.user.is_authenticated:
            idea = idea_named(reference, round)
            draft = drafts.start_draft(
                key=key, round=round, by=voter(request), now=now, answers=answers, from_idea=idea
            )
            return redirect(round.address("draft", str(draft.key)))
    except (Refused, ValueError):
        return redirect(round.address("start"))
    kept = {"key": str(key), "answers": answers, "versions": dict.fromkeys(answers, 1), "from_idea": reference}
    pending.keep(request, f"funding-form:{round.pk}", kept, finish_at="")
    return redirect(round.address("form"))


LONGER = {
    "project": {name: name for name in ("title", "summary")},
    "people": {name: name for name in ("who_benefits", "place")},
    "outcome": {"needs": "needs"},
    "money": {f"{name}_{row}": f"{name}_{row}" for row in range(1, COST_ROWS + 1) for name in ("what", "cost")},
    "group": {"group": "group", "kind": "kind", "org_id": "number"},
}
"""Where each box of the one page stands in the longer form."""


def typed_again(request: HttpRequest) -> dict[str, Any]:
    return {name: request.POST.getlist(name) if name == "needs" else request.POST[name] for name in request.POST}


def sent_again(request: HttpRequest) -> Any:
    for name, values in request.POST.lists():
        if name != "step":
            for value in values:
                yield name, value


def check_rows(form: ProposalForm) -> list[tuple[str, object]]:
    cleaned = form.cleaned_data
    rows: list[tuple[str, object]] = [
        (str(form.fields[name].label), cleaned[name]) for name in ("title", "summary", "who_benefits", "place")
    ]
    if cleaned.get("needs"):
        rows.append((str(form.fields["needs"].label), "\n".join(need.title for need in cleaned["needs"])))
    bought = "\n".join(f"{what}: {pence(cost)}" for what, cost in form.lines())
    rows += [
        (_("What the money would buy"), bought),
        (_("What you ask for"), asked_for(form)),
        (str(form.fields["group"].label), cleaned["group"]),
    ]
    if cleaned["org_id"]:
        rows.append((str(form.fields["org_id"].label), form.read.org_id or form.read.gss_code))
    return rows


def why_refused(refusal: Exception) -> str:
    if isinstance(refusal, SentWithOtherWords):
        return _("This form was sent before with other words. To send another proposal, start a new one.")
    return str(refusal)


def pending_name(round: FundingRound) -> str:
    return f"funding:{round.pk}"


def send_proposal(request: HttpRequest, round: FundingRound, kept: dict[str, Any], now: datetime) -> HttpResponse:
    person = voter(request)
    read = read_group(kept["group"], kept.get("kind", ""), kept["org_id"])

    def act() -> str:
        if isinstance(read, Wrong):
            raise Refused(str(SENTENCES[read]))
        numbered = number_of(name=kept["group"], numbered=read)
        organisation = recognise(name=kept["group"], numbered=numbered, person=person, on=timezone.localdate(now))
        proposal = proposing.propose(
            round=round,
            lead=person,
            now=now,
            organisation=organisation,
            org_id=organisation.identifier,
            minutes_asked=minutes_of_short_form(ProposalForm(round=round)),
            lines=[(what, cost) for what, cost in kept["lines"]],
            needs=Need.objects.filter(pk__in=kept["needs"]),
            from_idea=idea_named(kept.get("from_idea", ""), round),
            **{name: kept[name] for name in ("title", "summary", "who_benefits", "place", "group")},
        )
        return round.address("sent", proposal.slug)

    answer, _ran = do_once(
        token=UUID(kept["form_token"]), contents={**kept, "by": person.pk, "round": round.pk}, act=act
    )
    return redirect(answer)


@login_required
@never_cache
def propose_finish(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Back from signing in: send what was filled in before."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    kept = pending.take(request, pending_name(round))
    if kept is None:
        return redirect(round.address("propose"))
    try:
        return send_proposal(request, round, kept, now)
    except (Refused, SentWithOtherWords) as refusal:
        names = ("title", "summary", "who_benefits", "place", "group", "kind", "org_id", "from_idea")
        initial = {name: kept.get(name, "") for name in names}
        initial["needs"] = kept["needs"]
        for row, (what, cost) in enumerate(kept["lines"], 1):
            initial |= {f"what_{row}": what, f"cost_{row}": cost}
        form = ProposalForm(initial=initial, round=round)
        return page(
            request,
            "propose",
            round,
            now,
            below=True,
            form=form,
            refused=why_refused(refusal),
            main_fields=[form[name] for name in MAIN_FIELDS if name in form.fields],
            group_fields=[form[name] for name in GROUP_FIELDS],
            cost_rows=[(form[f"what_{row}"], form[f"cost_{row}"], row) for row in range(1, COST_ROWS + 1)],
        )


@login_required
@never_cache
def sent(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> HttpResponse:
    """The confirmation, for the person who sent it; it can be opened again."""
    round = the_round(request, board_slug, slug)
    proposal = get_object_or_404(Proposal, round=round, slug=proposal_slug, lead=request.user.pk)
    proposal.round = round
    return page(request, "sent", round, timezone.now(), below=True, proposal=proposal)


@open_to_all
def proposal_page(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> HttpResponse:
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    proposal = the_proposal(request, round, proposal_slug)
    is_own = bool(permissions.speaks_for(request.user, proposal))
    return page(
        request,
        "proposal",
        round,
        now,
        below=True,
        proposal=proposal,
        lines=list(proposal.lines.all()),
        needs=list(proposal.needs.select_related("board")),
        from_idea=idea_of(proposal),
        **grant_story(request, proposal),
        is_own=is_own,
        plan=getattr(proposal, "plan", None),
        areas=list(proposal.plan.areas.all()) if hasattr(proposal, "plan") else [],
        matches=list(proposal.matches.all()) if hasattr(proposal, "plan") else [],
        host=getattr(proposal, "host", None),
        may_withdraw=permissions.may_withdraw(request.user, proposal, now=now),
        voting=permissions.voting_is_open(round, now=now),
        interests=panel_queries.interests_of(proposal),
        funders=pipeline_queries.interests_for_group(proposal) if is_own else [],
    )


def grant_story(request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
    """Give what a proposal's page tells of its grant, or nothing where it has none."""
    award = getattr(proposal, "award", None)
    if award is None:
        return {"award": None}
    award.proposal = proposal
    return {
        "award": award,
        "award_tone": words_awards.tone(award),
        "story": queries_awards.story_of(award),
        "may_see_grant": permissions.may_see_grant(request.user, award),
    }


@login_required
@never_cache
def withdraw(request: HttpRequest, board_slug: str, slug: str, proposal_slug: str) -> HttpResponse:
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    proposal = get_object_or_404(Proposal, round=round, slug=proposal_slug, lead=request.user.pk)
    proposal.round = round
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            proposing.withdraw(proposal=proposal, by=voter(request), now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(proposal.get_absolute_url())
    verdict = permissions.may_withdraw(request.user, proposal, now=now)
    return page(request, "withdraw", round, now, below=True, proposal=proposal, form=form, verdict=verdict)
