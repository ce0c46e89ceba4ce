"""What is open, coming and closed; how many took part; whether someone belongs here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.models import Person, Standing
from boards.places.models import Area, Board, Postcode
from engagement.activities.models import Activity, Channel, TakingPart
from engagement.rules.small_numbers import safe_breakdown

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from engagement.evidence.models import Need


# --- what is open ------------------------------------------------------------------------------


def of_board(board: Board | None, *, kind: str = "") -> QuerySet[Activity]:
    """Give the published activities of one board, or with None of all, with their boards."""
    found = Activity.objects.published().select_related("board")
    if board is not None:
        found = found.filter(board=board)
    return found.filter(kind=kind) if kind else found


def open_activities(
    board: Board | None = None, *, now: datetime | None = None, kind: str = "", limit: int | None = None
) -> QuerySet[Activity]:
    """Give what people can take part in now: what closes soonest first, what never closes last."""
    found = of_board(board, kind=kind).open_at(now or timezone.now())  # type: ignore[attr-defined]
    return found.order_by(F("closes_at").asc(nulls_last=True), "pk")[:limit]


def coming_activities(
    board: Board | None = None, *, now: datetime | None = None, kind: str = "", limit: int | None = None
) -> QuerySet[Activity]:
    """Give what will open, soonest first."""
    found = of_board(board, kind=kind).coming_at(now or timezone.now())  # type: ignore[attr-defined]
    return found.order_by("opens_at", "pk")[:limit]


def closed_activities(
    board: Board | None = None, *, now: datetime | None = None, kind: str = "", limit: int | None = None
) -> QuerySet[Activity]:
    """Give what has closed, latest first."""
    found = of_board(board, kind=kind).closed_at(now or timezone.now())  # type: ignore[attr-defined]
    return found.order_by("-closes_at", "-pk")[:limit]


def kinds_with_something(board: Board | None) -> set[str]:
    """Give the kinds of activity that this board has published: a filter offers no others."""
    return set(of_board(board).order_by().values_list("kind", flat=True).distinct())


def serving(need: Need, *, limit: int = 20) -> list[Activity]:
    """Give the activities that were held for a need, oldest first: a part of its thread."""
    latest = of_board(None).filter(needs=need).order_by("-opens_at", "-pk")[:limit]
    return list(reversed(latest))


# --- who took part -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Turnout:
    """How many took part, in all and by way in; None stands for too few to publish.

    A way in is a channel, and the place where one was named: "At a kiosk, Library". There is one table of
    both and never one of each, so that nothing is had by taking one from the other (PROMISES 18).
    """

    total: int
    by_channel: tuple[tuple[str, int | None], ...]

    @property
    def has_several_channels(self) -> bool:
        return len(self.by_channel) > 1


def turnout(activity: Activity) -> Turnout:
    """Count who took part. Ways in with fewer than five people are hidden (PROMISES 18)."""
    rows = TakingPart.objects.filter(activity=activity).order_by().values("channel", "spot", "spot__name")
    counted = {
        (row["channel"], row["spot__name"] or "", row["spot"] or 0): row["people"]
        for row in rows.annotate(people=Count("pk"))
    }
    safe = safe_breakdown(counted)
    order = {channel: at for at, channel in enumerate(Channel.values)}
    ways = sorted(counted, key=lambda way: (order[way[0]], *way[1:]))
    return Turnout(
        total=sum(counted.values()),
        by_channel=tuple((way_in(channel, spot), safe[channel, spot, pk]) for channel, spot, pk in ways),
    )


def way_in(channel: str, spot: str) -> str:
    """Give a channel in words, with the place where there is one."""
    label = str(Channel(channel).label)
    # Translators: a way to take part and where, such as "At a kiosk, Library".
    return _("%(channel)s, %(place)s") % {"channel": label, "place": spot} if spot else label


def how_many(activity: Activity) -> int:
    return TakingPart.objects.filter(activity=activity).count()


def took_part(
    activity: Activity, *, person: Person | AnonymousUser | None = None, digest: str = ""
) -> TakingPart | None:
    """Give the row of this person, or of the browser with this digest (actions.device_digest)."""
    if person is not None and person.is_authenticated:
        who = Q(person=person.pk)
    elif digest:
        who = Q(device=digest)
    else:
        return None
    return TakingPart.objects.filter(who, activity=activity).first()


def by_reference(activity: Activity, reference: str) -> TakingPart | None:
    return TakingPart.objects.filter(activity=activity, reference=reference).first()


def touched_by(person: Person, *, kind: str = "") -> QuerySet[TakingPart]:
    """Give what someone took part in, latest first, with each activity. Never what they chose."""
    rows = TakingPart.objects.filter(
        person=person, activity__is_draft=False, activity__is_unlisted=False
    ).select_related("activity__board")
    if kind:
        rows = rows.filter(activity__kind=kind)
    return rows.order_by("-on", "-pk")


# --- who belongs here --------------------------------------------------------------------------


def standing_of(person: Person | AnonymousUser, board_id: int, on: date) -> Standing | None:
    """Give what someone has shown about this board's area, if it still holds on that day."""
    if not person.is_authenticated:
        return None
    return (
        Standing.objects.filter(person=person.pk, board_id=board_id)
        .filter(Q(until__isnull=True) | Q(until__gt=on))
        .first()
    )


def area_in_board(postcode: str, board: Board) -> Area | None:
    """Give the ward of a postcode that lies in this board. Raises Postcode.DoesNotExist for one not on our list.

    A board may cover a small area inside a ward that is not its own; then the ward is given too.
    """
    found = Postcode.objects.select_related("ward").get(pk=postcode)
    inside = board.covers.filter(Q(area_id=found.ward_id) | Q(area_id=found.lsoa_id)).exists()
    return found.ward if inside else None
