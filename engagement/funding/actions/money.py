"""Money into a pot and out of it: the ledger and its totals move together, or not at all."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Organisation, Person
from boards.places.models import Board
from engagement.funding.actions.ledger import MoneyRefused, held, write
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
    limit_pence: int | None = None,
    within: Stream | None = None,
) -> Stream:
    """Give a stream of the board's pot for that year, with money in it; the pot is made if there is none.

    A sub-pot (`within`) starts empty, or with money moved out of the stream it lies in.
    """
    pot, _made = Pot.objects.get_or_create(board=board, year_starts_on=year_starts_on)
    if within is not None and (within.pot_id != pot.pk or within.within_id is not None):
        raise MoneyRefused(_("A sub-pot lies in a part of the same year's pot, and not in another sub-pot."))
    stream = Stream.objects.create(pot=pot, name=name, cap_pence=cap_pence, limit_pence=limit_pence, within=within)
    if allocated_pence and within is not None:
        move(source=within, target=stream, amount_pence=allocated_pence, by=by, on=on, words=words)
    elif allocated_pence:
        allocate(stream=stream, amount_pence=allocated_pence, by=by, on=on, words=words)
    return stream


@transaction.atomic
def change_stream(
    *, stream: Stream, name: str, cap_pence: int | None, limit_pence: int | None, by: Person | None
) -> Stream:
    """Name a stream anew, or set its two limits. What it holds already stays within them."""
    [row] = held(stream)
    if limit_pence is not None and in_all(row) > limit_pence:
        raise MoneyRefused(_("It holds more than that already, with its sub-pots. Move money out first."))
    if Stream.objects.filter(pot=row.pot_id, name=name).exclude(pk=row.pk).exists():
        raise MoneyRefused(_("This year's pot has a part with this name."))
    before = {"name": row.name, "cap_pence": row.cap_pence, "limit_pence": row.limit_pence}
    row.name, row.cap_pence, row.limit_pence = name, cap_pence, limit_pence
    row.save(update_fields=list(before))
    after = {"name": name, "cap_pence": cap_pence, "limit_pence": limit_pence}
    _log("change_stream", row, by, before=before, after=after)
    for field, value in after.items():
        setattr(stream, field, value)
    return row


def in_all(stream: Stream) -> int:
    """Give what a stream and its sub-pots hold together, in pence."""
    family = Stream.objects.filter(Q(pk=stream.pk) | Q(within=stream.pk))
    return int(family.aggregate(held=Sum("allocated_pence", default=0))["held"])


def _fits(stream: Stream, amount_pence: int) -> None:
    """Refuse money that would take a stream, or the one it lies in, past what it may hold in all."""
    for row in Stream.objects.filter(pk__in=[stream.pk, stream.within_id or stream.pk]):
        if row.limit_pence is not None and in_all(row) + amount_pence > row.limit_pence:
            raise MoneyRefused(_("That would be more than this part of the pot may hold in all. No money moved."))


def _hold(*streams: Stream) -> list[Stream]:
    """Hold these streams and the ones they lie in, whose limits they share; give back those asked for."""
    return held(*streams, *[stream.within for stream in streams if stream.within is not None])[: len(streams)]


@transaction.atomic
def allocate(*, stream: Stream, amount_pence: int, by: Person | None, on: date, words: str = "") -> LedgerEntry:
    """The council puts money into a stream."""
    _hold(stream)
    _fits(stream, amount_pence)
    entry = write(stream=stream, kind="allocated", amount_pence=amount_pence, on=on, by=by, words=words)
    _log("allocate", stream, by, amount_pence=amount_pence, words=words)
    return entry


@transaction.atomic
def take_out(*, stream: Stream, amount_pence: int, by: Person | None, on: date, words: str) -> LedgerEntry:
    """The council takes back money that is not awarded. Also puts right too much put in by mistake."""
    if not words.strip():
        raise MoneyRefused(_("Say why the money is taken out. It is public."))
    [row] = held(stream)
    if row.left_pence < amount_pence:
        raise MoneyRefused(_("There is not enough money left for that. No money moved."))
    entry = write(stream=stream, kind="taken_out", amount_pence=amount_pence, on=on, by=by, words=words)
    _log("take_out", stream, by, amount_pence=amount_pence, words=words)
    return entry


@transaction.atomic
def move(
    *, source: Stream, target: Stream, amount_pence: int, by: Person | None, on: date, words: str = ""
) -> tuple[LedgerEntry, LedgerEntry]:
    """Move money that is not awarded from one stream of a board to another: out of one, into the other."""
    if source.pk == target.pk:
        raise MoneyRefused(_("Choose another part of the pot to move it to."))
    if source.pot.board_id != target.pot.board_id:
        raise MoneyRefused(_("Money stays with its board. Choose a part of this board's pot."))
    row, _row = _hold(source, target)
    if row.left_pence < amount_pence:
        raise MoneyRefused(_("There is not enough money left for that. No money moved."))
    out = write(
        stream=source, kind="moved_out", amount_pence=amount_pence, other_stream=target, on=on, by=by, words=words
    )
    _fits(target, amount_pence)
    into = write(
        stream=target, kind="moved_in", amount_pence=amount_pence, other_stream=source, on=on, by=by, words=words
    )
    _log("move_money", source, by, amount_pence=amount_pence, to=str(target), words=words)
    return out, into


# --- partners ----------------------------------------------------------------------------------


@transaction.atomic
def contribute(
    *,
    stream: Stream,
    organisation: Organisation | str,
    amount_pence: int,
    by: Person | None,
    on: date,
    words: str = "",
    conditions: str = "",
    received: bool = True,
) -> Contribution:
    """A partner puts money into a stream, or with `received=False` promises it.

    A promise is shown with the pot and cannot be awarded; `receive` puts it in. `organisation` is
    one the site knows, or a name.
    """
    known = organisation if isinstance(organisation, Organisation) else None
    states = Contribution.State
    contribution = Contribution.objects.create(
        stream=stream,
        organisation=str(organisation)[:160],
        partner=known,
        amount_pence=amount_pence,
        conditions=conditions,
        state=states.RECEIVED if received else states.PROMISED,
        on=on,
        received_on=on if received else None,
    )
    if received:
        _put_in(contribution, by=by, on=on, words=words)
    _log(
        "contribute",
        stream,
        by,
        amount_pence=amount_pence,
        **{"from": str(organisation), "conditions": conditions, "received": received},
    )
    return contribution


def _put_in(contribution: Contribution, *, by: Person | None, on: date, words: str) -> None:
    stream = contribution.stream
    _hold(stream)
    _fits(stream, contribution.amount_pence)
    write(
        stream=stream,
        kind="contributed",
        contribution=contribution,
        amount_pence=contribution.amount_pence,
        on=on,
        by=by,
        words=words,
    )


def _held(contribution: Contribution) -> Contribution:
    return (
        Contribution.objects.select_for_update(of=("self",))
        .select_related("stream__pot", "stream__within")
        .get(pk=contribution.pk)
    )


@transaction.atomic
def receive(*, contribution: Contribution, by: Person | None, on: date, words: str = "") -> Contribution:
    """Promised money has come in: it is in the pot now."""
    row = _held(contribution)
    if row.state != Contribution.State.PROMISED:
        raise MoneyRefused(_("This money is not waited for."))
    row.state, row.received_on = Contribution.State.RECEIVED, on
    row.save(update_fields=["state", "received_on"])
    _put_in(row, by=by, on=on, words=words)
    _log("receive", row.stream, by, amount_pence=row.amount_pence, **{"from": row.organisation})
    return row


@transaction.atomic
def cancel_promise(*, contribution: Contribution, by: Person | None, words: str) -> Contribution:
    """A partner will not give what it promised."""
    row = _held(contribution)
    if row.state != Contribution.State.PROMISED:
        raise MoneyRefused(_("This money is not waited for."))
    row.state = Contribution.State.CANCELLED
    row.save(update_fields=["state"])
    _log("cancel_promise", row.stream, by, amount_pence=row.amount_pence, words=words, **{"from": row.organisation})
    return row


@transaction.atomic
def give_back(
    *, contribution: Contribution, amount_pence: int, by: Person | None, on: date, words: str
) -> Contribution:
    """Money goes back to the partner it came from, as far as it is not awarded."""
    row = _held(contribution)
    if not words.strip():
        raise MoneyRefused(_("Say why the money goes back. It is public."))
    if amount_pence > row.kept_pence:
        raise MoneyRefused(_("That is more than this partner's money in the pot. No money moved."))
    [stream] = held(row.stream)
    if stream.left_pence < amount_pence:
        raise MoneyRefused(_("There is not enough money left for that. No money moved."))
    row.given_back_pence += amount_pence
    row.save(update_fields=["given_back_pence"])
    write(
        stream=row.stream,
        kind="given_back",
        contribution=row,
        amount_pence=amount_pence,
        on=on,
        by=by,
        words=words,
    )
    _log("give_back", row.stream, by, amount_pence=amount_pence, words=words, **{"to": row.organisation})
    return row


def _log(action: str, stream: Stream, by: Person | None, **data: Any) -> None:
    log(instance=stream, action=f"funding.{action}", user=by, data={**data, "board": stream.pot.board_id})
