"""What someone hands in: told by its content, kept within limits, and never run or shown in a page.

A photograph is encoded anew, so that where it was taken is gone; a PDF, Word or OpenDocument
file is kept as it came and only ever handed out as an attachment.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

MOST_BYTES = 10 * 1024 * 1024
MOST_UNZIPPED = 60 * 1024 * 1024
MOST_PARTS = 2000
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2560
PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT = "application/vnd.oasis.opendocument.text"
PHOTO = "image/jpeg"
ENDINGS = {PDF: "pdf", WORD: "docx", TEXT: "odt", PHOTO: "jpg"}


class FileRefused(ValueError):
    """`why` is one of: big, empty, kind, broken, macros."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: its bytes, what it is, and a name that is safe to hand out."""

    content: bytes
    type: str
    name: str


def checked(upload: Any) -> Checked:
    """Give what may be kept of an upload, or raise FileRefused. Its name and its word for its type decide nothing."""
    if upload.size > MOST_BYTES:
        raise FileRefused("big")
    upload.seek(0)
    content: bytes = upload.read(MOST_BYTES + 1)
    if not content:
        raise FileRefused("empty")
    if len(content) > MOST_BYTES:
        raise FileRefused("big")
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise FileRefused("broken")
        kind = PDF
    elif content.startswith(b"PK\x03\x04"):
        kind = document(content)
    elif content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or content[8:12] == b"WEBP":
        content, kind = photograph(content), PHOTO
    else:
        raise FileRefused("kind")
    return Checked(content, kind, safe_name(upload.name or "", ENDINGS[kind]))


def document(content: bytes) -> str:
    """Give which kind of written document a zip is. Its table of contents is read, and nothing of it unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = packed.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNZIPPED:
                raise FileRefused("big")
            if any("vbaproject" in name.lower() or name.startswith(("Basic/", "Scripts/")) for name in names):
                raise FileRefused("macros")
            if {"[Content_Types].xml", "word/document.xml"} <= names:
                return WORD
            if "mimetype" in names and packed.getinfo("mimetype").file_size < 200:
                with packed.open("mimetype") as told:
                    if told.read(200).decode("ascii", "replace").strip() == TEXT and "content.xml" in names:
                        return TEXT
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as fault:
        if isinstance(fault, FileRefused):
            raise
        raise FileRefused("broken") from fault
    raise FileRefused("kind")


def photograph(content: bytes) -> bytes:
    """Give the picture alone, upright, as a JPEG of at most LONGEST_SIDE."""
    try:
        with Image.open(BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise FileRefused("big")
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            opened.load()
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except FileRefused:
        raise
    except (Image.DecompressionBombError, OSError, SyntaxError, ValueError, EOFError, MemoryError) as fault:
        raise FileRefused("broken") from fault
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    kept = BytesIO()
    bare.save(kept, format="JPEG", quality=85, optimize=True)
    return kept.getvalue()


def safe_name(name: str, ending: str) -> str:
    """Give a name of plain letters with the ending its content has."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", name.rpartition(".")[0] or name).strip("-")[:60]
    return f"{stem or 'paper'}.{ending}"
