"""What an officer sends while reading: which words, what to make of them, which copy to take."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm
from engagement.activities.models import Channel
from engagement.evidence.models import EvidenceLink, Need
from engagement.moderation.forms import WHY_HIDDEN
from engagement.moderation.models import Moderated
from engagement.surveys.actions.passages import LONGEST_PASSAGE
from engagement.surveys.models import Survey
from engagement.surveys.queries_results import Shape, title_of, ways_to_cross
from engagement.surveys.queries_words import Wanted


class DeskCrossForm(DeskForm):
    """Which question to put in a table, and with what. Asked with GET."""

    question = forms.ChoiceField(label=_("Question"))
    by = forms.ChoiceField(label=_("Side by side with"))

    def __init__(self, *args: Any, shape: Shape, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["question"].choices = [(asked.key, title_of(asked)) for asked in shape.crossed]  # type: ignore[attr-defined]
        self.fields["by"].choices = ways_to_cross(shape)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("question") and cleaned.get("question") == cleaned.get("by"):
            self.add_error("by", _("Choose something other than the question itself."))
        return cleaned


class WordsFilterForm(DeskForm):
    """Which words to read. Asked with GET; what does not fit is left out of the question, and said."""

    question = forms.ChoiceField(label=_("Question"), required=False)
    state = forms.ChoiceField(
        label=_("Read or not"),
        required=False,
        choices=[
            ("", _("All")),
            (Moderated.State.PENDING, _("Not read yet")),
            (Moderated.State.SHOWN, _("Read, fine to show")),
            (Moderated.State.HIDDEN, _("Read, not to be shown")),
        ],
    )
    channel = forms.ChoiceField(label=_("Way in"), required=False, choices=[("", _("All")), *Channel.choices])
    area = forms.ChoiceField(label=_("Area"), required=False)
    words = forms.CharField(label=_("With these words"), required=False, max_length=100)

    def __init__(
        self, *args: Any, questions: list[tuple[str, str]], areas: tuple[tuple[str, str], ...], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["question"].choices = [("", _("All")), *questions]  # type: ignore[attr-defined]
        self.fields["area"].choices = [("", _("All")), *areas]  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        given = self.cleaned_data if self.is_valid() else {}
        return Wanted(
            question=given.get("question", ""),
            channel=given.get("channel", ""),
            area=int(given["area"]) if given.get("area") else None,
            state=given.get("state", ""),
            words=given.get("words", ""),
        )


class DecideForm(DeskForm):
    """Show words or not, and why not."""

    to = forms.ChoiceField(choices=[(Moderated.State.SHOWN, ""), (Moderated.State.HIDDEN, "")])
    reason = forms.ChoiceField(label=_("Why not"), required=False, choices=[("", "—"), *WHY_HIDDEN])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("to") == Moderated.State.HIDDEN and not cleaned.get("reason"):
            self.add_error("reason", _("Choose why it should not be shown."))
        return cleaned


class PassageForm(DeskForm):
    """Which part of the words becomes evidence, and how it bears on a need."""

    text = forms.CharField(
        label=_("Passage"),
        max_length=LONGEST_PASSAGE,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("Shorten it to the part that says it. Keep to their own words."),
    )
    need = forms.ModelChoiceField(
        label=_("Need it bears on"),
        queryset=Need.objects.none(),
        required=False,
        help_text=_("You can leave this for later."),
    )
    relation = forms.ChoiceField(
        label=_("How it bears on it"), choices=EvidenceLink.Relation.choices, initial=EvidenceLink.Relation.SUPPORTS
    )
    reason = forms.CharField(label=_("Why you think so"), max_length=300, required=False)
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needs = Need.objects.current().filter(board=survey.activity.board_id).order_by("title")
        self.fields["need"].queryset = needs  # type: ignore[attr-defined]


class CopyForm(DeskForm):
    """Which copy of the answers to take."""

    shape = forms.ChoiceField(
        label=_("Which file"),
        widget=forms.RadioSelect,
        choices=[
            ("csv", _("Every answer, as a table (CSV)")),
            ("xlsx", _("Every answer, as a spreadsheet (XLSX): made in the background")),
            ("codebook", _("What the columns and codes mean (CSV)")),
        ],
        initial="csv",
    )
    cells = forms.ChoiceField(
        label=_("What stands in the cells"),
        widget=forms.RadioSelect,
        choices=[
            ("words", _("The answers in words")),
            ("codes", _("Their short codes, for counting with other programs")),
        ],
        initial="words",
    )
