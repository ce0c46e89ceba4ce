"""Writing down needs, and confirming them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.text import slugify
from wagtail.log_actions import log

from boards.people.models import Person
from boards.places.models import Board
from engagement.evidence import permissions
from engagement.evidence.actions.recording import RecordingRefused
from engagement.evidence.models import Indicator, Need, NeedIndicator


def free_slug(board: Board, title: str) -> str:
    """Give an address for a need that no other of its board has."""
    base = slugify(title)[:70].strip("-") or "need"
    taken = set(Need.objects.filter(board=board, slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug
        for number in range(1, len(taken) + 3)
        if (slug := base if number == 1 else f"{base}-{number}") not in taken
    )


@transaction.atomic
def set_status(*, need: Need, becomes: str, by: Person, was: str | None = None) -> None:
    """Confirm a need, call it met, or put it away."""
    was = need.status if was is None else was
    if was == becomes:
        return
    verdict = permissions.may_set_status(by, need, was=was, becomes=becomes)
    if not verdict:
        raise RecordingRefused(verdict.why_not)
    need.status = becomes
    if becomes == Need.Status.CONFIRMED:
        need.confirmed_by = by
    need.save(update_fields=["status", "confirmed_by"])
    log(instance=need, action="evidence.need_status", user=by, data={"before": was, "after": becomes})


@transaction.atomic
def show_figures(*, need: Need, indicators: Iterable[Indicator]) -> None:
    """Show these figures with a need, and no others. What is said of one that stays is kept."""
    wanted = list(indicators)
    need.shows.exclude(indicator__in=wanted).delete()
    held = set(need.shows.values_list("indicator_id", flat=True))
    NeedIndicator.objects.bulk_create(
        NeedIndicator(need=need, indicator=each) for each in wanted if each.pk not in held
    )
