"""Who decides what the public sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.people.permissions import may
from boards.people.rules import Verdict
from engagement.moderation.models import Moderated

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person


def may_decide(person: Person | AnonymousUser, item: Moderated) -> Verdict:
    """Yes to someone who moderates on the board this was sent to."""
    return may(person, "moderate", item.moderated_board())
