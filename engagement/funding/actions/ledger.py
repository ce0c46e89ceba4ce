"""The one way money moves: an entry is written and the totals follow it, or neither happens."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from boards.people.models import Person
from engagement.funding.actions.refusals import Refused
from engagement.funding.models import Award, Contribution, LedgerEntry, Stream
from engagement.funding.rules.money import EFFECTS, OF_AN_AWARD


class MoneyRefused(Refused):
    """Not a penny moved; its message says why."""


def write(
    *,
    stream: Stream,
    kind: str,
    amount_pence: int,
    on: date,
    by: Person | None,
    award: Award | None = None,
    contribution: Contribution | None = None,
    other_stream: Stream | None = None,
    words: str = "",
) -> LedgerEntry:
    """Write one entry and move the totals of its stream, and of its award, by what it says.

    The constraints of the database refuse whatever would overdraw a stream, fill it past its
    limit, or pay more than was awarded. Call it with the award, then the stream, held.
    """
    if amount_pence <= 0:
        raise ValueError("Money moves by a penny at least.")
    effect = EFFECTS[kind]
    try:
        with transaction.atomic():
            entry = LedgerEntry.objects.create(
                stream=stream,
                kind=kind,
                amount_pence=amount_pence,
                award=award,
                contribution=contribution,
                other_stream=other_stream,
                on=on,
                by=by,
                words=words.strip()[:300],
            )
            Stream.objects.filter(pk=stream.pk).update(
                allocated_pence=F("allocated_pence") + effect.allocated * amount_pence,
                awarded_pence=F("awarded_pence") + effect.awarded * amount_pence,
                paid_pence=F("paid_pence") + effect.paid * amount_pence,
            )
            # The first entry of an award is written beside the award itself, which holds its sum already.
            if award is not None and kind in OF_AN_AWARD and kind != "awarded":
                Award.objects.filter(pk=award.pk).update(
                    amount_pence=F("amount_pence") + effect.awarded * amount_pence,
                    paid_pence=F("paid_pence") + effect.paid * amount_pence,
                )
    except IntegrityError as fault:
        raise MoneyRefused(why(fault)) from None
    stream.refresh_from_db(fields=["allocated_pence", "awarded_pence", "paid_pence"])
    if award is not None:
        award.refresh_from_db(fields=["amount_pence", "paid_pence"])
    return entry


def why(fault: IntegrityError) -> str:
    """Give the sentence for the constraint that refused."""
    name = str(fault)
    if "stream_within_its_limit" in name:
        return _("That would be more than this part of the pot may hold in all. No money moved.")
    if "overpaid" in name:
        return _("That would pay more than was awarded. No money moved.")
    return _("There is not enough money left for that. No money moved.")


def held(*streams: Stream) -> list[Stream]:
    """Hold these streams, always in one order, so that two movements never wait for each other."""
    keys = sorted({stream.pk for stream in streams})
    found = {row.pk: row for row in Stream.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    return [found[stream.pk] for stream in streams]
