"""Sending an idea: one thing a page, the words first and who you are last."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from boards.places.models import Area, Postcode
from components.forms import MoneyField, PostcodeField
from engagement.activities.forms import STANDING_FIELDS, StandingForm
from engagement.activities.models import Channel
from engagement.activities.queries import area_in_board
from engagement.evidence.models import Need, Theme
from engagement.ideas import queries
from engagement.ideas.models import IdeasCall
from engagement.moderation.guarding import GuardedFields

PAGES: dict[str, tuple[str, ...]] = {
    "name": ("title",),
    "idea": ("text",),
    "place": ("place", "place_postcode", "place_words", "latitude", "longitude"),
    "more": ("need", "theme", "who_it_helps", "cost_guess_pence"),
    "you": ("name_shown", *STANDING_FIELDS),
}
"""The pages of the form, in order, and what each asks. The words come first, who you are last."""


class IdeaFields(StandingForm):
    """What an idea is asked for, whoever fills it in."""

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
    latitude = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)
    longitude = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-180, max_value=180)
    need = forms.ModelChoiceField(
        Need.objects.none(),
        label=_("Which of these would it help with?"),
        required=False,
        empty_label=_("Something else"),
    )
    theme = forms.ModelChoiceField(
        Theme.objects.none(),
        label=_("What is it about?"),
        required=False,
        empty_label=_("None of these"),
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
        """Of a call read `with_what_its_form_asks`."""
        self.call = call
        self.point: tuple[str, str] | None = None
        super().__init__(*args, activity=call.activity, **kwargs)
        board = call.activity.board
        self.fields["place"].queryset = board.areas.wards().defer("boundary").order_by("name")  # type: ignore[attr-defined]
        needs = call.activity.needs.order_by("title")
        self.fields["need"].queryset = needs  # type: ignore[attr-defined]
        self.fields["theme"].queryset = call.themes.order_by("label")  # type: ignore[attr-defined]
        if not call.serves_needs:  # type: ignore[attr-defined]
            del self.fields["need"]
        if not call.has_themes:  # type: ignore[attr-defined]
            del self.fields["theme"]

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

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        latitude, longitude = data.get("latitude"), data.get("longitude")
        if self.point is None and latitude is not None and longitude is not None:
            ward = queries.ward_at(self.call.activity.board, latitude, longitude)
            if ward is None:
                self.add_error(
                    "place",
                    forms.ValidationError(
                        _("The place you chose on the map is outside %(board)s. Choose another, or leave it out."),
                        params={"board": self.call.activity.board.name},
                        code="elsewhere",
                    ),
                )
            else:
                self.point, self.ward = (str(latitude), str(longitude)), ward
        return data

    # --- a page at a time ---

    def names_on(self, page: str) -> list[str]:
        return [name for name in PAGES[page] if name in self.fields]

    def pages(self) -> list[str]:
        """Give the pages that ask something in this call, in order."""
        return [page for page in PAGES if self.names_on(page)]

    def wrong_page(self) -> str:
        """Give the first page with something wrong on it, or ""."""
        return next((page for page in self.pages() if any(name in self.errors for name in PAGES[page])), "")

    def show_page(self, page: str, *, find_fault: bool) -> None:
        """Ask only this page's questions; carry every other answer along, unjudged, where nobody sees it."""
        self.page = page
        errors = self.errors if self.is_bound and find_fault else ErrorDict()
        here = self.names_on(page)
        self._errors = ErrorDict({name: found for name, found in errors.items() if name in (*here, NON_FIELD_ERRORS)})
        for name, field in self.fields.items():
            if name not in here and not field.widget.is_hidden:
                field.widget = field.hidden_widget()
        self._bound_fields_cache.clear()  # each remembers the widget it was made with

    def forget_errors(self) -> None:
        """Show what was typed and find no fault with it yet."""
        self._errors = ErrorDict()

    def kept(self) -> dict[str, Any]:
        """Give plain values to keep until the writer has signed in; no postcode is among them."""
        data = self.cleaned_data
        place = data.get("place") or (self.ward if self.point else None)
        need, theme = data.get("need"), data.get("theme")
        return {
            "title": data["title"],
            "text": data["text"],
            "place_words": data["place_words"],
            "place": place.pk if place else None,
            "latitude": self.point[0] if self.point else None,
            "longitude": self.point[1] if self.point else None,
            "need": need.pk if need else None,
            "theme": theme.pk if theme else None,
            "who_it_helps": data["who_it_helps"],
            "cost_guess_pence": data["cost_guess_pence"],
            "name_shown": data["name_shown"],
        }


class BackForm(StandingForm):
    """Backing asks for nothing but where someone stands, and only if the call does."""


class IdeaForm(GuardedFields, IdeaFields):
    """Asked a page at a time (PAGES); the other answers travel with it, so nothing is kept until it is sent."""


class WriteDownForm(IdeaFields):
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
