"""What a visitor reports, and what an officer sends from the queue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import TextField
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from boards.people.desk_forms import DeskForm
from components.forms import PublicForm, without_hidden_characters
from engagement.moderation.actions import LONGEST_WORDS
from engagement.moderation.actions.editing import as_typed, digest_of
from engagement.moderation.guarding import GuardedFields
from engagement.moderation.models import Decision, Moderated, Objection, Report, Rule
from engagement.moderation.starting_rules import HAVE_HOURS, HAVE_NUMBER, HAVE_WORDS, READ_TEXT


class ReportForm(GuardedFields, PublicForm):
    """What is wrong with something that is shown."""

    reason = forms.ChoiceField(
        label=_lazy("What is wrong with it?"), choices=Report.Reason.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_lazy("Is there anything else we should know?"),
        widget=forms.Textarea,
        max_length=1000,
        required=False,
    )
    once = True


class ObjectionForm(PublicForm):
    """Why a decision was wrong, from whoever wrote what it hid."""

    words = forms.CharField(
        label=_lazy("Why do you think it should be shown?"),
        help_text=_lazy("Someone who did not make the first decision reads this."),
        widget=forms.Textarea,
        max_length=2000,
    )
    once = True
    heading = "words"


# --- the desk ----------------------------------------------------------------------------------

WHY_HIDDEN = [
    (reason.value, reason.label)
    for reason in Decision.Reason
    if reason not in (Decision.Reason.FINE, Decision.Reason.PUT_RIGHT)
]
MOST_AT_ONCE = 100
ACTS = ("show", "keep", "hide", "ask", "pass_on")
IN_WORDS = {"ask", "pass_on"}


@dataclass
class Choices:
    """What was pressed: which things, what to do with them, why. `problem` is a sentence when it cannot be done."""

    keys: list[str]
    act: str
    reason: str = Decision.Reason.FINE
    words: str = ""
    problem: str = ""
    problem_at: str = ""


def choices_of(post: QueryDict) -> Choices | None:
    """Read one pressed button of the queue: one thing's own, or the one for all that are ticked."""
    for act in ACTS:
        if key := post.get(act):
            return checked(Choices([key[:120]], act, problem_at=f"{act} {key[:120]}"), post, key)
    act = post.get("ticked", "")
    if act not in ("show", "hide"):
        return None
    ticked = post.getlist("item")[:MOST_AT_ONCE]
    if not ticked:
        return Choices([], act, problem=_("Tick at least one first."), problem_at="ticked")
    return checked(Choices(ticked, act, problem_at=f"{act} ticked"), post, "ticked")


def checked(choices: Choices, post: QueryDict, name: str) -> Choices:
    """Read the reason and the words that go with an act, and say what is missing."""
    words_name = f"words-{name}" if choices.act == "hide" else f"{choices.act}-words-{name}"
    choices.words = without_hidden_characters(post.get(words_name, ""))[0].strip()
    if choices.act == "hide":
        choices.reason = post.get(f"reason-{name}", "")
        if choices.reason not in dict(WHY_HIDDEN):
            choices.problem = _("Choose why it should not be shown. The writer is told.")
    if choices.act in IN_WORDS and not choices.words:
        choices.problem = _("Say it in words first.")
    if len(choices.words) > LONGEST_WORDS:
        choices.problem = _("Use %(most)d letters or fewer.") % {"most": LONGEST_WORDS}
    return choices


class EditForm(DeskForm):
    """The writer's words, field by field, for an officer who takes personal details out."""

    def __init__(self, *args: Any, item: Moderated, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        for name in item.moderated_fields:
            box = item._meta.get_field(name)
            words: str = getattr(item, name)
            if not words:
                continue
            is_long = isinstance(box, TextField)
            self.fields[name] = forms.CharField(
                label=str(getattr(box, "verbose_name", name)).capitalize(),
                initial=words,
                required=not getattr(box, "blank", False),
                max_length=getattr(box, "max_length", None),
                widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"})
                if is_long
                else forms.TextInput(attrs={"dir": "auto"}),
            )
            self.fields[f"was-{name}"] = forms.CharField(
                widget=forms.HiddenInput, initial=digest_of(words), max_length=64
            )

    def changes(self) -> dict[str, tuple[str, str]]:
        """Give what was changed: the new words of each field, and the digest of what the officer saw."""
        return {
            name: (self.cleaned_data[name], self.cleaned_data[f"was-{name}"])
            for name in self.item.moderated_fields
            if name in self.fields and as_typed(self.cleaned_data[name]) != as_typed(getattr(self.item, name))
        }


class HearForm(DeskForm):
    """What an officer who looked again decides, and says to the writer."""

    outcome = forms.ChoiceField(
        label=_lazy("What do you decide?"), choices=Objection.Outcome.choices, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=_lazy("What do you say to the writer?"),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        max_length=LONGEST_WORDS,
    )


class ReadForm(DeskForm):
    """Why an officer opens what was taken out."""

    why = forms.CharField(
        label=_lazy("Why do you need to read it?"), help_text=_lazy("This is kept in the log."), max_length=300
    )


DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}[a-z]{2,24}", re.IGNORECASE)
MOST_LINES, LONGEST_LINE = 2000, 60


class RuleForm(DeskForm):
    """One rule: on or off, what it says, its words or numbers. Words are plain words: no patterns are read."""

    is_on = forms.BooleanField(label=_lazy("This rule is on"), required=False)
    why = forms.CharField(
        label=_lazy("What it says of itself"),
        help_text=_lazy("Officers see this beside what it held, and everyone reads it on the page of the rules."),
        max_length=300,
    )
    words = forms.CharField(
        label=_lazy("Words, one on each line"),
        help_text=_lazy("Whole words and phrases. Capitals and accents make no difference."),
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
        required=False,
        max_length=100_000,
    )
    number = forms.IntegerField(label=_lazy("How many"), min_value=1, max_value=1000)
    hours = forms.IntegerField(label=_lazy("Within how many hours"), min_value=1, max_value=720)
    sample = forms.CharField(
        label=_lazy("Try it on a text"),
        help_text=_lazy("Nothing of this is kept."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        required=False,
        max_length=10_000,
    )

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(rule, name) for name in ("is_on", "why", "words", "number", "hours")}
        super().__init__(*args, **kwargs)
        self.rule = rule
        for name, kinds in (
            ("words", HAVE_WORDS),
            ("number", HAVE_NUMBER),
            ("hours", HAVE_HOURS),
            ("sample", READ_TEXT),
        ):
            if rule.kind not in kinds:
                del self.fields[name]

    def clean_words(self) -> str:
        lines = list(dict.fromkeys(line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip()))
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("Use %(most)d lines or fewer.") % {"most": MOST_LINES})
        for line in lines:
            if len(line) > LONGEST_LINE:
                raise forms.ValidationError(_("This line is too long: %(line)s") % {"line": line[:LONGEST_LINE]})
            if self.rule.kind == Rule.Kind.MAIL_DOMAIN and not DOMAIN.fullmatch(line):
                raise forms.ValidationError(
                    _("Write each like example.com. This is not one: %(line)s") % {"line": line}
                )
            if not any(sign.isalnum() for sign in line):
                raise forms.ValidationError(_("There is no word on this line: %(line)s") % {"line": line})
        return "\n".join(lines)

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "sample"}

    def as_rule(self) -> Rule:
        """Give the rule as it would be, to try it. Not stored."""
        return Rule(kind=self.rule.kind, language=self.rule.language, **self.changes())
