"""Which question to put in a table, and with what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from components.forms import PublicForm
from engagement.surveys.queries_results import Shape, title_of, ways_to_cross


class CrossForm(PublicForm):
    """Asked with GET, so that a table has an address of its own."""

    question = forms.ChoiceField(label=_("Question"))
    by = forms.ChoiceField(label=_("Side by side with"))

    def __init__(self, *args: Any, shape: Shape, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        questions = [(asked.key, title_of(asked)) for asked in shape.crossed]
        self.fields["question"].choices = questions
        self.fields["by"].choices = ways_to_cross(shape)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("question") and cleaned.get("question") == cleaned.get("by"):
            self.add_error("by", _("Choose something other than the question itself."))
        return cleaned
