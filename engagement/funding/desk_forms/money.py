"""Money into a pot."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import BoardChoice, DeskForm
from boards.people.models import Organisation, Person
from boards.people.permissions import boards_where
from components.forms import MoneyField
from engagement.funding.desk_forms.frame import OnceForm
from engagement.funding.models import Stream


def this_year() -> date:
    """The first day of the financial year we are in."""
    today = timezone.localdate()
    return date(today.year if today >= date(today.year, 4, 1) else today.year - 1, 4, 1)


class StreamForm(BoardChoice):
    name = forms.CharField(label=_("What the money is for"), max_length=80)
    year_starts_on = forms.DateField(label=_("Financial year starts on"), initial=this_year)
    allocated_pence = MoneyField(label=_("Money to put in, in pounds"), min_pence=1)
    cap_pence = MoneyField(label=_("Most that one grant may be, in pounds"), min_pence=1, required=False)
    limit_pence = MoneyField(label=_("Most that it may hold in all, in pounds"), min_pence=1, required=False)
    within = forms.ModelChoiceField(
        label=_("A sub-pot of"),
        queryset=Stream.objects.none(),
        required=False,
        empty_label=_("No: a part of its own"),
        help_text=_("The money for a sub-pot is moved out of the part it lies in."),
    )
    words = forms.CharField(
        label=_("Where this was decided"), max_length=300, required=False, help_text=_("Everyone can read it.")
    )

    def __init__(self, *args: Any, person: Person, act: str, **kwargs: Any) -> None:
        super().__init__(*args, person=person, act=act, **kwargs)
        within: Any = self.fields["within"]
        within.queryset = (
            Stream.objects.filter(pot__board__in=boards_where(person, act), within__isnull=True)
            .select_related("pot__board")
            .order_by("-pot__year_starts_on", "pot__board__name", "pk")
        )


class MoneyInForm(OnceForm):
    amount_pence = MoneyField(label=_("Money to put in, in pounds"), min_pence=1)
    organisation = forms.CharField(
        label=_("From which partner"), max_length=160, required=False, help_text=_("Empty: from the council.")
    )
    words = forms.CharField(label=_("Where this was decided"), max_length=300, required=False)


REASON = _("Everyone can read it in the ledger.")


class EditStreamForm(DeskForm):
    name = forms.CharField(label=_("What the money is for"), max_length=80)
    cap_pence = MoneyField(label=_("Most that one grant may be, in pounds"), min_pence=1, required=False)
    limit_pence = MoneyField(label=_("Most that it may hold in all, in pounds"), min_pence=1, required=False)


class MoveMoneyForm(OnceForm):
    target = forms.ModelChoiceField(label=_("To which part of the pot"), queryset=Stream.objects.none())
    amount_pence = MoneyField(label=_("How much, in pounds"), min_pence=1)
    words = forms.CharField(label=_("Where this was decided"), max_length=300, required=False, help_text=REASON)

    def __init__(self, *args: Any, stream: Stream, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target: Any = self.fields["target"]
        target.queryset = (
            Stream.objects.filter(pot__board=stream.pot.board_id)
            .exclude(pk=stream.pk)
            .select_related("pot__board")
            .order_by("-pot__year_starts_on", "pk")
        )


class MoneyOutForm(OnceForm):
    amount_pence = MoneyField(label=_("How much, in pounds"), min_pence=1)
    words = forms.CharField(label=_("Why"), max_length=300, help_text=REASON)


class PartnerForm(OnceForm):
    partner = forms.ModelChoiceField(
        label=_("A partner this site knows"), queryset=Organisation.objects.order_by("name"), required=False
    )
    organisation = forms.CharField(
        label=_("Or the name of an organisation"), max_length=160, required=False, help_text=_("Not of a person.")
    )
    amount_pence = MoneyField(label=_("How much, in pounds"), min_pence=1)
    received = forms.BooleanField(
        label=_("The money is here"), required=False, help_text=_("If not, it is a promise and cannot be awarded yet.")
    )
    conditions = forms.CharField(
        label=_("Conditions"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everyone can read them."),
    )  # fmt: skip
    words = forms.CharField(label=_("Where this was decided"), max_length=300, required=False, help_text=REASON)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if bool(cleaned.get("partner")) == bool(cleaned.get("organisation")):
            self.add_error("organisation", _("Choose a partner or write a name: one of the two."))
        return cleaned


class ReceiveForm(OnceForm):
    words = forms.CharField(label=_("Words for the ledger"), max_length=300, required=False, help_text=REASON)


class CancelPromiseForm(OnceForm):
    words = forms.CharField(label=_("Why"), max_length=300)
