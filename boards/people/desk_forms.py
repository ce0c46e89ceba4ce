"""What the desk forms of every room share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest
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


class BoardChoice(DeskForm):
    board = forms.ModelChoiceField(label=_("Board"), queryset=Board.objects.none())

    def __init__(self, *args: Any, person: Person, act: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["board"].queryset = boards_where(person, act)  # type: ignore[attr-defined]


def board_chosen(request: HttpRequest, act: str) -> Board | None:
    """Give the board named by `?board=`, or the only one where this officer may do this; None where they must choose.

    Raises Http404 for a board on which they may not.
    """
    boards = boards_where(request.user, act)
    chosen = request.GET.get("board", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 12:
        board: Board | None = boards.filter(pk=int(chosen)).first()
        if board is None:
            raise Http404
        return board
    only = list(boards[:2])
    return only[0] if len(only) == 1 else None
