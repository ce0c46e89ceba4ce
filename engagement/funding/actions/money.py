"""Money into a pot and out of it: the ledger and the two totals move together, or not at all."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F
from wagtail.log_actions import log

from boards.people.models import Person
from boards.places.models import Board
from engagement.funding.models import Contribution, LedgerEntry, Pot, Stream


@transaction.atomic
def make_stream(
    *,
    board: Board,
    year_starts_on: date,
    name: str,
    allocated_pence: int,
    cap_pence: int | None,
    by: Person | None,
    on: date,
    words: str = "",
) -> Stream:
    """Give a stream of the board's pot for that year, with money in it; the pot is made if there is none."""
    pot, _made = Pot.objects.get_or_create(board=board, year_starts_on=year_starts_on)
    stream = Stream.objects.create(pot=pot, name=name, cap_pence=cap_pence)
    if allocated_pence:
        allocate(stream=stream, amount_pence=allocated_pence, by=by, on=on, words=words)
    return stream


@transaction.atomic
def allocate(*, stream: Stream, amount_pence: int, by: Person | None, on: date, words: str = "") -> LedgerEntry:
    """The council puts money into a stream."""
    entry = LedgerEntry.objects.create(
        stream=stream, kind=LedgerEntry.Kind.ALLOCATED, amount_pence=amount_pence, on=on, by=by, words=words
    )
    _add(stream, amount_pence)
    log(
        instance=stream,
        action="funding.allocate",
        user=by,
        data={"amount_pence": amount_pence, "words": words, "board": stream.pot.board_id},
    )
    return entry


@transaction.atomic
def contribute(
    *,
    stream: Stream,
    organisation: str,
    amount_pence: int,
    by: Person | None,
    on: date,
    words: str = "",
    conditions: str = "",
) -> Contribution:
    """A partner puts money into a stream; its conditions stand in the ledger and the log."""
    contribution = Contribution.objects.create(
        stream=stream, organisation=organisation, amount_pence=amount_pence, on=on
    )
    LedgerEntry.objects.create(
        stream=stream,
        kind=LedgerEntry.Kind.CONTRIBUTED,
        contribution=contribution,
        amount_pence=amount_pence,
        on=on,
        by=by,
        words=(f"{words} {conditions}".strip())[:300],
    )
    _add(stream, amount_pence)
    log(
        instance=stream,
        action="funding.contribute",
        user=by,
        data={
            "amount_pence": amount_pence,
            "from": organisation,
            "conditions": conditions,
            "board": stream.pot.board_id,
        },
    )
    return contribution


def _add(stream: Stream, amount_pence: int) -> None:
    Stream.objects.filter(pk=stream.pk).update(allocated_pence=F("allocated_pence") + amount_pence)
    stream.refresh_from_db(fields=["allocated_pence"])
