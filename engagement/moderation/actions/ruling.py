"""Changing a rule."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.moderation import permissions
from engagement.moderation.actions.deciding import DecisionRefused
from engagement.moderation.models import Rule

CHANGES = ("is_on", "why", "words", "number", "hours")


@transaction.atomic
def change_rule(*, rule: Rule, by: Person, now: datetime, **changes: Any) -> Rule:
    """Change a rule; the first change gives it its row. It holds what is sent in from now on, and nothing before."""
    verdict = permissions.may_set_rules(by)
    if not verdict:
        raise DecisionRefused(verdict.why_not)
    if set(changes) - set(CHANGES):
        raise ValueError("A rule has no such part.")
    held = Rule.objects.select_for_update().filter(kind=rule.kind, language=rule.language).first() or Rule(
        **{name: getattr(rule, name) for name in ("kind", "language", *CHANGES)}
    )
    before = facts_of(held)
    for name, value in changes.items():
        setattr(held, name, value)
    held.changed_by, held.changed_at = by, now
    held.save()
    log(
        instance=held,
        action="moderation.change_rule",
        user=by,
        title=held.key,
        data={"before": before, "after": facts_of(held)},
    )
    return held


def facts_of(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in CHANGES if name != "words"} | {"words": sorted(rule.lines())}
