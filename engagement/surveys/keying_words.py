"""What was found on paper, in words: marks, readings side by side, and a code to read out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from engagement.surveys.rules.keying import Mark, ReadAs
from engagement.surveys.rules.schema import Question
from engagement.surveys.telling import told
from engagement.surveys.words import FACE_WORDS, YES_NO_WORDS

# The spelling alphabet of the ITU, which many know from films.
SPELT = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (
            "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett", "Kilo", "Lima",
            "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey",
            "X-ray", "Yankee", "Zulu",
        ),
        strict=True,
    )
)  # fmt: skip


def spelt(code: str) -> list[str]:
    """Give each letter of a code as it is read out: "K, Kilo"; a figure as it is."""
    return [f"{letter}, {SPELT[letter]}" if letter in SPELT else letter for letter in code]


def file_refused(why: str) -> str:
    return {
        "big": _("This file is too big. Send one of up to 10 MB."),
        "empty": _("This file is empty."),
        "broken": _("This file cannot be read. Scan it once more."),
    }.get(why, _("A scan is a picture or a PDF."))


def ticked(question: Question, value: str) -> str:
    """Give the words of one tick."""
    choice = question.choice(value)
    if choice is not None:
        return choice.label
    if value in YES_NO_WORDS:
        return str(YES_NO_WORDS[value])
    if question.kind == "faces" and value.isdigit() and int(value) in FACE_WORDS:
        return str(FACE_WORDS[int(value)])
    return value


def mark_in_words(question: Question, mark: Mapping[str, Any]) -> str:
    """Give what paper did its own way at a question, with what it said."""
    said = mark.get("said")
    match mark.get("is"):
        case Mark.LEFT_OUT:
            return _("Left out")
        case Mark.UNCLEAR:
            return _("Nobody can say what it means")
        case Mark.NO_WORDS:
            return _("Ticked without the words that go with it")
        case Mark.TWICE if isinstance(said, Mapping):
            columns = {column.id: column.label for column in question.columns}
            rows = {row.id: row.label for row in question.rows}
            parts = [f"{rows.get(row, row)}: {', '.join(columns.get(each, each) for each in ticks)}" for row, ticks in said.items()]  # fmt: skip
            return _("Ticked more than once: %(said)s") % {"said": "; ".join(parts)}
        case Mark.TWICE:
            return _("Ticked more than once: %(said)s") % {"said": ", ".join(ticked(question, str(each)) for each in said or ())}  # fmt: skip
        case Mark.PASSED_OVER:
            lines = told(question, {question.id: said, f"{question.id}__other": mark.get("other", "")})
            return _("Answered, though it was to be passed over: %(said)s") % {"said": ", ".join(lines)}
        case Mark.DOES_NOT_FIT:
            values = [value for boxes in (said or {}).values() for value in boxes]
            return _("Does not fit: %(said)s") % {"said": ", ".join(ticked(question, value) for value in values)}
    return ""


def reading_in_words(question: Question, read: ReadAs, areas: Mapping[str, str]) -> str:
    """Give what one person read at a question; a dash where they read nothing."""
    lines = told(question, {question.id: read.answer, f"{question.id}__other": read.other}, areas=areas)
    if read.mark:
        lines = [*lines, mark_in_words(question, read.mark)]
    return "\n".join(lines) or "–"
