"""What a panel fills in: an interest, scores, a reason, what it decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from components.forms import PublicForm
from engagement.funding.models import Criterion, Proposal


class InterestForm(PublicForm):
    """Asked before a proposal is read."""

    has_interest = forms.TypedChoiceField(
        label=_("Do you have an interest in this proposal?"),
        help_text=_("Such as: you work or volunteer for the group, a relative does, or you would gain from it."),
        choices=[("no", _("No")), ("yes", _("Yes"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("If you do: what is it?"),
        help_text=_("A few words. They are published with the proposal."),
        max_length=300,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("has_interest") and not cleaned.get("words") and "words" not in self.errors:
            self.add_error("words", _("Say in a few words what your interest is."))
        return cleaned


class LaterInterestForm(PublicForm):
    """For someone who finds out after they said they had none."""

    words = forms.CharField(
        label=_("What is your interest?"), help_text=_("It is published with the proposal."), max_length=300
    )


class ScoresForm(PublicForm):
    """For each criterion a score from 0 to 5 and a reason. A draft may leave any of it open."""

    def __init__(self, *args: Any, criteria: Sequence[Criterion], handing_in: bool = False, **kwargs: Any) -> None:
        self.criteria = criteria
        self.choice_hints = {  # type: ignore[misc]
            f"score_{each.pk}": {str(score): words for score, words in enumerate(each.guidance())} for each in criteria
        }
        self.base_fields = {  # type: ignore[misc]
            name: field for each in criteria for name, field in self.fields_for(each, required=handing_in).items()
        }
        super().__init__(*args, **kwargs)

    @staticmethod
    def fields_for(criterion: Criterion, *, required: bool) -> dict[str, forms.Field]:
        label = _("%(name)s: weight %(weight)d of 100") % {"name": criterion.name, "weight": criterion.weight}
        return {
            f"score_{criterion.pk}": forms.TypedChoiceField(
                label=label,
                choices=[(str(score), str(score)) for score in range(6)],
                coerce=int,
                empty_value=None,
                required=required,
                widget=forms.RadioSelect,
            ),
            f"words_{criterion.pk}": forms.CharField(
                label=_("Why this score for “%(name)s”?") % {"name": criterion.name},
                max_length=1000,
                required=required,
                widget=forms.Textarea(attrs={"rows": 3}),
            ),
        }

    def scores(self) -> dict[int, tuple[int | None, str]]:
        cleaned = self.cleaned_data
        return {
            each.pk: (cleaned.get(f"score_{each.pk}"), cleaned.get(f"words_{each.pk}", "")) for each in self.criteria
        }


class ReasonForm(PublicForm):
    """Whose scores are given back, and why."""

    sheet = forms.ChoiceField(label=_("Whose scores are given back?"))
    reason = forms.CharField(
        label=_("Why may they change their scores?"),
        help_text=_("It is kept with the scores and stands in the log. Write no score in it."),
        max_length=300,
    )

    def __init__(self, *args: Any, sheets: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["sheet"]
        field.choices = [("", _("Choose")), *((str(pk), name) for pk, name in sheets)]


class FoundForm(PublicForm):
    """An interest that was not declared."""

    member = forms.ChoiceField(label=_("Who has an interest they did not declare?"))
    words = forms.CharField(
        label=_("What is it?"),
        help_text=_("It is published, and their scores for this proposal are void."),
        max_length=300,
    )

    def __init__(self, *args: Any, members: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["member"]
        field.choices = [("", _("Choose")), *((str(pk), name) for pk, name in members)]


class RemarkForm(PublicForm):
    once = True
    words = forms.CharField(
        label=_("Say something to the panel"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ConfirmCloseForm(PublicForm):
    sure = forms.BooleanField(label=_("Close scoring for every proposal. This cannot be undone."))


class DecideForm(PublicForm):
    """Each proposal chosen or not, with reasons, and where it was decided."""

    def __init__(self, *args: Any, proposals: Sequence[Proposal], hears_vote: bool, **kwargs: Any) -> None:
        self.proposals = proposals
        yes, no = (_("Fund it"), _("Do not fund it")) if hears_vote else (_("Shortlist"), _("Leave off"))
        rows: dict[str, forms.Field] = {}
        for each in proposals:
            rows[f"chosen_{each.pk}"] = forms.TypedChoiceField(
                label=each.title, choices=[("yes", yes), ("no", no)], coerce=lambda value: value == "yes",
                widget=forms.RadioSelect,
            )  # fmt: skip
            rows[f"reason_{each.pk}"] = forms.CharField(
                label=_("Reason for “%(title)s”") % {"title": each.title}, max_length=500, required=False
            )
        rows["words"] = forms.CharField(
            label=_("Where was this decided?"),
            help_text=_("Such as: Panel meeting, 3 December 2026."),
            max_length=300,
        )
        self.inline = {name for name in rows if name.startswith("chosen_")}  # type: ignore[misc]
        self.base_fields = rows  # type: ignore[misc]
        super().__init__(*args, **kwargs)

    def choices(self) -> list[tuple[Proposal, bool, str]]:
        cleaned = self.cleaned_data
        return [(each, cleaned[f"chosen_{each.pk}"], cleaned[f"reason_{each.pk}"]) for each in self.proposals]
