"""What is typed to add a statement, to have answers counted, and at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from boards.people.permissions import boards_where
from boards.places.models import Board
from components.forms import PublicForm
from engagement.activities.forms import LondonField, StandingForm
from engagement.activities.models import Activity, Audience
from engagement.conversations.models import LEAST_IN_GROUP, LONGEST_STATEMENT, MOST_STATEMENTS, Conversation
from engagement.evidence.models import Need
from engagement.moderation.actions import LONGEST_WORDS
from engagement.moderation.forms import WHY_HIDDEN
from engagement.moderation.guarding import GuardedFields

WAYS = {"agree": 1, "pass": 0, "disagree": -1}
"""An answer as a form sends it."""
WORDS = {way: word for word, way in WAYS.items()}
MOST_AT_ONCE = 100


class StatementForm(GuardedFields, StandingForm):
    """One short statement; where its writer stands is asked last, if the conversation needs it."""

    text = forms.CharField(
        label=_("Your statement"),
        help_text=_("One idea that people can agree or disagree with. Leave out names. Do not reply to others."),
        widget=forms.Textarea(attrs={"rows": "3"}),
        max_length=LONGEST_STATEMENT,
    )

    once = True

    def __init__(self, *args: Any, conversation: Conversation, **kwargs: Any) -> None:
        super().__init__(*args, activity=conversation.activity, **kwargs)

    def clean_text(self) -> str:
        return " ".join(self.cleaned_data["text"].split())

    def forget_errors(self) -> None:
        """Show what was typed and find no fault with it yet."""
        self._errors = ErrorDict()


class CountForm(StandingForm):
    """Asks nothing but where someone stands, and only if the conversation needs it."""


# --- the desk ----------------------------------------------------------------------------------


class HideForm(PublicForm):
    """Taking a statement off the pages: why, and what its writer is told."""

    reason = forms.ChoiceField(label=_("Why should it not be shown?"), choices=WHY_HIDDEN, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What do you say to its writer?"), widget=forms.Textarea, max_length=LONGEST_WORDS, required=False
    )
    seen_as = forms.CharField(widget=forms.HiddenInput, max_length=10)


class ConversationForm(PublicForm):
    """Setting up a conversation. Times are London's."""

    board = forms.ModelChoiceField(Board.objects.none(), label=_("Board"))
    question = forms.CharField(
        label=_("Question"), help_text=_("Like: What should our high street be like in ten years?"), max_length=150
    )
    summary = forms.CharField(
        label=_("One or two sentences for lists"), widget=forms.Textarea, max_length=600, required=False
    )
    background = forms.CharField(
        label=_("What people should know first"), widget=forms.Textarea, max_length=3000, required=False
    )
    statements = forms.CharField(
        label=_("Statements to begin with, one on each line"),
        help_text=_("Ten to twenty short ones, from many points of view. 140 letters each at most."),
        widget=forms.Textarea,
        max_length=MOST_AT_ONCE * (LONGEST_STATEMENT + 2),
        required=False,
    )
    takes_statements = forms.BooleanField(label=_("People may add statements of their own"), required=False)
    shows_at_once = forms.BooleanField(
        label=_("Show people's statements at once, and read them after"), required=False,
        help_text=_("Leave this empty and someone reads each statement before it shows. That is safer."),
    )  # fmt: skip
    needs = forms.ModelMultipleChoiceField(
        Need.objects.none(), label=_("Needs it serves"), required=False, widget=forms.CheckboxSelectMultiple
    )
    opens_at = LondonField(label=_("Opens"), help_text=_("Like: 30 October 2026 9am"))
    closes_at = LondonField(label=_("Closes"), help_text=_("Like: 30 November 2026 5pm"), required=False)
    audience = forms.TypedChoiceField(label=_("Who may take part"), choices=Audience.choices, coerce=int)
    results_show = forms.ChoiceField(
        label=_("When the results show"), choices=Activity.ResultsShow.choices, widget=forms.RadioSelect
    )
    least_in_group = forms.IntegerField(
        label=_("Least people in a group of opinion"),
        help_text=_("A smaller group is never shown. Five or more."),
        min_value=LEAST_IN_GROUP,
        max_value=1_000,
    )
    publishes_answers = forms.BooleanField(
        label=_("After closing, publish a file of each person's answers, without names"), required=False,
        help_text=_("Then anyone can work the results out again. People are told before they answer."),
    )  # fmt: skip
    published = forms.BooleanField(label=_("Published: everyone can see this conversation"), required=False)

    def __init__(self, *args: Any, person: Any, conversation: Conversation | None = None, **kwargs: Any) -> None:
        initial = {"takes_statements": True, "least_in_group": LEAST_IN_GROUP, "results_show": "after_closing"}
        if conversation is not None:
            activity = conversation.activity
            initial = {
                "question": conversation.question,
                "summary": activity.summary,
                "background": conversation.background,
                "takes_statements": conversation.takes_statements,
                "shows_at_once": conversation.shows_at_once,
                "needs": list(activity.needs.values_list("pk", flat=True)),
                "opens_at": activity.opens_at,
                "closes_at": activity.closes_at,
                "audience": activity.audience,
                "results_show": activity.results_show,
                "least_in_group": conversation.least_in_group,
                "publishes_answers": conversation.publishes_answers,
                "published": not activity.is_draft,
            }
        super().__init__(*args, initial=initial, **kwargs)
        boards = boards_where(person, "run_activities")
        self.fields["board"].queryset = boards
        needs = Need.objects.filter(board__in=boards)
        if conversation is not None:
            del self.fields["board"]
            needs = needs.filter(board=conversation.activity.board_id)
            self.fields["statements"].label = _("More statements of the board, one on each line")
        elif len(mine := list(boards[:2])) == 1:
            self.initial.setdefault("board", mine[0].pk)
        self.conversation = conversation
        self.fields["needs"].queryset = needs.select_related("board").order_by("board__name", "title")

    def clean_statements(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["statements"].splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > MOST_AT_ONCE:
            raise forms.ValidationError(
                _("Put in %(most)d statements at a time, or fewer. A conversation holds %(all)d in all."),
                params={"most": MOST_AT_ONCE, "all": MOST_STATEMENTS},
            )
        for number, line in enumerate(lines, 1):
            if len(line) > LONGEST_STATEMENT:
                raise forms.ValidationError(
                    _("Statement %(number)d has %(length)d letters. Shorten it to %(most)d or fewer."),
                    params={"number": number, "length": len(line), "most": LONGEST_STATEMENT},
                )
        return lines

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        opens_at: datetime | None = data.get("opens_at")
        closes_at: datetime | None = data.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("Closing must come after opening."))
        board = self.conversation.activity.board if self.conversation else data.get("board")
        if board and any(need.board_id != board.pk for need in data.get("needs") or ()):
            self.add_error("needs", _("Choose needs of the same board."))
        begins = bool(data.get("statements")) or (
            self.conversation is not None and self.conversation.statements.shown().exists()
        )
        if data.get("published") and "statements" in data and not begins:
            self.add_error(
                "statements", _("Put in a few statements before you publish: people need something to answer.")
            )
        return data
