"""Objecting to a count within the review days: fill in first, say who you are last."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from boards.people import pending
from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.permissions import login_required, open_to_all
from engagement.funding import permissions
from engagement.funding.actions.confirming import object_to
from engagement.funding.actions.refusals import Refused
from engagement.funding.forms.objecting import ObjectionForm
from engagement.funding.models import FundingRound, Objection
from engagement.funding.views.frame import page, the_round, voter
from engagement.funding.views.proposing import why_refused


def _pending_name(round: FundingRound) -> str:
    return f"funding-objection:{round.pk}"


@open_to_all
@never_cache
def object_page(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    verdict = permissions.may_object(round, now=now)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not verdict:
            form.full_clean()
            form.add_error(None, verdict.why_not)
        elif form.is_valid():
            if not request.user.is_authenticated:
                finish = round.address("object_finish")
                return redirect(pending.keep(request, _pending_name(round), form.plain(), finish_at=finish))
            try:
                return _send(request, round, form.plain(), now)
            except (Refused, SentWithOtherWords) as refusal:
                form.add_error(None, why_refused(refusal))
    return page(request, "object", round, now, below=True, form=form, verdict=verdict)


def _send(request: HttpRequest, round: FundingRound, kept: dict[str, Any], now: datetime) -> HttpResponse:
    person = voter(request)

    def act() -> str:
        objection = object_to(round=round, person=person, grounds=kept["grounds"], words=kept["words"], now=now)
        return round.address("objected", objection.reference.lower())

    answer, _ran = do_once(
        token=UUID(kept["form_token"]), contents={**kept, "by": person.pk, "round": round.pk}, act=act
    )
    return redirect(answer)


@login_required
@never_cache
def object_finish(request: HttpRequest, board_slug: str, slug: str) -> HttpResponse:
    """Back from signing in: send what was filled in before."""
    now = timezone.now()
    round = the_round(request, board_slug, slug)
    kept = pending.take(request, _pending_name(round))
    if kept is None:
        return redirect(round.address("object"))
    try:
        return _send(request, round, kept, now)
    except (Refused, SentWithOtherWords) as refusal:
        form = ObjectionForm(initial={"grounds": kept["grounds"], "words": kept["words"]})
        verdict = permissions.may_object(round, now=now)
        return page(request, "object", round, now, below=True, form=form, verdict=verdict, refused=why_refused(refusal))


@login_required
@never_cache
def objected(request: HttpRequest, board_slug: str, slug: str, reference: str) -> HttpResponse:
    """The confirmation, for the person who objected, and later the board's answer."""
    round = the_round(request, board_slug, slug)
    objection = get_object_or_404(Objection, round=round, reference=reference.upper(), person=request.user.pk)
    return page(request, "objected", round, timezone.now(), below=True, objection=objection)
