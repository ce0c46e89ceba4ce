"""What officers fill in at the desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.people.permissions import boards_where
from boards.places.models import Board
from components.forms import MoneyField, without_hidden_characters
from engagement.activities.forms import LondonField
from engagement.activities.models import Audience
from engagement.evidence.models import Need
from engagement.funding.models import FundingRound, Stream


class DeskForm(forms.Form):
    """Refuses what no database can keep, with a sentence."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and without_hidden_characters(value)[1]:
                self.add_error(name, _("Take out the hidden characters here; they cannot be kept."))
        return cleaned


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
    least_ticks = forms.IntegerField(label=_("Least ticks on a ballot"), min_value=1, max_value=50, initial=3)
    most_ticks = forms.IntegerField(label=_("Most ticks on a ballot"), min_value=1, max_value=512, required=False)
    opens_at = LondonField(label=_("Proposals open"), help_text=_("Such as 30 October 2026 09:00. London time."))
    proposals_close_at = LondonField(label=_("Proposals close"))
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

    def notes(self) -> list[str]:
        """Give what to tell the officer about times that happen twice."""
        return [str(note) for name in TIMES if (note := getattr(self.fields[name], "note", ""))]


TIMES = ("opens_at", "proposals_close_at", "voting_opens_at", "closes_at")


def initial_of(round: FundingRound) -> dict[str, Any]:
    activity = round.activity
    of_round = ("stream", "budget_pence", "most_pence", "least_ticks", "most_ticks", "proposals_close_at")
    return {
        **{name: getattr(activity, name) for name in ("title", "summary", "audience", "opens_at", "closes_at")},
        **{name: getattr(round, name) for name in (*of_round, "voting_opens_at", "report_by", "guidance")},
        "needs": list(activity.needs.values_list("pk", flat=True)),
    }


class BoardChoice(DeskForm):
    board = forms.ModelChoiceField(label=_("Board"), queryset=Board.objects.none())

    def __init__(self, *args: Any, person: Person, act: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["board"].queryset = boards_where(person, act)  # type: ignore[attr-defined]


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


class CheckProposalForm(DeskForm):
    ACTS = (
        ("approve", _("Put it on the ballot")),
        ("ask", _("Ask the group a question")),
        ("refuse", _("It cannot be funded in this round")),
    )
    act = forms.ChoiceField(label=_("What now?"), choices=ACTS, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Words to the group"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed to ask or to refuse. The group reads them."),
    )


class LotsForm(DeskForm):
    """One place for each tied proposal, in the order drawn."""

    words = forms.CharField(
        label=_("How were the lots drawn, and who was there?"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, tied: list[tuple[int, str]], **kwargs: Any) -> None:
        self.numbers = [number for number, _title in tied]
        super().__init__(*args, **kwargs)
        choices = [("", "")] + [(str(number), f"{number}. {title}") for number, title in tied]
        for place in range(1, len(tied) + 1):
            self.fields[f"place_{place}"] = forms.ChoiceField(
                label=_("Drawn at place %(place)d") % {"place": place}, choices=choices
            )
        self.order_fields([*(name for name in self.fields if name != "words"), "words"])

    def order(self) -> list[int]:
        return [int(self.cleaned_data[f"place_{place}"]) for place in range(1, len(self.numbers) + 1)]


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
