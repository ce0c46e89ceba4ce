"""A round's criteria, and who sits on its panel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm
from boards.people.models import Person
from engagement.funding.models import Criterion, Panel
from engagement.funding.rules.assessing import MOST_CRITERIA


class CriteriaForm(DeskForm):
    """Up to twelve criteria; a row without a name is no criterion."""

    def __init__(
        self, *args: Any, criteria: Iterable[Criterion] = (), panel: Panel | None = None, **kwargs: Any
    ) -> None:
        rows = list(criteria)
        self.rows = min(MOST_CRITERIA, max(4, len(rows) + 2))
        initial = {"shows_interests": panel.shows_interests if panel else Panel.ShowsInterests.NAME}
        for row, each in enumerate(rows, 1):
            initial |= {
                f"name_{row}": each.name,
                f"weight_{row}": str(each.weight),
                f"guidance_{row}": "\n".join(each.guidance()),
            }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["shows_interests"] = forms.ChoiceField(
            label=_("When a panel member declares an interest, it is published"), choices=Panel.ShowsInterests.choices
        )
        for row in range(1, self.rows + 1):
            self.fields[f"name_{row}"] = forms.CharField(
                label=_("Criterion %(row)d") % {"row": row}, max_length=120, required=False
            )
            self.fields[f"weight_{row}"] = forms.IntegerField(
                label=_("Weight of criterion %(row)d") % {"row": row}, min_value=1, max_value=100, required=False
            )
            self.fields[f"guidance_{row}"] = forms.CharField(
                label=_("What each score means for criterion %(row)d") % {"row": row},
                help_text=_("Six lines: what a 0 means, then a 1, up to a 5."),
                max_length=1300,
                required=False,
                widget=forms.Textarea(attrs={"rows": 6}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for row in range(1, self.rows + 1):
            if not cleaned.get(f"name_{row}"):
                continue
            if not cleaned.get(f"weight_{row}") and f"weight_{row}" not in self.errors:
                self.add_error(f"weight_{row}", _("Give this criterion a weight. All weights add up to 100."))
            lines = guidance(cleaned.get(f"guidance_{row}", ""))
            if len(lines) != 6 or any(len(line) > 200 for line in lines):
                self.add_error(f"guidance_{row}", _("Write six lines of at most 200 characters, one for each score."))
        return cleaned

    def criteria(self) -> list[dict[str, Any]]:
        cleaned = self.cleaned_data
        return [
            {
                "name": cleaned[f"name_{row}"],
                "weight": cleaned[f"weight_{row}"],
                "guidance": guidance(cleaned[f"guidance_{row}"]),
            }
            for row in range(1, self.rows + 1)
            if cleaned.get(f"name_{row}")
        ]


def guidance(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class SeatForm(DeskForm):
    """Someone whose role lets them assess for this board."""

    person = forms.ModelChoiceField(label=_("Who"), queryset=Person.objects.none())
    is_chair = forms.BooleanField(label=_("Takes the chair of the panel"), required=False)

    def __init__(self, *args: Any, people: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.queryset = Person.objects.filter(pk__in=list(people)).order_by("display_name", "email")
        field.label_from_instance = lambda person: (
            f"{person.display_name} ({person.email})" if person.display_name else person.email
        )
