"""A picture of a poll to share, as a PNG: one for the preview of a link, one for a story on a telephone.

Words are fitted: the largest size at which the whole question stands, and past the smallest it ends in
three dots. Ours are fonts for Latin letters and for Arabic ones; a question with other letters, or with
both, is left out of the picture and stands in the words beside it, and the desk says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import segno
from django.core.cache import cache as kept
from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont, features

from components import printed
from components.printed import Face
from components.templatetags.components import london
from engagement.activities.spots import short_address, whole_address
from engagement.polls.models import Poll

ARABIC = Path(printed.__file__).parent / "picture_fonts" / "noto-sans-arabic-bold.ttf"
GROUND, DEEP, LIGHT, ACCENT = (91, 42, 78), (60, 26, 52), (255, 255, 255), (255, 200, 61)
"""The look's own brand, deep brand and accent (sheets/tokens.css)."""
ONE_DAY = 24 * 3600
VERSION = 2
"""Raise it when the drawing changes, so that kept pictures are made anew."""


@dataclass(frozen=True)
class Shape:
    """A picture's measures in pixels, and whether there is room for a square code."""

    width: int
    height: int
    margin: int
    questions: tuple[int, ...]
    small: int
    has_square: bool


SHAPES = {
    "link": Shape(1200, 630, 70, (76, 68, 60, 54, 48, 42), 32, has_square=False),
    "story": Shape(1080, 1920, 90, (108, 96, 84, 74, 64, 56), 44, has_square=True),
}


@dataclass(frozen=True)
class Words:
    """What a picture says."""

    board: str
    question: str
    call: str
    until: str
    address: str
    link: str


def picture_of(poll: Poll, shape: str) -> bytes:
    """Give the PNG of a poll in the language of the page; made once, and kept for a day or until its words change."""
    words = words_of(poll)
    seed = f"{VERSION} {translation.get_language()} {shape} {words}"
    key = "share-picture:" + sha256(seed.encode("utf-8", "replace")).hexdigest()
    picture = kept.get(key)
    if picture is None:
        picture = draw(SHAPES[shape], words, is_rtl=translation.get_language_bidi())
        kept.set(key, picture, ONE_DAY)
    return bytes(picture)


def words_of(poll: Poll) -> Words:
    activity = poll.activity
    return Words(
        board=activity.board.name,
        question=poll.question,
        call=_("Have your say"),
        until=_("Until %(when)s") % {"when": london(activity.closes_at)} if activity.closes_at else "",
        address=short_address(activity),
        link=whole_address(activity),
    )


def cannot_draw(poll: Poll) -> bool:
    """Tell whether the question is left out of the picture."""
    return font_for(poll.question, Face.HEADING) is None


# --- letters --------------------------------------------------------------------------------------


@cache
def _arabic_letters() -> frozenset[int]:
    """Give the letters that the Arabic font draws, where this machine can join them (Pillow with raqm and fribidi)."""
    if not (features.check("raqm") and features.check("fribidi")):
        return frozenset()
    from reportlab.pdfbase.ttfonts import TTFontFile

    return frozenset(TTFontFile(str(ARABIC)).charToGlyph)


def font_for(text: str, face: Face) -> Path | None:
    """Give the file of ours that draws every letter of this text; None where no one file does."""
    if not printed.not_in_print(text):
        return printed.FONTS / f"{face.value}.ttf"
    if all(ord(letter) in _arabic_letters() or letter.isspace() for letter in text):
        return ARABIC
    return None


def is_rtl_text(text: str) -> bool:
    return font_for(text, Face.STRONG) == ARABIC


@lru_cache(maxsize=64)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


def _drawn(text: str, path: Path, face: Face) -> str:
    return text if path == ARABIC else printed.in_print(text, face)


def _width(text: str, font: ImageFont.FreeTypeFont) -> float:
    return float(font.getlength(text))


def lines_that_fit(text: str, font: ImageFont.FreeTypeFont, width: int, most: int) -> tuple[list[str], bool]:
    """Give the text in lines no wider than this, and whether all of it stands. Words too wide are cut."""
    lines: list[str] = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if _width(joined, font) <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if _width(lines[-1] + letter, font) > width:
                lines.append("")
            lines[-1] += letter
    if len(lines) <= most:
        return lines, True
    cut = lines[:most]
    while cut[-1] and _width(cut[-1] + "…", font) > width:
        cut[-1] = cut[-1][:-1]
    cut[-1] = cut[-1].rstrip(" ,;:.") + "…"
    return cut, False


def fitted(
    text: str, face: Face, sizes: Sequence[int], width: int, height: int
) -> tuple[ImageFont.FreeTypeFont, list[str]] | None:
    """Give the largest of these sizes at which the text stands whole in the room, with its lines; else the last, cut."""
    path = font_for(text, face)
    if path is None or not text.strip():
        return None
    drawn = _drawn(text, path, face)
    for size in sizes:
        font = _font(path, size)
        lines, whole = lines_that_fit(drawn, font, width, max(1, int(height / line_of(size, path))))
        if whole or size == sizes[-1]:
            return font, lines
    return None


def line_of(size: int, path: Path | None = None) -> float:
    """Give the room from one line to the next: Arabic letters reach further up and down."""
    return size * (1.5 if path == ARABIC else 1.22)


# --- the picture ------------------------------------------------------------------------------------


def draw(shape: Shape, words: Words, *, is_rtl: bool) -> bytes:
    """Draw it, and give the PNG: a few flat colours, so that it is small."""
    image = Image.new("RGB", (shape.width, shape.height), GROUND)
    pen = ImageDraw.Draw(image)
    _roofs(pen, shape)
    room = shape.width - 2 * shape.margin
    y = float(shape.margin)
    y = _line(pen, shape, words.board, y, [shape.small + 6, shape.small, shape.small - 8], is_rtl=is_rtl)
    pen.rectangle(_from_start(shape, y + 8, 140, 8, is_rtl=is_rtl), fill=ACCENT)
    y += 16 + shape.small
    foot = _foot_height(shape, words)
    y = _question(pen, shape, words.question or words.call, y, room, shape.height - foot - y, is_rtl=is_rtl)
    _foot(image, pen, shape, words, shape.height - foot, is_rtl=is_rtl)
    file = BytesIO()
    image.quantize(64, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _from_start(
    shape: Shape, y: float, width: float, height: float, *, is_rtl: bool
) -> tuple[float, float, float, float]:
    left = shape.width - shape.margin - width if is_rtl else shape.margin
    return (left, y, left + width, y + height)


def _write(
    pen: ImageDraw.ImageDraw,
    shape: Shape,
    line: str,
    y: float,
    font: ImageFont.FreeTypeFont,
    *,
    is_rtl: bool,
    fill: tuple[int, int, int] = LIGHT,
) -> None:
    joined = Path(str(font.path)) == ARABIC
    left = shape.width - shape.margin - _width(line, font) if is_rtl or joined else shape.margin
    # Only Arabic needs joining; Latin is drawn letter by letter on every machine alike.
    if joined:
        pen.text((left, y), line, font=font, fill=fill, direction="rtl")
    else:
        pen.text((left, y), line, font=font, fill=fill)


def _line(pen: ImageDraw.ImageDraw, shape: Shape, text: str, y: float, sizes: Sequence[int], *, is_rtl: bool) -> float:
    set_ = fitted(text, Face.STRONG, sizes, shape.width - 2 * shape.margin, int(line_of(sizes[0])))
    if set_ is None:
        return y
    font, lines = set_
    _write(pen, shape, lines[0], y, font, is_rtl=is_rtl)
    return y + line_of(int(font.size))


def _question(
    pen: ImageDraw.ImageDraw, shape: Shape, text: str, y: float, width: int, height: float, *, is_rtl: bool
) -> float:
    set_ = fitted(text, Face.HEADING, shape.questions, width, int(height)) or fitted(
        _("Have your say"), Face.HEADING, shape.questions, width, int(height)
    )
    if set_ is None:
        return y
    font, lines = set_
    for line in lines:
        _write(pen, shape, line, y, font, is_rtl=is_rtl)
        y += line_of(int(font.size), Path(str(font.path)))
    return y


def _foot_height(shape: Shape, words: Words) -> int:
    square = 520 if shape.has_square else 0
    lines = 3 if words.until else 2
    return int(shape.margin + 40 + square + lines * line_of(shape.small) + 60)


def _foot(image: Image.Image, pen: ImageDraw.ImageDraw, shape: Shape, words: Words, y: float, *, is_rtl: bool) -> None:
    if shape.has_square:
        square = _square(words.link, 480)
        image.paste(square, (int(_from_start(shape, y, square.width, 0, is_rtl=is_rtl)[0]), int(y)))
        y += square.height + 24
    for text, fill in ((words.call, ACCENT), (words.until, LIGHT), (words.address, LIGHT)):
        set_ = fitted(
            text,
            Face.STRONG,
            (shape.small, shape.small - 8, shape.small - 14),
            shape.width - 2 * shape.margin,
            int(line_of(shape.small)),
        )
        if set_ is None:
            continue
        font, lines = set_
        _write(pen, shape, lines[0], y, font, is_rtl=is_rtl, fill=fill)
        y += line_of(shape.small)


def _square(link: str, side: int) -> Image.Image:
    """Give a QR code with its quiet border, of whole modules, no wider than `side`."""
    made = segno.make(link, error="m", micro=False)
    rows = [bytes(row) for row in made.matrix_iter(scale=1, border=4)]
    small = Image.frombytes(
        "L", (len(rows), len(rows)), b"".join(bytes(0 if dark else 255 for dark in row) for row in rows)
    )
    module = max(1, side // len(rows))
    return small.resize((len(rows) * module,) * 2, Image.Resampling.NEAREST).convert("RGB")


def _roofs(pen: ImageDraw.ImageDraw, shape: Shape) -> None:
    """The row of roofs from the foot of every page, in the deep colour."""
    base, unit = shape.height, shape.width / 12
    heights = (0.5, 0.8, 0.45, 0.95, 0.6, 0.75, 0.4, 0.9, 0.55, 0.7, 0.5, 0.85)
    for at, tall in enumerate(heights):
        left, top = at * unit, base - tall * unit
        pen.polygon(
            [(left, base), (left, top), (left + unit / 2, top - unit * 0.35), (left + unit, top), (left + unit, base)],
            fill=DEEP,
        )
