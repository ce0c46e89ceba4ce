"""One question with just its own kind's settings; one page with its condition and its rules."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boards.people.desk_forms import DeskForm
from engagement.surveys.asking_words import KINDS, SCOPES
from engagement.surveys.forms.lines import Listed, Tests, number_in
from engagement.surveys.rules.schema import (
    END,
    LONGEST_CHOICE,
    LONGEST_HELP,
    LONGEST_LABEL,
    LONGEST_LONG_TEXT,
    LONGEST_SHORT_TEXT,
    MOST_JUMPS,
    MOST_POINTS,
    WITH_CHOICES,
    WITH_OTHER,
    Kind,
)

LISTS: dict[str, dict[str, Any]] = {
    "choices": {"heading": gettext_lazy("Choices")},
    "rows": {"heading": gettext_lazy("Rows")},
    "columns": {"heading": gettext_lazy("Columns")},
}


def lists_of(kind: str) -> list[str]:
    if kind == "matrix":
        return ["rows", "columns"]
    return ["choices"] if Kind(kind) in WITH_CHOICES else []


def _whole(label: Any, least: int, most: int, *, required: bool = False, help: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=required, help_text=help)


def _exact(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=15, decimal_places=4, required=False)


def own_fields(kind: str) -> dict[str, forms.Field]:
    """Give the fields that this kind has besides what all have."""
    day: dict[str, Any] = {"required": False, "widget": forms.DateInput(attrs={"type": "date"})}
    match kind:
        case "short_text":
            return {"longest": _whole(_("Most letters"), 1, LONGEST_SHORT_TEXT)}
        case "long_text":
            return {"longest": _whole(_("Most letters"), 1, LONGEST_LONG_TEXT)}
        case "number":
            return {
                "least": _exact(_("Least")),
                "most": _exact(_("Most")),
                "decimals": _whole(_("Figures after the point"), 0, 4),
                "unit": forms.CharField(label=_("Unit, such as: miles"), max_length=20, required=False),
            }
        case "date":
            return {
                "from": forms.DateField(label=_("Earliest"), **day),
                "to": forms.DateField(label=_("Latest"), **day),
            }
        case "postcode":
            said = _("Others are refused with a sentence.")
            return {
                "known_only": forms.BooleanField(label=_("Only postcodes on our list"), required=False, help_text=said)
            }
        case "several":
            return {
                "least": _whole(_("Least to tick"), 0, 200),
                "most": _whole(_("Most to tick"), 1, 200, help=_("Empty: as many as they like.")),
            }
        case "scale":
            return {
                "steps": _whole(_("Steps"), 2, 11, required=True),
                "start": forms.TypedChoiceField(label=_("Begins at"), coerce=int, choices=[(1, "1"), (0, "0")]),
                "left": forms.CharField(label=_("Words at the low end"), max_length=LONGEST_CHOICE, required=False),
                "right": forms.CharField(label=_("Words at the high end"), max_length=LONGEST_CHOICE, required=False),
            }
        case "ranking":
            return {"most": _whole(_("How many to put in order"), 1, 200, help=_("Empty: all of them."))}
        case "points":
            return {"points": _whole(_("Points to share out"), 1, MOST_POINTS, required=True)}
        case "consent":
            said = _("The words of the question are kept with each tick.")
            return {
                "scope": forms.ChoiceField(label=_("What they agree to"), choices=list(SCOPES.items()), help_text=said)
            }
    return {}


class QuestionForm(DeskForm):
    """What is typed for one question. `schema` holds it as the schema has it, whether or not all of it is right."""

    label = forms.CharField(
        label=gettext_lazy("Question"),
        max_length=LONGEST_LABEL,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Write the question.")},
    )
    help = forms.CharField(
        label=gettext_lazy("Help, shown below it"),
        max_length=LONGEST_HELP,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    required = forms.BooleanField(label=gettext_lazy("It must be answered"), required=False)

    def __init__(
        self, data: Any = None, *, question: Mapping[str, Any], offers: Any, questions: Mapping[str, Any]
    ) -> None:
        self.question, kind = question, str(question["kind"])
        self.kind, self.kind_name = kind, KINDS[kind]
        initial = {name: question.get(name) for name in ("label", "help", "required", *own_fields(kind))}
        if kind == "scale":
            initial |= dict(zip(("left", "right"), question.get("ends") or ("", ""), strict=True))
        super().__init__(data, initial=initial)
        if kind == "information":
            self.fields["label"].label = _("Words")
            del self.fields["required"]
        if kind == "consent":
            self.fields["required"].label = _("Nobody can go on without agreeing")
        for name, field in own_fields(kind).items():
            self.fields[name] = field
        settings: dict[str, dict[str, Any]] = {
            name: {
                "heading": str(LISTS[name]["heading"]),
                "takes_other": name == "choices" and Kind(kind) in WITH_OTHER,
                "takes_exclusive": name == "choices" and kind == "several",
            }
            for name in lists_of(kind)
        }
        if data is None:
            self.lists = [Listed.of(name, kept=question.get(name) or [], **more) for name, more in settings.items()]
            self.tests = Tests.of("show_if", question.get("show_if"), offers=offers, questions=questions)
        else:
            self.lists = [Listed.typed(name, data=data, **more) for name, more in settings.items()]
            self.tests = Tests.typed("show_if", data, offers=offers, questions=questions, was=question.get("show_if"))

    def act(self, act: str) -> None:
        for each in (*self.lists, self.tests):
            each.act(act)

    def is_valid(self) -> bool:
        right = [each.check() for each in (*self.lists, self.tests)]
        return super().is_valid() and all(right)

    @property
    def has_problem(self) -> bool:
        return bool(self.is_bound and (self.errors or any(each.error for each in self.all_lines)))

    @property
    def all_lines(self) -> list[Any]:
        return [line for each in (*self.lists, self.tests) for line in each.lines]

    def schema(self) -> dict[str, Any]:
        """Give the question as typed. What is not right, or not typed, is left as it was."""
        given = getattr(self, "cleaned_data", self.initial)
        made: dict[str, Any] = {
            "id": self.question.get("id", "new"),
            "kind": self.kind,
            "label": given.get("label") or self.data.get("label", ""),
            "help": given.get("help") or "",
            "required": bool(given.get("required")),
            "show_if": self.tests.condition(),
        }
        for each in self.lists:
            made[each.name] = each.kept()
        for name in own_fields(self.kind):
            value = given.get(name)
            if name in ("left", "right") or value in (None, "", False):
                continue
            if isinstance(value, Decimal):
                made[name] = int(value) if value == value.to_integral_value() else format(value.normalize(), "f")
            else:
                made[name] = value.isoformat() if hasattr(value, "isoformat") else value
        if self.kind == "scale":
            made["ends"] = [given.get("left") or "", given.get("right") or ""]
        return made


class PageForm(DeskForm):
    """A page's title, when it is shown, and where it leads."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=LONGEST_CHOICE,
        required=False,
        help_text=gettext_lazy("Shown above its questions."),
    )

    def __init__(
        self, data: Any = None, *, page: Mapping[str, Any], later: list[tuple[str, str]], offers: Any, offers_after: Any,
        questions: Mapping[str, Any],
    ) -> None:  # fmt: skip
        super().__init__(data, initial={"title": page.get("title", "")})
        self.page = page
        self.targets = [("", _("Choose where to")), *later, (END, _("the end"))]
        kept = list(page.get("next") or ())
        given = {"offers": offers_after, "questions": questions}
        if data is None:
            self.tests = Tests.of("show_if", page.get("show_if"), offers=offers, questions=questions)
            self.rules = [
                Rule(at, str(rule["to"]), Tests.of(f"rule-{at}", rule.get("if"), **given))
                for at, rule in enumerate(kept)
            ]
        else:
            self.tests = Tests.typed("show_if", data, offers=offers, questions=questions, was=page.get("show_if"))
            self.rules = [
                Rule(
                    at,
                    str(data.get(f"rule-{at}-to", ""))[:20],
                    Tests.typed(f"rule-{at}", data, was=kept[at].get("if") if at < len(kept) else None, **given),
                )
                for at in range(number_in(data, "rules-count", most=MOST_JUMPS))
            ]
        self.given = given
        if not self.rules:
            self.add_rule()

    def add_rule(self) -> None:
        if len(self.rules) < MOST_JUMPS:
            at = len(self.rules)
            self.rules.append(Rule(at, "", Tests.of(f"rule-{at}", None, **self.given)))

    def act(self, act: str) -> None:
        if act == "rules-more":
            self.add_rule()
        for each in (self.tests, *(rule.tests for rule in self.rules)):
            each.act(act)

    def is_valid(self) -> bool:
        right = [each.check() for each in (self.tests, *(rule.tests for rule in self.rules))]
        for rule in self.rules:
            rule.error = ""
            if not rule.to and rule.tests.condition() is not None:
                rule.error = _("Choose where this leads.")
            elif rule.to and rule.to not in dict(self.targets):
                rule.error = _("This page is not after this one. Choose another.")
        return super().is_valid() and all(right) and not any(rule.error for rule in self.rules)

    @property
    def has_problem(self) -> bool:
        lines = [line for each in (self.tests, *(rule.tests for rule in self.rules)) for line in each.lines]
        return bool(self.is_bound and (self.errors or any(each.error for each in (*lines, *self.rules))))

    def schema(self) -> dict[str, Any]:
        given = getattr(self, "cleaned_data", self.initial)
        return {
            "id": self.page["id"],
            "title": given.get("title") or "",
            "show_if": self.tests.condition(),
            "next": [{"if": rule.tests.condition(), "to": rule.to} for rule in self.rules if rule.to],
        }


class Rule:
    """Where a page leads if something holds; with no condition, always."""

    def __init__(self, at: int, to: str, tests: Tests) -> None:
        self.at, self.number, self.to, self.tests, self.error = at, at + 1, to, tests, ""
