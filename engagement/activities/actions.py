"""Recording that someone took part, and that they belong here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from boards.people.models import Person, Standing
from boards.places.models import Area, Board
from engagement.activities import queries
from engagement.activities.models import Activity, Channel, Spot, TakingPart


def taking_part(
    *,
    activity: Activity,
    now: datetime,
    person: Person | None = None,
    device: str = "",
    channel: str = Channel.WEB,
    place: Area | None = None,
    spot: Spot | None = None,
) -> TakingPart:
    """Give the row that says this person (or this browser) took part, not yet stored."""
    if bool(person) == bool(device):
        raise ValueError("Give a person or a device, and not both.")
    return TakingPart(
        activity=activity,
        person=person,
        device=device_digest(activity, device) if device else None,
        channel=channel,
        place=place,
        spot=spot,
        on=timezone.localdate(now),
    )


def record_taking_part(
    *,
    activity: Activity,
    now: datetime,
    person: Person | None = None,
    device: str = "",
    channel: str = Channel.WEB,
    place: Area | None = None,
) -> TakingPart | None:
    """Write down that this person (or this browser) took part; None when they already had.

    The database decides, so two posts at the same moment leave one row. Call it inside the
    transaction that stores what they did: both are kept, or neither.
    """
    row = taking_part(activity=activity, now=now, person=person, device=device, channel=channel, place=place)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if queries.took_part(activity, person=person, digest=row.device or "") is None:
            raise  # not a second time, but a fault: not to be taken for one
        return None
    return row


def note_taking_part(*, activity: Activity, now: datetime, person: Person, channel: str = Channel.WEB) -> None:
    """Write down that this person took part, for an act that may be done many times: once is enough. One query."""
    row = taking_part(activity=activity, now=now, person=person, channel=channel)
    TakingPart.objects.bulk_create([row], ignore_conflicts=True)


def device_digest(activity: Activity, device: str) -> str:
    """Give what is kept of a browser's random value: other for each activity, so that rows do not join."""
    return sha256(f"{activity.pk}:{device}".encode()).hexdigest()


def say_what_was_kept(*, person: Person, board: Board, kept: Mapping[str, Any]) -> Standing | None:
    """Keep the standing that a form asked for before its sender signed in (forms.StandingForm.kept_standing).

    None when the form did not ask. What was kept lies in the session, on the server, and was checked then.
    """
    reason, area_id = kept.get("reason"), kept.get("area")
    if reason not in Standing.Reason.values or not isinstance(area_id, int):
        return None
    area = Area.objects.filter(pk=area_id).first()
    return say_standing(person=person, board=board, reason=reason, area=area) if area else None


@transaction.atomic
def say_standing(*, person: Person, board: Board, reason: str, area: Area | None) -> Standing:
    """Keep what someone says of living, working or studying in a board's area. A stronger proof is never lowered."""
    standing, made = Standing.objects.get_or_create(
        person=person, board=board, defaults={"reason": reason, "area": area}
    )
    if not made and standing.shown == Standing.Shown.SAID:
        standing.reason, standing.area = reason, area
        standing.save(update_fields=["reason", "area"])
    return standing
