"""Files that groups send: what each is by its content, and what of it is kept."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from components.sent_pictures import MOST_BYTES, FileRefused, Kept, picture, read

__all__ = ["MOST_BYTES", "FileRefused", "Kept", "evidence", "picture", "plain_name"]


def evidence(file: Any) -> Kept:
    """Give a receipt as it may be kept: a PDF as it is, a picture encoded anew; refuse anything else.

    A PDF is never shown in the page, only handed over as a download.
    """
    held = read(file)
    if held[:5] == b"%PDF-" and b"%%EOF" in held[-2048:]:
        return Kept(held, "application/pdf", "pdf")
    try:
        return picture(file)
    except FileRefused as refusal:
        if held[:5] == b"%PDF-":
            raise FileRefused(_("This PDF is cut short. Send it again.")) from None
        if looks_like_a_picture(held):
            raise refusal from None
        raise FileRefused(_("Send a PDF or a photograph: JPEG, PNG or WebP.")) from None


def looks_like_a_picture(held: bytes) -> bool:
    return held[:3] == b"\xff\xd8\xff" or held[:8] == b"\x89PNG\r\n\x1a\n" or held[8:12] == b"WEBP"


def plain_name(name: str, ending: str) -> str:
    """Give a name for a download: the sender's, with nothing in it that a browser or a shell could take wrongly."""
    stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or name
    kept = "".join(letter if letter.isalnum() or letter in " -_" else "-" for letter in stem).strip(" -")
    return f"{kept[:80] or 'file'}.{ending}"
