"""Where a postcode, a name or a spot on the map lies, and which board that is.

    match board_for_postcode(typed):
        case BoardFound(board=board): ...
        case SeveralBoards(boards=boards): ...

Nothing here keeps or logs what was typed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from boards.places.models import Area, Board, BoardArea, Postcode
from boards.places.rules import boundaries
from boards.places.rules.postcodes import forgiven_postcode, half_postcode

TONES = 5
"""The colours that the map component has."""
MOST_PLACES = 20
CLOSE_ENOUGH = 72
"""Out of 100, by rapidfuzz's WRatio: "Winslo" for Winslow scores 92, "Fenney Hail" for Fenny Hale 86."""


# Answers


@dataclass(frozen=True)
class BoardFound:
    board: Board
    area: Area | None = None
    kind: str = field(default="found", init=False)


@dataclass(frozen=True)
class SeveralBoards:
    """The ward is shared between boards, or only the first half of a postcode was given."""

    boards: Sequence[Board]
    area: Area | None = None
    half: str = ""
    kind: str = field(default="several", init=False)


@dataclass(frozen=True)
class NoBoardHere:
    """We know the place, and no board covers it."""

    area: Area
    kind: str = field(default="no_board", init=False)


@dataclass(frozen=True)
class UnknownPostcode:
    """A whole postcode that is not on our list; the boards of postcodes that begin the same way, if any."""

    postcode: str
    boards: Sequence[Board] = ()
    kind: str = field(default="unknown", init=False)


@dataclass(frozen=True)
class PlaceFound:
    name: str
    what: str
    boards: Sequence[Board]


@dataclass(frozen=True)
class PlacesFound:
    """Places of that name, or when not `sure`, of a name like it."""

    places: Sequence[PlaceFound]
    sure: bool
    kind: str = field(default="places", init=False)


@dataclass(frozen=True)
class NothingFound:
    kind: str = field(default="nothing", init=False)


PostcodeAnswer = BoardFound | SeveralBoards | NoBoardHere | UnknownPostcode
Answer = PostcodeAnswer | PlacesFound | NothingFound


def find(typed: str) -> Answer:
    """Say which board is meant by whatever someone typed: a postcode, half of one, or a name."""
    if answer := board_for_postcode(typed):
        return answer
    if (half := half_postcode(typed)) and (boards := boards_where_postcodes_begin(half)):
        return SeveralBoards(boards, half=half.strip())
    return places_named(typed)


# Postcodes


def postcode_row(typed: str) -> Postcode | None:
    postcode = forgiven_postcode(typed)
    if postcode is None:
        return None
    return (
        Postcode.objects.select_related("ward")
        .defer("ward__boundary", "ward__outline")
        .filter(postcode=postcode)
        .first()
    )


def area_for_postcode(typed: str) -> Area | None:
    """Give the ward a postcode lies in, however it was typed; None when we do not know it."""
    row = postcode_row(typed)
    return row.ward if row else None


def board_for_postcode(typed: str) -> PostcodeAnswer | None:
    """Give the board a postcode lies in, or why there is not exactly one; None when it has no postcode's shape.

    The smallest area that a board covers decides: the small area before the ward before the
    council. A ward that two boards share gives both, to choose from.
    """
    postcode = forgiven_postcode(typed)
    if postcode is None:
        return None
    row = postcode_row(postcode)
    if row is None:
        outward, inward = postcode.split(" ")
        nearby = boards_where_postcodes_begin(f"{outward} {inward[0]}") or boards_where_postcodes_begin(f"{outward} ")
        return UnknownPostcode(postcode, nearby)
    from_small_to_large = [row.lsoa_id, row.ward_id, row.ward.parent_id]
    boards: dict[int, list[Board]] = {}
    for cover in BoardArea.objects.filter(area__in=[pk for pk in from_small_to_large if pk]).select_related("board"):
        boards.setdefault(cover.area_id, []).append(cover.board)
    here = next((boards[pk] for pk in from_small_to_large if pk in boards), [])
    if len(here) == 1:
        return BoardFound(here[0], row.ward)
    if here:
        return SeveralBoards(sorted(here, key=str), row.ward)
    return NoBoardHere(row.ward)


def boards_where_postcodes_begin(half: str) -> list[Board]:
    wards = Postcode.objects.filter(postcode__startswith=half).order_by().values("ward")
    return list(Board.objects.filter(areas__in=wards).distinct())


# Names


def places_named(typed: str) -> PlacesFound | NothingFound:
    """Give boards, wards and parishes of this name or one like it, each with the boards it lies in."""
    wanted = default_process(typed)[:100]
    if not wanted:
        return NothingFound()
    boards = list(Board.objects.all())
    areas = list(
        Area.objects.in_force_on(timezone.localdate())
        .filter(kind__in=[Area.Kind.WARD, Area.Kind.PARISH])
        .only("pk", "name", "kind")
        .order_by("name", "code")
    )
    things: list[Board | Area] = [*boards, *areas]
    names = [default_process(thing.name) for thing in things]
    exact = [index for index, name in enumerate(names) if name == wanted]
    partly = (
        [index for index, name in enumerate(names) if index not in set(exact) and f" {wanted}" in f" {name}"]
        if len(wanted) >= 2
        else []
    )
    chosen, sure = [*exact, *partly][:MOST_PLACES], True
    if not chosen and len(wanted) >= 3:
        close = process.extract(wanted, names, scorer=fuzz.WRatio, score_cutoff=CLOSE_ENOUGH, limit=8, processor=None)
        chosen, sure = [index for _name, _score, index in close], False
    if not chosen:
        return NothingFound()
    return PlacesFound(with_their_boards([things[index] for index in chosen]), sure)


def with_their_boards(things: Sequence[Board | Area]) -> list[PlaceFound]:
    areas = [thing for thing in things if isinstance(thing, Area)]
    parishes = [area.pk for area in areas if area.kind == Area.Kind.PARISH]
    wards_of_parish: dict[int, set[int]] = {}
    if parishes:
        links = Area.wards.through._default_manager.filter(from_area__in=parishes)
        for parish_id, ward_id in links.values_list("from_area", "to_area"):
            wards_of_parish.setdefault(parish_id, set()).add(ward_id)
    wanted = {area.pk for area in areas} | {pk for wards in wards_of_parish.values() for pk in wards}
    boards: dict[int, dict[int, Board]] = {}
    for cover in BoardArea.objects.filter(area__in=wanted).select_related("board") if wanted else ():
        boards.setdefault(cover.area_id, {})[cover.board_id] = cover.board
    found: dict[tuple[str, tuple[int, ...]], PlaceFound] = {}
    for thing in things:
        if isinstance(thing, Board):
            mine, what = {thing.pk: thing}, str(Board._meta.verbose_name)
        else:
            mine, what = dict(boards.get(thing.pk, {})), str(Area.Kind(thing.kind).label).lower()
            if not mine:
                for ward_id in wards_of_parish.get(thing.pk, ()):
                    mine |= boards.get(ward_id, {})
        place = PlaceFound(thing.name, what, sorted(mine.values(), key=str))
        # A parish often has the name of its ward; once is enough where they lead to the same board.
        found.setdefault((thing.name, tuple(sorted(mine))), place)
    return list(found.values())


# Boards and their wards


def wards_of(board: Board) -> list[Area]:
    """Give the wards of a board that are in force today, by name, without their shapes."""
    return list(board.areas.wards().in_force_on(timezone.localdate()).without_shapes())


def covers_today(boards: Iterable[Board]) -> Any:
    """The areas that these boards cover today, each with its share."""
    in_force = Area.objects.in_force_on(timezone.localdate())
    return BoardArea.objects.filter(board__in=[board.pk for board in boards], area__in=in_force)


def ward_names(boards: Collection[Board]) -> dict[int, list[str]]:
    """Give the names of the wards of each board, by the board's id. One query."""
    names: dict[int, list[str]] = {board.pk: [] for board in boards}
    rows = covers_today(boards).filter(area__kind=Area.Kind.WARD).order_by("area__name")
    for board_id, name in rows.values_list("board_id", "area__name"):
        names[board_id].append(name)
    return names


def map_features(boards: Collection[Board]) -> list[dict[str, Any]]:
    """Give what `{% area_map shapes=… %}` draws: each board as the outlines of its wards. One query.

    Neighbouring boards have unlike tones.
    """
    parts: dict[int, list[Any]] = {}
    for board_id, outline in (
        covers_today(boards)
        .filter(area__outline__isnull=False)
        .order_by("area__code")
        .values_list("board_id", "area__outline")
    ):
        parts.setdefault(board_id, []).append(outline)
    tones = boundaries.tones({board.slug: parts[board.pk] for board in boards if board.pk in parts}, of=TONES)
    return [
        {
            "name": board.name,
            "href": board.get_absolute_url(),
            "geometry": {"type": "GeometryCollection", "geometries": boundaries.middle_first(parts.get(board.pk, []))},
            "tone": tones.get(board.slug, 0),
        }
        for board in boards
    ]


def map_of_wards(boards: Collection[Board]) -> dict[str, Any]:
    """Give every ward of these boards, with its whole boundary, as a GeoJSON FeatureCollection. One query."""
    rows = covers_today(boards).filter(area__boundary__isnull=False).order_by("area__code", "board__name")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": code,
                "properties": {"code": code, "name": name, "board": board, "board_slug": slug, "share": float(share)},
                "geometry": boundary,
            }
            for code, name, board, slug, share, boundary in rows.values_list(
                "area__code", "area__name", "board__name", "board__slug", "share", "area__boundary"
            )
        ],
    }


def ward_containing(latitude: float, longitude: float) -> Area | None:
    """Give the ward in force today that holds a place. On the line between two, the one with the lower code."""
    if not boundaries.in_these_islands(longitude, latitude):
        return None
    near = Area.objects.wards().in_force_on(timezone.localdate()).order_by("code")
    for ward in near.that_may_hold(latitude=latitude, longitude=longitude):
        if ward.boundary and boundaries.holds(ward.boundary, longitude=longitude, latitude=latitude):
            return ward
    return None
