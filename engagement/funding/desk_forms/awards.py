"""Grants and reports."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm
from components.forms import MoneyField


class AwardForm(DeskForm):
    words = forms.CharField(
        label=_("Where was this decided?"),
        max_length=300,
        help_text=_("Such as: Board meeting, 3 December 2026, item 4. It shows on the results page."),
    )


class ReportForm(DeskForm):
    did = forms.CharField(
        label=_("What happened, in the group's words"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    spent_pence = MoneyField(label=_("Spent, in pounds"))
    people_helped = forms.IntegerField(label=_("People it helped"), min_value=0, max_value=10_000_000, required=False)
    publish = forms.BooleanField(label=_("Show it on the proposal's page"), required=False)
