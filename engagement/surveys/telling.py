"""What someone answered, in words: for the check page, the slip, and whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from engagement.surveys.rules.answers import OTHER
from engagement.surveys.rules.conditions import Answers, is_answer
from engagement.surveys.rules.schema import Kind, Question
from engagement.surveys.words import FACE_WORDS, YES_NO_WORDS


def told(question: Question, answers: Answers, *, areas: Mapping[str, str] | None = None) -> list[str]:
    """Give an answer as lines of text, none where there is no answer. `areas` are names of wards by their code."""
    value: Any = answers.get(question.id)
    if not is_answer(value):
        return []
    other = answers.get(question.id + OTHER, "")
    match question.kind:
        case Kind.YES_NO:
            return [str(YES_NO_WORDS[value])]
        case Kind.ONE_CHOICE | Kind.DROP_DOWN:
            return [_choice(question, value, other)]
        case Kind.SEVERAL:
            return [_choice(question, each, other) for each in value]
        case Kind.FACES:
            return [str(FACE_WORDS[value])]
        case Kind.SCALE:
            end = question.ends[0] if value == question.values[0] else ""
            end = question.ends[1] if value == question.values[-1] else end
            return [f"{value} ({end})" if end else str(value)]
        case Kind.NUMBER:
            return [f"{question.unit}{value}" if question.unit == "£" else f"{value} {question.unit}".strip()]
        case Kind.DATE:
            return [date_format(date.fromisoformat(value), "j F Y")]
        case Kind.MATRIX:
            columns = {column.id: column.label for column in question.columns}
            return [f"{row.label}: {columns[value[row.id]]}" for row in question.rows if row.id in value]
        case Kind.RANKING:
            return [f"{place}. {_choice(question, each, '')}" for place, each in enumerate(value, 1)]
        case Kind.POINTS:
            return [f"{_choice(question, each, '')}: {points}" for each, points in value.items()]
        case Kind.PLACE:
            return _place(value, areas or {})
        case Kind.FILE:
            return [_("A file you sent")]
        case Kind.CONSENT:
            return [_("Yes, I agree") if value else _("No")]
        case _:
            return [str(value)]


def _choice(question: Question, id: str, other: str) -> str:
    choice = question.choice(id)
    label = choice.label if choice else id
    return f"{label}: {other}" if choice and choice.other and other else label


def _place(value: Mapping[str, Any], areas: Mapping[str, str]) -> list[str]:
    lines = [value["words"]] if value.get("words") else []
    if value.get("area"):
        lines.append(areas.get(value["area"], value["area"]))
    if value.get("lat"):
        lines.append(_("A place on the map, to about 100 metres"))
    return lines
