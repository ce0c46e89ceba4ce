"""What the writer of a thing is told: the decision, its reason, and how to say that it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from boards.people.models import Person
from engagement.moderation.models import Asked, Decision, Edit, Moderated, Objection
from engagement.notifications.actions import tell


def how_to_object(decision: Decision) -> str:
    """Give the paragraph that every message about a hidden thing ends with; "" for a decision that shows it.

    A room that tells its writers itself puts this in its message.
    """
    if decision.became != Moderated.State.HIDDEN:
        return ""
    address = settings.SITE_URL + reverse("moderation:object", args=[decision.pk])
    return _("If you think this is wrong, say so here: %(address)s. Someone else then looks at it again.") % {
        "address": address
    }


@contextmanager
def in_the_language_of(person: Person) -> Iterator[None]:
    with translation.override(person.language or settings.LANGUAGE_CODE):
        yield


def tell_decision(item: Moderated, decision: Decision) -> None:
    """Tell the writer what was decided, for a room that has no words of its own for it."""
    person = item.moderated_person()
    if person is None or decision.became == Moderated.State.PENDING:
        return
    with in_the_language_of(person):
        if decision.became == Moderated.State.SHOWN:
            subject = _("What you sent is shown: %(title)s")
            said = [_("We have read it. Everyone can see it now.")]
        else:
            subject = _("What you sent is not shown: %(title)s")
            said = [
                _("We have read it and we do not show it. Only you and the board's officers can see it."),
                _("Why: %(reason)s.") % {"reason": decision.get_reason_display()},
            ]
        said += [decision.words, how_to_object(decision)]
        tell(
            person=person,
            key=f"moderation:{decision.pk}",
            kind="moderation.decided",
            subject=subject % {"title": item.moderated_title()},
            body="\n\n".join(filter(None, said)),
            link="/me/",
            now=decision.decided_at,
        )


def tell_asked(item: Moderated, asked: Asked) -> bool:
    """Tell the writer what to change, with a link to where they change it."""
    person = item.moderated_person()
    if person is None:
        return False
    with in_the_language_of(person):
        change = item.moderated_change_address()
        said = [
            _("An officer of %(board)s has read what you sent. It is not shown yet.") % {"board": asked.board.name},
            _("Please change this:"),
            asked.words,
            _("Follow the link to change it. Then we read it again.")
            if change
            else _("It cannot be changed on this site. Send it again as you want it, or ring the board."),
        ]
        return tell(
            person=person,
            key=f"moderation:asked:{asked.pk}",
            kind="moderation.asked",
            subject=_("Please change what you sent: %(title)s") % {"title": item.moderated_title()},
            body="\n\n".join(said),
            link=change or "/me/",
            now=asked.at,
        )


def tell_edited(item: Moderated, edit: Edit) -> None:
    """Tell the writer that details were taken out, and not what they were."""
    person = item.moderated_person()
    if person is None:
        return
    with in_the_language_of(person):
        tell(
            person=person,
            key=f"moderation:edit:{edit.pk}",
            kind="moderation.edited",
            subject=_("We took personal details out of what you sent: %(title)s") % {"title": item.moderated_title()},
            body=_(
                "Such details can hurt someone when everyone can read them. The page says that the board edited it. "
                "If it no longer says what you meant, ring the board."
            ),
            link="/me/",
            now=edit.at,
        )


def tell_heard(item: Moderated | None, objection: Objection, *, now: datetime) -> None:
    """Tell whoever objected what came of it, in the words of the officer who looked again."""
    person = objection.by
    if person is None:
        return
    with in_the_language_of(person):
        stands = objection.outcome == Objection.Outcome.STANDS
        said = [
            _("Someone who did not make the first decision has looked at it again."),
            _("The decision stands: it is not shown.") if stands else _("The decision was changed: it is shown now."),
            objection.answer,
        ]
        title = item.moderated_title() if item is not None else objection.decision.board.name
        tell(
            person=person,
            key=f"moderation:heard:{objection.pk}",
            kind="moderation.heard",
            subject=_("What came of your objection: %(title)s") % {"title": title},
            body="\n\n".join(said),
            link=reverse("moderation:object", args=[objection.decision_id]),
            now=now,
        )
