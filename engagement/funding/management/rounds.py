"""A round as a command names it."""

from __future__ import annotations

from django.core.management.base import CommandError

from engagement.funding.models import FundingRound


def round_named(name: str) -> FundingRound:
    """Give the round of this number, or of this "board-slug/round-slug"."""
    rounds = FundingRound.objects.select_related("activity__board", "stream__pot")
    if name.isascii() and name.isdigit() and len(name) < 19:
        found = rounds.filter(pk=int(name)).first()
    else:
        board, _slash, slug = name.partition("/")
        found = rounds.filter(activity__board__slug=board, activity__slug=slug).first()
    if found is None:
        raise CommandError(f"There is no round {name!r}. Give its number, or board-slug/round-slug.")
    return found
