"""What officers type to put a poll where people are: places, posters, kiosks, and what social media said."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm, WordsToKeep
from components.forms import without_hidden_characters
from components.printed import not_in_print
from engagement.activities.models import Spot
from engagement.evidence.models import EvidenceLink, Need
from engagement.polls import poster
from engagement.polls.forms import one_line, seen
from engagement.polls.models import LONGEST_CHOICE, Poll, SocialPoll

MOST_ANSWERS = 20
MOST_PEOPLE = 2_000_000_000
# "Swings: 41", "Swings 1,041": the number stands last.
ANSWER = re.compile(r"(?P<text>.*?)\s*[:;,=–-]?\s*(?P<votes>\d{1,3}(?:,\d{3})+|\d{1,10})", re.ASCII)
# Runs of one figure and steps up or down are the first that anyone tries.
EASY = "01234567890 98765432109"


class PlaceForm(DeskForm):
    name = forms.CharField(
        label=_("Place"),
        max_length=60,
        help_text=_("Such as: the library, the market stall, the bus stop in Mill Lane"),
    )

    def clean_name(self) -> str:
        return seen(self.cleaned_data["name"])


class PlaceField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Spot.objects.none(), **kwargs)


class KioskForm(DeskForm):
    """Where the device stands, and the PIN that staff leave it with."""

    place = PlaceField(label=_("Where it stands"), empty_label=None)
    pin = forms.CharField(
        label=_("PIN for staff"),
        min_length=6,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_(
            "From 6 to 12 figures. Staff type it on the device to leave the kiosk. We keep no copy that can be read."
        ),
    )

    def __init__(self, *args: Any, places: QuerySet[Spot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]

    def clean_pin(self) -> str:
        pin: str = self.cleaned_data["pin"]
        if not (pin.isascii() and pin.isdigit()):
            raise ValidationError(_("Use figures only."))
        if len(set(pin)) < 3 or any(pin in run for run in EASY.split()):
            raise ValidationError(_("That is the first PIN anyone would try. Choose another."))
        return pin


class PosterForm(DeskForm):
    """What a poster says. Nothing is changed by it, so it is asked for by its address."""

    place = PlaceField(label=_("For which place"), required=False, empty_label=_("No one place"))
    size = forms.ChoiceField(
        label=_("Size of its words"),
        choices=[("usual", _("Usual: 14 point and more")), ("large", _("Large print: 18 point and more"))],
        initial="usual",
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(label=_("Language of the poster"), required=False)
    other_ways = forms.CharField(
        label=_("Who helps those without a phone"),
        max_length=160,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Such as: Ring 01904 000000, or ask at the library."),
    )

    def __init__(self, *args: Any, places: QuerySet[Spot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        choices = poster.languages()
        language = get_language()
        self.usual_language = language if language in dict(choices) else settings.LANGUAGE_CODE
        self.fields["language"].choices = choices  # type: ignore[attr-defined]
        self.fields["language"].initial = self.usual_language
        self.fields["other_ways"].initial = _("Ring the board, or ask at the library.")
        if len(choices) < 2:
            del self.fields["language"]

    def clean_other_ways(self) -> str:
        words = one_line(self.cleaned_data["other_ways"])
        if missing := not_in_print(words):
            raise ValidationError(
                _("A poster cannot draw %(missing)s. Write it without."), params={"missing": " ".join(missing)}
            )
        return words


class SocialForm(WordsToKeep, forms.ModelForm):
    """A poll on social media, as the platform tells it."""

    answers = forms.CharField(
        label=_("Answers and how often each was chosen"),
        max_length=(LONGEST_CHOICE + 14) * MOST_ANSWERS,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One on each line, the number last, such as: Swings: 41"),
    )

    class Meta:
        model = SocialPoll
        fields = ["platform", "link", "wording", "starts_on", "ends_on", "answers", "reach"]
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}),
            "ends_on": forms.DateInput(attrs={"type": "date"}),
        }
        help_texts = {
            "link": _("Begins with https://. Leave empty where it can no longer be seen."),
            "reach": _("As the platform counts it. Leave empty where you do not know."),
        }

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["link"].assume_scheme = "https"  # type: ignore[attr-defined]
        self.fields["reach"].max_value = MOST_PEOPLE  # type: ignore[attr-defined]
        if self.instance.pk:
            counts = self.instance.counts.all()
            self.initial["answers"] = "\n".join(f"{count.text}: {count.votes}" for count in counts)
        else:
            self.initial["wording"] = poll.question
            self.initial["answers"] = "\n".join(f"{words}: " for words in poll.worded_choices)

    def clean_wording(self) -> str:
        return seen(self.cleaned_data["wording"])

    def clean_link(self) -> str:
        link: str = self.cleaned_data["link"]
        if link and not link.startswith("https://"):
            raise ValidationError(_("Give the address with https:// at its beginning."))
        return link

    def clean_reach(self) -> int | None:
        reach: int | None = self.cleaned_data["reach"]
        if reach is not None and reach > MOST_PEOPLE:
            raise ValidationError(_("That is more than there are people."))
        return reach

    def clean_answers(self) -> list[tuple[str, int]]:
        lines = without_hidden_characters(self.cleaned_data["answers"])[0].split("\n")
        answers: list[tuple[str, int]] = []
        for line in (" ".join(line.split()) for line in lines if line.strip()):
            found = ANSWER.fullmatch(line)
            if found is None or not one_line(found["text"]):
                raise ValidationError(_("Put a number at the end of this line: %(line)s"), params={"line": line[:130]})
            text, votes = found["text"], int(found["votes"].replace(",", ""))
            if len(text) > LONGEST_CHOICE:
                raise ValidationError(
                    _("This answer has more than 120 characters: %(line)s"), params={"line": line[:130]}
                )
            if votes > MOST_PEOPLE:
                raise ValidationError(_("That is more than there are people: %(line)s"), params={"line": line[:130]})
            if text.casefold() in {known.casefold() for known, _votes in answers}:
                raise ValidationError(_("The same answer stands twice: %(line)s"), params={"line": line[:130]})
            answers.append((text, votes))
        if not 2 <= len(answers) <= MOST_ANSWERS:
            raise ValidationError(
                _("Give from 2 to 20 answers, one on each line. There are %(n)s now."), params={"n": len(answers)}
            )
        return answers

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("It must end after it begins."))
        if last and last > timezone.localdate():
            self.add_error("ends_on", _("That day has not come yet. Write it down when it is over."))
        return cleaned

    def given(self) -> dict[str, Any]:
        """Give the fields of the table as they were typed."""
        return {
            name: self.cleaned_data[name] for name in ("platform", "link", "wording", "starts_on", "ends_on", "reach")
        }


class SocialEvidenceForm(DeskForm):
    need = forms.ModelChoiceField(label=_("Need it bears on"), queryset=Need.objects.none(), empty_label=None)
    relation = forms.ChoiceField(
        label=_("How it bears on it"), choices=EvidenceLink.Relation.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Why you think so"), max_length=300)

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needs = Need.objects.current().filter(board=poll.activity.board_id).order_by("title")  # type: ignore[attr-defined]
        self.fields["need"].queryset = needs  # type: ignore[attr-defined]
        self.initial.setdefault("need", poll.activity.needs.order_by("title").values_list("pk", flat=True).first())

    def clean_reason(self) -> str:
        return seen(self.cleaned_data["reason"])
