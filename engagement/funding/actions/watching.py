"""Odd things while votes come in: noted without a name or a time of day; votes held, and settled by two people."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from boards.places.models import Board
from engagement.funding import permissions
from engagement.funding.actions.refusals import Refused
from engagement.funding.actions.voting import NOWHERE, CameFrom
from engagement.funding.models import FundingRound, Hold, OddThing, RollEntry, ThrowawayDomain, Venue

HOME_NETWORK_V6 = 64


def came_from(round: FundingRound, address: str, device: str, *, has_venues: bool = True) -> CameFrom:
    """Give keyed digests of a network and a device, other for each round; nothing at all for a venue.

    A home's whole IPv6 network counts as one. A caller who knows that the board has no venues spares a query.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return NOWHERE
    if has_venues:
        venues = Venue.objects.filter(board=round.activity.board_id).values_list("network", flat=True)
        if any(found in ip_network(venue) for venue in venues):
            return NOWHERE
    network = str(ip_network(f"{address}/{HOME_NETWORK_V6}", strict=False)) if found.version == 6 else str(found)
    return CameFrom(_digest(round, "network", network), _digest(round, "device", device) if device else "")


def _digest(round: FundingRound, kind: str, value: str) -> str:
    plain = f"{kind} {round.pk} {round.public_key} {value}"
    return hmac.new(settings.SECRET_KEY.encode(), plain.encode(), sha256).hexdigest()[:32]


def note_odd(*, round: FundingRound, kind: str, about: str, now: datetime) -> None:
    """Count one more of something odd from one network."""
    if not about:
        return
    on = timezone.localdate(now)
    thing, made = OddThing.objects.get_or_create(round=round, kind=kind, about=about, defaults={"on": on})
    if not made:
        OddThing.objects.filter(pk=thing.pk).update(times=F("times") + 1, on=on)


def _may(by: Person, round: FundingRound) -> None:
    verdict = permissions.may_settle_votes(by, round)
    if not verdict:
        raise Refused(verdict.why_not)


def _lock(round: FundingRound) -> FundingRound:
    held = FundingRound.objects.select_for_update(of=("self",)).select_related("activity").get(pk=round.pk)
    if held.opened_at is not None:
        raise Refused(_("The ballots have been opened. Their names are gone, so nothing can be held or settled."))
    return held


@transaction.atomic
def hold_votes(*, round: FundingRound, entries: Collection[int], reason: str, by: Person, now: datetime) -> int:
    """Hold these votes back until two officers settle them; give how many were not held before."""
    _may(by, round)
    held = _lock(round)
    if not reason.strip():
        raise Refused(_("Say why."))
    found = list(RollEntry.objects.filter(round=held, pk__in=entries, hold__isnull=True, paper__isnull=True))
    Hold.objects.bulk_create(
        [Hold(entry=entry, reason=reason.strip(), held_by=by, held_on=timezone.localdate(now)) for entry in found]
    )
    _log(held, "hold_votes", by, votes=len(found), words=reason.strip())
    return len(found)


@transaction.atomic
def propose_outcome(*, round: FundingRound, entries: Collection[int], outcome: str, words: str, by: Person) -> int:
    """Say what should become of held votes, and why. Another officer must agree."""
    _may(by, round)
    held = _lock(round)
    if outcome not in Hold.Outcome.values:
        raise ValueError(f"No outcome {outcome!r}.")
    if not words.strip():
        raise Refused(_("Say why."))
    changed = Hold.objects.filter(entry__round=held, entry__in=entries, outcome="").update(
        proposed=outcome, proposed_words=words.strip(), proposed_by=by
    )
    _log(held, "propose_votes", by, votes=changed, outcome=outcome, words=words.strip())
    return changed


@transaction.atomic
def agree(*, round: FundingRound, entries: Collection[int], by: Person, now: datetime) -> int:
    """Agree to what another officer proposed: this settles it."""
    _may(by, round)
    held = _lock(round)
    waiting = Hold.objects.filter(entry__round=held, entry__in=entries, outcome="").exclude(proposed="")
    if waiting.filter(proposed_by=by).exists():
        raise Refused(_("You proposed this. Someone else must agree to it."))
    if waiting.filter(proposed_by__isnull=True).exists():
        raise Refused(_("Whoever proposed this has left. Propose it again."))
    changed = waiting.update(outcome=F("proposed"), settled_by=by, settled_on=timezone.localdate(now))
    _log(held, "settle_votes", by, votes=changed)
    return changed


def _log(round: FundingRound, action: str, by: Person, **data: object) -> None:
    log(instance=round, action=f"funding.{action}", user=by, data={**data, "board": round.activity.board_id})


def add_venue(*, board: Board, name: str, network: str, by: Person) -> Venue:
    """Let many people vote from one place, such as a library."""
    try:
        plain = str(ip_network(network.strip(), strict=False))
    except ValueError:
        raise Refused(_("This is not a network address, such as 203.0.113.7 or 203.0.113.0/28.")) from None
    if not name.strip():
        raise Refused(_("Give the venue a name."))
    venue, _made = Venue.objects.update_or_create(board=board, network=plain, defaults={"name": name.strip()})
    log(instance=board, action="funding.add_venue", user=by, data={"name": name, "network": plain, "board": board.pk})
    return venue


def add_domain(*, round: FundingRound, domain: str, by: Person) -> None:
    """Put a mail service on the list of throw-away ones."""
    _may(by, round)
    plain = domain.strip().lower().lstrip("@")
    if "." not in plain or " " in plain or len(plain) > 120:
        raise Refused(_("This is not a domain, such as mailinator.com."))
    ThrowawayDomain.objects.get_or_create(domain=plain)
    _log(round, "add_throwaway_domain", by, domain=plain)


def remove_domain(*, round: FundingRound, domain: str, by: Person) -> None:
    _may(by, round)
    ThrowawayDomain.objects.filter(domain=domain.strip().lower()).delete()
    _log(round, "remove_throwaway_domain", by, domain=domain.strip().lower())
