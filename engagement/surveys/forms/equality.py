"""The equality questions: the field's own wording, every one optional, on a page of their own."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django import forms

from components.forms import PublicForm

WORDING = Path(__file__).parent.parent / "rules" / "equality_monitoring.json"


@cache
def questions() -> tuple[dict[str, Any], ...]:
    """Give the questions that are asked: those that the set itself turns on."""
    asked = json.loads(WORDING.read_text(encoding="utf-8"))["questions"]
    return tuple(question for question in asked if question.get("default_enabled", True))


def choices_of(question: dict[str, Any]) -> list[Any]:
    """Give the choices as a form has them, in their groups where they have some."""
    if "groups" in question:
        return [
            choice
            for name, options in question["groups"]
            for choice in ([(name, [tuple(option) for option in options])] if name else [tuple(o) for o in options])
        ]
    return [tuple(option) for option in question["options"]]


class EqualityForm(PublicForm):
    """Nothing is chosen beforehand, and nothing has to be."""

    def answers(self) -> dict[str, str]:
        """Give what was chosen, by question; nothing for what was left out, or hangs on another that was not yes."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        for question in questions():
            for asked, wanted in question.get("show_if", {}).items():
                if chosen.get(asked) != wanted:
                    chosen.pop(question["id"], None)
        return chosen


def _fields() -> dict[str, forms.Field]:
    return {
        question["id"]: forms.ChoiceField(
            label=question["text"],
            help_text=question.get("hint", ""),
            choices=choices_of(question),
            required=False,
            widget=forms.RadioSelect,
        )
        for question in questions()
    }


EqualityForm.base_fields = _fields()  # type: ignore[attr-defined]
