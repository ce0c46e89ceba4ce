"""Giving and ending a role."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from wagtail.log_actions import log

from boards.people.models import Organisation, Person, Role
from boards.places.models import Board


@transaction.atomic
def give_role(
    *,
    person: Person,
    kind: str,
    board: Board | None,
    by: Person | None,
    since: date,
    organisation: Organisation | None = None,
) -> Role:
    """Give a person a role, or the one they already hold."""
    role, made = Role.objects.get_or_create(
        person=person, kind=kind, board=board, until=None, defaults={"since": since, "organisation": organisation}
    )
    if made:
        log(instance=role, action="people.give_role", user=by, data={"role": str(role), "person": person.pk})
    return role


@transaction.atomic
def end_role(*, role: Role, by: Person | None, until: date) -> None:
    """End a role: from `until` on it opens nothing."""
    if until <= role.since:
        log(instance=role, action="people.end_role", user=by, data={"role": str(role), "until": str(until)})
        role.delete()
        return
    role.until = until
    role.save(update_fields=["until"])
    log(instance=role, action="people.end_role", user=by, data={"role": str(role), "until": str(until)})
