"""The one question that leads to a board."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from components.forms import PublicForm


class FindForm(PublicForm):
    """A postcode or a name. Sent as a post, so that no address, log or history keeps a postcode."""

    q = forms.CharField(
        label=_("Your postcode, or the name of a place"),
        help_text=_("A place can be a village, a ward, a parish or a board. We do not keep what you type."),
        max_length=120,
        error_messages={"required": _("Type a postcode, or the name of a place.")},
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "spellcheck": "false"}),
    )
