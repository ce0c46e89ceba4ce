"""What a funder fills in: what to look for, an interest, a pledge, an offer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.places.models import Board
from components.forms import MoneyField, PublicForm
from engagement.evidence.models import Theme
from engagement.funding import words
from engagement.funding.models import Funder, FunderInterest
from engagement.funding.pipeline_queries import Wanted
from engagement.funding.rules import Stage


class WantedForm(PublicForm):
    """The filters of the pipeline. Sent by GET, so that a way of looking is an address."""

    q = forms.CharField(label=_("Words in it"), max_length=100, required=False)
    board = forms.ChoiceField(label=_("Board"), required=False)
    theme = forms.ChoiceField(label=_("What the need is about"), required=False)
    need = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)
    place = forms.CharField(label=_("Where"), max_length=80, required=False)
    stage = forms.ChoiceField(label=_("Stage of the round"), required=False)
    least = MoneyField(label=_("Asks for at least"), required=False)
    most = MoneyField(label=_("Asks for at most"), required=False)
    sort = forms.ChoiceField(
        label=_("In which order"),
        required=False,
        choices=[
            ("newest", _("Newest first")),
            ("oldest", _("Oldest first")),
            ("largest", _("Largest sum first")),
            ("smallest", _("Smallest sum first")),
            ("title", _("By title")),
        ],
    )
    widths = {"q": 30, "place": 20}

    def __init__(self, *args: Any, boards: Sequence[Board], themes: Sequence[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["board"].choices = [("", _("All boards")), *((board.slug, board.name) for board in boards)]
        fields["theme"].choices = [("", _("Anything")), *((theme.code, theme.label) for theme in themes)]
        stages = [stage for stage in Stage if stage is not Stage.DRAFT]
        fields["stage"].choices = [("", _("Any")), *((stage.value, words.stage_label(stage)) for stage in stages)]

    def wanted(self) -> Wanted:
        """Give what was asked for; what cannot be read asks for nothing."""
        if not self.is_bound:
            return Wanted()
        self.full_clean()
        said = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        renamed = {"q": "words", "least": "least_pence", "most": "most_pence"}
        return Wanted(**{renamed.get(name, name): value for name, value in said.items()})


class ForFunder(PublicForm):
    """Asks in whose name, where someone speaks for several funders."""

    def __init__(self, *args: Any, funders: Iterable[Funder], **kwargs: Any) -> None:
        self.funders = {str(funder.pk): funder for funder in funders}
        super().__init__(*args, **kwargs)
        if len(self.funders) > 1:
            self.fields["funder"] = forms.ChoiceField(
                label=_("In whose name?"), choices=[(pk, str(funder)) for pk, funder in self.funders.items()]
            )

    def funder(self) -> Funder:
        if len(self.funders) == 1:
            return next(iter(self.funders.values()))
        return self.funders[self.cleaned_data["funder"]]


class InterestInForm(ForFunder):
    words = forms.CharField(
        label=_("What interests you about it?"), max_length=600, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen_by = forms.ChoiceField(
        label=_("Who may read this?"),
        choices=FunderInterest.SeenBy.choices,
        widget=forms.RadioSelect,
        initial="funders",
    )


class PledgeForm(ForFunder):
    once = True
    amount_pence = MoneyField(label=_("How much of it would you pay?"), min_pence=1)
    conditions = forms.CharField(
        label=_("On what conditions, if any?"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WithdrawPledgeForm(PublicForm):
    words = forms.CharField(
        label=_("Why do you withdraw it?"),
        help_text=_("Needed once the board has agreed it."),
        max_length=300,
        required=False,
    )


class OfferForm(ForFunder):
    once = True
    amount_pence = MoneyField(label=_("How much do you offer?"), min_pence=1)
    conditions = forms.CharField(
        label=_("On what conditions, if any?"),
        help_text=_("Such as: for sport only, or to be spent by 31 March."),
        max_length=280,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class KeepForm(PublicForm):
    name = forms.CharField(label=_("A name for this way of looking"), max_length=60)
    query = forms.CharField(max_length=800, required=False, widget=forms.HiddenInput)


class ContactForm(PublicForm):
    agrees = forms.TypedChoiceField(
        label=_("May funders see the e-mail address you sent this from?"),
        help_text=_("Only funders and the council's staff would see it. You can change your mind."),
        choices=[("yes", _("Yes, they may write to me")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
