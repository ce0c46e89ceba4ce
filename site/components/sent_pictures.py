"""Pictures that people send with something they say: what each is by its content, and what of it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image

from components.pictures import NotAPicture, only_the_picture

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000
KINDS = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp")}
"""Pictures that telephones make and every browser shows."""


class FileRefused(ValueError):
    """Its message says what to send instead."""


@dataclass(frozen=True)
class Kept:
    """A file fit to keep: its bytes, what it is, and for a picture its size."""

    contents: bytes
    kind: str
    ending: str
    width: int = 0
    height: int = 0


def read(file: Any) -> bytes:
    if file.size > MOST_BYTES:
        raise FileRefused(_("This file is larger than 10 MB. Send a smaller one."))
    file.seek(0)
    held: bytes = file.read()
    return held


def picture(file: Any) -> Kept:
    """Give a picture encoded anew, without where and when it was taken; refuse anything else."""
    held = read(file)
    try:
        with Image.open(BytesIO(held)) as opened:  # reads the header only
            kind, size = opened.format or "", opened.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise FileRefused(_("This is not a picture we can show. Send a JPEG, PNG or WebP.")) from None
    if kind not in KINDS:
        raise FileRefused(_("This is not a picture we can show. Send a JPEG, PNG or WebP."))
    if size[0] * size[1] > MOST_PIXELS:
        raise FileRefused(_("This picture has too many dots. Send a smaller one."))
    try:
        clean = only_the_picture(BytesIO(held))
    except NotAPicture:
        raise FileRefused(_("This picture is broken. Send it again, or another.")) from None
    with Image.open(BytesIO(clean)) as kept:
        width, height = kept.size
    return Kept(clean, KINDS[kind][0], KINDS[kind][1], width, height)
