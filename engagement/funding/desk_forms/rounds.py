"""A round's rules and dates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm
from boards.places.models import Board
from components.forms import MoneyField
from engagement.activities.forms import LondonField
from engagement.activities.models import Audience
from engagement.evidence.models import Need
from engagement.funding.models import FundingRound, Stream


class RoundForm(DeskForm):
    title = forms.CharField(label=_("Title"), max_length=150)
    summary = forms.CharField(
        label=_("In a few words"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    stream = forms.ModelChoiceField(label=_("Paid from"), queryset=Stream.objects.none())
    budget_pence = MoneyField(label=_("Budget, in pounds"), min_pence=1)
    most_pence = MoneyField(label=_("Most that one proposal may ask for, in pounds"), min_pence=1, required=False)
    audience = forms.TypedChoiceField(
        label=_("Who may vote"),
        coerce=int,
        choices=[choice for choice in Audience.choices if choice[0] >= Audience.EMAIL],
    )
    method = forms.ChoiceField(
        label=_("Kind of ballot"),
        choices=FundingRound.Method.choices,
        initial=FundingRound.Method.APPROVAL,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Ticks are the plainest, and right for most rounds."),
    )
    least_ticks = forms.IntegerField(
        label=_("Least ticks on a ballot"),
        min_value=1,
        max_value=50,
        initial=3,
        help_text=_("How many proposals each voter must choose. Three or more shares the money most fairly."),
    )
    most_ticks = forms.IntegerField(
        label=_("Most ticks on a ballot"),
        min_value=1,
        max_value=512,
        required=False,
        help_text=_("Empty: as many as they like. For a ballot in order: how many places there are."),
    )
    points = forms.IntegerField(
        label=_("Points to share out"),
        min_value=1,
        max_value=255,
        initial=10,
        required=False,
        help_text=_("Only for points: how many each voter gives out."),
    )
    shows_costs = forms.BooleanField(
        label=_("The ballot shows costs and the budget"),
        initial=True,
        required=False,
        help_text=_("A ballot within the budget always does."),
    )
    allows_blank = forms.BooleanField(
        label=_("A blank vote is allowed"),
        required=False,
        help_text=_("It counts as taking part, and for no proposal. The voter has to ask for it."),
    )
    key_kept = forms.ChoiceField(
        label=_("Where the key to the sealed ballots is kept"),
        choices=FundingRound.KeyKept.choices,
        initial=FundingRound.KeyKept.FILE,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Split it where people must be sure that the server's operator cannot look early."),
    )
    rule = forms.ChoiceField(
        label=_("Rule of counting"),
        choices=FundingRound.Rule.choices,
        required=False,
        help_text=_("Both are counted and shown side by side. The one you choose here decides."),
    )
    least_votes = forms.IntegerField(
        label=_("Least votes to be funded"),
        min_value=0,
        max_value=1_000_000,
        required=False,
        help_text=_("Empty: one."),
    )
    vote_floor = forms.BooleanField(
        label=_("A vote floor"),
        required=False,
        help_text=_("Dear proposals need more support: a share of voters at least as large as cost ÷ (3 × budget)."),
    )
    review_days = forms.IntegerField(
        label=_("Days for objections after the count"),
        min_value=0,
        max_value=60,
        required=False,
        help_text=_("Whole days after the day of the count. Empty: none."),
    )
    combines = forms.ChoiceField(label=_("Vote and panel"), choices=FundingRound.Combines.choices, required=False)
    both_ways = forms.ChoiceField(
        label=_("When someone votes on this site and on paper"),
        choices=FundingRound.BothWays.choices,
        initial=FundingRound.BothWays.PAPER,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Found at the desk, before the count. A sheet in the box cannot be taken out again."),
    )
    opens_at = LondonField(label=_("Proposals open"), help_text=_("Such as 30 October 2026 09:00. London time."))
    proposals_close_at = LondonField(label=_("Proposals close"))
    questions_from_at = LondonField(
        label=_("Questions go back to groups from"), required=False, help_text=_("Empty: no days of their own.")
    )
    shortlist_from_at = LondonField(label=_("The shortlist is made from"), required=False)
    assessment_from_at = LondonField(label=_("The panel assesses from"), required=False)
    voting_opens_at = LondonField(label=_("Voting opens"))
    closes_at = LondonField(label=_("Voting closes"))
    report_by = forms.DateField(label=_("Reports are due by"), required=False, help_text=_("Such as 2027-03-31."))
    guidance = forms.CharField(
        label=_("What groups should know"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    needs = forms.ModelMultipleChoiceField(
        label=_("Needs behind this round"),
        queryset=Need.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, board: Board, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["stream"].queryset = Stream.objects.filter(pot__board=board).select_related("pot__board")
        fields["needs"].queryset = Need.objects.filter(board=board).order_by("title")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, usual in USUAL.items():
            if not cleaned.get(name):
                cleaned[name] = usual
        return cleaned

    def notes(self) -> list[str]:
        """Give what to tell the officer about times that happen twice."""
        return [str(note) for name in TIMES if (note := getattr(self.fields[name], "note", ""))]

    def clean_rule(self) -> str:
        return self.cleaned_data["rule"] or FundingRound.Rule.MOST_SUPPORT

    def clean_combines(self) -> str:
        return self.cleaned_data["combines"] or FundingRound.Combines.VOTE

    def clean_least_votes(self) -> int:
        return self.cleaned_data["least_votes"] or 0

    def clean_review_days(self) -> int:
        return self.cleaned_data["review_days"] or 0


USUAL = {
    "method": FundingRound.Method.APPROVAL,
    "points": 10,
    "key_kept": FundingRound.KeyKept.FILE,
    "both_ways": FundingRound.BothWays.PAPER,
}
TIMES = (
    "opens_at", "proposals_close_at", "questions_from_at", "shortlist_from_at", "assessment_from_at",
    "voting_opens_at", "closes_at",
)  # fmt: skip


def initial_of(round: FundingRound) -> dict[str, Any]:
    activity = round.activity
    of_round = (
        "stream", "budget_pence", "most_pence", "least_ticks", "most_ticks", "proposals_close_at",
        "questions_from_at", "shortlist_from_at", "assessment_from_at",
        "rule", "least_votes", "vote_floor", "review_days", "combines",
    )  # fmt: skip
    of_ballot = ("method", "points", "shows_costs", "allows_blank", "key_kept", "both_ways")
    return {
        **{name: getattr(activity, name) for name in ("title", "summary", "audience", "opens_at", "closes_at")},
        **{name: getattr(round, name) for name in (*of_round, *of_ballot, "voting_opens_at", "report_by", "guidance")},
        "needs": list(activity.needs.values_list("pk", flat=True)),
    }
