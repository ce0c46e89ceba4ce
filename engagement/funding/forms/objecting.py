"""What someone fills in who thinks that a count is wrong."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from components.forms import PublicForm
from engagement.funding.models import Objection


class ObjectionForm(PublicForm):
    once = True

    grounds = forms.ChoiceField(label=_("What is wrong?"), choices=Objection.Grounds.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Tell the board what happened"),
        help_text=_("Say what you saw and which proposal it is about. Your name is not shown."),
        max_length=2000,
        widget=forms.Textarea,
    )

    def plain(self) -> dict[str, Any]:
        """Give what was filled in as plain values: to keep through the sign-in, and to compare two posts."""
        return {
            "grounds": self.cleaned_data["grounds"],
            "words": self.cleaned_data["words"],
            "form_token": str(self.cleaned_data["form_token"]),
        }
