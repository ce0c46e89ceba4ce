"""What the desk forms of every room share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.people.permissions import boards_where
from boards.places.models import Board
from components.forms import shows_nothing, without_hidden_characters


class WordsToKeep:
    """Refuses what no database can keep, with a sentence; takes what shows nothing for nothing.

    In front of the base of any form: `class PageForm(WordsToKeep, WagtailAdminPageForm)`.
    """

    def clean(self) -> dict[str, Any]:
        form: Any = self
        cleaned: dict[str, Any] = super().clean() or {}  # type: ignore[misc]
        for name, value in list(cleaned.items()):
            if not isinstance(value, str) or not value:
                continue
            kept, changed = without_hidden_characters(value)
            if changed:
                form.add_error(name, _("Take out the hidden characters here; they cannot be kept."))
            elif not shows_nothing(kept):
                cleaned[name] = kept
            elif form.fields[name].required:
                form.add_error(name, form.fields[name].error_messages["required"])
            else:
                cleaned[name] = ""
        return cleaned


class DeskForm(WordsToKeep, forms.Form):
    """The base of every form of the desk that is not made from a model."""


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
