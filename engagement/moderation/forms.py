"""What a visitor reports, and what an officer sends from the queue."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from components.forms import PublicForm, without_hidden_characters
from engagement.moderation.actions import LONGEST_WORDS
from engagement.moderation.models import Decision, Moderated, Report


class ReportForm(PublicForm):
    """What is wrong with something that is shown."""

    reason = forms.ChoiceField(
        label=_lazy("What is wrong with it?"), choices=Report.Reason.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_lazy("Is there anything else we should know?"),
        help_text=_lazy("You can leave this empty."),
        widget=forms.Textarea,
        max_length=1000,
        required=False,
    )
    once = True


WHY_HIDDEN = [
    (reason.value, reason.label)
    for reason in Decision.Reason
    if reason not in (Decision.Reason.FINE, Decision.Reason.PUT_RIGHT)
]
MOST_AT_ONCE = 100


@dataclass
class Choices:
    """What was pressed: which things, to which state, why. `problem` is a sentence when it cannot be done."""

    keys: list[str]
    to: str
    reason: str = Decision.Reason.FINE
    words: str = ""
    problem: str = ""
    problem_at: str = ""


def choices_of(post: QueryDict) -> Choices | None:
    """Read one pressed button of the queue: one thing's own, or the one for all that are ticked."""
    if key := post.get("show"):
        return Choices([key[:120]], Moderated.State.SHOWN)
    if key := post.get("hide"):
        return hidden([key[:120]], post, key)
    ticked = post.getlist("item")[:MOST_AT_ONCE]
    act = post.get("ticked")
    if act not in ("show", "hide"):
        return None
    if not ticked:
        return Choices([], "", problem=_("Tick at least one first."), problem_at="ticked")
    if act == "show":
        return Choices(ticked, Moderated.State.SHOWN)
    return hidden(ticked, post, "ticked")


def hidden(keys: list[str], post: QueryDict, name: str) -> Choices:
    reason = post.get(f"reason-{name}", "")
    words, _changed = without_hidden_characters(post.get(f"words-{name}", ""))
    choices = Choices(keys, Moderated.State.HIDDEN, reason, words, problem_at=name)
    if reason not in dict(WHY_HIDDEN):
        choices.problem = _("Choose why it should not be shown. The writer is told.")
    elif len(words) > LONGEST_WORDS:
        choices.problem = _("Use %(most)d letters or fewer to the writer.") % {"most": LONGEST_WORDS}
    return choices
