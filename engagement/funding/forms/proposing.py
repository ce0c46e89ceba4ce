"""What a group fills in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.org_ids import Numbered, Register
from components.forms import MoneyField, PublicForm
from components.templatetags.components import pence
from engagement.evidence.models import Need
from engagement.funding.actions.proposals import too_dear
from engagement.funding.forms.groups import KINDS, GroupFields
from engagement.funding.models import FundingRound
from engagement.funding.rules.checks import LONG_FORM_FROM_PENCE

COST_ROWS = 6


class ProposalForm(PublicForm, GroupFields):
    """One page: what will happen, whom it helps, what the money buys, who asks."""

    once = True

    title = forms.CharField(label=_("A short name for what you want to do"), max_length=100)
    summary = forms.CharField(
        label=_("What will happen?"),
        help_text=_("Tell it as you would tell a neighbour. When, where, and what people will see."),
        max_length=1500,
        widget=forms.Textarea,
    )
    who_benefits = forms.CharField(label=_("Who will it help?"), max_length=800, widget=forms.Textarea)
    place = forms.CharField(label=_("Where will it be?"), max_length=120, required=False)
    needs = forms.ModelMultipleChoiceField(
        label=_("Which of these needs does it answer?"),
        queryset=Need.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    group = forms.CharField(label=_("The name of your group"), max_length=160)
    kind = forms.ChoiceField(label=_("What kind of group is it?"), choices=[("", _("Choose")), *KINDS], required=False)
    org_id = forms.CharField(label=_("Your charity or company number, if you have one"), max_length=60, required=False)
    from_idea = forms.CharField(widget=forms.HiddenInput, max_length=9, required=False)
    widths = {"org_id": 20}
    read: Numbered = Numbered(Register.NONE)
    is_too_much = False

    def __init__(self, *args: Any, round: FundingRound, **kwargs: Any) -> None:
        self.round = round
        super().__init__(*args, **kwargs)
        needs = Need.objects.filter(board_id=round.activity.board_id).order_by("title")
        field: Any = self.fields["needs"]
        field.queryset = needs
        field.widget.choices = [(need.pk, need.title) for need in needs[:30]]
        if not field.widget.choices:
            del self.fields["needs"]

    def lines(self) -> list[tuple[str, int]]:
        rows = range(1, COST_ROWS + 1)
        return [
            (self.cleaned_data[f"what_{row}"], self.cleaned_data[f"cost_{row}"])
            for row in rows
            if self.cleaned_data.get(f"what_{row}") and self.cleaned_data.get(f"cost_{row}")
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for row in range(1, COST_ROWS + 1):
            what, cost = cleaned.get(f"what_{row}"), cleaned.get(f"cost_{row}")
            if what and cost is None and f"cost_{row}" not in self.errors:
                self.add_error(f"cost_{row}", _("Say what this costs, or take out the thing."))
            if cost and not what and f"what_{row}" not in self.errors:
                self.add_error(f"what_{row}", _("Say what this money would buy."))
        lines = self.lines()
        asked = sum(cost for _what, cost in lines)
        if lines and not self.errors and (problem := too_dear(self.round, asked)):
            self.add_error("cost_1", problem)
        elif asked >= LONG_FORM_FROM_PENCE and not {"cost_1", "what_1"} & set(self.errors):
            self.is_too_much = True
            self.add_error(
                "cost_1",
                _("From %(sum)s there are more questions. Go on with the longer form: it takes over what you wrote.")
                % {"sum": pence(LONG_FORM_FROM_PENCE)},
            )
        if not {"group", "kind", "org_id"} & set(self.errors) and (read := self.number_of(cleaned, number="org_id")):
            self.read = read
        return cleaned

    def plain(self) -> dict[str, Any]:
        """Give what was filled in as plain values: to keep through the sign-in, and to compare two posts."""
        names = ("title", "summary", "who_benefits", "place", "group", "kind", "org_id", "from_idea")
        return {
            **{name: self.cleaned_data[name] for name in names},
            "lines": [list(line) for line in self.lines()],
            "needs": sorted(need.pk for need in self.cleaned_data.get("needs", ())),
            "form_token": str(self.cleaned_data["form_token"]),
        }


def _cost_fields() -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for row in range(1, COST_ROWS + 1):
        found[f"what_{row}"] = forms.CharField(label=_("What it is"), max_length=120, required=row == 1)
        found[f"cost_{row}"] = MoneyField(label=_("What it costs"), min_pence=1, required=row == 1)
    return found


ProposalForm.base_fields.update(_cost_fields())


MAIN_FIELDS = ("title", "summary", "who_benefits", "place", "needs")


GROUP_FIELDS = ("group", "kind", "org_id")


class ConfirmForm(PublicForm):
    """A button, and nothing to fill in."""


def asked_for(form: ProposalForm) -> str:
    return pence(sum(cost for _what, cost in form.lines()))
