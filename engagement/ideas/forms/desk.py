"""The desk's forms: a call, the board's answer, a reply, and which idea stands for a duplicate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.permissions import boards_where
from boards.places.models import Area, Board
from components.forms import PublicForm
from engagement.activities.forms import LondonField
from engagement.activities.models import Audience
from engagement.evidence.models import Need, Theme
from engagement.ideas import queries
from engagement.ideas.models import Idea, IdeasCall
from engagement.ideas.rules import MOVES


class CallForm(PublicForm):
    """Setting up a call for ideas. Times are London's."""

    board = forms.ModelChoiceField(Board.objects.none(), label=_("Board"))
    question = forms.CharField(
        label=_("Question"), help_text=_("Like: What would make our evenings better?"), max_length=150
    )
    summary = forms.CharField(
        label=_("A few sentences about it"), widget=forms.Textarea, max_length=600, required=False
    )
    needs = forms.ModelMultipleChoiceField(
        Need.objects.none(), label=_("Needs it serves"), required=False, widget=forms.CheckboxSelectMultiple
    )
    opens_at = LondonField(label=_("Opens"), help_text=_("Like: 30 October 2026 9am"))
    closes_at = LondonField(
        label=_("Closes"), help_text=_("Like: 30 November 2026 5pm. Leave it empty and it stays open."), required=False
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Part of the area"), required=False, empty_label=_("All of the board's area")
    )
    themes = forms.ModelMultipleChoiceField(
        Theme.objects.none(), label=_("Themes people can choose from"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("Leave this empty and people are not asked."),
    )  # fmt: skip
    audience = forms.TypedChoiceField(label=_("Who may take part"), choices=Audience.choices, coerce=int)
    shows_at_once = forms.BooleanField(
        label=_("Show ideas at once, and read them after"), required=False,
        help_text=_("Leave this empty and someone reads each idea before it shows."),
    )  # fmt: skip
    comments_open = forms.BooleanField(
        label=_("People can comment on ideas"), required=False, initial=True,
        help_text=_("Points for, points against and questions. They are read first, as ideas are."),
    )  # fmt: skip
    published = forms.BooleanField(label=_("Published: everyone can see this call"), required=False)

    def __init__(self, *args: Any, person: Any, call: IdeasCall | None = None, **kwargs: Any) -> None:
        if call is not None:
            activity = call.activity
            kwargs["initial"] = {
                "question": call.question,
                "summary": activity.summary,
                "needs": list(activity.needs.values_list("pk", flat=True)),
                "opens_at": activity.opens_at,
                "closes_at": activity.closes_at,
                "audience": activity.audience,
                "shows_at_once": call.shows_at_once,
                "comments_open": call.comments_open,
                "area": call.area_id,
                "themes": list(call.themes.values_list("pk", flat=True)),
                "published": not activity.is_draft,
            }
        super().__init__(*args, **kwargs)
        boards = boards_where(person, "run_activities")
        self.fields["board"].queryset = boards  # type: ignore[attr-defined]
        needs = Need.objects.filter(board__in=boards)
        if call is not None:
            del self.fields["board"]
            needs = needs.filter(board=call.activity.board_id)
        elif len(mine := list(boards[:2])) == 1:
            self.initial.setdefault("board", mine[0].pk)
        self.call = call
        self.fields["themes"].queryset = Theme.objects.order_by("code")  # type: ignore[attr-defined]
        wards = Area.objects.wards().filter(boards__in=boards if call is None else [call.activity.board])
        self.fields["area"].queryset = wards.defer("boundary").distinct().order_by("name")  # type: ignore[attr-defined]
        self.fields["needs"].queryset = needs.select_related("board").order_by("board__name", "title")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        opens_at: datetime | None = data.get("opens_at")
        closes_at: datetime | None = data.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("Closing must come after opening."))
        board = self.call.activity.board if self.call else data.get("board")
        if board and any(need.board_id != board.pk for need in data.get("needs") or ()):
            self.add_error("needs", _("Choose needs of the same board."))
        if board and data.get("area") and not board.areas.filter(pk=data["area"].pk).exists():
            self.add_error("area", _("Choose a part of the same board's area."))
        return data


class AnswerForm(PublicForm):
    """The board's answer: where the idea stands now, and why, in words."""

    to = forms.ChoiceField(label=_("It is now"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What do you say to the writer and the backers?"),
        help_text=_("Say what happens next, or why not. Everyone can read this."),
        widget=forms.Textarea,
        max_length=2000,
    )
    seen_as = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    def __init__(self, *args: Any, idea: Idea, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("to", idea.status)
        self.initial["seen_as"] = idea.status
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (value, label)
            for value, label in Idea.Status.choices
            if value == idea.status or value in MOVES[idea.status]
        ]


class ReplyForm(PublicForm):
    """What the board replies to a comment."""

    words = forms.CharField(
        label=_("What do you reply?"),
        help_text=_("Everyone can read this. It is marked as the board's."),
        widget=forms.Textarea,
        max_length=1000,
    )


class BringIntoForm(PublicForm):
    """Which idea stands for this one and for itself."""

    into = forms.ModelChoiceField(
        Idea.objects.none(),
        label=_("Which idea says the same?"),
        help_text=_("Its words stay. Its writers and backers, and those of this one, are together from then on."),
        widget=forms.RadioSelect,
        empty_label=None,
    )

    def __init__(self, *args: Any, idea: Idea, words: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = queries.could_stand_for(idea, words)  # type: ignore[attr-defined]
