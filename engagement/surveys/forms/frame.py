"""What every desk form of this room shares."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.people.permissions import boards_where
from boards.places.models import Board
from components.forms import without_hidden_characters


class DeskForm(forms.Form):
    """Refuses what no database can keep, with a sentence."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and without_hidden_characters(value)[1]:
                self.add_error(name, _("Take out the hidden characters here; they cannot be kept."))
        return cleaned


class OnceForm(DeskForm):
    """A form that does its act once, however often it is sent: its token goes with it."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class BoardChoice(DeskForm):
    board = forms.ModelChoiceField(label=_("Board"), queryset=Board.objects.none())

    def __init__(self, *args: Any, person: Person, act: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["board"].queryset = boards_where(person, act)
