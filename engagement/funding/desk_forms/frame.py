"""What the desk forms of this room share."""

from __future__ import annotations

from uuid import uuid4

from django import forms

from boards.people.desk_forms import DeskForm


class OnceForm(DeskForm):
    """A form that does its act once, however often it is sent: its token goes with it."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)
