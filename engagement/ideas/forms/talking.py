"""Commenting on an idea, backing it, and writing it together."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from components.forms import MoneyField, PublicForm
from engagement.activities.forms import StandingForm
from engagement.ideas.models import Comment, Idea
from engagement.ideas.models.shaping import SHAPED
from engagement.moderation.guarding import GuardedFields


class BackForm(StandingForm):
    """Backing asks for nothing but where someone stands, and only if the call does."""


class CommentForm(GuardedFields, StandingForm):
    """A point for, a point against or a question; then, if the call needs it, where someone stands."""

    stance = forms.ChoiceField(
        label=_("What is it?"),
        choices=[
            (Comment.Stance.FOR, _("A point for it")),
            (Comment.Stance.AGAINST, _("A point against it")),
            (Comment.Stance.QUESTION, _("A question")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one: a point for, a point against, or a question.")},
    )
    text = forms.CharField(
        label=_("Your comment"),
        help_text=_("Say one thing. Leave out other people's names."),
        widget=forms.Textarea,
        max_length=1000,
    )
    name_shown = forms.CharField(
        label=_("A name to show with it"),
        help_text=_("Any name you like. Leave it empty and we show none."),
        max_length=60,
        required=False,
    )

    once = True
    widths = {"name_shown": 20}

    def kept(self) -> dict[str, Any]:
        """Give plain values to keep until the writer has signed in."""
        return {name: self.cleaned_data[name] for name in ("stance", "text", "name_shown")}


class ChangeForm(PublicForm):
    """An idea's words, to be changed by those who wrote it."""

    title = forms.CharField(label=_("Its name"), max_length=100)
    text = forms.CharField(label=_("The idea"), widget=forms.Textarea(attrs={"rows": "9"}), max_length=3000)
    place_words = forms.CharField(label=_("Where would it be?"), max_length=150, required=False)
    who_it_helps = forms.CharField(label=_("Who would it help?"), max_length=200, required=False)
    cost_guess_pence = MoneyField(label=_("What might it cost?"), required=False, min_pence=0)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=30_000)

    widths = {"place_words": 30, "who_it_helps": 30}

    def words(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in SHAPED}

    @staticmethod
    def words_of(idea: Idea) -> dict[str, Any]:
        return {name: getattr(idea, name) for name in SHAPED}


class InviteForm(PublicForm):
    """Whom to ask to write an idea together."""

    email = forms.EmailField(
        label=_("Their e-mail address"),
        help_text=_("We write to them and ask. Your address and theirs are shown to nobody."),
    )

    widths = {"email": 20}


class PictureForm(PublicForm):
    """A picture of an idea."""

    picture = forms.FileField(
        label=_("A picture"),
        help_text=_("A photograph or a drawing: JPEG, PNG or WebP, up to 10 MB. Where it was taken is left out."),
    )
    alt = forms.CharField(
        label=_("What does it show?"),
        help_text=_("In a few words, for people who cannot see it."),
        max_length=200,
    )
