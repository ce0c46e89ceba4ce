"""Bring areas in: wards, councils, parishes and small areas, with their boundaries and dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from boards.places.actions.reading import (
    Problems,
    Progress,
    Wrong,
    a_name,
    opened_csv,
    read_json,
    shortened,
)
from boards.places.models import Area
from boards.places.rules import boundaries
from boards.places.rules.codes import CODE, kind_of_code

# What the offices that publish boundaries call the code of each kind of place: WD25CD, LSOA21CD, PAR23CD.
CODE_NAMES: Mapping[str, str] = {
    "ward": r"wd(\d\d)?_?cd|wardcd|ward_code",
    "council": r"(lad|utla|ctyua)(\d\d)?_?cd|lad_code|council_code",
    "parish": r"par(ncp)?(\d\d)?_?cd|parish_code",
    "lsoa": r"lsoa(\d\d)?_?cd|lsoa_code",
    "msoa": r"msoa(\d\d)?_?cd|msoa_code",
}
NAME_NAMES = r"name|(wd|lad|utla|ctyua|par|parncp|lsoa|msoa)(\d\d)?_?nm|(ward|council|parish|lsoa|msoa|area)_?name"
# What an area lies in, in the order we would rather know it.
PARENT_NAMES: Mapping[str, tuple[str, ...]] = {
    "lsoa": (r"parent(_code)?", r"ward", CODE_NAMES["ward"], CODE_NAMES["msoa"], CODE_NAMES["council"]),
    "msoa": (r"parent(_code)?", CODE_NAMES["council"]),
    "ward": (r"parent(_code)?", CODE_NAMES["council"]),
    "parish": (r"parent(_code)?", CODE_NAMES["council"]),
    "council": (r"parent(_code)?",),
}
BATCH = 500


@dataclass(frozen=True)
class How:
    """What the officer says of a file, where the file does not say it or says it otherwise."""

    kind: str = ""
    parent: str = ""
    code_property: str = ""
    name_property: str = ""
    valid_from: date | None = None
    end_missing: bool = False


@dataclass
class Found:
    """One area as a file has it. None is "the file does not say", and leaves what is known."""

    where: str
    code: str
    name: str
    kind: str
    parent_code: str
    boundary: boundaries.Geometry | None
    ward_codes: list[str] | None


@dataclass
class Imported:
    """What an import changed."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    same: int = 0

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.ended)


def import_areas(path: Path, *, how: How | None = None, progress: Progress | None = None) -> Imported:
    """Keep every area of a GeoJSON or CSV file, or none. The same file again changes nothing.

    An area is known by its code. A ward that was redrawn has a new code, and is a new area; the
    old one ends when the new ones begin (`valid_from` with `end_missing`), and what was linked to
    it stays linked to it. Raises FileRefused.
    """
    how = how or How()
    problems = Problems(path.name)
    found = list(found_in(path, how, problems, progress))
    if not found and not problems.total:
        raise problems.refuse("", "", _("There is no area in this file."))
    note_duplicates(found, problems)
    known = {area.code: area for area in Area.objects.filter(code__in={each.code for each in found})}
    others = known_codes(found, how)
    note_unknown(found, how, known, others, problems)
    if how.end_missing and not (how.valid_from and how.parent):
        problems.add("", "", _("To end the areas that are missing, say from when (--valid-from) and where (--parent)."))
    problems.refuse_if_any()
    return keep(found, how, known, others)


def found_in(path: Path, how: How, problems: Problems, progress: Progress | None) -> Iterator[Found]:
    if path.suffix.lower() == ".csv":
        return rows_in(path, how, problems, progress)
    return features_in(path, how, problems, progress)


# GeoJSON


def features_in(path: Path, how: How, problems: Problems, progress: Progress | None) -> Iterator[Found]:
    for number, total, feature in features(read_json(path, problems), problems):
        if progress:
            progress(number, total)
        yield from one_feature(number, feature, how, problems)


def features(whole: object, problems: Problems) -> Iterator[tuple[int, int, object]]:
    if not isinstance(whole, dict) or whole.get("type") not in ("FeatureCollection", "Feature"):
        raise problems.refuse("", "type", _("This is not GeoJSON: it must be a FeatureCollection."))
    system = str(whole.get("crs") or "")
    if system and not re.search(r"CRS84|EPSG:+4326", system):
        raise problems.refuse(
            "", "crs", _("The coordinates are in another system. Save the file in WGS 84 (EPSG:4326).")
        )
    inside = whole.get("features") if whole["type"] == "FeatureCollection" else [whole]
    if not isinstance(inside, list) or not inside:
        raise problems.refuse("", "features", _("There is no area in this file."))
    for number, feature in enumerate(inside, 1):
        yield number, len(inside), feature


def one_feature(number: int, feature: object, how: How, problems: Problems) -> Iterator[Found]:
    where = _("feature %(number)d") % {"number": number}
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        problems.add(where, "type", _("This is not a GeoJSON feature."))
        return
    properties = feature.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    before = problems.total
    code_field, code = code_of(properties, feature.get("id"), how)
    kind = checked_code(where, code_field, code, how, problems)
    if kind:
        where = f"{where} ({code})"
    name_field = how.name_property or named(properties, NAME_NAMES) or ""
    name = ""
    try:
        name = a_name(properties.get(name_field))
    except Wrong as wrong:
        problems.add(where, name_field or _("name"), str(wrong))
    flaw = boundaries.flaw_in(feature.get("geometry"))
    if flaw:
        problems.add(where, "geometry", in_words(flaw))
    if problems.total > before or kind is None:
        return
    parent = parent_of(properties, kind, how, beside=code_field)
    yield Found(where, code, name, kind, parent, boundaries.tidy(feature["geometry"]), None)


def code_of(properties: Mapping[str, Any], feature_id: object, how: How) -> tuple[str, str]:
    """Give the field that holds a feature's code, and the code."""
    if how.code_property:
        return how.code_property, str(properties.get(how.code_property) or "")
    patterns = [CODE_NAMES[how.kind]] if how.kind else []
    # The finest kind first: a ward's feature often names its council as well.
    patterns += ["code", "gss(_?code)?", *(CODE_NAMES[kind] for kind in ("lsoa", "msoa", "parish", "ward", "council"))]
    for pattern in patterns:
        if field := named(properties, pattern):
            return field, str(properties[field] or "")
    return "id", str(feature_id or "")


def named(things: Iterable[str], pattern: str) -> str | None:
    """The last name that fits, in any letters: LSOA21CD before LSOA11CD. Welsh names end in W, and do not fit."""
    found = sorted(name for name in things if re.fullmatch(pattern, str(name).lower()))
    return found[-1] if found else None


def parent_of(properties: Mapping[str, Any], kind: str, how: How, *, beside: str) -> str:
    if how.parent:
        return how.parent
    for pattern in PARENT_NAMES[kind]:
        field = named([name for name in properties if name != beside], pattern)
        if field and isinstance(properties[field], str) and CODE.fullmatch(properties[field]):
            return str(properties[field])
    return ""


def checked_code(where: str, field: str, code: str, how: How, problems: Problems) -> str | None:
    """Give the kind of place a code names; note what is wrong with it and give None."""
    if not code:
        problems.add(where, field, _("The code is missing. Say which property holds it with --code-property."))
    elif not CODE.fullmatch(code):
        problems.add(
            where,
            field,
            _("“%(code)s” has not the shape of an ONS code, such as E05015927.") % {"code": shortened(code)},
        )
    elif (kind := kind_of_code(code)) is None:
        problems.add(where, field, _("%(code)s is the code of a kind of place we do not keep.") % {"code": code})
    elif how.kind and how.kind != kind:
        problems.add(
            where,
            field,
            _("%(code)s is the code of a place of the kind “%(kind)s”, not “%(wanted)s”.")
            % {"code": code, "kind": Area.Kind(kind).label, "wanted": Area.Kind(how.kind).label},
        )
    else:
        return kind
    return None


def in_words(flaw: boundaries.Flaw) -> str:
    where = {"ring": flaw.ring, "part": flaw.part, "at": flaw.detail}
    sentences = {
        "missing": _("There is no boundary."),
        "wrong_type": _("The shape is a %(at)s. It must be a Polygon or a MultiPolygon."),
        "not_a_polygon": _("The coordinates are not those of a polygon (part %(part)d, ring %(ring)d)."),
        "not_a_number": _("A position is not two numbers (part %(part)d, ring %(ring)d): %(at)s."),
        "swapped": _("%(at)s has latitude first. GeoJSON wants longitude first: swap the two."),
        "national_grid": _("%(at)s is on the British National Grid. Save the file in WGS 84 (EPSG:4326)."),
        "elsewhere": _(
            "%(at)s is not near these islands (longitude -9 to 3, latitude 49 to 61.5, in degrees, longitude first)."
        ),
        "unclosed": _("Ring %(ring)d of part %(part)d is not closed: its last position, %(at)s, must be its first."),
        "too_few": _("Ring %(ring)d of part %(part)d has fewer than four positions."),
        "crosses_itself": _("The boundary crosses itself at [%(at)s]."),
        "not_sound": _("The boundary is not sound: %(at)s."),
        "no_ground": _("The boundary goes round nothing."),
    }
    return sentences[flaw.kind] % {**where, "at": shortened(flaw.detail, 120)}


# CSV: areas without boundaries, such as a council's parishes


def rows_in(path: Path, how: How, problems: Problems, progress: Progress | None) -> Iterator[Found]:
    with opened_csv(path, problems, progress=progress) as table:
        kinds = [how.kind] if how.kind else ["lsoa", "msoa", "parish", "ward", "council"]
        patterns = [*(CODE_NAMES[kind] for kind in kinds), "code", "area_code"]
        code_column = table.column(_("code"), *patterns, given=how.code_property)
        name_column = table.column(_("name"), NAME_NAMES, given=how.name_property)
        wards_column = table.column(_("wards"), r"ward_codes", r"wards", needed=False)
        problems.refuse_if_any()
        for row in table.rows():
            code = row.cells[code_column].strip()
            before = problems.total
            kind = checked_code(row.where, code_column, code, how, problems)
            name = ""
            with problems.noting(row):
                name = row.read(name_column, a_name)
            if problems.total > before or kind is None:
                continue
            ward_codes = row.cells[wards_column].replace(";", " ").split() if wards_column else None
            parent = parent_of(row.cells, kind, how, beside=code_column)
            yield Found(f"{row.where} ({code})", code, name, kind, parent, None, ward_codes)


# What only the whole file can tell


def note_duplicates(found: list[Found], problems: Problems) -> None:
    first: dict[str, str] = {}
    for each in found:
        if each.code in first:
            problems.add(each.where, _("code"), _("The code stood in %(first)s already.") % {"first": first[each.code]})
        else:
            first[each.code] = each.where


def known_codes(found: list[Found], how: How) -> dict[str, Area]:
    """Give every area that this file leans on, by code: parents, and the wards of parishes."""
    wanted = {each.parent_code for each in found} | {how.parent}
    wanted |= {code for each in found for code in each.ward_codes or ()}
    return {area.code: area for area in Area.objects.without_shapes().filter(code__in=wanted - {""})}


def note_unknown(
    found: list[Found], how: How, known: dict[str, Area], others: dict[str, Area], problems: Problems
) -> None:
    if how.parent and how.parent not in others:
        problems.add(
            "", "--parent", _("%(code)s is not a place we know. Import it first.") % {"code": shortened(how.parent)}
        )
    for each in found:
        if each.parent_code and each.parent_code not in others and not how.parent:
            problems.add(
                each.where,
                _("parent"),
                _("It lies in %(code)s, which is not a place we know. Import that first.") % {"code": each.parent_code},
            )
        for code in each.ward_codes or ():
            ward = others.get(code)
            if ward is None or ward.kind != Area.Kind.WARD:
                problems.add(each.where, _("wards"), _("%(code)s is not a ward we know.") % {"code": shortened(code)})
        ended = known[each.code].valid_to if each.code in known else None
        if how.valid_from and ended and how.valid_from >= ended:
            problems.add(each.where, "--valid-from", _("This area ended on %(day)s.") % {"day": ended})


# Keeping


FIELDS = ["name", "kind", "parent", "boundary", "outline", "west", "south", "east", "north", "valid_from"]


@transaction.atomic
def keep(found: list[Found], how: How, known: dict[str, Area], others: dict[str, Area]) -> Imported:
    outlines = outlines_of(found)
    report, to_make, to_change = Imported(), [], []
    for each in found:
        area = known.get(each.code)
        before = state(area) if area else None
        area = area or Area(code=each.code)
        area.name, area.kind = each.name, each.kind
        if each.parent_code:
            area.parent = others[each.parent_code]
        if each.boundary is not None:
            area.boundary = each.boundary
            area.draw(outlines[each.code])
        if how.valid_from:
            area.valid_from = how.valid_from
        if before is None:
            to_make.append(area)
            report.new.append(each.code)
        elif state(area) != before:
            to_change.append(area)
            report.changed.append(each.code)
        else:
            report.same += 1
    Area.objects.bulk_create(to_make, batch_size=BATCH)
    Area.objects.bulk_update(to_change, FIELDS, batch_size=BATCH)
    link_wards(found, others, report)
    if how.end_missing:
        end_missing(found, how, others[how.parent], report)
    return report


def state(area: Area) -> tuple[Any, ...]:
    return tuple(getattr(area, "parent_id" if name == "parent" else name) for name in FIELDS)


def outlines_of(found: list[Found]) -> dict[str, boundaries.Geometry]:
    """Draw the areas of each kind together, so that neighbours keep their shared edges."""
    drawn: dict[str, boundaries.Geometry] = {}
    for kind in {each.kind for each in found}:
        with_shape = [each for each in found if each.kind == kind and each.boundary is not None]
        shapes = boundaries.outlines([each.boundary for each in with_shape if each.boundary is not None])
        drawn |= {each.code: shape for each, shape in zip(with_shape, shapes, strict=True)}
    return drawn


def link_wards(found: list[Found], others: dict[str, Area], report: Imported) -> None:
    saying = {each.code: {others[code].pk for code in each.ward_codes} for each in found if each.ward_codes is not None}
    areas = {area.code: area for area in Area.objects.without_shapes().filter(code__in=saying)}
    links = Area.wards.through._default_manager
    by_pk: dict[int, set[int]] = {}
    for link in links.filter(from_area__in=[area.pk for area in areas.values()]):
        by_pk.setdefault(link.from_area_id, set()).add(link.to_area_id)
    for code, wanted in saying.items():
        area = areas[code]
        if by_pk.get(area.pk, set()) == wanted:
            continue
        area.wards.set(wanted)
        if code not in report.new and code not in report.changed:
            report.changed.append(code)
            report.same -= 1


def end_missing(found: list[Found], how: How, parent: Area, report: Imported) -> None:
    """End what this file replaces: areas of its kinds in the same parent that it does not name."""
    missing = (
        Area.objects.without_shapes()
        .filter(parent=parent, kind__in={each.kind for each in found}, valid_to__isnull=True)
        .exclude(code__in=[each.code for each in found])
        .exclude(valid_from__gte=how.valid_from)
    )
    report.ended += list(missing.values_list("code", flat=True))
    missing.update(valid_to=how.valid_from)
