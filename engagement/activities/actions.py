"""Recording that someone took part, and that they belong here."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils import timezone

from boards.people.models import Person, Standing
from boards.places.models import Area, Board
from engagement.activities.models import Activity, Channel, TakingPart


def record_taking_part(
    *,
    activity: Activity,
    now: datetime,
    person: Person | None = None,
    device: str = "",
    channel: str = Channel.WEB,
    place: Area | None = None,
) -> bool:
    """Write down that this person (or this browser) took part; False when they already had.

    The database decides, so two posts at the same moment leave one row. Call it inside the
    transaction that stores what they did: both are kept, or neither.
    """
    if bool(person) == bool(device):
        raise ValueError("Give a person or a device, and not both.")
    try:
        with transaction.atomic():
            TakingPart.objects.create(
                activity=activity,
                person=person,
                device=device_digest(activity, device) if device else None,
                channel=channel,
                place=place,
                on=timezone.localdate(now),
            )
    except IntegrityError:
        return False
    return True


def device_digest(activity: Activity, device: str) -> str:
    """Give what is kept of a browser's random value: other for each activity, so that rows do not join."""
    return sha256(f"{activity.pk}:{device}".encode()).hexdigest()


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
