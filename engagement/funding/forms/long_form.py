"""The longer form, from £1,000: six parts, each one page, in the order that people think of them.

What is typed is kept as it was typed (`actions.drafts.Typed`); whether a part is finished is
asked of its form here, every time. So a half-filled part can be kept, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from boards.people.org_ids import Numbered
from boards.places.models import Area
from components.forms import DayField, MoneyField, PostcodeField, PublicForm
from components.templatetags.components import london_date, pence
from engagement.evidence.models import Need
from engagement.funding.actions.drafts import Application, HostNamed, Others, Typed
from engagement.funding.actions.proposals import too_dear
from engagement.funding.forms.groups import KINDS, GroupFields
from engagement.funding.models import FundingRound, Match
from engagement.funding.rules.checks import LONG_FORM_FROM_PENCE
from engagement.funding.rules.minutes import Ask, minutes_for

BUDGET_ROWS = 8
MATCH_ROWS = 4
TYPICAL_ROWS = {"money": 4, "match": 2}
"""Of the rows there are, how many a group fills in, for the estimate of minutes."""


class PartForm(PublicForm):
    """One part of the longer form."""

    part: ClassVar[str]
    called: ClassVar[Any]
    lede: ClassVar[Any] = ""
    rows: ClassVar[Sequence[str]] = ()
    """The fields that come in numbered rows, without their numbers."""

    def __init__(self, data: Any = None, *, round: FundingRound, **kwargs: Any) -> None:
        self.round = round
        super().__init__(data, **kwargs)

    def numbered(self) -> list[tuple[int, list[forms.BoundField]]]:
        """Give the rows of fields, for the page."""
        if not self.rows:
            return []
        count = BUDGET_ROWS if self.part == "money" else MATCH_ROWS
        return [(row, [self[f"{name}_{row}"] for name in self.rows]) for row in range(1, count + 1)]

    def single(self) -> list[forms.BoundField]:
        """Give the fields that come once."""
        in_rows = {field.name for _row, fields in self.numbered() for field in fields}
        return [field for field in self.visible_fields() if field.name not in in_rows]

    def box_names(self) -> set[str]:
        """Give every name under which this part's boxes are posted."""
        names: set[str] = set()
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.MultiWidget):
                names |= {name + suffix for suffix in field.widget.widgets_names}
            else:
                names.add(name)
        return names


class ProjectPart(PartForm):
    part = "project"
    called = _("What you want to do")

    title = forms.CharField(label=_("A short name for what you want to do"), max_length=100)
    summary = forms.CharField(
        label=_("What will happen?"),
        help_text=_("Tell it as you would tell a neighbour. When, where, and what people will see."),
        max_length=1500,
        widget=forms.Textarea,
    )
    starts_on = DayField(
        label=_("When does it start?"), help_text=_("A grant cannot pay for what is done before the decision.")
    )
    ends_on = DayField(label=_("When does it end?"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        begins, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if begins and ends and ends < begins:
            self.add_error("ends_on", _("It cannot end before it starts."))
        return cleaned


class PeoplePart(PartForm):
    part = "people"
    called = _("Who it helps, and where")

    who_benefits = forms.CharField(label=_("Who will it help?"), max_length=800, widget=forms.Textarea)
    areas = forms.ModelMultipleChoiceField(
        label=_("Which parts of the area do they live in?"),
        queryset=Area.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    place = forms.CharField(label=_("Where will it be?"), max_length=120, required=False)
    postcode = PostcodeField(label=_("The postcode of that place"), required=False)
    at_risk = forms.MultipleChoiceField(
        label=_("Will any of these people take part?"),
        help_text=_("If so, your group’s page should say how you keep them safe. You can add that later."),
        choices=[
            ("children", _("People under 18")),
            ("adults", _("Adults who need care or may be at risk of harm")),
        ],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wards = list(self.round.activity.board.areas.wards().without_shapes().order_by("name"))
        field: Any = self.fields["areas"]
        field.queryset = self.round.activity.board.areas.wards().without_shapes()
        field.widget.choices = [(ward.pk, ward.name) for ward in wards]


class OutcomePart(PartForm):
    part = "outcome"
    called = _("What will be better")

    needs = forms.ModelMultipleChoiceField(
        label=_("Which of these needs does it answer?"),
        queryset=Need.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    outcome = forms.CharField(
        label=_("What will be better for people?"),
        help_text=_("One or two changes are enough."),
        max_length=1000,
        widget=forms.Textarea,
    )
    how_known = forms.CharField(
        label=_("How will you know?"),
        help_text=_("Such as how many people came, what they said, a photo before and after."),
        max_length=800,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needs = Need.objects.filter(board_id=self.round.activity.board_id).order_by("title")
        field: Any = self.fields["needs"]
        field.queryset = needs
        field.widget.choices = [(need.pk, need.title) for need in needs[:30]]
        if not field.widget.choices:
            del self.fields["needs"]


class MoneyPart(PartForm):
    part = "money"
    called = _("What the money buys")
    lede = _("List each thing you ask this board to pay for, with its cost. We add them up.")
    rows = ("what", "cost")

    def lines(self) -> tuple[tuple[str, int], ...]:
        pairs = [
            (self.cleaned_data.get(f"what_{row}"), self.cleaned_data.get(f"cost_{row}"))
            for row in range(1, BUDGET_ROWS + 1)
        ]
        return tuple((what, cost) for what, cost in pairs if what and cost)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for row in range(1, BUDGET_ROWS + 1):
            what, cost = cleaned.get(f"what_{row}"), cleaned.get(f"cost_{row}")
            if what and cost is None and f"cost_{row}" not in self.errors:
                self.add_error(f"cost_{row}", _("Say what this costs, or take out the thing."))
            if cost and not what and f"what_{row}" not in self.errors:
                self.add_error(f"what_{row}", _("Say what this money would buy."))
        asked = sum(cost for _what, cost in self.lines())
        if not self.errors and (problem := too_dear(self.round, asked)):
            self.add_error("cost_1", problem)
        return cleaned


class MatchPart(PartForm):
    part = "match"
    called = _("What others give")
    lede = _(
        "Money from elsewhere, and also time, goods or a room. Volunteers’ hours count: write down what they are worth."
    )
    rows = ("giver", "amount", "kind", "standing")

    nobody = forms.BooleanField(label=_("Nobody else gives anything"), required=False)

    def given(self) -> tuple[Others, ...]:
        cleaned = self.cleaned_data
        return tuple(
            Others(
                cleaned[f"giver_{row}"], cleaned[f"amount_{row}"], cleaned[f"kind_{row}"], cleaned[f"standing_{row}"]
            )
            for row in range(1, MATCH_ROWS + 1)
            if cleaned.get(f"giver_{row}")
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        filled = False
        for row in range(1, MATCH_ROWS + 1):
            names = {name: f"{name}_{row}" for name in self.rows}
            if not any(cleaned.get(names[name]) for name in self.rows) and not set(names.values()) & set(self.errors):
                continue
            filled = True
            for name, sentence in ROW_SENTENCES.items():
                if not cleaned.get(names[name]) and names[name] not in self.errors:
                    self.add_error(names[name], sentence)
        if filled and cleaned.get("nobody"):
            self.add_error("nobody", _("You listed something others give. Take out the tick, or the list."))
        elif not filled and not cleaned.get("nobody"):
            self.add_error("giver_1", _("List what others give, or tick “Nobody else gives anything”."))
        return cleaned


ROW_SENTENCES = {
    "giver": _("Say who gives this."),
    "amount": _("Say how much it is worth."),
    "kind": _("Choose what it is."),
    "standing": _("Choose how sure it is."),
}


class GroupPart(PartForm, GroupFields):
    part = "group"
    called = _("Who is asking")
    widths = {"number": 20, "host_number": 20}
    inline = {"has_account"}

    group = forms.CharField(label=_("The name of your group"), max_length=160)
    kind = forms.ChoiceField(label=_("What kind of group is it?"), choices=KINDS, widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("Its number"),
        help_text=_("Leave it out for a group with no number, or for a town or parish council."),
        max_length=60,
        required=False,
    )
    has_account = forms.ChoiceField(
        label=_("Does the group have a bank account in its own name?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
    )
    host_group = forms.CharField(
        label=_("If not: which organisation would hold the money for you?"),
        help_text=_("A host, such as a charity or a parish council. We write to them and ask."),
        max_length=160,
        required=False,
    )
    host_kind = forms.ChoiceField(
        label=_("What kind of organisation is the host?"), choices=[("", _("Choose")), *KINDS[1:]], required=False
    )
    host_number = forms.CharField(label=_("The host’s number"), max_length=60, required=False)
    host_email = forms.EmailField(label=_("The host’s e-mail address"), max_length=254, required=False)

    read: Numbered | None = None
    read_host: Numbered | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not {"group", "kind", "number"} & set(self.errors):
            self.read = self.number_of(cleaned)
        if cleaned.get("has_account") != "no":
            return cleaned
        for name, sentence in (
            ("host_group", _("Name the organisation that would hold the money.")),
            ("host_kind", _("Choose what kind of organisation the host is.")),
            ("host_email", _("Enter the e-mail address of the host, so that we can ask them.")),
        ):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        if not {"host_group", "host_kind", "host_number"} & set(self.errors):
            self.read_host = self.number_of(cleaned, of="host_")
            if self.read_host is not None and self.read_host == self.read:
                self.add_error("host_number", _("This is your own group. A host is another organisation."))
        return cleaned

    def host(self) -> HostNamed | None:
        if self.cleaned_data.get("has_account") != "no" or self.read_host is None:
            return None
        return HostNamed(self.cleaned_data["host_group"], self.read_host, self.cleaned_data["host_email"])


def _rows() -> None:
    for row in range(1, BUDGET_ROWS + 1):
        MoneyPart.base_fields[f"what_{row}"] = forms.CharField(label=_("What it is"), max_length=120, required=row == 1)
        MoneyPart.base_fields[f"cost_{row}"] = MoneyField(label=_("What it costs"), min_pence=1, required=row == 1)
    for row in range(1, MATCH_ROWS + 1):
        MatchPart.base_fields[f"giver_{row}"] = forms.CharField(label=_("From whom"), max_length=160, required=False)
        MatchPart.base_fields[f"amount_{row}"] = MoneyField(
            label=_("How much it is worth"), min_pence=1, required=False
        )
        MatchPart.base_fields[f"kind_{row}"] = forms.ChoiceField(
            label=_("What it is"), choices=[("", _("Choose")), *Match.Kind.choices], required=False
        )
        MatchPart.base_fields[f"standing_{row}"] = forms.ChoiceField(
            label=_("How sure it is"), choices=[("", _("Choose")), *Match.Standing.choices], required=False
        )


_rows()

PARTS: Mapping[str, type[PartForm]] = {
    form.part: form for form in (ProjectPart, PeoplePart, OutcomePart, MoneyPart, MatchPart, GroupPart)
}


def form_of(part: str, typed: Typed | None, round: FundingRound) -> PartForm:
    """Give the form of a part with what was typed in it; not bound where nothing was."""
    data = MultiValueDict({name: list(values) for name, values in typed.items()}) if typed else None
    return PARTS[part](data, round=round)


def typed_in(form: PartForm, post: Any) -> dict[str, list[str]]:
    """Give what a post holds for a part, cleaned of what cannot be kept. Empty boxes are left out."""
    readable = form._readable(post)
    found = {name: readable.getlist(name) for name in sorted(form.box_names()) if name in readable}
    return {name: values for name, values in found.items() if any(value.strip() for value in values)}


def all_forms(answers: Mapping[str, Typed], round: FundingRound) -> dict[str, PartForm]:
    return {part: form_of(part, answers.get(part), round) for part in PARTS}


def state_of(form: PartForm) -> str:
    """Give where a part stands: not_begun, not_finished, or done."""
    if not form.is_bound:
        return "not_begun"
    return "done" if form.is_valid() else "not_finished"


def application_of(parts: Mapping[str, PartForm]) -> Application | None:
    """Give every answer, clean, or None while a part is not finished."""
    if any(state_of(form) != "done" for form in parts.values()):
        return None
    project, people, outcome = (parts[name].cleaned_data for name in ("project", "people", "outcome"))
    money, match, group = parts["money"], parts["match"], parts["group"]
    if not isinstance(money, MoneyPart) or not isinstance(match, MatchPart) or not isinstance(group, GroupPart):
        raise TypeError("The parts of the longer form are not in their places.")
    if group.read is None:
        return None
    return Application(
        title=project["title"],
        summary=project["summary"],
        starts_on=project["starts_on"],
        ends_on=project["ends_on"],
        who_benefits=people["who_benefits"],
        areas=tuple(people["areas"]),
        place=people["place"],
        postcode=people["postcode"],
        for_children="children" in people["at_risk"],
        for_adults_at_risk="adults" in people["at_risk"],
        needs=tuple(outcome.get("needs", ())),
        outcome=outcome["outcome"],
        how_known=outcome["how_known"],
        lines=money.lines(),
        matches=match.given(),
        nobody_matches=match.cleaned_data["nobody"],
        group=group.cleaned_data["group"],
        numbered=group.read,
        has_account=group.cleaned_data["has_account"] == "yes",
        host=group.host(),
    )


def asked_so_far(parts: Mapping[str, PartForm]) -> int:
    """Give what the lines filled in so far add up to, in pence; nought where they cannot be read."""
    money = parts["money"]
    if not isinstance(money, MoneyPart) or not money.is_bound:
        return 0
    money.is_valid()
    return sum(cost for _what, cost in money.lines())


def answer_rows(form: PartForm) -> list[tuple[str, str]]:
    """Give what a finished part says, for "check your answers"."""
    cleaned, rows = form.cleaned_data, []
    if isinstance(form, MoneyPart):
        rows = [(what, pence(cost)) for what, cost in form.lines()]
        return [*rows, (str(_("All together")), pence(sum(cost for _what, cost in form.lines())))]
    if isinstance(form, MatchPart):
        kinds, standings = dict(Match.Kind.choices), dict(Match.Standing.choices)
        return [
            (each.giver, f"{pence(each.amount_pence)}. {kinds[each.kind]}. {standings[each.standing]}")
            for each in form.given()
        ] or [(str(_("What others give")), str(form.fields["nobody"].label))]
    for name, field in form.fields.items():
        value = cleaned.get(name)
        if name.startswith("host_") and cleaned.get("has_account") == "yes":
            continue
        rows.append((str(field.label), shown(field, value)))
    return rows


def shown(field: forms.Field, value: Any) -> str:
    """Give an answer as a reader would write it."""
    if value in (None, "", []):
        return ""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return "\n".join(str(each) for each in value)
    if isinstance(field, forms.MultipleChoiceField):
        called = dict(field.choices)  # type: ignore[arg-type]
        return "\n".join(str(called[each]) for each in value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices)[value])  # type: ignore[arg-type]
    if isinstance(field, DayField):
        return london_date(value)
    return str(value)


# --- how long it takes -------------------------------------------------------------------------


def ask_of(field: forms.Field) -> Ask:
    """Give the work one question makes."""
    if isinstance(field.widget, forms.Textarea):
        return Ask.LONG_TEXT if (getattr(field, "max_length", 0) or 0) > 800 else Ask.SHORT_TEXT
    if isinstance(field, DayField):
        return Ask.DAY
    if isinstance(field, MoneyField):
        return Ask.AMOUNT
    if isinstance(field, forms.ChoiceField | forms.BooleanField | forms.ModelChoiceField):
        return Ask.CHOICE
    return Ask.LINE


def questions_in(form: forms.Form, rows: int = 0) -> dict[Ask, int]:
    """Count the questions of a form by their work; of questions in rows, as many rows as a group fills in."""
    found: dict[Ask, int] = {}
    for name, field in form.fields.items():
        number = name.rpartition("_")[2]
        if field.widget.is_hidden or name.startswith("host_") or (number.isdigit() and int(number) > rows):
            continue
        found[ask_of(field)] = found.get(ask_of(field), 0) + 1
    return found


def plain_questions(form: forms.Form) -> list[forms.BoundField]:
    """Give each question once, to read before starting: of questions in rows, the first row."""
    return [
        field
        for field in form.visible_fields()
        if not (number := field.name.rpartition("_")[2]).isdigit() or number == "1"
    ]


def minutes_of_long_form(round: FundingRound) -> int:
    """Give the minutes the longer form asks, by our estimate, papers not counted: they are asked for once."""
    total: dict[Ask, int] = {}
    for part, kind in PARTS.items():
        for ask, count in questions_in(kind(round=round), TYPICAL_ROWS.get(part, 0)).items():
            total[ask] = total.get(ask, 0) + count
    return minutes_for(total)


def minutes_of_short_form(form: forms.Form) -> int:
    return minutes_for(questions_in(form, 2))


# --- before anyone begins ----------------------------------------------------------------------

YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class EligibilityForm(PublicForm):
    """A few questions that save a group from writing in vain. Nothing of it is kept."""

    inline = {"in_area", "not_for_profit", "account", "begun"}

    in_area = forms.ChoiceField(
        label=_("Does it help people in this board’s area?"), choices=YES_NO, widget=forms.RadioSelect
    )
    not_for_profit = forms.ChoiceField(
        label=_("Is it for the community, and not to make a profit?"), choices=YES_NO, widget=forms.RadioSelect
    )
    account = forms.ChoiceField(
        label=_("Does your group have a bank account, or another organisation that would hold the money?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
    )
    begun = forms.ChoiceField(
        label=_("Has any of this money been spent already?"), choices=YES_NO, widget=forms.RadioSelect
    )
    amount = MoneyField(label=_("About how much would you ask for?"), min_pence=1)

    def __init__(self, *args: Any, round: FundingRound, **kwargs: Any) -> None:
        self.round = round
        super().__init__(*args, **kwargs)

    def why_not(self) -> list[tuple[str, str]]:
        """Give each thing that stands in the way, and what to do instead. Empty: go ahead."""
        said = self.cleaned_data
        found: list[tuple[Any, Any]] = []
        if said["in_area"] == "no":
            found.append(
                (
                    _("This board can pay only for what helps people in its area."),
                    _("Find the board of the area it helps."),
                )
            )
        if said["not_for_profit"] == "no":
            found.append(
                (
                    _("These grants are not for making a profit."),
                    _("If a part of it is for the community alone, ask for that part."),
                )
            )
        if said["account"] == "no":
            found.append(
                (
                    _("A grant is paid into the account of a group, never of a person."),
                    _(
                        "A charity, school or parish council near you may hold the money for you. Ring us and we help you find one."
                    ),
                )
            )
        if said["begun"] == "yes":
            found.append((_("A grant cannot pay for what is spent already."), _("You can ask for what comes next.")))
        if problem := too_dear(self.round, said["amount"]):
            found.append((problem, _("Ask for less here, and find the rest elsewhere.")))
        return [(str(reason), str(way)) for reason, way in found]

    def wants_long_form(self) -> bool:
        return bool(self.cleaned_data["amount"] >= LONG_FORM_FROM_PENCE)
