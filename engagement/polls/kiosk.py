"""A kiosk from its opening to its end, and the votes it sends: each once, however often it is sent.

A device becomes a kiosk with a code that works once and for an hour, and gets a secret of its own
(`__Host-kiosk`), of which we keep the digest. Each vote carries a random token that the device made. The
roll keeps a digest of it as it keeps a browser's, so its unique constraint judges here too. What a token
voted for is kept nowhere (docs/decisions/0003); so a token that comes again with another choice
is told that its vote was counted, and changes nothing.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.limits import count_one, counted, raised
from boards.people.models import Person
from engagement.activities.models import Channel, Spot, TakingPart
from engagement.polls import actions
from engagement.polls.actions import PollRefused
from engagement.polls.models import Kiosk, KioskRefusal, Poll
from engagement.polls.permissions import may_put_out_kiosk, may_run
from engagement.polls.places import counted_at

OPENS_FOR = timedelta(hours=1)
TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)
PIN_TRIES, PIN_SECONDS = 5, 600
LONGEST_QUEUE = 100_000


def digest(secret: str) -> str:
    """Give what is kept of a secret of 128 random bits."""
    return sha256(f"kiosk:{secret}".encode()).hexdigest()


@dataclass(frozen=True)
class Opening:
    """A kiosk that waits for its device, and the code that makes a device it. The code is shown this once."""

    kiosk: Kiosk
    code: str


@transaction.atomic
def open_kiosk(*, poll: Poll, spot: Spot, pin: str, by: Person, now: datetime) -> Opening:
    """Make a kiosk for one place, to be taken up by a device within the hour."""
    verdict = may_put_out_kiosk(by, poll, now=now)
    if not verdict:
        raise PollRefused(verdict.why_not)
    if spot.activity_id != poll.pk:
        raise ValueError("That place belongs to another poll.")
    code = secrets.token_urlsafe(18)
    try:
        with transaction.atomic():
            kiosk = Kiosk.objects.create(
                poll=poll,
                spot=spot,
                pin=make_password(pin),
                opening=digest(code),
                opened_by=by,
                made_at=now,
                counted_before=counted_at(spot),
            )
    except IntegrityError:
        raise PollRefused(_("A kiosk stands there already. End it first, or choose another place.")) from None
    log(instance=poll, action="polls.kiosk_open", user=by, data={"after": {"place": spot.name, "kiosk": kiosk.pk}})
    return Opening(kiosk, code)


def waiting_to_start(code: str, *, now: datetime) -> Kiosk | None:
    """Give the kiosk that this code would start, while it may."""
    if not code.isascii() or len(code) > 40:
        return None
    found = Kiosk.objects.filter(opening=digest(code), ended_at__isnull=True, made_at__gt=now - OPENS_FOR)
    return found.select_related("poll__activity__board", "spot").first()


def start_kiosk(*, code: str, now: datetime) -> str | None:
    """Use the code up; give the device's own secret. None where the code is not, or no longer, good."""
    secret = secrets.token_hex(16)
    with transaction.atomic():
        kiosk = waiting_to_start(code, now=now)
        # The update is the judge: of two devices with one code, one finds it gone.
        took = kiosk is not None and Kiosk.objects.filter(pk=kiosk.pk, opening=digest(code)).update(
            opening=None, key=digest(secret), started_at=now
        )
        if not took or kiosk is None:
            return None
        log(
            instance=kiosk.poll,
            action="polls.kiosk_start",
            data={"after": {"place": kiosk.spot.name, "kiosk": kiosk.pk}},
        )
    return secret


def kiosk_with(secret: str) -> Kiosk | None:
    """Give the kiosk that a device's secret is of, ended ones too: it is told so, and its late votes are noted."""
    if not TOKEN.fullmatch(secret):
        return None
    kiosks = Kiosk.objects.select_related("poll__activity__board", "spot").prefetch_related("poll__choices")
    return kiosks.filter(key=digest(secret)).first()


def heard_from(*, kiosk: Kiosk, waiting: int, now: datetime) -> None:
    """Note that the device is there and how many votes wait on it."""
    Kiosk.objects.filter(pk=kiosk.pk).update(seen_at=now, waiting=min(waiting, LONGEST_QUEUE))


def counted_earlier(*, kiosk: Kiosk, token: str) -> TakingPart | None:
    """Give the row of this token's vote, if it was counted: asked before anything else may refuse it."""
    return actions.already_counted(poll=kiosk.poll, person=None, device=device_of(token))


def count_vote(*, kiosk: Kiosk, token: str, answers: Mapping[str, Any], now: datetime) -> actions.Cast:
    """Count one vote under the kiosk's channel and place; `answers` is what cast_vote takes of the poll's own form.

    Raises VoteRefused as any vote does.
    """
    return actions.cast_vote(
        poll=kiosk.poll, now=now, device=device_of(token), channel=Channel.KIOSK, spot=kiosk.spot, **answers
    )


def new_token() -> str:
    return secrets.token_hex(16)


def device_of(token: str) -> str:
    return f"kiosk {token}"


def note_refusal(*, kiosk: Kiosk, token: str, why: str) -> None:
    """Keep that a vote came and could not be counted, once: nothing is lost without a word."""
    KioskRefusal.objects.get_or_create(kiosk=kiosk, token=digest(token), defaults={"why": why})


class TooManyTries(Exception):
    """The PIN was wrong too often. Its message is fit to show."""


def is_pin(*, kiosk: Kiosk, pin: str) -> bool:
    """Tell whether this is the kiosk's PIN. Five wrong ones, and none is tried for ten minutes."""
    about = str(kiosk.pk)
    if counted("kiosk-pin", about) >= raised(PIN_TRIES):
        raise TooManyTries(_("The PIN was wrong too often. Wait ten minutes, or end the kiosk from the desk."))
    if check_password(pin, kiosk.pin):
        return True
    count_one("kiosk-pin", about, seconds=PIN_SECONDS)
    return False


@transaction.atomic
def end_kiosk(*, kiosk: Kiosk, by: Person | None, now: datetime) -> None:
    """End it: from the desk by an officer, or on the device by its PIN (`by` is None). Twice changes nothing."""
    if by is not None and not may_run(by, kiosk.poll):
        raise PollRefused(may_run(by, kiosk.poll).why_not)
    ended = Kiosk.objects.filter(pk=kiosk.pk, ended_at__isnull=True).update(ended_at=now, opening=None)
    if not ended:
        return
    log(
        instance=kiosk.poll,
        action="polls.kiosk_end",
        user=by,
        data={
            "before": {"place": kiosk.spot.name, "kiosk": kiosk.pk},
            "votes": counted_at(kiosk.spot) - kiosk.counted_before,
            "not_counted": kiosk.refusals.count(),
            "said_to_wait": kiosk.waiting,
            "how": "desk" if by else "pin",
        },
    )
