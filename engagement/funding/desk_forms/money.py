"""Money into a pot."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from components.forms import MoneyField
from engagement.funding.desk_forms.frame import BoardChoice, DeskForm


def this_year() -> date:
    """The first day of the financial year we are in."""
    today = timezone.localdate()
    return date(today.year if today >= date(today.year, 4, 1) else today.year - 1, 4, 1)


class StreamForm(BoardChoice):
    name = forms.CharField(label=_("What the money is for"), max_length=80)
    year_starts_on = forms.DateField(label=_("Financial year starts on"), initial=this_year)
    allocated_pence = MoneyField(label=_("Money to put in, in pounds"), min_pence=1)
    cap_pence = MoneyField(label=_("Most that one grant may be, in pounds"), min_pence=1, required=False)
    words = forms.CharField(label=_("Where this was decided"), max_length=300, required=False)


class MoneyInForm(DeskForm):
    amount_pence = MoneyField(label=_("Money to put in, in pounds"), min_pence=1)
    organisation = forms.CharField(
        label=_("From which partner"), max_length=160, required=False, help_text=_("Empty: from the council.")
    )
    words = forms.CharField(label=_("Where this was decided"), max_length=300, required=False)
