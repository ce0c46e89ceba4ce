"""A survey's dates, audience, channels and words around the questions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm
from boards.places.models import Board
from engagement.activities.forms import LondonField
from engagement.activities.models import Activity, Audience
from engagement.evidence.models import Need
from engagement.surveys.models import Survey

# The rungs that a survey can ask for today; the codes and checks of the others have no screens yet.
RUNGS = [choice for choice in Audience.choices if choice[0] <= Audience.EMAIL]
OF_ACTIVITY = ("title", "summary", "opens_at", "closes_at", "audience", "results_show")
OF_SURVEY = ("introduction", "thanks_words", "takes_paper", "takes_phone", "asks_equality")


class SettingsForm(DeskForm):
    title = forms.CharField(label=_("Title"), max_length=150)
    summary = forms.CharField(
        label=_("In a few sentences, for lists"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    introduction = forms.CharField(
        label=_("Before the first question: why you ask, and what will come of it"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    thanks_words = forms.CharField(
        label=_("After sending: your thanks, and what happens next"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    language = forms.ChoiceField(label=_("Language of the questions"), choices=settings.LANGUAGES)
    opens_at = LondonField(label=_("Opens"), help_text=_("London time, such as: 30 October 2026 9am"))
    closes_at = LondonField(
        label=_("Closes"),
        required=False,
        help_text=_("London time, such as: 30 October 23:59. Leave empty and it stays open."),
    )
    audience = forms.TypedChoiceField(
        label=_("Who can answer"), choices=RUNGS, coerce=int, widget=forms.RadioSelect, initial=Audience.ANYONE
    )
    results_show = forms.ChoiceField(
        label=_("When results show"),
        choices=Activity.ResultsShow.choices,
        widget=forms.RadioSelect,
        initial=Activity.ResultsShow.AFTER_CLOSING,
    )
    takes_paper = forms.BooleanField(label=_("It can be answered on paper"), required=False)
    takes_phone = forms.BooleanField(label=_("It can be answered by phone"), required=False)
    asks_equality = forms.BooleanField(
        label=_("Ask the equality questions after the answers are in"),
        required=False,
        help_text=_("On a page of their own, each of them free to skip, and kept apart from everything else."),
    )
    needs = forms.ModelMultipleChoiceField(
        label=_("Needs it serves"),
        queryset=Need.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, board: Board, survey: Survey | None = None, answered: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["needs"].queryset = Need.objects.filter(board=board).order_by("title")
        if survey is not None:
            del self.fields["language"]
        for name in ("opens_at", "audience") if answered else ():
            self.fields[name].disabled = True
            self.fields[name].help_text = _("Fixed, because people have answered.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It must close after it opens."))
        return cleaned

    def notes(self) -> list[str]:
        """Give what to say of the times after saving: each one that happens twice."""
        return [
            f"{self.fields[name].label}: {self.fields[name].note}"
            for name in ("opens_at", "closes_at")
            if getattr(self.fields[name], "note", "")
        ]


def initial_of(survey: Survey) -> dict[str, Any]:
    activity = survey.activity
    return {
        **{name: getattr(activity, name) for name in OF_ACTIVITY},
        **{name: getattr(survey, name) for name in OF_SURVEY},
        "needs": list(activity.needs.values_list("pk", flat=True)),
    }


class CloseForm(DeskForm):
    why = forms.CharField(label=_("Why does it close early?"), max_length=200, help_text=_("Kept in the log."))
