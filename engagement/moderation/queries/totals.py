"""What moderation did in one month, counted for everyone to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db.models import CharField, Count, Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast
from django.utils import timezone

from engagement.moderation.models import Decision, Edit, Held, Moderated, Objection, Report
from engagement.moderation.queries.queue import kinds
from engagement.rules.small_numbers import safe_breakdown

A_DAY = 24 * 3600
MOST = 20_000


@dataclass(frozen=True)
class Month:
    """One whole month. None stands for a number from 1 to 4, or one that would give such a number away."""

    first_day: date
    came: Mapping[str, int | None]
    came_in_all: int | None
    at_once: int | None
    held: Mapping[str, int | None]
    reported: int | None
    hidden: Mapping[str, int | None]
    hidden_in_all: int | None
    edited: int | None
    objections: Mapping[str, int | None]
    median_hours: int | None


def guarded(count: int) -> int | None:
    """Give a number that stands alone, or None from 1 to 4."""
    return next(iter(safe_breakdown({"": count}, total_is_shown=False).values()))


def last_whole_month(today: date) -> date:
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def the_month(first_day: date) -> Month:
    """Give one month that has ended, for the whole council. Counted once a day at most.

    Only whole months and only the council: with a board beside the council, or a month that still grows, one
    number could be had by taking another away.
    """
    key = f"moderation-month:{first_day.isoformat()}"
    found: Month | None = cache.get(key)
    if found is None:
        found = counted(first_day)
        cache.set(key, found, A_DAY)
    return found


def counted(first_day: date) -> Month:
    begins = timezone.make_aware(datetime.combine(first_day, time.min))
    next_first = (first_day + timedelta(days=32)).replace(day=1)
    ends = timezone.make_aware(datetime.combine(next_first, time.min))
    came: Counter[str] = Counter()
    at_once, hours = 0, []
    for label, sent_at, state, was_held, first_was, first_at in things_of(begins, ends):
        came[label] += 1
        if not was_held and (first_was == Moderated.State.SHOWN or (first_was is None and state == "shown")):
            at_once += 1
        if first_at is not None and first_was == Moderated.State.PENDING:
            hours.append(max(0.0, (first_at - sent_at).total_seconds() / 3600))
    held = Held.objects.filter(on__gte=first_day, on__lt=next_first).order_by()
    held_by = dict(held.values("rule").annotate(n=Count("object_id", distinct=True)).values_list("rule", "n"))
    decisions = Decision.objects.filter(decided_at__gte=begins, decided_at__lt=ends).order_by()
    hidden = decisions.filter(became=Moderated.State.HIDDEN)
    by_reason = dict(hidden.values("reason").annotate(n=Count("pk")).values_list("reason", "n"))
    heard = Objection.objects.filter(decided_at__gte=begins, decided_at__lt=ends).order_by()
    outcomes = dict(heard.values("outcome").annotate(n=Count("pk")).values_list("outcome", "n"))
    return Month(
        first_day=first_day,
        came=safe_breakdown(dict(came)),
        came_in_all=guarded(sum(came.values())),
        at_once=guarded(at_once),
        held=safe_breakdown(held_by, total_is_shown=False),
        reported=guarded(Report.objects.filter(at__gte=begins, at__lt=ends).count()),
        hidden=safe_breakdown(by_reason),
        hidden_in_all=guarded(sum(by_reason.values())),
        edited=guarded(Edit.objects.filter(at__gte=begins, at__lt=ends).count()),
        objections=safe_breakdown(outcomes, total_is_shown=False),
        median_hours=round(median(hours)) if len(hours) >= 5 else None,
    )


def things_of(begins: datetime, ends: datetime) -> list[tuple[str, datetime, str, bool, str | None, datetime | None]]:
    """Give of each thing sent in: kind, when, state, whether a rule held it, and its first decision. One query."""
    parts = []
    for label, model in sorted(kinds().items()):
        content_type = ContentType.objects.get_for_model(model).pk
        first = Decision.objects.filter(content_type_id=content_type, object_id=OuterRef("key_")).order_by(
            "decided_at", "pk"
        )
        parts.append(
            model._default_manager.filter(sent_at__gte=begins, sent_at__lt=ends)
            .order_by()
            .annotate(
                kind_=Value(label, output_field=CharField()),
                key_=Cast(F("pk"), output_field=CharField(max_length=40)),
            )
            .annotate(
                held_=Exists(Held.objects.filter(content_type_id=content_type, object_id=OuterRef("key_"))),
                was_=Subquery(first.values("was")[:1]),
                at_=Subquery(first.values("decided_at")[:1]),
            )
            .values_list("kind_", "sent_at", "state", "held_", "was_", "at_")
        )
    if not parts:
        return []
    first_part, *rest = parts if len(parts) > 1 else [parts[0], parts[0].none()]
    return list(first_part.union(*rest, all=True)[:MOST])
