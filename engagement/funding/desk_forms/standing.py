"""Amendments, objections, confirming, counting again, rehearsals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm
from components.forms import MoneyField
from engagement.activities.forms import LondonField
from engagement.funding.actions.amending import AMENDABLE
from engagement.funding.actions.rehearsing import MOST_MOCK_BALLOTS
from engagement.funding.models import FundingRound, Objection


class AmendmentForm(DeskForm):
    """The rules that may still change, as they are, and why they should."""

    budget_pence = MoneyField(label=_("Budget, in pounds"), min_pence=1)
    least_ticks = forms.IntegerField(label=_("Least ticks on a ballot"), min_value=1, max_value=50)
    most_ticks = forms.IntegerField(label=_("Most ticks on a ballot"), min_value=1, max_value=512, required=False)
    rule = forms.ChoiceField(label=_("Rule of counting"), choices=FundingRound.Rule.choices)
    least_votes = forms.IntegerField(label=_("Least votes to be funded"), min_value=0, max_value=1_000_000)
    vote_floor = forms.BooleanField(label=_("A vote floor"), required=False)
    allows_blank = forms.BooleanField(label=_("A blank vote is allowed"), required=False)
    review_days = forms.IntegerField(label=_("Days for objections after the count"), min_value=0, max_value=60)
    closes_at = LondonField(label=_("Voting closes"))
    reason = forms.CharField(
        label=_("Why should this change?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everyone reads it on the round's page."),
    )

    def __init__(self, *args: Any, round: FundingRound, **kwargs: Any) -> None:
        now_is = {name: getattr(round, name) for name in AMENDABLE if name in self.base_fields}
        kwargs.setdefault("initial", {**now_is, "closes_at": round.activity.closes_at})
        super().__init__(*args, **kwargs)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}


class SettleForm(DeskForm):
    CHOICES = (("agree", _("I agree: change the rules")), ("drop", _("Drop it: the rules stay")))
    act = forms.ChoiceField(label=_("What now?"), choices=CHOICES, widget=forms.RadioSelect)


class AnswerObjectionForm(DeskForm):
    outcome = forms.ChoiceField(label=_("Is it right?"), choices=Objection.Outcome.choices, widget=forms.RadioSelect)
    answer = forms.CharField(
        label=_("The board's answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("It goes to the person and shows on the results page. Do not name anyone."),
    )


class WhereDecidedForm(DeskForm):
    words = forms.CharField(
        label=_("Where was this decided?"),
        max_length=300,
        help_text=_("Such as: Board meeting, 3 December 2026, item 4. It shows on the results page."),
    )


class CountAgainForm(DeskForm):
    why = forms.CharField(
        label=_("Why is it counted again?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It shows on the results page, beside the count before."),
    )


class TakeOutForm(DeskForm):
    words = forms.CharField(label=_("Words to the group"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))


class MockBallotsForm(DeskForm):
    how_many = forms.IntegerField(
        label=_("How many mock ballots?"), min_value=1, max_value=MOST_MOCK_BALLOTS, initial=200
    )
    seed = forms.IntegerField(
        label=_("A number to start from"),
        min_value=0,
        max_value=999_999,
        initial=1,
        help_text=_("The same number gives the same ballots."),
    )
