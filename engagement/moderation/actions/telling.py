"""What the writer of a thing is told: the decision, its reason, and how to say that it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from boards.people.models import Person
from engagement.moderation.models import Asked, Decision, Edit, Moderated, Objection
from engagement.notifications.actions import tell

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def how_to_object(decision: Decision) -> str:
    """Give the paragraph that every message about a hidden thing ends with; "" for a decision that shows it.

    tell_decision puts it there; a room that tells its writers itself does.
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


@dataclass(frozen=True)
class DecisionWords:
    """What a room's writers are told of a decision. Translated as it is sent: each writer reads their own language.

    A subject holds %(title)s. `then` is what a writer can do once a thing is hidden.
    """

    kind: str
    shown: StrOrPromise
    shown_says: StrOrPromise
    hidden: StrOrPromise
    hidden_says: StrOrPromise
    then: StrOrPromise = ""


OF_ANYTHING = DecisionWords(
    kind="moderation.decided",
    shown=_lazy("What you sent is shown: %(title)s"),
    shown_says=_lazy("We have read it. Everyone can see it now."),
    hidden=_lazy("What you sent is not shown: %(title)s"),
    hidden_says=_lazy("We have read it and we do not show it. Only you and the board's officers can see it."),
)


def tell_decision(
    item: Moderated,
    decision: Decision,
    *,
    words: DecisionWords = OF_ANYTHING,
    title: str = "",
    link: str = "/me/",
) -> None:
    """Tell the writer what was decided, why, and how to object. A room gives its own words; `title` names the thing."""
    person = item.moderated_person()
    if person is None or decision.became == Moderated.State.PENDING:
        return
    is_shown = decision.became == Moderated.State.SHOWN
    with in_the_language_of(person):
        if is_shown:
            said = [words.shown_says, decision.words]
        else:
            why = _("Why: %(reason)s.") % {"reason": decision.get_reason_display()}
            said = [words.hidden_says, why, decision.words, words.then, how_to_object(decision)]
        tell(
            person=person,
            key=f"moderation:{decision.pk}",
            kind=words.kind,
            subject=str(words.shown if is_shown else words.hidden) % {"title": title or item.moderated_title()},
            body="\n\n".join(str(each) for each in said if each),
            link=link,
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
