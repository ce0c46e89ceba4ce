"""What the board answers, and who hears of it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.ideas import permissions, queries
from engagement.ideas.actions.refusals import IdeaRefused
from engagement.ideas.models import Idea, StatusChange
from engagement.ideas.rules import may_move
from engagement.moderation.actions import DecisionWords, tell_decision
from engagement.moderation.models import Decision, Moderated
from engagement.notifications.actions import tell_all


@transaction.atomic
def answer(*, idea: Idea, to: str, words: str, by: Person, now: datetime, seen_as: str = "") -> StatusChange:
    """Say what the board will do with an idea, always in words; its writers, backers, commenters and followers are told once each.

    `seen_as` is the status the officer saw: if another answered since, this is refused.
    """
    if to not in Idea.Status.values:
        raise ValueError("No such status.")
    held = Idea.objects.select_for_update(of=("self",)).select_related("call__activity__board").get(pk=idea.pk)
    verdict = permissions.may_answer(by, held)
    if not verdict:
        raise IdeaRefused(verdict.why_not)
    words = words.strip()
    if not words:
        raise IdeaRefused(_("Say why, in words. The writer and the backers read them."))
    if not held.is_shown:
        raise IdeaRefused(_("Only an idea that is shown can be answered. Read it in the queue first."))
    if seen_as and held.status != seen_as:
        raise IdeaRefused(
            _("Someone answered this a moment ago. It is now: %(status)s.") % {"status": held.get_status_display()}
        )
    if not may_move(held.status, to):
        raise IdeaRefused(
            _("An idea that is “%(was)s” cannot become “%(to)s”.")
            % {"was": held.get_status_display(), "to": Idea.Status(to).label}
        )
    change = StatusChange.objects.create(idea=held, was=held.status, became=to, words=words, by=by, at=now)
    held.status, held.status_at, held.answered_at = to, now, held.answered_at or now
    held.save(update_fields=["status", "status_at", "answered_at"])
    idea.status, idea.status_at, idea.answered_at = to, now, held.answered_at
    log(
        instance=held, action="ideas.answer", user=by, title=f"idea {held.pk}",
        data={"before": change.was, "after": to, "answer": change.pk},
    )  # fmt: skip
    tell_of(change, now=now)
    return change


def tell_of(change: StatusChange, *, now: datetime) -> None:
    """Put the answer in the outbox of everyone it touches, in the language of each, once each."""
    idea = change.idea
    touched = queries.people_touched_by(idea)
    for language in queries.languages_of(touched):
        with translation.override(language or settings.LANGUAGE_CODE):
            body = _("%(board)s has answered.\n\nIt is now: %(status)s.\n\n%(words)s") % {
                "board": idea.call.activity.board.name,
                "status": Idea.Status(change.became).label,
                "words": change.words,
            }
            writers = queries.writers_of(idea)
            for people, said in (
                (writers, _("Your idea: %(title)s")),
                (touched.exclude(pk__in=writers.values("pk")), _("An idea you back or follow: %(title)s")),
            ):
                tell_all(
                    people=people.filter(language=language),
                    key=f"ideas:answer:{change.pk}",
                    kind="ideas.answer",
                    subject=said % {"title": idea.title},
                    body=body,
                    link=idea.get_absolute_url(),
                    now=now,
                )


OF_AN_IDEA = DecisionWords(
    kind="ideas.decided",
    shown=_lazy("Your idea is on the wall: %(title)s"),
    shown_says=_lazy("We have read your idea. Everyone can see it now, and people can back it."),
    hidden=_lazy("Your idea is not shown: %(title)s"),
    hidden_says=_lazy("We have read your idea and we do not show it. Only you and the board's officers can see it."),
    then=_lazy("You can send it again in other words while the call is open."),
)


def tell_the_writer(item: Moderated, decision: Decision) -> None:
    """After a decision of the queue: tell whoever sent the idea what was decided, and why."""
    assert isinstance(item, Idea)  # noqa: S101  # registered for ideas alone
    tell_decision(item, decision, words=OF_AN_IDEA, title=item.title, link=item.get_absolute_url())
