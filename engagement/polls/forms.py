"""The ballot, and the desk's forms for a poll."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.desk import BoardForm
from boards.places.models import Board
from components.forms import without_hidden_characters
from engagement.activities.forms import LondonField, StandingForm
from engagement.activities.models import Activity, Audience
from engagement.evidence.models import Need
from engagement.polls import actions
from engagement.polls.models import LONGEST_CHOICE, Choice, Poll
from engagement.polls.permissions import may_reword

MOST_CHOICES = 20


class BallotForm(StandingForm):
    """One choice, and where the voter stands if the poll asks and we do not know."""

    choice = forms.ChoiceField(widget=forms.RadioSelect)
    heading = "choice"

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        self.choices_by_key = {str(choice.pk): choice for choice in poll.choices.all()}
        super().__init__(*args, activity=poll.activity, **kwargs)
        field = self.fields["choice"]
        field.label = poll.question
        field.choices = [(key, choice.text) for key, choice in self.choices_by_key.items()]  # type: ignore[attr-defined]
        field.error_messages["required"] = _("Choose one answer.")

    def clean_choice(self) -> Choice:
        return self.choices_by_key[self.cleaned_data["choice"]]


# The rungs that a poll can ask for today; the codes and checks of the others have no screens yet.
RUNGS = [choice for choice in Audience.choices if choice[0] <= Audience.EMAIL]


class PollForm(BoardForm):
    """A whole poll on one page: question, choices one a line, dates in London, who, and what it serves."""

    board = forms.ModelChoiceField(label=_("Board"), queryset=Board.objects.all())
    title = forms.CharField(
        label=_("Short title"), max_length=150, help_text=_("For lists and links, such as: Swings or benches?")
    )
    slug = forms.SlugField(
        label=_("Address"),
        max_length=70,
        required=False,
        help_text=_("The end of its address. Leave empty and we make it from the title."),
    )
    summary = forms.CharField(
        label=_("In a few sentences, why you ask and what will follow"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    choices_text = forms.CharField(
        label=_("Choices"),
        max_length=(LONGEST_CHOICE + 2) * MOST_CHOICES,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One on each line, from 2 to 20."),
    )
    opens_at = LondonField(label=_("Opens"), help_text=_("London time, such as: 30 October 2026 9am"))
    closes_at = LondonField(
        label=_("Closes"),
        required=False,
        help_text=_("London time, such as: 30 October 23:59. Leave empty and it stays open."),
    )
    audience = forms.TypedChoiceField(
        label=_("Who can vote"), choices=RUNGS, coerce=int, widget=forms.RadioSelect, initial=Audience.EMAIL
    )
    results_show = forms.ChoiceField(
        label=_("When results show"),
        choices=Activity.ResultsShow.choices,
        widget=forms.RadioSelect,
        initial=Activity.ResultsShow.AFTER_CLOSING,
    )
    needs = forms.ModelMultipleChoiceField(
        label=_("Needs it serves"),
        queryset=Need.objects.select_related("board"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Poll
        fields = ["question"]

    field_order = ["board", "title", "question", "choices_text", "summary", "opens_at", "closes_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boards = self.fields["board"].queryset  # type: ignore[attr-defined]
        needs = self.fields["needs"]
        needs.queryset = needs.queryset.filter(board__in=boards).order_by("board__name", "title")  # type: ignore[attr-defined]
        needs.label_from_instance = lambda need: f"{need.title} ({need.board.name})"  # type: ignore[attr-defined]
        self.is_fixed = False
        if self.instance.pk is None:
            return
        activity = self.instance.activity
        self.initial |= {
            name: getattr(activity, name)
            for name in ("board", "title", "slug", "summary", "opens_at", "closes_at", "audience", "results_show")
        }
        self.initial["needs"] = list(activity.needs.values_list("pk", flat=True))
        self.initial["choices_text"] = "\n".join(self.instance.choices.values_list("text", flat=True))
        del self.fields["board"]
        needs.queryset = needs.queryset.filter(board=activity.board)  # type: ignore[attr-defined]
        if not activity.is_draft:
            del self.fields["slug"]
        if not may_reword(self.instance):
            self.is_fixed = True
            for name in ("question", "choices_text", "opens_at", "audience"):
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Fixed, because people have voted.")

    def clean_question(self) -> str:
        return without_hidden_characters(self.cleaned_data["question"])[0].strip()

    def clean_choices_text(self) -> list[str]:
        lines = without_hidden_characters(self.cleaned_data["choices_text"])[0].split("\n")
        texts = [" ".join(line.split()) for line in lines if line.strip()]
        if not 2 <= len(texts) <= MOST_CHOICES:
            raise forms.ValidationError(
                _("Give from 2 to 20 choices, one on each line. There are %(n)s now."), params={"n": len(texts)}
            )
        too_long = [text for text in texts if len(text) > LONGEST_CHOICE]
        if too_long:
            raise forms.ValidationError(
                _("This choice has more than %(most)s characters: %(text)s"),
                params={"most": LONGEST_CHOICE, "text": too_long[0]},
            )
        seen: set[str] = set()
        for text in texts:
            if text.casefold() in seen:
                raise forms.ValidationError(_("The same choice stands twice: %(text)s"), params={"text": text})
            seen.add(text.casefold())
        return texts

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It must close after it opens."))
        board = self.instance.activity.board if self.instance.pk else cleaned.get("board")
        if board and any(need.board_id != board.pk for need in cleaned.get("needs", ())):
            self.add_error("needs", _("Choose needs of the poll's own board."))
        return cleaned

    def notes(self) -> list[str]:
        """Give what to say of the times after saving: each one that happens twice."""
        return [
            f"{self.fields[name].label}: {self.fields[name].note}"  # type: ignore[attr-defined]
            for name in ("opens_at", "closes_at")
            if getattr(self.fields[name], "note", "")
        ]

    def save(self, commit: bool = True) -> Poll:
        given = {
            name: self.cleaned_data.get(name)
            for name in ("title", "summary", "opens_at", "closes_at", "audience", "results_show", "slug")
        }
        given |= {
            "question": self.cleaned_data["question"],
            "choices": self.cleaned_data["choices_text"],
            "needs": self.cleaned_data["needs"],
            "by": self.for_user,
        }
        if self.instance.pk is None:
            saved = actions.draft_poll(board=self.cleaned_data["board"], **given)
        else:
            saved = actions.change_poll(poll=self.instance, **given)
        self.instance = saved
        return saved


class CloseForm(forms.Form):
    why = forms.CharField(
        label=_("Why does it close early?"),
        max_length=200,
        help_text=_("Shown on the poll's page and kept in the log."),
    )


class PutRightForm(forms.Form):
    what = forms.ChoiceField(label=_("What has the slip"), widget=forms.RadioSelect)
    became = forms.CharField(label=_("As it should be"), max_length=200)
    why = forms.CharField(
        label=_("What was wrong"),
        max_length=200,
        help_text=_("Shown on the poll's page, such as: a letter was missing."),
    )

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices_by_key = {str(choice.pk): choice for choice in poll.choices.all()}
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            ("question", poll.question),
            *((key, choice.text) for key, choice in self.choices_by_key.items()),
        ]

    def clean_became(self) -> str:
        return " ".join(without_hidden_characters(self.cleaned_data["became"])[0].split())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("what") in self.choices_by_key and len(cleaned.get("became", "")) > LONGEST_CHOICE:
            self.add_error("became", _("A choice has at most 120 characters."))
        return cleaned

    @property
    def choice(self) -> Choice | None:
        return self.choices_by_key.get(self.cleaned_data["what"])
