"""Writing, publishing and changing an outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.notifications.actions import tell_all
from engagement.outcomes import permissions
from engagement.outcomes.models import Loop
from engagement.outcomes.queries import people_to_tell


class OutcomeRefused(Exception):
    """Its message is fit to show the officer."""


@transaction.atomic
def publish(*, loop: Loop, by: Person, now: datetime) -> int:
    """Publish a loop and tell everyone it answers; give how many were told. Nobody is told twice."""
    loop = Loop.objects.select_for_update(of=("self",)).select_related("board").get(pk=loop.pk)
    verdict = permissions.may_publish(by, loop)
    if not verdict:
        raise OutcomeRefused(verdict.why_not)
    loop.published_at, loop.published_by = now, by
    loop.save(update_fields=["published_at", "published_by"])
    told = tell_all(
        people=people_to_tell(loop),
        key=f"loop:{loop.pk}",
        kind="outcome",
        subject=_("What came of it: %(title)s") % {"title": loop.title},
        body=message_body(loop),
        link=loop.get_absolute_url(),
        now=now,
    )
    log(instance=loop, action="outcomes.publish", user=by, data={"before": {"published": False}, "told": told})
    return told


def message_body(loop: Loop) -> str:
    """Give the plain words of the message: short, and whole without the link."""
    parts = [
        _("You took part with %(board)s. Here is what came of it.") % {"board": loop.board},
        f"{_('You said')}:\n{loop.said}",
        f"{_('We did')}:\n{loop.did}",
    ]
    if loop.did_not_because:
        parts.append(f"{_('We did not, because')}:\n{loop.did_not_because}")
    if loop.next_step:
        parts.append(f"{_('What happens next')}:\n{loop.next_step}")
    return "\n\n".join(parts)


def record_change(*, loop: Loop, before: dict[str, Any], by: Person) -> None:
    """Write to the log what changed in a loop that people can already read."""
    after = words_of(loop)
    changed = {name for name in after if after[name] != before.get(name)}
    if changed:
        log(
            instance=loop,
            action="outcomes.change",
            user=by,
            data={
                "before": {name: before.get(name) for name in sorted(changed)},
                "after": {name: after[name] for name in sorted(changed)},
            },
        )


def words_of(loop: Loop) -> dict[str, Any]:
    names = ("title", "asked", "said", "did", "did_not_because", "next_step", "next_by", "status")
    return {name: str(getattr(loop, name) or "") for name in names}
