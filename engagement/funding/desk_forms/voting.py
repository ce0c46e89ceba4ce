"""Voting codes, the key split among officers, and votes held back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm
from boards.people.models import Person
from boards.people.rules import CARRIES
from boards.places.models import Board
from components.printed import not_in_print
from engagement.funding import letters
from engagement.funding.actions.codes import MOST_AT_ONCE
from engagement.funding.models import Hold
from engagement.funding.rules import Share, share_from_words

LARGEST_SHARE_FILE = 20_000


class CodesForm(DeskForm):
    size = forms.IntegerField(label=_("How many codes"), min_value=1, max_value=MOST_AT_ONCE)
    purpose = forms.CharField(
        label=_("What are they for?"),
        max_length=120,
        help_text=_("Such as: letters to Quay ward, open day in the hall."),
    )
    is_test = forms.BooleanField(
        label=_("Only to try out letters and post"), required=False, help_text=_("A test code never votes.")
    )
    shape = forms.ChoiceField(
        label=_("How do you want them?"),
        choices=[
            ("letters", _("Letters to print (PDF), each with a square code")),
            ("csv", _("A table for a mail house")),
        ],
        widget=forms.RadioSelect,
        initial="letters",
    )
    is_large = forms.BooleanField(
        label=_("Letters in large print"),
        required=False,
        help_text=_("18 point. Each fills both sides of one sheet: print it on both sides."),
    )
    language = forms.ChoiceField(label=_("Language of the letters"), required=False)
    other_ways = forms.CharField(
        label=_("Other ways to vote, for the letters"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Who helps by phone, or where paper ballots are. Empty: the letters speak of this site only."),
    )

    def __init__(self, *args: Any, ways: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = letters.languages()
        language = get_language()
        self.usual_language = language if language in dict(choices) else settings.LANGUAGE_CODE
        self.fields["language"].choices = choices  # type: ignore[attr-defined]
        self.fields["language"].initial = self.usual_language
        self.fields["other_ways"].initial = ways[: self.fields["other_ways"].max_length]  # type: ignore[attr-defined]
        if len(choices) < 2:
            del self.fields["language"]

    def clean_other_ways(self) -> str:
        words: str = self.cleaned_data["other_ways"]
        if missing := not_in_print(words):
            raise forms.ValidationError(
                _("The letters cannot draw %(missing)s. Write it without."), params={"missing": " ".join(missing)}
            )
        return words

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["language"] = cleaned.get("language") or self.usual_language
        if cleaned.get("shape") == "letters" and cleaned.get("size", 0) > letters.MOST_LETTERS:
            self.add_error(
                "size",
                _("Make at most %(most)d letters at once, and more in another batch. A table can hold more.")
                % {"most": letters.MOST_LETTERS},
            )
        return cleaned


class CancelCodesForm(DeskForm):
    code = forms.CharField(
        label=_("One code only"), max_length=30, required=False, help_text=_("Empty: all of this batch not used yet.")
    )
    words = forms.CharField(label=_("Why?"), max_length=300)


class ThreeOfficersForm(DeskForm):
    """Three people who may enter the desk of this board."""

    def __init__(self, *args: Any, board: Board, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [kind for kind, acts in CARRIES.items() if "see_unpublished" in acts]
        held = Q(roles__board=board) | Q(roles__board__isnull=True)
        today = timezone.localdate()
        lasting = Q(roles__until__isnull=True) | Q(roles__until__gt=today)
        people = (
            Person.objects.filter(held, lasting, is_active=True, roles__kind__in=kinds, roles__since__lte=today)
            .distinct()
            .order_by("email")
        )
        for place in (1, 2, 3):
            self.fields[f"officer_{place}"] = forms.ModelChoiceField(
                label=_("Officer %(place)d") % {"place": place}, queryset=people
            )
            self.fields[f"officer_{place}"].label_from_instance = lambda person: person.email  # type: ignore[attr-defined]

    def officers(self) -> list[Person]:
        return [self.cleaned_data[f"officer_{place}"] for place in (1, 2, 3)]


class SharesForm(DeskForm):
    """Two shares, each as a file or as typed from paper. Nothing of them is kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in (1, 2):
            self.fields[f"file_{n}"] = forms.FileField(label=_("File of share %(n)d of two") % {"n": n}, required=False)
            self.fields[f"text_{n}"] = forms.CharField(
                label=_("or its line, pasted or typed"),
                required=False,
                max_length=LARGEST_SHARE_FILE,
                widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.found: list[Share] = []
        for n in (1, 2):
            text = cleaned.get(f"text_{n}") or ""
            if file := cleaned.get(f"file_{n}"):
                text = file.read(LARGEST_SHARE_FILE).decode("utf-8", "replace")
            share = share_from_words(text)
            if share is None:
                self.add_error(
                    f"text_{n}", _("There is no whole share here. Look for the line that begins with SHARE.")
                )
            else:
                self.found.append(share)
        return cleaned

    def shares(self) -> list[Share]:
        return self.found


class HoldForm(DeskForm):
    reason = forms.CharField(label=_("Why hold them back?"), max_length=300)


class OutcomeForm(DeskForm):
    outcome = forms.ChoiceField(
        label=_("What should become of them?"),
        choices=[(Hold.Outcome.ACCEPTED, _("Let them in")), (Hold.Outcome.VOID, _("Set them aside"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=_("Why?"), max_length=300)


class VenueForm(DeskForm):
    name = forms.CharField(label=_("Venue"), max_length=100, help_text=_("Such as: Harbour Library."))
    network = forms.CharField(
        label=_("Its network address"), max_length=50, help_text=_("Such as 203.0.113.7. Its own staff can say.")
    )


class DomainForm(DeskForm):
    domain = forms.CharField(label=_("Throw-away mail domain"), max_length=120)
