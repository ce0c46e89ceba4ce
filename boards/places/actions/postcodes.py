"""Bring postcodes in from the ONS Postcode Directory, or a file with the same columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from boards.places.actions.reading import Problems, Progress, Row, Table, Wrong, a_number, opened_csv, shortened
from boards.places.models import Area, Postcode
from boards.places.rules import normal_postcode
from boards.places.rules.boundaries import in_these_islands, wrong_place

BATCH = 1000
FIVE_PLACES = Decimal("0.00001")
"""About a metre: as fine as the column keeps."""


@dataclass(frozen=True)
class Columns:
    """The names an officer gives to columns whose own names we do not know; blank ones are found."""

    postcode: str = ""
    latitude: str = ""
    longitude: str = ""
    ward: str = ""
    lsoa: str = ""
    council: str = ""


@dataclass
class Imported:
    new: int = 0
    changed: int = 0
    same: int = 0
    elsewhere: int = 0
    ended: int = 0
    without_small_areas: bool = False

    def __bool__(self) -> bool:
        return bool(self.new or self.changed)


class Seen:
    """Which postcodes have come by, in one bit each.

    A page of 845 bytes for each outward part: every postcode there is fits in three megabytes.
    """

    def __init__(self) -> None:
        self.pages: dict[str, bytearray] = {}

    def again(self, postcode: str) -> bool:
        """Remember a postcode; say whether it had come before."""
        outward, inward = postcode.split(" ")
        place = (int(inward[0]) * 26 + ord(inward[1]) - 65) * 26 + ord(inward[2]) - 65
        page = self.pages.setdefault(outward, bytearray(845))
        byte, bit = divmod(place, 8)
        before = bool(page[byte] >> bit & 1)
        page[byte] |= 1 << bit
        return before


def import_postcodes(
    path: Path,
    *,
    columns: Columns | None = None,
    council: str = "",
    checking: Progress | None = None,
    saving: Progress | None = None,
) -> Imported:
    """Keep every postcode of a CSV file, or none. The same file again changes nothing.

    `council` keeps to the rows of one council, so that the file of the whole country can be
    given as it is. Rows that the directory marks as ended are passed over; a postcode we hold is
    never removed, since people go on using it. Raises FileRefused.

    The file is read twice: to check it, then, if it brings anything new, to keep it.
    """
    columns = columns or Columns()
    problems = Problems(path.name)
    report = Imported()
    wards = ids_of("ward")
    small_areas = ids_of("lsoa")
    report.without_small_areas = not small_areas
    if not wards:
        raise problems.refuse("", "", _("No wards are loaded yet. Import them first, with import_areas."))

    def each_batch(progress: Progress | None, counts: Imported | None) -> Iterator[list[Postcode]]:
        return batches(found_in(path, columns, council, wards, small_areas, problems, progress, counts))

    for batch in each_batch(checking, report):
        if not problems.total:
            new, changed = compared(batch)
            report.new += len(new)
            report.changed += len(changed)
            report.same += len(batch) - len(new) - len(changed)
    if not problems.total and not report.new + report.changed + report.same:
        problems.add("", "", _("There is no postcode in this file that we can keep."))
    problems.refuse_if_any()
    if report:
        with transaction.atomic():
            for batch in each_batch(saving, None):
                problems.refuse_if_any()  # the file was changed while we read it
                new, changed = compared(batch)
                Postcode.objects.bulk_create(
                    [*new, *changed],
                    update_conflicts=True,
                    unique_fields=["postcode"],
                    update_fields=["ward", "lsoa", "latitude", "longitude"],
                )
            problems.refuse_if_any()
    return report


def ids_of(kind: str) -> dict[str, int]:
    return dict(Area.objects.filter(kind=kind).order_by().values_list("code", "pk"))


def batches(found: Iterator[Postcode]) -> Iterator[list[Postcode]]:
    batch: list[Postcode] = []
    for postcode in found:
        batch.append(postcode)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def compared(batch: list[Postcode]) -> tuple[list[Postcode], list[Postcode]]:
    """Part a batch into what is new and what is unlike what we hold."""
    held = {
        row[0]: row[1:]
        for row in Postcode.objects.filter(pk__in=[each.postcode for each in batch]).values_list(
            "postcode", "ward_id", "lsoa_id", "latitude", "longitude"
        )
    }
    new = [each for each in batch if each.postcode not in held]
    changed = [
        each
        for each in batch
        if each.postcode in held and held[each.postcode] != (each.ward_id, each.lsoa_id, each.latitude, each.longitude)
    ]
    return new, changed


def found_in(
    path: Path,
    named: Columns,
    council: str,
    wards: dict[str, int],
    small_areas: dict[str, int],
    problems: Problems,
    progress: Progress | None,
    counts: Imported | None,
) -> Iterator[Postcode]:
    seen = Seen()
    with opened_csv(path, problems, progress=progress) as table:
        at = columns_in(table, named, council)
        problems.refuse_if_any()
        for row in table.rows():
            if council and row.cells[at["council"]].strip() != council:
                if counts is not None:
                    counts.elsewhere += 1
                continue
            if at["ended"] and row.cells[at["ended"]].strip():
                if counts is not None:
                    counts.ended += 1
                continue
            with problems.noting(row):
                yield one_postcode(row, at, wards, small_areas, seen, problems)


def columns_in(table: Table, named: Columns, council: str) -> dict[str, str]:
    return {
        "postcode": table.column(_("postcode"), r"pcds", r"postcode", r"pcd[78]?", given=named.postcode),
        "latitude": table.column(_("latitude"), r"lat(itude)?", given=named.latitude),
        "longitude": table.column(_("longitude"), r"long(itude)?|lng|lon", given=named.longitude),
        "ward": table.column(_("ward"), r"wd\d\dcd", r"wd\d\d|ward_?c(o)?de?|osward|ward", given=named.ward),
        "lsoa": table.column(
            _("small area"), r"lsoa\d\dcd", r"lsoa\d\d|lsoa_?c(o)?de?|lsoa", given=named.lsoa, needed=False
        ),
        "council": table.column(
            _("council"),
            r"lad\d\dcd",
            r"lad\d\d|lad_?c(o)?de?|oslaua|laua",
            given=named.council,
            needed=bool(council),
        ),
        "ended": table.column(_("ended"), r"doterm", needed=False),
    }


def one_postcode(
    row: Row,
    at: dict[str, str],
    wards: dict[str, int],
    small_areas: dict[str, int],
    seen: Seen,
    problems: Problems,
) -> Postcode:
    postcode = row.read(at["postcode"], a_postcode)

    def new_in_this_file(text: str) -> str:
        if seen.again(postcode):
            raise Wrong(_("%(postcode)s is in the file twice.") % {"postcode": postcode})
        return text

    row.read(at["postcode"], new_in_this_file)
    latitude, longitude = row.read(at["latitude"], a_number), row.read(at["longitude"], a_number)
    row.read(at["latitude"], in_its_place(latitude, longitude))
    return Postcode(
        postcode=postcode,
        latitude=latitude.quantize(FIVE_PLACES),
        longitude=longitude.quantize(FIVE_PLACES),
        ward_id=row.read(at["ward"], a_known_area(wards, _("ward"))),
        lsoa_id=row.read(at["lsoa"], a_known_area(small_areas, _("small area")))
        if at["lsoa"] and small_areas
        else None,
    )


def a_postcode(text: str) -> str:
    if postcode := normal_postcode(text):
        return postcode
    raise Wrong(_("“%(text)s” is not a postcode such as HP10 0AA.") % {"text": shortened(text)})


def in_its_place(latitude: Decimal, longitude: Decimal) -> Callable[[str], None]:
    def check(_text: str) -> None:
        place = {"latitude": f"{latitude:f}"[:20], "longitude": f"{longitude:f}"[:20]}
        if in_these_islands(float(longitude), float(latitude)):
            return
        if wrong_place(float(longitude), float(latitude)) == "swapped":
            raise Wrong(_("Latitude %(latitude)s and longitude %(longitude)s are the wrong way round.") % place)
        raise Wrong(
            _(
                "Latitude %(latitude)s, longitude %(longitude)s is not near these islands "
                "(latitude 49 to 61.5, longitude -9 to 3)."
            )
            % place
        )

    return check


def a_known_area(known: dict[str, int], what: str) -> Callable[[str], int]:
    def understand(text: str) -> int:
        code = text.strip()
        if code in known:
            return known[code]
        if not code:
            raise Wrong(_("The code is missing."))
        if not re.fullmatch(r"[A-Z0-9]{9}", code):
            raise Wrong(_("“%(code)s” has not the shape of an ONS code.") % {"code": shortened(code)})
        raise Wrong(_("%(code)s is not a %(what)s we know. Import it first.") % {"code": code, "what": what})

    return understand
