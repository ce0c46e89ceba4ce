"""Bring boards in: their names, and which wards, or what share of them, each covers."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from boards.places.actions.reading import Problems, Wrong, a_name, read_json, shortened
from boards.places.models import Area, Board, BoardArea

FOUR_PLACES = Decimal("0.0001")


@dataclass
class Found:
    where: str
    name: str
    slug: str
    shares: dict[str, Decimal]


@dataclass
class Imported:
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: int = 0

    def __bool__(self) -> bool:
        return bool(self.new or self.changed)


def import_boards(path: Path) -> Imported:
    """Keep every board of a JSON file, or none. The same file again changes nothing.

    The file holds `boards` (or `demo_boards`), each with a name, a slug or none, and `wards`
    (or `wards_2025`): codes, or objects with a code and, where a ward is split, a share. For the
    boards it names it is the whole truth about wards in force; wards that have ended stay with
    the board they were in. Raises FileRefused.
    """
    problems = Problems(path.name)
    found = found_in(read_json(path, problems), problems)
    areas = {
        area.code: area
        for area in Area.objects.without_shapes().filter(code__in={code for each in found for code in each.shares})
    }
    note_problems(found, areas, problems)
    problems.refuse_if_any()
    return keep(found, areas)


def found_in(whole: object, problems: Problems) -> list[Found]:
    listed = None
    if isinstance(whole, dict):
        listed = whole.get("boards", whole.get("demo_boards"))
    if not isinstance(listed, list) or not listed:
        raise problems.refuse("", "boards", _("The file must hold a list named “boards”, with at least one."))
    found = [one_board(number, each, problems) for number, each in enumerate(listed, 1)]
    return [each for each in found if each]


def one_board(number: int, board: Any, problems: Problems) -> Found | None:
    where = _("board %(number)d") % {"number": number}
    if not isinstance(board, dict):
        problems.add(where, "", _("This is not a board: it must have a name and wards."))
        return None
    try:
        name = a_name(board.get("name"), longest=80)
    except Wrong as wrong:
        problems.add(where, "name", str(wrong))
        return None
    where = f"{where} ({name})"
    slug = board.get("slug") or slugify(name)[:60].strip("-")
    if not isinstance(slug, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > 60:
        problems.add(where, "slug", _("An address is small letters, figures and hyphens, at most 60."))
        return None
    key = next((key for key in sorted(board, reverse=True) if re.fullmatch(r"wards(_\d{4})?", key)), "wards")
    wards = board.get(key)
    if not isinstance(wards, list) or not wards:
        problems.add(where, key, _("The board must have at least one ward."))
        return None
    shares: dict[str, Decimal] = {}
    for ward in wards:
        code = str(ward.get("code")) if isinstance(ward, dict) else str(ward)
        share = a_share(ward.get("share", 1) if isinstance(ward, dict) else 1)
        if share is None:
            problems.add(where, "share", _("The share of %s must be above 0 and at most 1.") % shortened(code))
        elif code in shares:
            problems.add(where, key, _("%s is in this board twice.") % shortened(code))
        else:
            shares[code] = share
    return Found(where, name, slug, shares)


def a_share(value: object) -> Decimal | None:
    try:
        share = Decimal(str(value)[:20])
    except InvalidOperation:
        return None
    if isinstance(value, bool) or not share.is_finite():
        return None
    return share.quantize(FOUR_PLACES) if FOUR_PLACES <= share <= 1 else None


def note_problems(found: list[Found], areas: dict[str, Area], problems: Problems) -> None:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for what in ("name", "slug"):
        seen: set[str] = set()
        for each in found:
            value = str(getattr(each, what)).casefold()
            if value in seen:
                problems.add(each.where, what, _("Another board of this file has it."))
            seen.add(value)
    taken = dict(Board.objects.filter(name__in=[each.name for each in found]).values_list("name", "slug"))
    for each in found:
        if taken.get(each.name, each.slug) != each.slug:
            problems.add(each.where, "slug", _("This board stands at the address “%s” already.") % taken[each.name])
        for code, share in each.shares.items():
            if code not in areas:
                problems.add(each.where, "wards", _("%s is not an area we know. Import it first.") % shortened(code))
            totals[code] += share
            if totals[code] > 1:
                problems.add(
                    each.where,
                    "wards",
                    _("%s is in more than one board. Give each a share, at most 1 in all.") % shortened(code),
                )


@transaction.atomic
def keep(found: list[Found], areas: dict[str, Area]) -> Imported:
    report = Imported()
    for each in found:
        board, made = Board.objects.get_or_create(slug=each.slug, defaults={"name": each.name})
        changed = board.name != each.name
        if changed:
            board.name = each.name
            board.save(update_fields=["name"])
        held = {
            row.area.code: row for row in board.covers.select_related("area").defer("area__boundary", "area__outline")
        }
        for code, share in each.shares.items():
            row = held.pop(code, None)
            if row is None:
                BoardArea.objects.create(board=board, area=areas[code], share=share)
                changed = True
            elif row.share != share:
                row.share = share
                row.save(update_fields=["share"])
                changed = True
        for row in held.values():
            if row.area.kind == Area.Kind.WARD and row.area.valid_to is None:
                row.delete()
                changed = True
        if made:
            report.new.append(each.slug)
        elif changed:
            report.changed.append(each.slug)
        else:
            report.same += 1
    return report
