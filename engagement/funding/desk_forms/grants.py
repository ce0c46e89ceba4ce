"""What an officer fills in about a grant after the count: the offer, its answer, payments, changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm
from boards.places.models import Area
from components.forms import MoneyField
from engagement.funding import words_awards
from engagement.funding.desk_forms.frame import OnceForm
from engagement.funding.models import Award

PUBLIC = _("Everyone can read it on the proposal's page.")


class Day(forms.DateField):
    """A day, with the calendar of the browser."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def in_two_weeks() -> Any:
    return timezone.localdate() + timedelta(days=14)


class OfferForm(OnceForm):
    answer_by = Day(label=_("Answer by"), initial=in_two_weeks)
    report_by = Day(label=_("Report is due by"), required=False)
    starts_on = Day(label=_("The grant is for the time from"), required=False)
    ends_on = Day(label=_("to"), required=False)
    words = forms.CharField(
        label=_("Letter"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("{group}, {title}, {amount}, {board}, {answer_by} and {report_by} are filled in."),
    )


class OfferRoundForm(DeskForm):
    answer_by = Day(label=_("Answer by"), initial=in_two_weeks)


class LetterForm(DeskForm):
    words = forms.CharField(
        label=_("Letter"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 20}),
        help_text=_("{group}, {title}, {amount}, {board}, {answer_by} and {report_by} are filled in."),
    )

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if "{amount}" not in words:
            raise forms.ValidationError(_("The letter has to say the sum: write {amount} where it stands."))
        return words


class ReasonForm(OnceForm):
    reason = forms.CharField(label=_("Why"), max_length=300, help_text=_("The group gets these words."))


class PublicReasonForm(OnceForm):
    reason = forms.CharField(label=_("Why"), max_length=300, help_text=PUBLIC)


class AnsweredForm(OnceForm):
    reason = forms.CharField(
        label=_("How did the group say so?"),
        max_length=300,
        help_text=_("Such as: By letter of 4 December 2026. Name no one."),
    )


class VaryForm(OnceForm):
    amount_pence = MoneyField(label=_("The grant comes to, in pounds"), min_pence=1)
    purpose = forms.CharField(
        label=_("What it is for now"), max_length=1500, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    reason = forms.CharField(label=_("Why"), max_length=300, help_text=PUBLIC)


class ScheduleForm(OnceForm):
    amount_pence = MoneyField(label=_("How much, in pounds"), min_pence=1)
    due_on = Day(label=_("Due on"))
    asks = forms.CharField(label=_("What the group sends first"), max_length=300, required=False)


class PayForm(OnceForm):
    on = Day(label=_("Paid on"), initial=timezone.localdate)
    reference = forms.CharField(
        label=_("Reference of the payment"), max_length=60, required=False, help_text=_("Only the group sees it.")
    )


class ReturnForm(OnceForm):
    amount_pence = MoneyField(label=_("How much came back, in pounds"), min_pence=1)
    words = forms.CharField(label=_("Words for the ledger"), max_length=300, required=False, help_text=PUBLIC)


class PlacesForm(DeskForm):
    areas = forms.ModelMultipleChoiceField(
        label=_("Wards it is for"),
        queryset=Area.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, award: Award, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas: Any = self.fields["areas"]
        areas.queryset = award.proposal.round.activity.board.areas.wards().without_shapes().order_by("name")


class ReadReportForm(DeskForm):
    act = forms.ChoiceField(
        choices=[("publish", ""), ("take_down", ""), ("ask", "")], widget=forms.HiddenInput, required=True
    )
    words = forms.CharField(
        label=_("What to ask the group"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


def letter_to_start(own: str) -> str:
    return own or words_awards.first_letter()
