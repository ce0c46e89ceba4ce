"""What residents and officers type about needs and words."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm
from boards.people.models import Person
from boards.places.models import Area, Board
from components.forms import PublicForm, without_hidden_characters
from engagement.evidence.actions.recording import WORDINGS, Bearing
from engagement.evidence.models import Consent, Evidence, EvidenceLink, Need
from engagement.moderation.guarding import GuardedFields

SCOPES = [(scope.value, WORDINGS[scope]) for scope in Consent.Scope]
# Languages people speak to a board in. Words are kept as they were said, in the speaker's own.
LANGUAGES = [
    ("en", _("English")), ("cy", _("Welsh")), ("ar", _("Arabic")), ("bn", _("Bengali")),
    ("bfi", _("British Sign Language")), ("zh", _("Chinese")), ("fr", _("French")), ("gu", _("Gujarati")),
    ("it", _("Italian")), ("lt", _("Lithuanian")), ("fa", _("Persian")), ("pl", _("Polish")), ("pt", _("Portuguese")),
    ("pa", _("Punjabi")), ("ro", _("Romanian")), ("so", _("Somali")), ("es", _("Spanish")), ("ta", _("Tamil")),
    ("tr", _("Turkish")), ("uk", _("Ukrainian")), ("ur", _("Urdu")), ("und", _("Another language")),
]  # fmt: skip
BEARINGS = 3
"""How many needs the recording screen offers to link at once; more are linked afterwards."""


class TellUsForm(GuardedFields, PublicForm):
    """A resident's own words. Nothing is ticked beforehand: the default is not public."""

    once = True

    text = forms.CharField(
        label=_("What would make life better here?"),
        help_text=_("Write it as you would say it. Please leave out names and addresses, yours and other people's."),
        widget=forms.Textarea(attrs={"rows": 7}),
        min_length=3,
        max_length=3000,
        error_messages={"required": _("Write what you want to tell us.")},
    )
    relation = forms.ChoiceField(
        label=_("How is it for you?"),
        choices=[
            (EvidenceLink.Relation.SUPPORTS, _("It is like that for me too")),
            (EvidenceLink.Relation.QUALIFIES, _("It is not so simple")),
            (EvidenceLink.Relation.CONTRADICTS, _("I see it another way")),
            (EvidenceLink.Relation.SUGGESTS, _("I know what would help")),
        ],
        widget=forms.RadioSelect,
    )
    where = forms.ModelChoiceField(
        label=_("Which part is it about?"), queryset=Area.objects.none(), required=False, empty_label=_("All of it")
    )
    agreed = forms.MultipleChoiceField(
        label=_("What may we do with your words?"),
        help_text=_("You can change your mind later."),
        choices=SCOPES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick the first box, or we cannot keep what you wrote.")},
    )

    def __init__(
        self, *args: Any, board: Board, need: Need | None = None, is_figure: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["where"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (for the type checker)
        field.queryset = board.areas.wards()  # type: ignore[attr-defined]
        if is_figure:
            self.fields["text"].label = _("Which figure should we show, and where did you see it?")
            self.fields["text"].help_text = _("A link, a report or who counted it. We look at each one.")
        if need is None or is_figure:
            del self.fields["relation"]

    def clean_agreed(self) -> list[str]:
        agreed: list[str] = self.cleaned_data["agreed"]
        if Consent.Scope.EVIDENCE not in agreed:
            raise forms.ValidationError(_("Tick the first box, or we cannot keep what you wrote."))
        return agreed


WITHDRAWALS = {
    Consent.Scope.QUOTE: (_("Stop showing the words"), _("They still count, without being shown.")),
    Consent.Scope.SHARE: (_("Stop passing the words to partners"), ""),
    Consent.Scope.CONTACT: (
        _("Forget the e-mail address"),
        _("Nobody is told what comes of the words, and they leave your own page here."),
    ),
    Consent.Scope.EVIDENCE: (
        _("Take everything back"),
        _("The words are deleted and no longer count. This cannot be undone."),
    ),
}


def withdrawals(agreed: Collection[str]) -> list[tuple[str, Any]]:
    """Give what can be taken back, of what was agreed to; everything always can."""
    return [
        (scope.value, label)
        for scope, (label, _hint) in WITHDRAWALS.items()
        if scope in agreed or scope == Consent.Scope.EVIDENCE
    ]


class WithdrawForm(PublicForm):
    """Takes back one thing someone agreed to, or all of it."""

    scope = forms.ChoiceField(label=_("What do you want to take back?"), widget=forms.RadioSelect)
    choice_hints = {"scope": {scope.value: hint for scope, (_label, hint) in WITHDRAWALS.items()}}

    def __init__(self, *args: Any, agreed: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = withdrawals(agreed)  # type: ignore[attr-defined]


class DeskWithdrawForm(DeskForm):
    """The same at the desk, for someone who asked an officer."""

    scope = forms.ChoiceField(label=_("What did they ask for?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, agreed: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = withdrawals(agreed)  # type: ignore[attr-defined]


class SlipForm(PublicForm):
    code = forms.CharField(
        label=_("The code on your slip"),
        help_text=_("Twelve letters and figures, such as 4K7M-Q2PW-9XCD."),
        max_length=60,
        error_messages={"required": _("Type the code on your slip.")},
    )


class RecordForm(DeskForm):
    """The desk's screen for a conversation: under a minute at a market stall."""

    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    board = forms.ModelChoiceField(label=_("Board"), queryset=Board.objects.none())
    text = forms.CharField(
        label=_("What was said, in their words"), widget=forms.Textarea(attrs={"rows": 5}), max_length=5000
    )
    how = forms.ChoiceField(
        label=_("How you heard it"),
        choices=[c for c in Evidence.How.choices if c[0] not in ("online", "figure", "social")],
    )
    where = forms.ModelChoiceField(
        label=_("Ward"), queryset=Area.objects.none(), required=False, empty_label=_("Not said")
    )
    where_words = forms.CharField(
        label=_("Where, in words"),
        required=False,
        max_length=120,
        help_text=_("Shown with the words: a stall, a bus stop. Never someone's address."),
    )
    heard_on = forms.DateField(
        label=_("When"), initial=timezone.localdate, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    voices = forms.IntegerField(label=_("How many people it speaks for"), initial=1, min_value=1, max_value=100_000)
    language = forms.ChoiceField(label=_("Language they spoke"), choices=LANGUAGES, initial="en", required=False)
    agreed = forms.MultipleChoiceField(
        label=_("Read these out, and tick what they agree to"),
        choices=SCOPES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Without a yes to the first line the words cannot be kept.")},
    )
    contact_email = forms.EmailField(
        label=_("Their e-mail address, if they want to be told what came of it"), required=False, max_length=254
    )

    def __init__(self, *args: Any, boards: QuerySet[Board], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        board = self.fields["board"]
        where = self.fields["where"]
        assert isinstance(board, forms.ModelChoiceField)  # noqa: S101 (for the type checker)
        assert isinstance(where, forms.ModelChoiceField)  # noqa: S101 (for the type checker)
        board.queryset = boards
        only = list(boards[:2])
        if len(only) == 1:
            board.initial = only[0]
            board.widget = board.hidden_widget()
        where.queryset = Area.objects.filter(kind=Area.Kind.WARD, boards__in=boards).distinct()
        needs = Need.objects.current().filter(board__in=boards).select_related("board")
        for at in range(1, BEARINGS + 1):
            self.fields[f"need_{at}"] = forms.ModelChoiceField(
                label=_("Need it bears on"), queryset=needs, required=False, empty_label=_("None yet")
            )
            self.fields[f"relation_{at}"] = forms.ChoiceField(
                label=_("How"), choices=EvidenceLink.Relation.choices, required=False
            )
            self.fields[f"reason_{at}"] = forms.CharField(label=_("Why you think so"), max_length=300, required=False)

    def clean_text(self) -> str:
        return without_hidden_characters(self.cleaned_data["text"])[0].strip()

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or "en"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        agreed = cleaned.get("agreed") or []
        if agreed and Consent.Scope.EVIDENCE not in agreed:
            self.add_error("agreed", _("Without a yes to the first line the words cannot be kept."))
        if cleaned.get("contact_email") and Consent.Scope.CONTACT not in agreed:
            self.add_error("contact_email", _("Keep the address only if they agreed to be told what came of it."))
        board = cleaned.get("board")
        if board and cleaned.get("where") and not board.areas.filter(pk=cleaned["where"].pk).exists():
            self.add_error("where", _("That ward is not in this board."))
        if cleaned.get("heard_on") and cleaned["heard_on"] > timezone.localdate():
            self.add_error("heard_on", _("That day has not come yet."))
        chosen = set()
        for at in range(1, BEARINGS + 1):
            need = cleaned.get(f"need_{at}")
            if need is None:
                continue
            if board and need.board_id != board.pk:
                self.add_error(f"need_{at}", _("That need belongs to another board."))
            if need.pk in chosen:
                self.add_error(f"need_{at}", _("You chose this need above."))
            chosen.add(need.pk)
        return cleaned

    def bearings(self) -> list[Bearing]:
        return [
            Bearing(
                self.cleaned_data[f"need_{at}"],
                self.cleaned_data[f"relation_{at}"] or EvidenceLink.Relation.SUPPORTS,
                self.cleaned_data[f"reason_{at}"],
            )
            for at in range(1, BEARINGS + 1)
            if self.cleaned_data.get(f"need_{at}")
        ]

    def contact(self) -> Person | None:
        address = self.cleaned_data["contact_email"]
        return Person.objects.known_by(address) if address else None


class LinkForm(DeskForm):
    """Says how words bear on one more need of their board."""

    need = forms.ModelChoiceField(label=_("Need"), queryset=Need.objects.none())
    relation = forms.ChoiceField(label=_("How it bears on it"), choices=EvidenceLink.Relation.choices)
    reason = forms.CharField(label=_("Why you think so"), max_length=300, required=False)

    def __init__(self, *args: Any, evidence: Evidence, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["need"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (for the type checker)
        field.queryset = Need.objects.current().filter(board=evidence.board_id)
