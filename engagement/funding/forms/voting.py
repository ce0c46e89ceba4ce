"""What a voter fills in."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from components.forms import PublicForm
from engagement.activities.forms import StandingForm
from engagement.funding import words
from engagement.funding.models import Proposal
from engagement.funding.rules import (
    BEST_SCORE,
    LARGEST_VALUE,
    Marks,
    Method,
    Paper,
    code_from_words,
    in_order,
    problem_of,
    receipt_from_words,
)

SCORES = [("", _("No score")), *((str(score), str(score)) for score in range(1, BEST_SCORE + 1))]


class Marked:
    """What the ballot and the check page share: the fields that hold the choices, and the marks read from them.

    Ticks are one field, `ticks`; ranks, points and scores are a field for each number, `value_7`.
    """

    paper: Paper
    cleaned_data: dict[str, Any]

    def read_marks(self) -> Marks:
        given = self.cleaned_data
        if self.paper.method.is_ticks:
            return in_order({(int(number), 1) for number in given.get("ticks") or ()})
        found = ((number, given.get(f"value_{number}")) for number in self.paper.costs_pence)
        return in_order((number, int(value)) for number, value in found if value)

    @property
    def is_blank(self) -> bool:
        return bool(self.cleaned_data.get("blank"))


class NumbersField(forms.MultipleChoiceField):
    """Numbers of the ballot, sent on unseen: a list of choices would be made and copied for each voter."""

    def __init__(self, *, numbers: Iterable[int], **kwargs: Any) -> None:
        super().__init__(widget=forms.MultipleHiddenInput, **kwargs)
        self.numbers = {str(number) for number in numbers}

    def valid_value(self, value: Any) -> bool:
        return value in self.numbers


def fields_for(paper: Paper, *, titles: Mapping[int, str], hidden: bool) -> dict[str, forms.Field]:
    """Give the fields of a ballot, to be filled in or (hidden) to be sent on."""
    fields: dict[str, forms.Field] = {}
    if paper.method.is_ticks and hidden:
        fields["ticks"] = NumbersField(numbers=paper.costs_pence, required=False)
    elif paper.method.is_ticks:
        fields["ticks"] = forms.MultipleChoiceField(
            label=_("Which of these would you fund?"),
            widget=forms.CheckboxSelectMultiple,
            required=False,
            choices=[(str(n), format_html("{}. {}", n, titles.get(n, n))) for n in paper.costs_pence],
        )
    else:
        for number in paper.costs_pence:
            label = format_html("{}. {}", number, titles.get(number, number))
            if paper.method is Method.SCORES and not hidden:
                fields[f"value_{number}"] = forms.ChoiceField(label=label, choices=SCORES, required=False)
            else:
                fields[f"value_{number}"] = forms.IntegerField(
                    label=label,
                    min_value=0,
                    max_value=LARGEST_VALUE,
                    required=False,
                    widget=forms.HiddenInput if hidden else forms.TextInput(attrs={"inputmode": "numeric"}),
                )
    if paper.allows_blank:
        fields["blank"] = forms.BooleanField(
            label=_("I cast a blank vote: I have looked, and choose none of these"),
            required=False,
            widget=forms.HiddenInput if hidden else forms.CheckboxInput,
        )
    return fields


def initial_for(paper: Paper, marks: Iterable[tuple[int, int]], *, blank: bool) -> dict[str, Any]:
    if paper.method.is_ticks:
        return {"ticks": [str(number) for number, _value in marks], "blank": blank or None}
    return {**{f"value_{number}": str(value) for number, value in marks}, "blank": blank or None}


class BallotForm(Marked, PublicForm):
    """The ballot. The cost and the group stand under each name, in the voter's own order."""

    def __init__(
        self, *args: Any, paper: Paper, proposals: Sequence[Proposal], unfinished: bool = False, **kwargs: Any
    ) -> None:
        self.paper, self.unfinished = paper, unfinished
        titles = {proposal.number or 0: proposal.title for proposal in proposals}
        self.base_fields = fields_for(paper, titles=titles, hidden=False)
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.unfinished:
            problem = problem_of(self.paper, self.read_marks(), blank=self.is_blank)
            if problem is not None:
                where = "ticks" if "ticks" in self.fields else None
                self.add_error(where, words.ballot_problem(problem, self.paper.method))
        return cleaned


class CastForm(Marked, StandingForm):
    """The choices as checked, the code from a letter, and where the voter belongs if we do not know.

    Its token is the voter's receipt.
    """

    once = True
    code = forms.CharField(
        label=_("Your voting code"),
        help_text=_("Ten letters and figures, from your letter. Capitals and spaces do not matter."),
        max_length=30,
    )
    again = forms.BooleanField(required=False, widget=forms.HiddenInput)
    widths = {"code": 20}

    def __init__(self, *args: Any, paper: Paper, asks_code: bool, needs_code: bool, **kwargs: Any) -> None:
        self.paper = paper
        own = {name: field for name, field in type(self).base_fields.items() if asks_code or name != "code"}
        self.base_fields = {**fields_for(paper, titles={}, hidden=True), **own}
        super().__init__(*args, **kwargs)
        self.fields["form_token"].initial = new_receipt
        if asks_code and not needs_code:
            self.fields["code"].required = False
            self.fields["code"].label = _("Your voting code, if you have one")
        if asks_code:
            self.fields["code"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "characters"}

    def clean_code(self) -> str:
        typed = self.cleaned_data["code"]
        if not typed:
            return ""
        found = code_from_words(typed)
        if found is None:
            raise forms.ValidationError(
                _("This is not a whole code. It has ten letters and figures. Check it for slips."), code="slip"
            )
        return found


def new_receipt() -> UUID:
    """Give 128 random bits."""
    return UUID(bytes=secrets.token_bytes(16))


class ReceiptForm(PublicForm):
    receipt = forms.CharField(
        label=_("The code on your receipt"), help_text=_("26 letters and numbers in groups of five."), max_length=60
    )
    widths = {"receipt": 30}

    def clean_receipt(self) -> UUID:
        found = receipt_from_words(self.cleaned_data["receipt"])
        if found is None:
            raise forms.ValidationError(_("This is not a whole code. It has 26 letters and numbers."), code="shape")
        return found
