"""Lots drawn in public."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm


class LotsForm(DeskForm):
    """One place for each tied proposal, in the order drawn."""

    words = forms.CharField(
        label=_("How were the lots drawn, and who was there?"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, tied: list[tuple[int, str]], **kwargs: Any) -> None:
        self.numbers = [number for number, _title in tied]
        super().__init__(*args, **kwargs)
        choices = [("", "")] + [(str(number), f"{number}. {title}") for number, title in tied]
        for place in range(1, len(tied) + 1):
            self.fields[f"place_{place}"] = forms.ChoiceField(
                label=_("Drawn at place %(place)d") % {"place": place}, choices=choices
            )
        self.order_fields([*(name for name in self.fields if name != "words"), "words"])

    def order(self) -> list[int]:
        return [int(self.cleaned_data[f"place_{place}"]) for place in range(1, len(self.numbers) + 1)]
