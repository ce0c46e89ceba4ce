"""What becomes of a proposal, finding one among many, and keying one for a group."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm
from components.forms import MoneyField
from engagement.activities.forms import LondonField
from engagement.funding.actions.proposals import DECIDED, KEYED_CHANNELS
from engagement.funding.forms.groups import KINDS, GroupFields
from engagement.funding.models import FundingRound, Proposal

KEYED_ROWS = 4


class CheckProposalForm(DeskForm):
    act = forms.ChoiceField(label=_("What now?"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Words to the group"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed to ask or to refuse. The group reads them."),
    )
    answer_by = forms.DateField(
        label=_("Last day for an answer"),
        required=False,
        help_text=_("Such as 2027-03-31. Leave it out for a week, or less where voting opens sooner."),
    )

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["act"]
        field.choices = acts_for(proposal)


def acts_for(proposal: Proposal) -> list[tuple[str, Any]]:
    """Give what an officer may do with a proposal where it stands."""
    standing, shortlists = proposal.standing, proposal.round.combines != FundingRound.Combines.VOTE
    acts: list[tuple[str, Any]] = []
    panel_first = proposal.round.combines == FundingRound.Combines.PANEL_SHORTLISTS
    if shortlists and standing not in (Proposal.Standing.SHORTLISTED, Proposal.Standing.ON_BALLOT):
        acts.append(("shortlist", _("Put it on the shortlist")))
    if standing != Proposal.Standing.ON_BALLOT and (not panel_first or standing == Proposal.Standing.SHORTLISTED):
        acts.append(("approve", _("Put it on the ballot")))
    acts.append(("ask", _("Ask the group a question")))
    if standing != Proposal.Standing.NOT_ELIGIBLE:
        acts.append(("refuse", _("It cannot be funded in this round")))
    if standing in DECIDED:
        acts.append(("reopen", _("Take back the last decision, and check it again")))
    return acts


class FindForm(DeskForm):
    """Narrows and sorts the list of a round's proposals. What it does not know is as good as nothing."""

    SHOW = (
        ("", _("Every proposal")),
        ("waiting", _("Waiting to be checked")),
        ("asked", _("Asked, no answer yet")),
        ("overdue", _("Asked, and the day has gone by")),
        ("answered", _("Answered, waiting to be checked")),
        ("shortlisted", _("On the shortlist")),
        ("on_ballot", _("On the ballot")),
        ("not_eligible", _("Cannot be funded")),
        ("withdrawn", _("Withdrawn")),
    )
    SORT = (
        ("sent", _("Oldest first")),
        ("new", _("Newest first")),
        ("dear", _("Dearest first")),
        ("cheap", _("Cheapest first")),
        ("title", _("By name")),
        ("number", _("By number on the ballot")),
    )
    ORDER: ClassVar[dict[str, tuple[Any, ...]]] = {
        "sent": ("sent_at", "pk"),
        "new": ("-sent_at", "-pk"),
        "dear": ("-cost_pence", "pk"),
        "cheap": ("cost_pence", "pk"),
        "title": ("title", "pk"),
        "number": (F("number").asc(nulls_last=True), "pk"),
    }
    q = forms.CharField(label=_("Look for"), max_length=100, required=False)
    show = forms.ChoiceField(label=_("Show"), choices=SHOW, required=False)
    sort = forms.ChoiceField(label=_("Sort"), choices=SORT, required=False)

    def narrowed(self, found: QuerySet[Proposal], today: Any) -> QuerySet[Proposal]:
        self.is_valid()
        said = getattr(self, "cleaned_data", {})
        standing = Proposal.Standing
        waits = Q(questions__answered_at__isnull=True, questions__taken_back_at__isnull=True)
        filters = {
            "waiting": Q(standing=standing.SUBMITTED),
            "asked": Q(standing=standing.ASKED),
            "overdue": Q(standing=standing.ASKED) & waits & Q(questions__answer_by__lt=today),
            "answered": Q(standing=standing.SUBMITTED, questions__answered_at__isnull=False),
            **{name: Q(standing=name) for name in ("shortlisted", "on_ballot", "not_eligible", "withdrawn")},
        }
        if (show := said.get("show")) in filters:
            found = found.filter(pk__in=Proposal.objects.filter(filters[show]).values("pk"))
        if words := "".join(sign for sign in said.get("q", "") if sign.isprintable()):
            found = found.filter(
                Q(title__icontains=words)
                | Q(group__icontains=words)
                | Q(reference__iexact=words)
                | Q(org_id__iexact=words)
            )
        return found.order_by(*self.ORDER[said.get("sort") or "sent"])


class KeyForm(DeskForm, GroupFields):
    """A proposal that came by phone, on paper or in person."""

    channel = forms.ChoiceField(
        label=_("How did it come?"),
        choices=[(each.value, each.label) for each in KEYED_CHANNELS],
        widget=forms.RadioSelect,
    )
    came_at = LondonField(label=_("When did it reach you?"), help_text=_("Such as 30 October 2026 09:00. London time."))
    because = forms.CharField(label=_("Why do you key it for them?"), max_length=300)
    title = forms.CharField(label=_("A short name for what they want to do"), max_length=100)
    summary = forms.CharField(label=_("What will happen?"), max_length=1500, widget=forms.Textarea(attrs={"rows": 4}))
    who_benefits = forms.CharField(
        label=_("Who will it help?"), max_length=800, widget=forms.Textarea(attrs={"rows": 4})
    )
    place = forms.CharField(label=_("Where will it be?"), max_length=120, required=False)
    group = forms.CharField(label=_("The name of the group"), max_length=160)
    kind = forms.ChoiceField(label=_("What kind of group is it?"), choices=[("", _("Choose")), *KINDS], required=False)
    number = forms.CharField(label=_("Its number, if it has one"), max_length=60, required=False)
    email = forms.EmailField(
        label=_("An e-mail address of the group"),
        max_length=254,
        required=False,
        help_text=_("So that it can be asked and told. Leave it out where there is none: then ring them."),
    )

    read: Any = None

    def lines(self) -> list[tuple[str, int]]:
        pairs = [
            (self.cleaned_data.get(f"what_{row}"), self.cleaned_data.get(f"cost_{row}"))
            for row in range(1, KEYED_ROWS + 1)
        ]
        return [(what, cost) for what, cost in pairs if what and cost]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for row in range(1, KEYED_ROWS + 1):
            what, cost = cleaned.get(f"what_{row}"), cleaned.get(f"cost_{row}")
            if bool(what) != bool(cost) and not {f"what_{row}", f"cost_{row}"} & set(self.errors):
                self.add_error(f"cost_{row}", _("Give each thing its cost, and each cost its thing."))
        if not {"group", "kind", "number"} & set(self.errors):
            self.read = self.number_of(cleaned)
        return cleaned


for _row in range(1, KEYED_ROWS + 1):
    KeyForm.base_fields[f"what_{_row}"] = forms.CharField(label=_("What it buys"), max_length=120, required=_row == 1)
    KeyForm.base_fields[f"cost_{_row}"] = MoneyField(
        label=_("What that costs, in pounds"), min_pence=1, required=_row == 1
    )
