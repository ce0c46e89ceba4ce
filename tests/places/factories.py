"""Files to import, good ones, so that a test states only what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from boards.places.models import Area
from tests.factories import make_area


def square(x: float, y: float, size: float = 0.1) -> dict[str, Any]:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [[[round(a, 5), round(b, 5)] for a, b in ring]]}


def feature(
    code: str = "E05999001", name: str = "Abbotsmere", geometry: Any = None, **properties: Any
) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name, **properties},
        "geometry": square(1.0, 54.0) if geometry is None else geometry,
    }


def geojson(folder: Path, *features: Any, name: str = "wards.geojson", **others: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features), **others}))
    return path


def written(folder: Path, text: str | bytes, name: str = "postcodes.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def make_ward(code: str = "E05999001", name: str = "Abbotsmere", **fields: Any) -> Area:
    return make_area(name, code=code, **fields)
