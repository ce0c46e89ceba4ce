"""Boundaries: whether a shape is sound, what lies in it, and a lighter one to draw.

Shapes are GeoJSON Polygons and MultiPolygons in WGS 84, longitude first (RFC 7946).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import shapely
from shapely.geometry import Point, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

Geometry = dict[str, Any]

# The British Isles and their seas. The invented district of the demo lies in the North Sea, at about 54.5 N 1.9 E.
WEST, SOUTH, EAST, NORTH = -9.0, 49.0, 3.0, 61.5
# A drawing is at most this many dots across, so a bend smaller than one is not seen.
DOTS_ACROSS = 700


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a shape. `part` and `ring` count from one; `detail` is a place, a type, a reason."""

    kind: Literal[
        "missing", "wrong_type", "not_a_polygon", "not_a_number", "swapped", "national_grid", "elsewhere",
        "unclosed", "too_few", "crosses_itself", "not_sound", "no_ground",
    ]  # fmt: skip
    part: int = 0
    ring: int = 0
    detail: str = ""


@dataclass(frozen=True)
class Box:
    """The smallest box round a shape, in degrees."""

    west: float
    south: float
    east: float
    north: float


def in_these_islands(longitude: float, latitude: float) -> bool:
    return WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH


def wrong_place(longitude: float, latitude: float) -> Literal["swapped", "national_grid", "elsewhere"] | None:
    """Say why a place cannot be right, or None. No place here is also plausible the other way round."""
    if in_these_islands(longitude, latitude):
        return None
    if in_these_islands(latitude, longitude):
        return "swapped"
    if 1000 < longitude < 800_000 and 1000 < latitude < 1_300_000:
        return "national_grid"
    return "elsewhere"


def flaw_in(geometry: object) -> Flaw | None:
    """Say what is wrong with a boundary, the plainest thing first; None when it is sound."""
    if not isinstance(geometry, Mapping):
        return Flaw("missing")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        return Flaw("wrong_type", detail=str(kind)[:40])
    parts: Any = [coordinates] if kind == "Polygon" else coordinates
    if not is_list(parts):
        return Flaw("not_a_polygon")
    for part_number, part in enumerate(parts, 1):
        if not is_list(part):
            return Flaw("not_a_polygon", part_number)
        for ring_number, ring in enumerate(part, 1):
            if flaw := flaw_in_ring(ring, part_number, ring_number):
                return flaw
    return flaw_in_whole(geometry)


def flaw_in_ring(ring: object, part: int, number: int) -> Flaw | None:
    if not isinstance(ring, list | tuple) or not all(isinstance(position, list | tuple) for position in ring):
        return Flaw("not_a_polygon", part, number)
    for position in ring:
        if not is_position(position):
            return Flaw("not_a_number", part, number, detail=str(position)[:60])
        if wrong := wrong_place(position[0], position[1]):
            return Flaw(wrong, part, number, detail=f"[{position[0]:g}, {position[1]:g}]")
    if len(ring) < 4:
        return Flaw("too_few", part, number)
    if tuple(ring[0][:2]) != tuple(ring[-1][:2]):
        return Flaw("unclosed", part, number, detail=f"[{ring[-1][0]:g}, {ring[-1][1]:g}]")
    return None


def flaw_in_whole(geometry: Mapping[str, Any]) -> Flaw | None:
    drawn = flat(geometry)
    if drawn.is_valid:
        return None if drawn.area > 0 else Flaw("no_ground")
    # "Self-intersection[-0.75 51.62]": the reason, then where it is.
    reason, _, place = explain_validity(drawn).partition("[")
    where = place.rstrip("]").replace(" ", ", ")
    if "Self-intersection" in reason:
        return Flaw("crosses_itself", detail=where)
    return Flaw("not_sound", detail=f"{reason.lower()} [{where}]" if where else reason.lower())


def is_list(value: object) -> bool:
    return isinstance(value, list | tuple) and len(value) > 0


def is_position(value: object) -> bool:
    """Two numbers, or three: a height is allowed, and left out."""
    return (
        isinstance(value, list | tuple)
        and 2 <= len(value) <= 4
        and all(isinstance(number, int | float) and not isinstance(number, bool) for number in value)
        and all(abs(number) < 1e9 and math.isfinite(number) for number in value)
    )


def flat(geometry: Mapping[str, Any]) -> BaseGeometry:
    return shapely.force_2d(shape(geometry))


def tidy(geometry: Mapping[str, Any]) -> Geometry:
    """Give a sound boundary as we keep it: no heights, outer rings anticlockwise (RFC 7946, 3.1.6)."""
    return as_geojson(shapely.orient_polygons(flat(geometry)))


def as_geojson(drawn: BaseGeometry, *, decimals: int | None = None) -> Geometry:
    found: Mapping[str, Any] = mapping(drawn)

    def plain(value: Any) -> Any:
        if isinstance(value, tuple | list):
            return [plain(each) for each in value]
        return float(value) if decimals is None else round(float(value), decimals)

    return {"type": found["type"], "coordinates": plain(found["coordinates"])}


def box_of(geometry: Mapping[str, Any]) -> Box:
    return Box(*(float(edge) for edge in flat(geometry).bounds))


def holds(geometry: Mapping[str, Any], *, longitude: float, latitude: float) -> bool:
    """Say whether a place lies in a boundary; a place on the line lies in it, and so may lie in two."""
    return bool(flat(geometry).covers(Point(longitude, latitude)))


def outlines(geometries: Sequence[Mapping[str, Any]]) -> list[Geometry]:
    """Give lighter shapes for a picture of all of these together, in the same order.

    Edges that two areas share stay shared, so no gaps appear between them (Visvalingam and
    Whyatt's order, over the coverage). What cannot be simplified is given as it came.
    """
    if not geometries:
        return []
    drawn = [flat(geometry) for geometry in geometries]
    west, south, east, north = shapely.total_bounds(drawn)
    light = shapely.coverage_simplify(drawn, max(east - west, north - south) / DOTS_ACROSS)
    lighter = []
    for before, after in zip(drawn, light, strict=True):
        rounded = as_geojson(after, decimals=5) if not after.is_empty else as_geojson(before)
        lighter.append(rounded if flat(rounded).is_valid else as_geojson(after if not after.is_empty else before))
    return lighter


def joined(geometries: Sequence[Mapping[str, Any]]) -> Geometry:
    """Give one shape that covers all of these."""
    return as_geojson(shapely.union_all([flat(geometry) for geometry in geometries]))


def tones(shapes: Mapping[str, Sequence[Mapping[str, Any]]], *, of: int) -> dict[str, int]:
    """Give each named group of shapes a tone, 0 to `of` - 1, unlike its neighbours' wherever that can be.

    Neighbours share a line, not only a corner. The group with most neighbours chooses first
    (Welsh and Powell, 1967); equal ones in the order of their names, so that a map keeps its
    colours. With four or five tones a neighbour is matched only where many boards meet.
    """
    grounds = {name: shapely.union_all([flat(each) for each in parts]).buffer(1e-5) for name, parts in shapes.items()}
    names = sorted(grounds)
    neighbours: dict[str, set[str]] = {name: set() for name in names}
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            if grounds[one].intersects(grounds[other]) and grounds[one].intersection(grounds[other]).length > 1e-3:
                neighbours[one].add(other)
                neighbours[other].add(one)
    chosen: dict[str, int] = {}
    for name in sorted(names, key=lambda each: (-len(neighbours[each]), each)):
        taken = [chosen[other] for other in neighbours[name] if other in chosen]
        # The tone used least, so that all of them are seen.
        chosen[name] = min(range(of), key=lambda tone: (taken.count(tone), list(chosen.values()).count(tone), tone))
    return chosen


def middle_first(geometries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Give the same shapes with the one nearest the middle of them all first: a name is written on it."""
    if len(geometries) < 2:
        return list(geometries)
    drawn = [flat(geometry) for geometry in geometries]
    centre = shapely.union_all(drawn).centroid
    nearest = min(range(len(drawn)), key=lambda index: drawn[index].centroid.distance(centre))
    return [geometries[nearest], *(each for index, each in enumerate(geometries) if index != nearest)]
