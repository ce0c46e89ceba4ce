"""Where a board's money is, the ledger itself, and what the year's money went to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.permissions import open_to_all
from boards.places.models import Board
from components.templatetags.components import pence
from engagement.funding import exports, queries_money, words_awards
from engagement.funding.models import LedgerEntry, Pot
from engagement.funding.queries_money import MoneyBy
from engagement.funding.rules.money import EFFECTS
from engagement.rules.tables import pounds

A_PAGE = 50


def the_pot(request: HttpRequest, board: Board) -> tuple[list[Pot], Pot | None]:
    """Give a board's pots, and the one of the year asked for, or the latest that has begun."""
    pots = queries_money.pots_of(board)
    asked = request.GET.get("year", "")
    if asked:
        found = next((pot for pot in pots if str(pot.year_starts_on.year) == asked), None)
        if found is None:
            raise Http404
        return pots, found
    today = timezone.localdate()
    begun = [pot for pot in pots if pot.year_starts_on <= today]
    return pots, next(iter(begun or pots), None)


def page(request: HttpRequest, template: str, board: Board, title: str, **context: Any) -> TemplateResponse:
    crumbs = [
        (_("Home"), "/"),
        (board.name, board.get_absolute_url()),
        (_("Grants"), reverse("funding:pot", args=[board.slug])),
    ]
    if template != "money":
        crumbs.append((_("Where the money is"), reverse("funding:money", args=[board.slug])))
    crumbs.append((title, ""))
    return TemplateResponse(request, f"funding/{template}.html", {"board": board, "crumbs": crumbs, **context})


def year_filter(pots: list[Pot], pot: Pot) -> dict[str, Any]:
    return {
        "name": "year",
        "label": _("Financial year"),
        "options": [
            {"value": each.year_starts_on.year, "label": each.year(), "selected": each == pot} for each in pots
        ],
    }


@open_to_all
def money(request: HttpRequest, board_slug: str) -> HttpResponse:
    """A pot as a picture with its table: what there is, awarded, paid, left, part by part."""
    board = get_object_or_404(Board, slug=board_slug)
    pots, pot = the_pot(request, board)
    context: dict[str, Any] = {}
    if pot is not None:
        picture = queries_money.picture_of(pot)
        awards = queries_money.awards_in(pot)
        context = {
            "picture": picture,
            "rows": [stack_row(row) for row in picture.rows],
            "sources": [
                row
                for row in ((_("The council"), "", picture.council), (_("Partners"), "", picture.partners))
                if row[2] > 0
            ],
            "match": match_of(picture),
            "given": [each for each in picture.contributions if each.state != each.State.CANCELLED],
            "by_need": by(queries_money.by_need(awards)),
            "by_ward": by(queries_money.by_ward(awards)),
            "filters": [year_filter(pots, pot)] if len(pots) > 1 else [],
        }
    return page(request, "money", board, _("Where the money is"), pot=pot, **context)


def stack_row(row: queries_money.StreamRow) -> dict[str, Any]:
    stream = row.stream
    notes = []
    if stream.cap_pence:
        notes.append(_("One grant is %(cap)s at most.") % {"cap": pence(stream.cap_pence)})
    if stream.limit_pence:
        notes.append(_("It may hold %(limit)s at most.") % {"limit": pence(stream.limit_pence)})
    if row.promised_pence:
        notes.append(_("%(promised)s more is promised.") % {"promised": pence(row.promised_pence)})
    return {
        "label": stream.name,
        "note": " ".join(notes),
        "depth": row.depth,
        "all_pence": stream.allocated_pence,
        "awarded_pence": stream.awarded_pence,
        "paid_pence": stream.paid_pence,
    }


def match_of(picture: queries_money.PotPicture) -> str:
    """Give what partners add to each pound of the council, rounded down to the penny, or an empty text."""
    if picture.council <= 0 or picture.partners <= 0:
        return ""
    each = 100 * picture.partners // picture.council
    return _("For each £1 from the council, partners put in %(match)s.") % {"match": pence(each)} if each else ""


def by(found: MoneyBy) -> dict[str, Any]:
    whole = found.named_pence + found.unnamed_pence
    return {
        "rows": found.rows[:15],
        "more": max(0, len(found.rows) - 15),
        "named": pence(found.named_pence),
        "whole": pence(whole),
        "awards": found.awards,
    }


# --- the ledger --------------------------------------------------------------------------------


def asked(request: HttpRequest, pot: Pot) -> tuple[int | None, str]:
    """Give the part of the pot and the kind of entry someone wants to see; whatever else is asked is left out."""
    part, kind = request.GET.get("part", ""), request.GET.get("kind", "")
    keys = {str(key): key for key in pot.streams.values_list("pk", flat=True)}
    return keys.get(part), kind if kind in EFFECTS else ""


def entry_row(entry: LedgerEntry) -> dict[str, Any]:
    """Give what anyone may read of an entry. Never who wrote it."""
    about, href = "", ""
    if entry.award is not None:
        about, href = words_awards.public_title(entry.award)
    elif entry.contribution is not None:
        about = entry.contribution.organisation
    elif entry.other_stream is not None:
        about = entry.other_stream.name
    return {"entry": entry, "about": about, "href": href}


@open_to_all
def ledger(request: HttpRequest, board_slug: str) -> HttpResponse:
    """Every movement of a pot's money, newest first, to be narrowed and taken away."""
    board = get_object_or_404(Board, slug=board_slug)
    pots, pot = the_pot(request, board)
    if pot is None:
        return page(request, "ledger", board, _("The ledger"), pot=None)
    part, kind = asked(request, pot)
    listed = Paginator(queries_money.ledger_of(pot, stream=part, kind=kind), A_PAGE).get_page(request.GET.get("page"))
    parts = [{"value": "", "label": _("All parts"), "selected": part is None}]
    parts += [
        {"value": key, "label": name, "selected": key == part} for key, name in pot.streams.values_list("pk", "name")
    ]
    kinds = [{"value": "", "label": _("Everything"), "selected": not kind}]
    kinds += [{"value": value, "label": label, "selected": value == kind} for value, label in LedgerEntry.Kind.choices]
    query = f"?year={pot.year_starts_on.year}" + (f"&part={part}" if part else "") + (f"&kind={kind}" if kind else "")
    return page(
        request,
        "ledger",
        board,
        _("The ledger"),
        pot=pot,
        listed=listed,
        rows=[entry_row(entry) for entry in listed],
        filters=[
            *([year_filter(pots, pot)] if len(pots) > 1 else []),
            {"name": "part", "label": _("Part of the pot"), "options": parts},
            {"name": "kind", "label": _("What happened"), "options": kinds},
        ],
        file=reverse("funding:ledger_file", args=[board.slug]) + query,
    )


LEDGER_HEADINGS = (
    "entry", "date", "part_of_the_pot", "kind", "what_happened", "amount_gbp", "grant", "group", "partner",
    "other_part", "words",
)  # fmt: skip


@open_to_all
def ledger_file(request: HttpRequest, board_slug: str) -> HttpResponse | StreamingHttpResponse:
    """The ledger as a table to take away, entry by entry, oldest first."""
    board = get_object_or_404(Board, slug=board_slug)
    _pots, pot = the_pot(request, board)
    if pot is None:
        raise Http404
    part, kind = asked(request, pot)
    council = exports.publisher()
    found = queries_money.ledger_of(pot, stream=part, kind=kind).order_by("pk")

    def lines() -> Iterator[list[tuple[Any, bool]]]:
        for entry in found.iterator(chunk_size=500):
            award, given, other = entry.award, entry.contribution, entry.other_stream
            yield [
                (entry.pk, False),
                (entry.on.isoformat(), False),
                (entry.stream.name, True),
                (entry.kind, False),
                (entry.get_kind_display(), False),
                (pounds(entry.amount_pence), False),
                (exports.grant_number(council, award) if award else "", False),
                (words_awards.public_group(award) if award else "", True),
                (given.organisation if given else "", True),
                (other.name if other else "", True),
                (entry.words, True),
            ]

    response = StreamingHttpResponse(
        exports.csv_lines(LEDGER_HEADINGS, lines()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{board.slug}-ledger-{pot.year_starts_on.year}.csv"'
    return response
