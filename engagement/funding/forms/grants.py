"""What a group fills in about its grant: yes or no, a receipt, a report, whether it lasted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from components.forms import MoneyField, PublicForm
from engagement.funding import receipts
from engagement.funding.models import Lasting, Payment, Report

PICTURES = 3
"""Pictures that one sending of a report takes. A report has six at most."""


PICTURE_HINT = _("JPEG, PNG or WebP. We take out where and when it was taken.")
ALT_HINT = _("For people who cannot see it. Such as: Six people round a stove.")


class AnswerForm(PublicForm):
    answer = forms.ChoiceField(
        label=_("Do you want this grant?"),
        choices=[("accept", _("Yes, we accept it and its terms")), ("decline", _("No, we do not want it"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Anything the board should know?"), max_length=300, required=False, widget=forms.Textarea
    )


class KeptFile(forms.FileField):
    """A file that is what it says: read by its content here, so that a refusal stands at the field."""

    def __init__(self, *, judge: Any, **kwargs: Any) -> None:
        self.judge = judge
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        found = super().clean(data, initial)
        if found:
            try:
                self.judge(found)
            except receipts.FileRefused as refusal:
                raise forms.ValidationError(str(refusal)) from None
        return found


class EvidenceForm(PublicForm):
    once = True

    upload = KeptFile(
        judge=receipts.evidence,
        label=_("A receipt or a photograph"),
        help_text=_("PDF, JPEG, PNG or WebP, up to 10 MB. Only you and the board's officers see it."),
    )
    payment = forms.ModelChoiceField(
        label=_("Which payment is it for?"),
        queryset=Payment.objects.none(),
        required=False,
        empty_label=_("The grant as a whole"),
    )

    def __init__(self, *args: Any, payments: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payment"].queryset = payments


class GroupReportForm(PublicForm):
    once = True

    did = forms.CharField(
        label=_("What happened?"),
        help_text=_("Tell it as you would tell a neighbour. Name no one who would not want it."),
        max_length=2000,
        widget=forms.Textarea,
    )
    people_helped = forms.IntegerField(
        label=_("How many people did it help, about?"), min_value=0, max_value=10_000_000, required=False
    )
    spent_pence = MoneyField(label=_("How much of the grant did you spend?"))
    went_wrong = forms.CharField(
        label=_("What went wrong, or was harder than you thought?"),
        help_text=_("Nobody is marked down for this. It helps the next group."),
        max_length=1500,
        required=False,
        widget=forms.Textarea,
    )
    again = forms.ChoiceField(label=_("Would you do it again?"), choices=Report.Again.choices, widget=forms.RadioSelect)

    picture_1 = KeptFile(judge=receipts.picture, label=_("Picture 1"), help_text=PICTURE_HINT, required=False)
    alt_1 = forms.CharField(label=_("What does picture 1 show?"), help_text=ALT_HINT, max_length=200, required=False)
    picture_2 = KeptFile(judge=receipts.picture, label=_("Picture 2"), help_text=PICTURE_HINT, required=False)
    alt_2 = forms.CharField(label=_("What does picture 2 show?"), help_text=ALT_HINT, max_length=200, required=False)
    picture_3 = KeptFile(judge=receipts.picture, label=_("Picture 3"), help_text=PICTURE_HINT, required=False)
    alt_3 = forms.CharField(label=_("What does picture 3 show?"), help_text=ALT_HINT, max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for number in range(1, PICTURES + 1):
            if cleaned.get(f"picture_{number}") and not cleaned.get(f"alt_{number}"):
                self.add_error(f"alt_{number}", _("Say what this picture shows, for people who cannot see it."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Give what the action takes."""
        names = ("did", "people_helped", "spent_pence", "went_wrong", "again")
        pictures = [
            (self.cleaned_data[f"picture_{number}"], self.cleaned_data[f"alt_{number}"])
            for number in range(1, PICTURES + 1)
            if self.cleaned_data.get(f"picture_{number}")
        ]
        return {**{name: self.cleaned_data[name] for name in names}, "pictures": pictures}


class LastingForm(PublicForm):
    lasts = forms.ChoiceField(label=_("Did it last?"), choices=Lasting.Lasts.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What is there now?"),
        help_text=_("Two or three sentences. Everyone will be able to read them."),
        max_length=1000,
        required=False,
        widget=forms.Textarea,
    )
