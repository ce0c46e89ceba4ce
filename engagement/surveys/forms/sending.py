"""Sending, and the code that leads back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from components.forms import PublicForm
from engagement.activities.forms import StandingForm


class SendForm(StandingForm):
    """The last step: nothing to fill in but where someone stands, if the survey asks and we do not know."""

    response = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class BeginForm(PublicForm):
    """Starting: sent twice, it begins one set of answers."""

    once = True


class CodeForm(PublicForm):
    """A code that was written down: of answers not sent yet, or of a slip."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=60,
        help_text=_("Twelve letters and figures, such as 7K2M-9QX4-TB3F. It does not matter how you space them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Type your code.")},
    )
    widths = {"code": 20}


class TakeBackForm(PublicForm):
    """Asked once more before answers are gone."""

    sure = forms.BooleanField(
        label=_("Yes, take my answers back. I know that this cannot be undone."),
        error_messages={"required": _("Tick the box if you are sure.")},
    )
