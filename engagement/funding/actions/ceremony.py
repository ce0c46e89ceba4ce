"""The key ceremony: three officers each take a share; any two open a test ballot before voting can open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.funding import permissions
from engagement.funding.actions import keys
from engagement.funding.actions.refusals import Refused
from engagement.funding.models import FundingRound, KeyShare, KeyWrap
from engagement.funding.rules import PLACES, Share, share_in_words


def _held(round: FundingRound) -> FundingRound:
    return FundingRound.objects.select_for_update(of=("self",)).select_related("activity__board").get(pk=round.pk)


@transaction.atomic
def name_officers(*, round: FundingRound, officers: Sequence[Person], by: Person, now: datetime) -> None:
    """Say who the three are. A ceremony held before for this draft counts no longer."""
    held = _held(round)
    verdict = permissions.may_hold_ceremony(by, held, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    if len({officer.pk for officer in officers}) != len(PLACES):
        raise Refused(_("Choose three different officers."))
    KeyShare.objects.filter(round=held).delete()
    KeyWrap.objects.filter(round=held).delete()
    held.public_key = ""
    held.save(update_fields=["public_key"])
    KeyShare.objects.bulk_create(
        KeyShare(round=held, place=place, officer=officer) for place, officer in zip(PLACES, officers, strict=True)
    )
    round.public_key = ""
    log(
        instance=held,
        action="funding.name_key_officers",
        user=by,
        data={"officers": [officer.pk for officer in officers], "board": held.activity.board_id},
    )


@transaction.atomic
def take_share(*, round: FundingRound, officer: Person, now: datetime) -> str:
    """Make this officer's share and give its line: now, once, and never again.

    With the third, the round's key is made, wrapped for each pair, and forgotten.
    """
    held = _held(round)
    mine = KeyShare.objects.filter(round=held, officer=officer).first()
    if mine is None:
        raise Refused(_("You are not one of the three officers of this key."))
    if held.public_key or mine.public_key:
        raise Refused(_("Your share has been made and is shown once only. If it is lost, hold the ceremony again."))
    share, mine.public_key = keys.make_share(mine.place)
    mine.made_on = timezone.localdate(now)
    mine.save(update_fields=["public_key", "made_on"])
    publics = dict(KeyShare.objects.filter(round=held).exclude(public_key="").values_list("place", "public_key"))
    if len(publics) == len(PLACES):
        held.public_key, wraps = keys.make_for_three(publics)
        held.save(update_fields=["public_key"])
        KeyWrap.objects.bulk_create(
            KeyWrap(round=held, first=first, second=second, wrapped=wrapped)
            for (first, second), wrapped in wraps.items()
        )
    round.public_key = held.public_key
    log(
        instance=held,
        action="funding.take_key_share",
        user=officer,
        data={"share": mine.place, "board": held.activity.board_id},
    )
    return share_in_words(share)


@transaction.atomic
def try_shares(*, round: FundingRound, shares: Sequence[Share], by: Person, now: datetime) -> tuple[int, int]:
    """Open a test ballot with two shares, and give the pair. Nothing real is opened.

    The drill for a lost share is this, with the other two.
    """
    held = _held(round)
    verdict = permissions.may_try_shares(by, held)
    if not verdict:
        raise Refused(verdict.why_not)
    try:
        first, second = keys.pair_of(shares)
        wrap = KeyWrap.objects.get(round=held, first=first, second=second)
        keys.opener_of_two(held.public_key, bytes(wrap.wrapped), shares)
    except (keys.SharesDoNotOpen, KeyWrap.DoesNotExist):
        raise Refused(_("These two do not open a test ballot. Use two different shares of this round.")) from None
    wrap.tested_on = timezone.localdate(now)
    wrap.save(update_fields=["tested_on"])
    log(
        instance=held,
        action="funding.try_key_shares",
        user=by,
        data={"pair": [first, second], "board": held.activity.board_id},
    )
    return first, second
