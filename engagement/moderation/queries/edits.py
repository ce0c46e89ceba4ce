"""On which days personal details were taken out of what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from engagement.moderation.models import Edit, Moderated, thing_of


def note_edits(items: Sequence[Moderated]) -> None:
    """Keep on each thing of a list the days on which it was edited: one query for all of them."""
    days: dict[tuple[int, str], set[date]] = {}
    for edit in Edit.objects.about_any(items) if items else ():
        days.setdefault(edit.thing, set()).add(timezone.localdate(edit.at))
    for item in items:
        item.days_edited_ = sorted(days.get(thing_of(item), ()))  # type: ignore[attr-defined]


def days_edited(item: Moderated) -> list[date]:
    """Give the days on which the board edited this, the first of them first."""
    if not hasattr(item, "days_edited_"):
        note_edits([item])
    days: list[date] = item.days_edited_  # type: ignore[attr-defined]
    return days
