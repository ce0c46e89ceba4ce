"""What a voter fills in."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from components.forms import PublicForm
from engagement.activities.forms import StandingForm
from engagement.funding.actions.voting import ticks_problem
from engagement.funding.models import FundingRound, Proposal
from engagement.funding.rules import receipt_from_words


class BallotForm(PublicForm):
    """Tick at least so many. The cost and the group stand under each name."""

    ticks = forms.MultipleChoiceField(
        label=_("Which of these would you fund?"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, round: FundingRound, proposals: Sequence[Proposal], **kwargs: Any) -> None:
        self.round, self.proposals = round, proposals
        super().__init__(*args, **kwargs)
        field: Any = self.fields["ticks"]
        field.choices = [(str(p.number), format_html("{}. {}", p.number, p.title)) for p in proposals]

    def clean_ticks(self) -> list[int]:
        ticks = sorted({int(number) for number in self.cleaned_data["ticks"]})
        if problem := ticks_problem(self.round, len(ticks), on_ballot=len(self.proposals)):
            raise forms.ValidationError(problem, code="how_many")
        return ticks


class CastForm(StandingForm):
    """The ticks as checked, and where the voter belongs if we do not know. Its token is the voter's receipt."""

    once = True
    ticks = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput, required=False)

    def __init__(self, *args: Any, numbers: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ticks"].choices = [(str(number), str(number)) for number in numbers]  # type: ignore[attr-defined]
        self.fields["form_token"].initial = new_receipt

    def clean_ticks(self) -> list[int]:
        return sorted({int(number) for number in self.cleaned_data["ticks"]})


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
