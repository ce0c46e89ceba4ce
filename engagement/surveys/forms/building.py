"""The small forms around the builder: which kind to add, where to copy from, what to keep."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm
from engagement.surveys.asking_words import KINDS


class KindForm(DeskForm):
    kind = forms.ChoiceField(label=_("Kind of question"), choices=list(KINDS.items()))


class KeepForm(DeskForm):
    """Who a question is kept for."""

    for_council = forms.TypedChoiceField(
        label=_("Who can use it again?"),
        choices=[("no", _("This board")), ("yes", _("Every board"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="no",
    )

    def __init__(self, *args: Any, may_for_council: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_for_council:
            self.fields["for_council"].choices = [("no", _("This board"))]
