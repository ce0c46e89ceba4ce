"""Printing, choosing a sheet to key, and a sheet or a telephone script as the desk draws it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.people.desk_forms import DeskForm
from engagement.surveys.actions.printing import MOST_SHEETS
from engagement.surveys.asking_words import for_reader, how_to_answer, questions_of
from engagement.surveys.forms.asking import Asked
from engagement.surveys.forms.frame import OnceForm
from engagement.surveys.models import KeyingPlan, Survey, SurveyVersion
from engagement.surveys.print_form import languages
from engagement.surveys.rules.answers import Fault, Typed, names_of
from engagement.surveys.rules.keying import ONE_TICK, is_keyed
from engagement.surveys.rules.on_paper import numbers_of, sheets_of
from engagement.surveys.rules.schema import Kind, Schema

LONGEST_TYPED = 12_000


class PlainForm(DeskForm):
    """A plain sheet to copy: no number and no code."""

    is_large = forms.BooleanField(label=_("Large print (18 point)"), required=False)


class PrintForm(DeskForm):
    size = forms.IntegerField(label=_("How many sheets"), min_value=1, max_value=MOST_SHEETS)
    purpose = forms.CharField(label=_("What are they for?"), max_length=120, help_text=_("Such as: the library."))
    hand_in = forms.CharField(
        label=_("Where to hand it in"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Printed on each sheet, after the day by which it must be there."),
    )
    is_large = forms.BooleanField(label=_("Large print (18 point)"), required=False)
    language = forms.ChoiceField(label=_("Language of our own words on it"), choices=languages)


class PlanForm(DeskForm):
    again = forms.ChoiceField(
        label=_("Keyed again by another person"), choices=KeyingPlan.Again.choices, widget=forms.RadioSelect
    )
    one_in = forms.IntegerField(
        label=_("For a sample: one sheet in"), min_value=2, max_value=100, help_text=_("10 means about one in ten.")
    )


class WhichForm(DeskForm):
    """Which sheet is to be keyed."""

    slip = forms.CharField(
        label=_("Number or code of the sheet"),
        max_length=40,
        required=False,
        help_text=_("As it stands at the foot, such as 1-17. Leave empty for a sheet without a number."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    version = forms.ModelChoiceField(
        label=_("Version"),
        queryset=SurveyVersion.objects.none(),
        required=False,
        help_text=_("For a sheet without a number: as it stands at the foot."),
    )

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = self.fields["version"]
        versions.queryset = survey.versions.order_by("-number")
        versions.label_from_instance = lambda version: f"{version.number}, {version.digest[:8]}"
        versions.empty_label = None
        versions.initial = survey.current_id


class KeptForm(OnceForm):
    """What goes with a keyed sheet besides its answers."""

    sure = forms.BooleanField(required=False)


class CallForm(OnceForm):
    why = forms.CharField(
        label=_("Why you write it down for them"), max_length=200, help_text=_("Such as: they rang and asked for help.")
    )
    read_back = forms.BooleanField(
        label=_("I have read the answers back to the person, and they say they are right"), required=False
    )


class ScanForm(DeskForm):
    scan = forms.FileField(label=_("The scan"), help_text=_("A PDF or a picture of up to 10 MB."))


# --- a sheet on the screen -----------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One question of a sheet. `ticks` draws boxes where the web draws one choice: paper can be ticked twice."""

    asked: Asked
    number: int | None
    when: str
    how: str
    is_unclear: bool
    ticks: bool

    @property
    def is_keyed(self) -> bool:
        return is_keyed(self.asked.question)

    @property
    def draws(self) -> str:
        kind = self.asked.question.kind
        if kind in (Kind.ONE_CHOICE, Kind.DROP_DOWN, Kind.YES_NO, Kind.SCALE, Kind.FACES, Kind.SEVERAL):
            return "options"
        if kind in (Kind.RANKING, Kind.POINTS):
            return "boxes"
        plain = {Kind.MATRIX: "matrix", Kind.DATE: "date", Kind.LONG_TEXT: "long", Kind.PLACE: "place", Kind.CONSENT: "consent"}  # fmt: skip
        return plain.get(kind, "line")

    @property
    def typed_rows(self) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
        """The rows of a matrix: id, words, and each column with whether it is ticked."""
        question = self.asked.question
        return [
            (
                row.id,
                row.label,
                [
                    (column.id, column.label, column.id in self.asked.typed.get(f"{question.id}__{row.id}", ()))
                    for column in question.columns
                ],
            )
            for row in question.rows
        ]


@dataclass(frozen=True)
class Part:
    """One page of the sheet: its title, when it is answered at all, and its lines."""

    title: str
    when: str
    lines: tuple[Line, ...]


def parts_of(
    raw: Mapping[str, Any], schema: Schema, typed: Typed, *, language: str, channel: str = "paper",
    faults: Mapping[str, Fault] | None = None, unclear: Collection[str] = (), areas: Any = (),
) -> list[Part]:  # fmt: skip
    """Give a sheet in the order in which it is printed, or read out, with what was typed."""
    sheets = sheets_of(raw, language=language, channel=channel)
    numbers, questions = numbers_of(sheets), questions_of(raw)
    parts = []
    for sheet in sheets:
        lines = []
        for item in sheet.items:
            question = schema.questions[str(item.question["id"])]
            asked = Asked(question, typed, fault=(faults or {}).get(question.id), areas=areas)
            ticks = channel == "paper" and question.kind in ONE_TICK
            when = for_reader(item.only_if, questions, numbers)
            lines.append(Line(asked, item.number, when, how_to_answer(item.question), question.id in unclear, ticks))
        parts.append(Part(sheet.title, for_reader(sheet.only_if, questions, numbers), tuple(lines)))
    return parts


def typed_in(data: Any, schema: Schema) -> dict[str, list[str]]:
    """Give what was typed on the screen, by the names of the survey's boxes; nothing else that was sent."""
    names = [name for question in schema.questions.values() for name in names_of(question)]
    return {name: [str(value)[:LONGEST_TYPED] for value in data.getlist(name)[:300]] for name in names if name in data}


def unclear_in(data: Any, schema: Schema) -> list[str]:
    return [id for id in data.getlist("unclear")[:300] if id in schema.questions]
