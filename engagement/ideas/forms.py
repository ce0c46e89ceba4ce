"""What is typed to send an idea, to back one, and at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from boards.people.permissions import boards_where
from boards.places.models import Area, Board, Postcode
from components.forms import MoneyField, PostcodeField, PublicForm, without_hidden_characters
from engagement.activities.forms import LondonField, StandingForm
from engagement.activities.models import Audience, Channel
from engagement.activities.queries import area_in_board
from engagement.evidence.models import Need
from engagement.ideas import queries
from engagement.ideas.models import Idea, IdeasCall
from engagement.ideas.rules import MOVES


class IdeaForm(StandingForm):
    """One clear page. Only a name and the idea itself must be filled in."""

    title = forms.CharField(
        label=_("Give your idea a name"), help_text=_("A few words, like: Benches by the river."), max_length=100
    )
    text = forms.CharField(
        label=_("What is your idea?"),
        help_text=_("Say what would happen and why. Leave out other people's names."),
        widget=forms.Textarea,
        max_length=3000,
    )
    place_words = forms.CharField(
        label=_("Where would it be?"),
        help_text=_("In your own words, like: by the north gate of the park."),
        max_length=150,
        required=False,
    )
    place = forms.ModelChoiceField(
        Area.objects.none(),
        label=_("Which part of the area is that?"),
        required=False,
        empty_label=_("All of it, or I am not sure"),
    )
    place_postcode = PostcodeField(
        label=_("A postcode near it"),
        help_text=_("Not your home. It puts your idea on the map, to the nearest 100 metres."),
        required=False,
    )
    need = forms.ModelChoiceField(
        Need.objects.none(),
        label=_("Which of these would it help with?"),
        required=False,
        empty_label=_("Something else"),
    )
    who_it_helps = forms.CharField(label=_("Who would it help?"), max_length=200, required=False)
    cost_guess_pence = MoneyField(
        label=_("What might it cost?"), help_text=_("A guess is fine."), required=False, min_pence=0
    )
    name_shown = forms.CharField(
        label=_("A name to show with it"),
        help_text=_("Any name you like. Leave it empty and we show none."),
        max_length=60,
        required=False,
    )

    once = True
    widths = {"place_words": 30, "name_shown": 20, "who_it_helps": 30}

    def __init__(self, *args: Any, call: IdeasCall, **kwargs: Any) -> None:
        """Of a call read `with_whether_it_serves_needs`."""
        self.call = call
        self.point: tuple[str, str] | None = None
        super().__init__(*args, activity=call.activity, **kwargs)
        board = call.activity.board
        self.fields["place"].queryset = board.areas.wards().defer("boundary").order_by("name")  # type: ignore[attr-defined]
        needs = call.activity.needs.order_by("title")
        self.fields["need"].queryset = needs  # type: ignore[attr-defined]
        if not call.serves_needs:  # type: ignore[attr-defined]
            del self.fields["need"]

    def clean_place_postcode(self) -> str:
        typed: str = self.cleaned_data["place_postcode"]
        if not typed:
            return ""
        try:
            found = Postcode.objects.get(pk=typed)
            ward = area_in_board(typed, self.call.activity.board)
        except Postcode.DoesNotExist:
            raise forms.ValidationError(
                _("We cannot find that postcode. Try another one near it, or leave this out."), code="unknown"
            ) from None
        if ward is None:
            raise forms.ValidationError(
                _("That postcode is not in %(board)s. Try another one near it, or leave this out."),
                params={"board": self.call.activity.board.name},
                code="elsewhere",
            )
        self.point = (str(found.latitude), str(found.longitude))
        self.ward = ward
        return typed

    def forget_errors(self) -> None:
        """Show what was typed and find no fault with it yet."""
        self._errors = ErrorDict()

    def kept(self) -> dict[str, Any]:
        """Give plain values to keep until the writer has signed in; no postcode is among them."""
        data = self.cleaned_data
        place = data.get("place") or (self.ward if self.point else None)
        need = data.get("need")
        return {
            "title": data["title"],
            "text": data["text"],
            "place_words": data["place_words"],
            "place": place.pk if place else None,
            "latitude": self.point[0] if self.point else None,
            "longitude": self.point[1] if self.point else None,
            "need": need.pk if need else None,
            "who_it_helps": data["who_it_helps"],
            "cost_guess_pence": data["cost_guess_pence"],
            "name_shown": data["name_shown"],
        }


class BackForm(StandingForm):
    """Backing asks for nothing but where someone stands, and only if the call does."""


def asked_of(query: QueryDict) -> queries.Asked:
    """Read what was asked of the wall from its address: odd values are left out, never a fault."""

    def one(name: str, longest: int) -> str:
        return without_hidden_characters(query.get(name, "")[:longest])[0].strip()

    status, sort = one("status", 20), one("sort", 10)
    return queries.Asked(
        words=one("q", 200),
        status=status if status in Idea.Status.values else "",
        ward=one("ward", 9),
        need=one("need", 80),
        sort=sort if sort in queries.SORTS else "shuffled",
    )


# --- the desk ----------------------------------------------------------------------------------


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
    audience = forms.TypedChoiceField(label=_("Who may take part"), choices=Audience.choices, coerce=int)
    shows_at_once = forms.BooleanField(
        label=_("Show ideas at once, and read them after"), required=False,
        help_text=_("Leave this empty and someone reads each idea before it shows."),
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


class WriteDownForm(IdeaForm):
    """An idea that came on paper, by phone or in person, as its writer put it."""

    channel = forms.ChoiceField(
        label=_("How did it come?"),
        choices=[(c.value, c.label) for c in (Channel.PAPER, Channel.PHONE, Channel.IN_PERSON)],
        widget=forms.RadioSelect,
    )
    email = forms.EmailField(
        label=_("The writer's e-mail address"),
        help_text=_("Only if they want to hear what comes of it."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, stands=True, **kwargs)


def query_with(asked: queries.Asked, **changes: str) -> str:
    """Give the wall's address part for what was asked, with changes."""
    values = {"q": asked.words, "status": asked.status, "ward": asked.ward, "need": asked.need, "sort": asked.sort}
    values |= changes
    kept = {name: value for name, value in values.items() if value and (name, value) != ("sort", "shuffled")}
    return "?" + urlencode(kept) if kept else "?"
