"""What stands in the boxes of a form for an answer that was kept: the other way from rules.answers.read."""

from __future__ import annotations

from typing import Any

from engagement.surveys.rules.answers import OTHER
from engagement.surveys.rules.conditions import Answers, is_answer
from engagement.surveys.rules.schema import Kind, Page, Question


def typed_from(page: Page, answers: Answers) -> dict[str, list[str]]:
    """Give what someone would have typed on a page to get these answers."""
    typed: dict[str, list[str]] = {}
    for question in page.questions:
        typed.update(typed_for(question, answers))
    return typed


def typed_for(question: Question, answers: Answers) -> dict[str, list[str]]:
    """Give the boxes of one question: none where it has no answer."""
    id, value = question.id, answers.get(question.id)
    if not is_answer(value):
        return {}
    typed = _boxes(question, value)
    if answers.get(id + OTHER):
        typed[id + OTHER] = [answers[id + OTHER]]
    return typed


def _boxes(question: Question, value: Any) -> dict[str, list[str]]:
    id = question.id
    match question.kind:
        case Kind.SEVERAL:
            return {id: list(value)}
        case Kind.DATE:
            year, month, day = value.split("-")
            return {f"{id}__day": [str(int(day))], f"{id}__month": [str(int(month))], f"{id}__year": [year]}
        case Kind.MATRIX | Kind.PLACE:
            return {f"{id}__{part}": [chosen] for part, chosen in value.items()}
        case Kind.POINTS:
            return {f"{id}__{choice}": [str(given)] for choice, given in value.items()}
        case Kind.RANKING:
            return {f"{id}__{choice}": [str(place)] for place, choice in enumerate(value, 1)}
        case Kind.CONSENT:
            return {id: ["yes"]} if value else {}
        case _:
            return {id: [str(value)]}
