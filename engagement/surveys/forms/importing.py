"""A file of answers, and what its columns are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boards.people.desk_forms import DeskForm
from engagement.activities.models import Channel
from engagement.surveys.actions.importing import Head, columns_in_words
from engagement.surveys.models import Incoming
from engagement.surveys.rules import incoming as rules


class FileForm(DeskForm):
    file = forms.FileField(
        label=gettext_lazy("File of answers (CSV)"),
        help_text=gettext_lazy(
            "One row for each person who answered, as Citizen Space and Qualtrics write it. You see what we make of it first."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )


class ColumnsForm(DeskForm):
    """What each column holds, beside what stands in it; and what is said of all rows."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How they came in"),
        choices=Channel.choices,
        help_text=gettext_lazy("For every row that does not say so itself."),
    )
    on = forms.DateField(
        label=gettext_lazy("The day they came in"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("For every row that does not say so itself."),
    )

    def __init__(self, *args: Any, incoming: Incoming, head: Head, **kwargs: Any) -> None:
        targets = dict(enumerate(incoming.targets))
        initial = {"channel": incoming.channel, "on": incoming.on}
        super().__init__(
            *args, initial={**initial, **{f"column_{at}": target for at, target in targets.items()}}, **kwargs
        )
        choices = columns_in_words(rules.columns_for(incoming.version.read))
        self.known = dict(choices)
        for at, heading in enumerate(head.headings):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=heading or _("Column %(n)d") % {"n": at + 1}, choices=choices, required=False
            )
        self.wide = len(head.headings)

    def column_fields(self) -> list[Any]:
        return [self[f"column_{at}"] for at in range(self.wide)]

    def targets(self) -> list[str]:
        return [self.cleaned_data.get(f"column_{at}", "") for at in range(self.wide)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        seen: set[str] = set()
        for at in range(self.wide):
            target = cleaned.get(f"column_{at}", "")
            if target and target in seen:
                self.add_error(f"column_{at}", _("Another column holds this already. Leave one of them out."))
            seen.add(target)
        for target in seen:
            question, _dot, part = target.partition(".")
            if part and question in seen:
                at = next(n for n in range(self.wide) if cleaned.get(f"column_{n}") == question)
                self.add_error(
                    f"column_{at}", _("Take either all of this question from one column, or each part from its own.")
                )
        if not seen - {"", *rules.ABOUT}:
            self.add_error(None, _("Say of one column at least which question it answers."))
        if rules.ON not in seen and not cleaned.get("on") and "on" not in self.errors:
            self.add_error("on", _("No column holds the day. Say one for all of them."))
        return cleaned
