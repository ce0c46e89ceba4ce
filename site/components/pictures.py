"""What a picture is, whoever sends it, and what is taken out of it before it is kept."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

LONGEST_SIDE = 2560
"""Pixels. No page shows a picture larger, and a telephone's own size says nothing more."""
WAYS_TO_SAVE: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88, "optimize": True, "progressive": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 88, "method": 4},
    "GIF": {},
    "AVIF": {"quality": 80},
}


def only_the_picture(file: Any) -> bytes:
    """Give the picture encoded anew: upright, at most LONGEST_SIDE, and with nothing hidden in it.

    Where it was taken, by which camera and when, comments, thumbnails, colour profiles and
    whatever follows the picture in its file are all left behind; of one that moves the first
    picture is kept. Raises NotAPicture for what cannot be read to its end.
    """
    file.seek(0)
    try:
        return encoded_anew(file)
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, struct.error, zlib.error) as fault:
        raise NotAPicture(str(fault)) from fault
    except Image.DecompressionBombError as fault:
        raise NotAPicture(str(fault)) from fault


def encoded_anew(file: Any) -> bytes:
    with Image.open(file) as opened:
        kind = opened.format or ""
        if kind not in WAYS_TO_SAVE:
            raise NotAPicture(kind)
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        turn = opened.getexif().get(0x0112, 1)
        opened.load()
        picture: Image.Image = opened
        if max(opened.size) > LONGEST_SIDE:
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        picture = picture.convert("RGB" if kind == "JPEG" else colours(picture))
    if turn in UPRIGHT:
        picture = picture.transpose(UPRIGHT[turn])
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    kept = BytesIO()
    bare.save(kept, format=kind, **WAYS_TO_SAVE[kind])
    return kept.getvalue()


def colours(picture: Image.Image) -> str:
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    return "RGBA" if clear else "RGB"


UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets upright a picture with this Orientation (Exif 2.32, tag 0x0112)."""


class NotAPicture(ValueError):
    """The file cannot be read as one of the kinds we keep."""
