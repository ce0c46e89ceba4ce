"""Reads about the pot: whether the ledger and the totals agree, where the money is, what it went to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value, When, Window
from django.db.models.functions import Coalesce

from boards.places.models import Board
from engagement.evidence.models import Need
from engagement.funding.models import Award, Contribution, LedgerEntry, Pot, Stream
from engagement.funding.rules.money import EFFECTS, left_after, shared_out

# --- the proof ---------------------------------------------------------------------------------


def sum_of(field: str, *, path: str = "entries") -> Any:
    """Add up what the entries of a stream or an award do to one of its totals."""
    parts: Any = None
    for sign in (1, -1):
        kinds = [kind for kind, effect in EFFECTS.items() if getattr(effect, field) == sign]
        part = Sum(f"{path}__amount_pence", filter=Q(**{f"{path}__kind__in": kinds}), default=0)
        parts = part if parts is None else parts - part
    return parts


def streams_out_of_balance() -> list[int]:
    """Give the streams whose three totals, or whose moves from one to another, their ledger does not add up to.

    One query. Always empty.
    """
    sent_here = (
        LedgerEntry.objects.filter(other_stream=OuterRef("pk"), kind="moved_out")
        .order_by()
        .values("other_stream")
        .annotate(pence=Sum("amount_pence"))
        .values("pence")
    )
    rows = Stream.objects.annotate(
        allocated_by_ledger=sum_of("allocated"),
        awarded_by_ledger=sum_of("awarded"),
        paid_by_ledger=sum_of("paid"),
        came=Sum("entries__amount_pence", filter=Q(entries__kind="moved_in"), default=0),
        sent=Coalesce(Subquery(sent_here), Value(0), output_field=IntegerField()),
    )
    return list(
        rows.exclude(
            allocated_pence=F("allocated_by_ledger"),
            awarded_pence=F("awarded_by_ledger"),
            paid_pence=F("paid_by_ledger"),
            came=F("sent"),
        ).values_list("pk", flat=True)
    )


def awards_out_of_balance() -> list[int]:
    """Give the awards whose amount or payments are not what their ledger adds up to. Always empty."""
    rows = Award.objects.annotate(awarded_by_ledger=sum_of("awarded"), paid_by_ledger=sum_of("paid"))
    return list(
        rows.exclude(amount_pence=F("awarded_by_ledger"), paid_pence=F("paid_by_ledger")).values_list("pk", flat=True)
    )


# --- the ledger --------------------------------------------------------------------------------


def ledger_of(pot: Pot, *, stream: int | None = None, kind: str = "") -> QuerySet[LedgerEntry]:
    """Give a pot's entries, newest first, with all that a public page says of them. Never by whom."""
    found = LedgerEntry.objects.filter(stream__pot=pot)
    if stream is not None:
        found = found.filter(stream=stream)
    if kind:
        found = found.filter(kind=kind)
    return found.select_related(
        "stream", "other_stream", "contribution", "award__proposal__round__activity__board"
    ).order_by("-pk")


def with_running_balance(stream: Stream) -> QuerySet[LedgerEntry]:
    """Give a stream's entries, newest first, each with what was left to award after it."""
    changes = [When(kind=kind, then=F("amount_pence") * left_after(kind, 1)) for kind in EFFECTS if left_after(kind, 1)]
    return (
        LedgerEntry.objects.filter(stream=stream)
        .annotate(change=Case(*changes, default=Value(0), output_field=IntegerField()))
        .annotate(left_pence=Window(Sum("change"), order_by=F("pk").asc()))
        .select_related("other_stream", "contribution", "award__proposal", "by")
        .order_by("-pk")
    )


# --- the pot's page ----------------------------------------------------------------------------


@dataclass(frozen=True)
class StreamRow:
    """One line of the picture of a pot: a stream or a sub-pot."""

    stream: Stream
    depth: int
    promised_pence: int

    @property
    def paid(self) -> int:
        return self.stream.paid_pence

    @property
    def unpaid(self) -> int:
        return self.stream.unpaid_pence

    @property
    def left(self) -> int:
        return self.stream.left_pence


@dataclass(frozen=True)
class PotPicture:
    """Where a pot's money is. All in pence, and every sum adds up: paid, to pay and left are what it holds."""

    pot: Pot
    rows: tuple[StreamRow, ...]
    contributions: tuple[Contribution, ...]

    def total(self, name: str) -> int:
        return sum(int(getattr(row.stream, name)) for row in self.rows)

    @property
    def allocated(self) -> int:
        return self.total("allocated_pence")

    @property
    def awarded(self) -> int:
        return self.total("awarded_pence")

    @property
    def paid(self) -> int:
        return self.total("paid_pence")

    @property
    def unpaid(self) -> int:
        return self.awarded - self.paid

    @property
    def left(self) -> int:
        return self.allocated - self.awarded

    @property
    def partners(self) -> int:
        return sum(each.kept_pence for each in self.contributions)

    @property
    def council(self) -> int:
        return self.allocated - self.partners

    @property
    def promised(self) -> int:
        return sum(row.promised_pence for row in self.rows)


def pots_of(board: Board) -> list[Pot]:
    """Give a board's pots, newest first."""
    pots = list(Pot.objects.filter(board=board).order_by("-year_starts_on"))
    for pot in pots:
        pot.board = board
    return pots


def picture_of(pot: Pot) -> PotPicture:
    """Give where a pot's money is, each stream followed by its sub-pots. Two queries."""
    streams = list(pot.streams.order_by("pk"))
    given = list(Contribution.objects.filter(stream__in=streams).select_related("stream"))
    promised: dict[int, int] = {}
    for each in given:
        if each.state == Contribution.State.PROMISED:
            promised[each.stream_id] = promised.get(each.stream_id, 0) + each.amount_pence
    rows = [
        StreamRow(stream, depth, promised.get(stream.pk, 0))
        for top in streams
        if top.within_id is None
        for depth, stream in [(0, top), *[(1, part) for part in streams if part.within_id == top.pk]]
    ]
    return PotPicture(pot, tuple(rows), tuple(given))


# --- what it went to ---------------------------------------------------------------------------


@dataclass(frozen=True)
class MoneyBy:
    """Money by need or by ward: of awards that name one, what they came to and how much more named none."""

    rows: tuple[tuple[str, str, int], ...]
    named_pence: int
    unnamed_pence: int
    awards: int


def awards_in(pot: Pot) -> list[Award]:
    """Give the awards of a pot that hold money, with the needs and the wards they name. Three queries."""
    needs = Prefetch("proposal__needs", Need.objects.select_related("board"))
    awards = Award.objects.standing().filter(stream__pot=pot).select_related("proposal").order_by("pk")
    return list(awards.prefetch_related(needs, "areas"))


def by_need(awards: Iterable[Award]) -> MoneyBy:
    """Give the money of awards by need, an award that names several shared among them."""
    return _shared(
        awards, lambda award: [(f"{need.pk}", need.title, need) for need in award.proposal.needs.all()], _need_address
    )


def by_ward(awards: Iterable[Award]) -> MoneyBy:
    """Give the money of awards by ward, an award that names several shared among them."""
    return _shared(awards, lambda award: [(area.code, area.name, area) for area in award.areas.all()], lambda _: "")


def _need_address(need: Any) -> str:
    return f"/boards/{need.board.slug}/needs/{need.slug}/"


def _shared(awards: Iterable[Award], named: Any, address: Any) -> MoneyBy:
    sums: dict[str, list[Any]] = {}
    unnamed = known = number = 0
    for award in awards:
        number += 1
        names = named(award)
        if not names:
            unnamed += award.amount_pence
            continue
        known += award.amount_pence
        for (key, title, thing), pence in zip(names, shared_out(award.amount_pence, len(names)), strict=True):
            row = sums.setdefault(key, [title, address(thing), 0])
            row[2] += pence
    rows = sorted(((title, href, pence) for title, href, pence in sums.values()), key=lambda row: (-row[2], row[0]))
    return MoneyBy(tuple(rows), known, unnamed, number)
