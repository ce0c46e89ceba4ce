"""The places where a poll is put before people: named, renamed, put away and brought back, each in the log."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.activities.models import Channel, Spot, TakingPart
from engagement.polls.actions import PollRefused
from engagement.polls.models import Kiosk, Poll
from engagement.polls.permissions import may_run

MOST_PLACES = 60


def places_of(poll: Poll) -> QuerySet[Spot]:
    """Give a poll's places by name, those put away last, each with `has_kiosk`: one stands there now."""
    kiosks = Kiosk.objects.filter(spot=OuterRef("pk"), ended_at__isnull=True)
    return Spot.objects.filter(activity=poll.pk).annotate(has_kiosk=Exists(kiosks)).order_by("-is_used", "name", "pk")


def counted_at(spot: Spot) -> int:
    """Give how many votes kiosks have sent from this place, for its officers."""
    return TakingPart.objects.filter(spot=spot, channel=Channel.KIOSK).count()


@transaction.atomic
def add_place(*, poll: Poll, name: str, by: Person) -> Spot:
    """Name a place; it gets a short address of its own."""
    _ask(poll, by)
    if Spot.objects.filter(activity=poll.pk).count() >= MOST_PLACES:
        raise PollRefused(_("This poll has %(most)d places already.") % {"most": MOST_PLACES})
    spot = _save(Spot(activity=poll.activity, name=name))
    log(instance=poll, action="polls.place_add", user=by, data={"after": {"place": name, "code": spot.code}})
    return spot


@transaction.atomic
def rename_place(*, poll: Poll, spot: Spot, name: str, by: Person) -> None:
    """Put a place's name right. Its short address stays, so what is printed still leads there."""
    _ask(poll, by)
    before, spot.name = spot.name, name
    _save(spot)
    log(
        instance=poll,
        action="polls.place_change",
        user=by,
        data={"before": {"place": before}, "after": {"place": name}, "code": spot.code},
    )


@transaction.atomic
def put_place_away(*, poll: Poll, spot: Spot, by: Person) -> None:
    """Take a place off the lists. One that was never used is deleted; else it keeps its votes and its address."""
    _ask(poll, by)
    Spot.objects.select_for_update().get(pk=spot.pk)
    if spot.kiosks.filter(ended_at__isnull=True).exists():
        raise PollRefused(_("A kiosk stands there. End it first."))
    if spot.kiosks.exists() or spot.taking_part.exists():
        spot.is_used = False
        spot.save(update_fields=["is_used"])
    else:
        spot.delete()
    log(instance=poll, action="polls.place_away", user=by, data={"before": {"place": spot.name, "code": spot.code}})


@transaction.atomic
def bring_place_back(*, poll: Poll, spot: Spot, by: Person) -> None:
    _ask(poll, by)
    spot.is_used = True
    spot.save(update_fields=["is_used"])
    log(instance=poll, action="polls.place_back", user=by, data={"after": {"place": spot.name, "code": spot.code}})


def _ask(poll: Poll, by: Person) -> None:
    verdict = may_run(by, poll)
    if not verdict:
        raise PollRefused(verdict.why_not)


def _save(spot: Spot) -> Spot:
    try:
        with transaction.atomic():
            spot.save()
    except IntegrityError:
        raise PollRefused(_("This poll has a place of that name already.")) from None
    return spot
