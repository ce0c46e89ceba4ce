"""Everything that changes what the public sees, or says why something should be looked at."""

from engagement.moderation.actions.deciding import (
    LONGEST_WORDS,
    DecisionRefused,
    decide,
    undo,
    when_decided,
)
from engagement.moderation.actions.editing import edit_out, read_original, when_edited
from engagement.moderation.actions.looking import look_over
from engagement.moderation.actions.reporting import report

__all__ = [
    "LONGEST_WORDS",
    "DecisionRefused",
    "decide",
    "edit_out",
    "look_over",
    "read_original",
    "report",
    "undo",
    "when_decided",
    "when_edited",
]
