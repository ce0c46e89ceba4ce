"""Who may write and publish an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from boards.people.permissions import may
from boards.people.rules import YES, Verdict
from engagement.outcomes.models import Loop

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person


def may_publish(person: Person | AnonymousUser, loop: Loop) -> Verdict:
    """Staff, and only what is not out yet: people are told once."""
    verdict = may(person, "publish_outcome", loop.board_id)
    if not verdict:
        return verdict
    if loop.is_published:
        return Verdict(False, _("This is published already."))
    return YES


def may_see(person: Person | AnonymousUser, loop: Loop) -> Verdict:
    """Once published, anyone; before that, the board's officers."""
    if loop.is_published or may(person, "see_unpublished", loop.board_id):
        return YES
    return Verdict(False)


def may_delete(person: Person | AnonymousUser, loop: Loop) -> Verdict:
    if loop.is_published:
        return Verdict(False, _("People have been told of this, so it stays. Change its words instead."))
    return may(person, "publish_outcome", loop.board_id)
