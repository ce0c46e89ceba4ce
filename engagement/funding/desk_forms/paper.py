"""Printing sheets, handing in, keying, and what became of sheets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm
from boards.people.models import Person
from engagement.funding.actions.codes import find_code
from engagement.funding.actions.paper import MOST_SHEETS
from engagement.funding.models import FundingRound, PaperBatch, PaperSheet
from engagement.funding.rules import (
    LEAST_SAMPLE,
    ORDER_LETTERS,
    Method,
    code_from_words,
    marks_from_words,
    sheet_from_words,
)


class PrintForm(DeskForm):
    size = forms.IntegerField(label=_("How many sheets"), min_value=1, max_value=MOST_SHEETS)
    purpose = forms.CharField(label=_("What are they for?"), max_length=120, help_text=_("Such as: the library."))
    hand_in = forms.CharField(
        label=_("Where and how to hand it in"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Printed on each sheet, with the day and hour by which it must be there."),
    )
    orders = forms.IntegerField(
        label=_("Printed orders"), min_value=1, max_value=len(ORDER_LETTERS), initial=4,
        help_text=_("So that no proposal is always first. A letter on the sheet says which."),
    )  # fmt: skip
    is_large = forms.BooleanField(label=_("Large print"), required=False)


class HandInForm(DeskForm):
    """Exactly one way to say who it is."""

    email = forms.EmailField(label=_("The e-mail address of their account"), required=False)
    code = forms.CharField(label=_("or their voting code"), max_length=30, required=False)
    reference = forms.CharField(
        label=_("or their number on the board's own roll"),
        max_length=60,
        required=False,
        help_text=_("For someone without an account. We keep only a digest that cannot be read back."),
    )

    def __init__(self, *args: Any, round: FundingRound, **kwargs: Any) -> None:
        self.round = round
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.who: dict[str, Any] = {}
        if self.errors:
            return cleaned
        if sum(bool(cleaned[name].strip()) for name in ("email", "code", "reference")) != 1:
            self.add_error(None, _("Fill in one of the three, and only one."))
        elif cleaned["email"]:
            person = Person.objects.filter(email__iexact=cleaned["email"], is_active=True).first()
            if person is None:
                self.add_error("email", _("There is no account with this address."))
            self.who = {"person": person}
        elif cleaned["code"]:
            whole = code_from_words(cleaned["code"])
            found = find_code(self.round, whole) if whole else None
            if found is None:
                self.add_error("code", _("We do not know this code for this vote. Check it for slips."))
            self.who = {"code": found}
        else:
            self.who = {"reference": cleaned["reference"]}
        return cleaned


class TakeBackForm(HandInForm):
    """Who it is in one of three ways, why, and where the sheet is now."""

    BECAME = (
        ("unused", _("It is here, and nothing is marked on it: it goes to the unused")),
        ("spoiled", _("It is here, and something is marked on it: it goes to the spoiled")),
        ("another", _("It is in the box: somebody else handed it in, and the roll is marked for them")),
    )
    became = forms.ChoiceField(label=_("Where is the sheet?"), choices=BECAME, widget=forms.RadioSelect)
    batch = forms.ModelChoiceField(label=_("Its batch"), queryset=PaperBatch.objects.none(), required=False)
    reason = forms.CharField(
        label=_("Why is the mark taken back?"),
        max_length=300,
        help_text=_("It is kept in the log. Do not name the voter or the sheet."),
    )

    def __init__(self, *args: Any, round: FundingRound, **kwargs: Any) -> None:
        super().__init__(*args, round=round, **kwargs)
        fields: Any = self.fields
        fields["batch"].queryset = PaperBatch.objects.filter(round=round)
        fields["number"] = SheetField(label=_("Its sheet number"), max_length=20, required=False)
        self.order_fields(["email", "code", "reference", "became", "batch", "number", "reason"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("became") in ("unused", "spoiled"):
            for name, needed in (
                ("batch", _("Choose the batch of the sheet.")),
                ("number", _("Give the sheet number.")),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, needed)
        elif cleaned.get("became") and (cleaned.get("batch") or cleaned.get("number")):
            self.add_error("number", _("Leave batch and number out: a sheet in the box must not be named here."))
        return cleaned

    def values(self) -> dict[str, Any]:
        batch = self.cleaned_data["batch"]
        return {
            **self.who,
            "reason": self.cleaned_data["reason"],
            "became": self.cleaned_data["became"],
            "batch": batch.pk if batch else None,
            "number": self.cleaned_data["number"] or "",
        }


class SheetField(forms.CharField):
    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        found = sheet_from_words(typed) if typed or self.required else ""
        if found is None:
            raise forms.ValidationError(_("This is not a whole sheet number. It has six digits: check it for slips."))
        return found


class KeyForm(DeskForm):
    number = SheetField(label=_("Sheet number"), max_length=20)
    marks = forms.CharField(label=_("What is marked"), max_length=4000, required=False)
    blank = forms.BooleanField(label=_("A blank vote: it asks for that by name"), required=False)
    doubt = forms.ChoiceField(label=_("Which rule was needed?"), choices=PaperSheet.Doubt.choices, required=False)
    spoiled = forms.ChoiceField(
        label=_("Spoiled?"),
        choices=[("", _("No: it counts")), *(c for c in PaperSheet.Spoiled.choices if c[0] != "replaced")],
        required=False,
    )
    settles = forms.BooleanField(
        label=_("Two people read this sheet differently. I have it before me, and mine settles it"), required=False
    )

    def __init__(self, *args: Any, method: str, **kwargs: Any) -> None:
        self.ticks = Method(method).is_ticks
        super().__init__(*args, **kwargs)
        self.fields["number"].widget.attrs |= {"autocomplete": "off", "inputmode": "numeric"}
        self.fields["marks"].widget.attrs["autocomplete"] = "off"
        self.fields["marks"].help_text = (
            _("The numbers with a space between: 3 7 12. Enter puts the space; Enter once more keeps the sheet.")
            if self.ticks
            else _("Each number, a colon and its value: 3:5 7:2. Enter puts a space; Enter once more keeps the sheet.")
        )

    def clean_marks(self) -> tuple[tuple[int, int], ...]:
        found = marks_from_words(self.cleaned_data["marks"], ticks=self.ticks)
        if found is None:
            raise forms.ValidationError(_("This cannot be read. See the line below the box."))
        return found


class BecameForm(DeskForm):
    STATES = (
        ("unused", _("Unused: left over, or given out and never brought back")),
        ("spoiled", _("Given back at the desk for another sheet")),
        ("aside", _("Set aside: its voter had voted on this site")),
        ("issued", _("None of these: undo")),
    )
    state = forms.ChoiceField(label=_("What became of them?"), choices=STATES, widget=forms.RadioSelect)
    numbers = forms.CharField(
        label=_("Sheet numbers"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    rest = forms.BooleanField(label=_("All sheets that nobody has keyed or named here"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        typed = (cleaned.get("numbers") or "").replace(",", " ").split()
        if not typed and not cleaned.get("rest"):
            self.add_error("numbers", _("Give at least one sheet number."))
        if cleaned.get("rest") and (typed or cleaned.get("state") != "unused"):
            self.add_error("rest", _("Only for unused sheets, and without numbers."))
        found = [sheet_from_words(each) for each in typed]
        if None in found:
            self.add_error("numbers", _("A number here has a slip in it. Each has six digits."))
        cleaned["numbers"] = found
        return cleaned


class ScanForm(DeskForm):
    scan = forms.FileField(
        label=_("The scan"),
        help_text=_("A PDF or a picture (JPEG, PNG or WebP) of up to 10 MB. Long piles: send several."),
    )
    sheet = SheetField(
        label=_("Its sheet number"),
        max_length=20,
        required=False,
        help_text=_("Empty: it shows a pile. One sheet can be scanned once voting has closed."),
    )


class DrawForm(DeskForm):
    size = forms.IntegerField(
        label=_("How many sheets"), min_value=LEAST_SAMPLE, max_value=100_000, initial=60,
        help_text=_(
            "At least 20; all where there are fewer. With none wrong in 60, at most 3 in 60 of all sheets are wrong."
        ),
    )  # fmt: skip


class CompareForm(KeyForm):
    """What somebody reads on a sheet of the sample: as in keying, with the batch and without the last word."""

    batch = forms.ModelChoiceField(label=_("Batch"), queryset=PaperBatch.objects.none())

    def __init__(self, *args: Any, round: FundingRound, **kwargs: Any) -> None:
        super().__init__(*args, method=round.method, **kwargs)
        fields: Any = self.fields
        fields["batch"].queryset = PaperBatch.objects.filter(round=round)
        for name in ("doubt", "settles"):
            del fields[name]
        if not round.allows_blank:
            del fields["blank"]
        self.order_fields(["batch", "number", "marks", "blank", "spoiled"])
