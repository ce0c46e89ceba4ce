"""What residents write, each decision about it, and why it is in the queue."""

from engagement.moderation.models.about import AboutAThing, AboutQuerySet, naming, thing_of
from engagement.moderation.models.decisions import Decision, Objection
from engagement.moderation.models.edits import Edit, Original
from engagement.moderation.models.kept_rules import KEPT_RULES, Rule
from engagement.moderation.models.moderated import Moderated, ModeratedQuerySet
from engagement.moderation.models.notes import Asked, Escalation, Held, Report

__all__ = [
    "KEPT_RULES",
    "AboutAThing",
    "AboutQuerySet",
    "Asked",
    "Decision",
    "Edit",
    "Escalation",
    "Held",
    "Moderated",
    "ModeratedQuerySet",
    "Objection",
    "Original",
    "Report",
    "Rule",
    "naming",
    "thing_of",
]
