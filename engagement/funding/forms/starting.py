"""Beginning the longer form: for which group, and with which answers of an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.models import Organisation
from boards.people.org_ids import FULL
from boards.people.queries import organisations_of
from components.forms import PublicForm
from components.templatetags.components import london_date
from engagement.funding.models import FundingRound, Proposal

OTHER, EMPTY = "other", "empty"


class StartForm(PublicForm):
    once = True

    for_group = forms.ChoiceField(label=_("Which group is it for?"), widget=forms.RadioSelect)
    answers = forms.ChoiceField(
        label=_("You sent a form before. Shall we carry over its answers?"),
        help_text=_("Who you are, whom you help and how you will know. You can change all of it."),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = {str(group.pk): group for group in organisations_of(person)[:20]}
        self.earlier = {str(proposal.pk): proposal for proposal in earlier_forms(person, list(self.groups))}
        fields: Any = self.fields
        if self.groups:
            fields["for_group"].choices = [
                *((key, group.name) for key, group in self.groups.items()),
                (OTHER, _("Another group")),
            ]
        else:
            del self.fields["for_group"]
        if self.earlier:
            fields["answers"].choices = [
                *(
                    (
                        key,
                        _("Carry over from “%(title)s”, %(day)s")
                        % {"title": proposal.title, "day": london_date(proposal.sent_on)},
                    )
                    for key, proposal in self.earlier.items()
                ),
                (EMPTY, _("Start with empty boxes")),
            ]
        else:
            del self.fields["answers"]

    def group(self) -> Organisation | None:
        return self.groups.get(self.cleaned_data.get("for_group", ""))

    def last_form(self) -> Proposal | None:
        """Give the form to carry over from; none where the group that is chosen now is another one."""
        proposal = self.earlier.get(self.cleaned_data.get("answers", ""))
        group = self.cleaned_data.get("for_group")
        if proposal is None or (group is not None and str(proposal.organisation_id) != group):
            return None
        return proposal

    def group_answers(self, group: Organisation) -> dict[str, list[str]]:
        return group_answers(group)


def earlier_forms(person: Any, groups: list[str]) -> list[Proposal]:
    """Give the last few longer forms of this person's groups, or that they sent in themselves."""
    if not person.is_authenticated:
        return []
    mine = Proposal.objects.filter(plan__isnull=False).select_related("plan", "organisation")
    found = mine.filter(organisation__in=groups) | mine.filter(lead=person)
    return list(found.order_by("-sent_on", "-pk")[:3])


def group_answers(group: Organisation) -> dict[str, list[str]]:
    """Give the boxes of "who is asking", filled in from what we know of a group."""
    boxes = {"group": [group.name]}
    for prefix, register in FULL.items():
        if group.org_id.startswith(prefix):
            return {**boxes, "kind": [register.value], "number": [group.org_id.removeprefix(prefix)]}
    if group.kind == Organisation.Kind.PARISH:
        return {**boxes, "kind": ["parish"], "number": [group.local_id.removeprefix("p-").upper()]}
    return {**boxes, "kind": ["none"]}


def carried_answers(last: Proposal, round: FundingRound) -> dict[str, Mapping[str, list[str]]]:
    """Give what stays true from one year to the next. Not what will happen, when, or for how much."""
    plan = last.plan
    wards = set(round.activity.board.areas.wards().values_list("pk", flat=True))
    people = {
        "who_benefits": [last.who_benefits],
        "areas": [str(area.pk) for area in plan.areas.all() if area.pk in wards],
        "place": [last.place],
        "postcode": [plan.postcode],
        "at_risk": [
            name for name, said in (("children", plan.for_children), ("adults", plan.for_adults_at_risk)) if said
        ],
    }
    outcome = {"outcome": [plan.outcome], "how_known": [plan.how_known]}
    group = {"group": [last.group], "has_account": ["yes" if plan.has_account else "no"]}
    if last.organisation is not None:
        group = {**group_answers(last.organisation), "has_account": group["has_account"]}
    host = getattr(last, "host", None)
    if host is not None:
        known = group_answers(host.organisation)
        group |= {f"host_{name}": values for name, values in known.items()}
    return {
        name: {box: values for box, values in boxes.items() if any(values)}
        for name, boxes in (("people", people), ("outcome", outcome), ("group", group))
    }
