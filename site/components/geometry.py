"""Boundaries to drawings: GeoJSON in WGS 84 to SVG paths, in plain Python.

A town is small enough that an equirectangular projection, with longitude narrowed by the
cosine of the middle latitude, keeps its shape; nothing here is for measuring.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

WIDTH = 640
MARGIN = 16
TALLEST = 720
SHORTEST = 240
MOST_NESTED = 4
MOST_POINTS = 60_000


@dataclass(frozen=True)
class Frame:
    """How longitude and latitude become places in a drawing, and back."""

    west: float
    south: float
    east: float
    north: float
    width: int
    height: int
    scale: float
    narrow: float

    @property
    def margin(self) -> int:
        return MARGIN

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        x = MARGIN + (longitude - self.west) * self.narrow * self.scale
        y = MARGIN + (self.north - latitude) * self.scale
        return round(x, 1), round(y, 1)


@dataclass(frozen=True)
class Shape:
    name: str
    path: str
    label_at: tuple[float, float]
    href: str = ""
    tone: int = 0


@dataclass(frozen=True)
class Pin:
    number: int
    name: str
    at: tuple[float, float]
    href: str = ""


@dataclass(frozen=True)
class Drawing:
    frame: Frame
    shapes: list[Shape] = field(default_factory=list)
    pins: list[Pin] = field(default_factory=list)


def draw(shapes: Iterable[Mapping[str, Any]], points: Iterable[Mapping[str, Any]] = ()) -> Drawing | None:
    """Everything that can be drawn, in one frame; None when nothing can."""
    outlines = [(shape, list(rings(shape.get("geometry")))) for shape in shapes]
    pins = [(point, place) for point in points if (place := longitude_latitude(point))]
    everywhere = [place for _shape, found in outlines for ring in found for place in ring]
    everywhere += [place for _point, place in pins]
    if not everywhere:
        return None
    frame = frame_for(everywhere)
    return Drawing(
        frame=frame,
        shapes=[
            Shape(
                name=str(shape.get("name", "")),
                path=path(found, frame),
                label_at=middle(found[0], frame),
                href=str(shape.get("href") or ""),
                tone=int(shape["tone"]) % 5 if isinstance(shape.get("tone"), int) else index % 5,
            )
            for index, (shape, found) in enumerate(outlines)
            if found
        ],
        pins=[
            Pin(number, str(point.get("name", "")), frame.place(*place), str(point.get("href") or ""))
            for number, (point, place) in enumerate(pins, 1)
        ],
    )


def rings(geometry: object) -> Iterator[list[tuple[float, float]]]:
    """The rings of a Polygon, MultiPolygon, Feature or collection; what is malformed is left out."""
    left = MOST_POINTS

    def inside(thing: object, depth: int) -> Iterator[list[tuple[float, float]]]:
        nonlocal left
        if not isinstance(thing, Mapping) or depth > MOST_NESTED:
            return
        kind, coordinates = thing.get("type"), thing.get("coordinates")
        if kind == "Feature":
            yield from inside(thing.get("geometry"), depth + 1)
        elif kind in {"FeatureCollection", "GeometryCollection"}:
            for part in _sequence(thing.get("features") or thing.get("geometries")):
                yield from inside(part, depth + 1)
        elif kind in {"Polygon", "MultiPolygon"}:
            for polygon in [coordinates] if kind == "Polygon" else _sequence(coordinates):
                for ring in _sequence(polygon):
                    places = [place for position in _sequence(ring) if (place := _position(position))]
                    left -= len(places)
                    if len(places) >= 4 and left >= 0:
                        yield places

    yield from inside(geometry, 0)


def longitude_latitude(point: Mapping[str, Any]) -> tuple[float, float] | None:
    return _position([point.get("lon"), point.get("lat")])


def frame_for(places: Sequence[tuple[float, float]]) -> Frame:
    """The smallest frame round these places, 640 wide, never absurdly tall or flat."""
    west, east = min(x for x, _y in places), max(x for x, _y in places)
    south, north = min(y for _x, y in places), max(y for _x, y in places)
    # One place alone still needs ground round it: about two kilometres.
    least = 0.02
    if east - west < least:
        west, east = (west + east - least) / 2, (west + east + least) / 2
    if north - south < least / 2:
        south, north = (south + north - least / 2) / 2, (south + north + least / 2) / 2
    narrow = max(0.01, math.cos(math.radians((south + north) / 2)))
    across, down = (east - west) * narrow, north - south
    room = WIDTH - 2 * MARGIN
    scale = min(room / across, (TALLEST - 2 * MARGIN) / down)
    spare = room / scale - across
    west, east = west - spare / 2 / narrow, east + spare / 2 / narrow
    height = max(SHORTEST, round(down * scale) + 2 * MARGIN)
    spare = (height - 2 * MARGIN) / scale - down
    south, north = south - spare / 2, north + spare / 2
    return Frame(west, south, east, north, WIDTH, height, scale, narrow)


def path(found: Iterable[Sequence[tuple[float, float]]], frame: Frame) -> str:
    """One SVG path of whole tenths; places that fall on the same spot are drawn once."""
    parts = []
    for ring in found:
        line: list[tuple[float, float]] = []
        for longitude, latitude in ring:
            spot = frame.place(longitude, latitude)
            if not line or abs(spot[0] - line[-1][0]) + abs(spot[1] - line[-1][1]) >= 0.8:
                line.append(spot)
        if len(line) > 1 and line[0] == line[-1]:
            line.pop()
        if len(line) >= 3:
            parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in line) + "Z")
    return "".join(parts)


def middle(ring: Sequence[tuple[float, float]], frame: Frame) -> tuple[float, float]:
    """The centroid of a ring: where its name goes."""
    spots = [frame.place(*place) for place in ring]
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(spots, spots[1:] + spots[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    if abs(area) < 1e-6:
        return spots[0]
    return round(x / (3 * area), 1), round(y / (3 * area), 1)


def _sequence(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _position(value: object) -> tuple[float, float] | None:
    numbers = _sequence(value)[:2]
    try:
        longitude, latitude = (float(number) for number in numbers)
    except (TypeError, ValueError, OverflowError):
        return None
    if not (-180 <= longitude <= 180 and -85 <= latitude <= 85):
        return None
    return longitude, latitude
