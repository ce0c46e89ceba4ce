"""Pages of A4 as a PDF: text in the site's own fonts, lines, and square codes. Letters, slips and posters share it.

Lengths are millimetres from the top left corner of the page; sizes of type are points. A piece of
text says how far down it reached, so that what follows can never lie on top of it.

The fonts draw Latin letters. Whatever they lack is shown as `NOT_DRAWN`, and `not_in_print` says
beforehand what that would be, so that whoever prints is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from typing import IO

import segno
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

rl_config.useA85 = 0  # compressed pages as they are, not spelt out in letters
FONTS = Path(__file__).parent / "print_fonts"
NOT_DRAWN = "[?]"
PAGE_WIDTH, PAGE_HEIGHT = (round(length / mm) for length in A4)
LEADING = 1.3
"""From one line of text to the next, in sizes of its type."""
SEVERAL = re.compile(rf"{re.escape(NOT_DRAWN)}(?: ?{re.escape(NOT_DRAWN)})+")
UNBROKEN = "\N{NO-BREAK SPACE}"
NO_INK = {"Cc", "Cf", "Zl", "Zp", "Zs"}
DASHES = str.maketrans("‐‑⁃", "---")


class Face(Enum):
    """A font file, by what it is for."""

    PLAIN = "atkinson-hyperlegible-next-regular"
    STRONG = "atkinson-hyperlegible-next-bold"
    HEADING = "young-serif-regular"


@cache
def _font(face: Face) -> TTFont:
    font = TTFont(face.value, FONTS / f"{face.value}.ttf")
    pdfmetrics.registerFont(font)
    return font


@lru_cache(maxsize=1000)
def _drawn_as(letter: str, face: Face) -> str | None:
    """Give what stands for one letter: itself, plain letters that mean it, nothing if it has no ink, or None."""
    known = _font(face).face.charToGlyph
    if letter != UNBROKEN and (unicodedata.category(letter) in NO_INK or 0xFE00 <= ord(letter) <= 0xFE0F):
        return " " if letter.isspace() else ""
    if ord(letter) in known:
        return letter
    parts = unicodedata.normalize("NFKD", letter.translate(DASHES))
    parts = "".join(part for part in parts if not unicodedata.combining(part))
    return parts if parts and all(ord(part) in known for part in parts) else None


def in_print(text: str, face: Face = Face.PLAIN) -> str:
    """Give the text as this face can draw it: one line, with NOT_DRAWN for each run of words it lacks."""
    shown: list[str] = []
    for letter in unicodedata.normalize("NFC", text):
        drawn = _drawn_as(letter, face)
        if drawn is not None:
            shown.append(drawn)
        elif not unicodedata.combining(letter):
            shown.append(NOT_DRAWN)
    return SEVERAL.sub(NOT_DRAWN, re.sub(" +", " ", "".join(shown)).strip(" "))


def not_in_print(*texts: str) -> str:
    """Give each letter of these that no face draws, once, in their order."""
    letters = dict.fromkeys(unicodedata.normalize("NFC", "".join(texts)))
    return "".join(letter for letter in letters if any(_drawn_as(letter, face) is None for face in Face))


def width_of(text: str, size: float, face: Face = Face.PLAIN) -> float:
    return float(_font(face).stringWidth(text, size)) / float(mm)


def _pieces(word: str, width: float, size: float, face: Face) -> list[str]:
    """Cut a word that is wider than the line."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and width_of(pieces[-1] + letter, size, face) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


@lru_cache(maxsize=500)
def lines_of(text: str, width: float, size: float, face: Face = Face.PLAIN, most: int | None = None) -> tuple[str, ...]:
    """Give the text in lines that fit the width. Past `most` lines it ends with three dots."""
    lines: list[str] = []
    for word in in_print(text, face).split(" ") if text.strip() else ():
        if lines and width_of(f"{lines[-1]} {word}", size, face) <= width:
            lines[-1] += f" {word}"
        else:
            lines += _pieces(word, width, size, face)
    if most is not None and len(lines) > most:
        lines = lines[:most]
        while lines and lines[-1] and width_of(lines[-1] + "…", size, face) > width:
            lines[-1] = lines[-1][:-1]
        if lines:
            lines[-1] = lines[-1].rstrip(" ,;:.") + "…"
    return tuple(lines)


def height_of(lines: int, size: float) -> float:
    return lines * size * LEADING / float(mm)


class Pages:
    """A PDF under way. `turn` ends a page, `finish` the whole; nothing is kept but what is written to the file."""

    def __init__(self, file: IO[bytes], *, title: str, language: str, by: str) -> None:
        for face in Face:
            _font(face)
        self._drawing = True
        self._mask: int | None = None
        self._canvas = Canvas(file, pagesize=A4, pageCompression=1, lang=language, initialFontName=Face.PLAIN.value)
        self._canvas.setTitle(title)
        self._canvas.setAuthor(by)
        self._canvas.setCreator("Moothall")
        self._canvas.setViewerPreference("DisplayDocTitle", "true")

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """Draw nothing meanwhile: to learn how far down a page would reach, draw it here first."""
        self._drawing = False
        try:
            yield
        finally:
            self._drawing = True

    def text(
        self, words: str, *, x: float, y: float, width: float, size: float, face: Face = Face.PLAIN,
        most: int | None = None, spaced: float = 0,
    ) -> float:  # fmt: skip
        """Write lines from y down; give where they end. `spaced` widens the room between letters, for what is copied."""
        lines = lines_of(words, width, size, face, most)
        for number, line in enumerate(lines) if self._drawing else ():
            self._canvas.setFont(face.value, size)
            baseline = y + height_of(number, size) + height_of(1, size) * 0.76
            self._canvas.drawString(x * mm, (PAGE_HEIGHT - baseline) * mm, line, charSpace=spaced * mm)
        return y + height_of(len(lines), size)

    def box(self, *, x: float, y: float, width: float, height: float, line: float = 1, corner: float = 2) -> None:
        if not self._drawing:
            return
        self._canvas.setLineWidth(line)
        self._canvas.roundRect(x * mm, (PAGE_HEIGHT - y - height) * mm, width * mm, height * mm, corner * mm)

    def rule(self, *, x: float, y: float, width: float, line: float = 0.7) -> None:
        """Draw a line to write on."""
        if not self._drawing:
            return
        self._canvas.setLineWidth(line)
        self._canvas.line(x * mm, (PAGE_HEIGHT - y) * mm, (x + width) * mm, (PAGE_HEIGHT - y) * mm)

    def square(self, link: str, *, x: float, y: float, side: float) -> None:
        """Draw a QR code with its quiet border of four modules: one path, so that no hairline parts its rows."""
        if not self._drawing:
            return
        made = segno.make(link, error="m", micro=False, mask=self._mask)
        self._mask = made.mask  # the best for the first serves the next: trying all eight takes most of the time
        rows = [bytes(row) for row in made.matrix_iter(scale=1, border=4)]
        module = side * mm / len(rows)
        self._canvas.saveState()
        self._canvas.transform(module, 0, 0, module, x * mm, (PAGE_HEIGHT - y - side) * mm)
        path = self._canvas.beginPath()
        for up, row in enumerate(reversed(rows)):
            start = 0
            while (start := row.find(1, start)) >= 0:
                end = row.find(0, start)  # the border is white: a run always ends
                path.rect(start, up, end - start, 1)
                start = end
        self._canvas.drawPath(path, stroke=0, fill=1)
        self._canvas.restoreState()

    def turn(self) -> None:
        if self._drawing:
            self._canvas.showPage()

    def finish(self) -> None:
        self._canvas.save()
