"""Everything that changes what the public sees, or says why something should be looked at."""

from engagement.moderation.actions.asking import ask_to_change, keep, pass_on, was_changed
from engagement.moderation.actions.deciding import (
    LONGEST_WORDS,
    DecisionRefused,
    decide,
    undo,
    when_decided,
)
from engagement.moderation.actions.editing import edit_out, read_original, when_edited
from engagement.moderation.actions.looking import look_over
from engagement.moderation.actions.objecting import ObjectionRefused, hear, object_to
from engagement.moderation.actions.reporting import report
from engagement.moderation.actions.ruling import change_rule
from engagement.moderation.actions.telling import DecisionWords, how_to_object, tell_decision

__all__ = [
    "LONGEST_WORDS",
    "DecisionRefused",
    "DecisionWords",
    "ObjectionRefused",
    "ask_to_change",
    "change_rule",
    "decide",
    "edit_out",
    "hear",
    "how_to_object",
    "keep",
    "look_over",
    "object_to",
    "pass_on",
    "read_original",
    "report",
    "tell_decision",
    "undo",
    "was_changed",
    "when_decided",
    "when_edited",
]
