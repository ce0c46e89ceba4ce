"""What a person may change about themselves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from components.forms import PublicForm, PublicModelForm


class DetailsForm(PublicModelForm):
    class Meta:
        model = Person
        fields = ["display_name"]


class CodeForm(PublicForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
        error_messages={"required": _("Type the code that is in the e-mail.")},
    )
    widths = {"code": 10}
