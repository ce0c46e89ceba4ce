"""What officers answer to funders."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm
from boards.people.models import Organisation
from components.forms import MoneyField


class BoardsPartForm(DeskForm):
    board_pence = MoneyField(label=_("What the board means to give, in pounds"))


class FunderForm(DeskForm):
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.filter(funder__isnull=True).order_by("name")
    )


class AnswerOfferForm(DeskForm):
    take_in = forms.TypedChoiceField(
        label=_("What now?"),
        choices=[("yes", _("The money has come: put it in the pot")), ("no", _("Decline it"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=_("Words to the funder"), max_length=280, required=False)
