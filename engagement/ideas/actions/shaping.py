"""Writing an idea together: who may, each version of its words, and its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from boards.people.models import Person
from components.sent_pictures import FileRefused, picture
from engagement.ideas import permissions
from engagement.ideas.actions.refusals import IdeaRefused
from engagement.ideas.models import CoAuthor, Idea, IdeaPicture, Version
from engagement.ideas.models.shaping import SHAPED
from engagement.moderation.actions import DecisionWords, look_over, tell_decision, was_changed
from engagement.moderation.models import Decision, Moderated
from engagement.notifications.actions import tell

MOST_CO_AUTHORS = 10
MOST_PICTURES = 4

SHOWN_SAYS = _lazy("Everyone can see it now.")
HIDDEN_SAYS = _lazy("We have looked at it and we do not show it. What was there before stays.")
OF_A_CHANGE = DecisionWords(
    kind="ideas.decided",
    shown=_lazy("Your change to an idea is shown: %(title)s"),
    shown_says=SHOWN_SAYS,
    hidden=_lazy("Your change to an idea is not shown: %(title)s"),
    hidden_says=HIDDEN_SAYS,
)
OF_A_PICTURE = DecisionWords(
    kind="ideas.decided",
    shown=_lazy("Your picture is shown: %(title)s"),
    shown_says=SHOWN_SAYS,
    hidden=_lazy("Your picture is not shown: %(title)s"),
    hidden_says=HIDDEN_SAYS,
)


# --- co-authors --------------------------------------------------------------------------------


@transaction.atomic
def invite(*, idea: Idea, email: str, by: Person, now: datetime) -> CoAuthor:
    """Ask someone to write an idea together; they are told, and write only once they have said yes.

    The answer is the same whether or not the address is known here.
    """
    held = Idea.objects.select_for_update(of=("self",)).get(pk=idea.pk)
    if held.author_id != by.pk:
        raise IdeaRefused(_("Only the person who sent the idea can ask others to write with them."))
    if held.co_authors.count() >= MOST_CO_AUTHORS:
        raise IdeaRefused(_("An idea has ten writers besides you at most. Take one out first."))
    person = Person.objects.known_by(email)
    if person.pk == by.pk:
        raise IdeaRefused(_("That is your own address: you are its writer already."))
    row, made = CoAuthor.objects.get_or_create(idea=held, person=person, defaults={"invited_at": now})
    if made:
        with translation.override(person.language or settings.LANGUAGE_CODE):
            tell(
                person=person,
                key=f"ideas:invite:{row.pk}",
                kind="ideas.invite",
                subject=_("Will you write an idea together?"),
                body=_(
                    "Someone asks you to write an idea for %(board)s with them: “%(title)s”. "
                    "Open the page below and say yes or no. If you do nothing, nothing happens."
                )
                % {"board": idea.call.activity.board.name, "title": idea.title},
                link=f"{idea.get_absolute_url()}together/",
                now=now,
            )
    return row


@transaction.atomic
def join(*, idea: Idea, person: Person, now: datetime) -> None:
    """Say yes to an invitation."""
    row = CoAuthor.objects.select_for_update().filter(idea=idea, person=person).first()
    if row is None:
        raise IdeaRefused(_("There is no invitation for you here. Ask whoever sent the idea to invite you."))
    if row.accepted_at is None:
        row.accepted_at = now
        row.save(update_fields=["accepted_at"])


def leave(*, idea: Idea, person: Person, by: Person) -> None:
    """Take someone out: the writer anyone, a co-author themselves. What they wrote stays."""
    if by.pk not in (person.pk, idea.author_id):
        raise IdeaRefused(_("Only the person who sent the idea can take another out."))
    CoAuthor.objects.filter(idea=idea, person=person).delete()


# --- versions ----------------------------------------------------------------------------------


@transaction.atomic
def change_words(*, idea: Idea, words: Mapping[str, Any], seen: int, by: Person, now: datetime) -> Version | None:
    """Change an idea's words. Once an idea is shown each change is a version, which waits to be read.

    Before that nobody has seen the earlier words, so they are simply changed and None is given.
    `seen` is the number of the newest version the writer had before them; if another was made
    since, this is refused and nothing is lost.
    """
    if set(words) != set(SHAPED):
        raise ValueError("A change gives every field a writer may change.")
    held = Idea.objects.select_for_update(of=("self",)).select_related("call__activity__board").get(pk=idea.pk)
    verdict = permissions.may_change(by, held, now=now)
    if not verdict:
        raise IdeaRefused(verdict.why_not)
    newest = held.versions.aggregate(newest=Max("number"))["newest"] or 0
    if newest != seen:
        raise IdeaRefused(
            _("Someone else changed this while you were writing. Read the newest words below, then send yours again.")
        )
    if all(getattr(held, name) == words[name] for name in SHAPED) and not held.versions.pending().exists():
        raise IdeaRefused(_("Nothing is changed yet. Change the words, then send them."))
    was_changed(item=held, now=now)
    if not held.is_shown:
        put_on(held, words)
        look_over(item=held, person=by, now=now)
        return None
    if not newest:
        Version.objects.create(
            idea=held, number=1, by=held.author, state=Version.State.SHOWN, sent_at=held.sent_at,
            **{name: getattr(held, name) for name in SHAPED},
        )  # fmt: skip
        newest = 1
    # A change that still waits and was never shown is no version that anyone has read.
    held.versions.pending().delete()
    at_once = held.call.shows_at_once
    made = Version.objects.create(
        idea=held, number=newest + 1, by=by, sent_at=now,
        state=Version.State.SHOWN if at_once else Version.State.PENDING, **words,
    )  # fmt: skip
    look_over(item=made, person=by, now=now)
    if made.state == Version.State.SHOWN:
        put_on(held, words)
    return made


def after_editing_an_idea(item: Moderated, field: str, was: str) -> None:
    """Details taken out of an idea stand in no version either: the newest has the new words, the older are hidden."""
    assert isinstance(item, Idea)  # noqa: S101  # registered for ideas alone
    newest = item.versions.shown().order_by("-number").first()
    if newest is None:
        return
    item.versions.shown().exclude(pk=newest.pk).update(state=Version.State.HIDDEN)
    if field in SHAPED:
        setattr(newest, field, getattr(item, field))
        newest.save(update_fields=[field])


def after_editing_a_version(item: Moderated, field: str, was: str) -> None:
    """The page follows the version that it shows; older ones, which may say the same, are hidden."""
    assert isinstance(item, Version)  # noqa: S101  # registered for versions alone
    idea = item.idea
    newest = idea.versions.shown().order_by("-number").first()
    if newest is not None and newest.pk == item.pk:
        idea.versions.shown().exclude(pk=item.pk).update(state=Version.State.HIDDEN)
        put_on(idea, {name: getattr(item, name) for name in SHAPED})


def put_on(idea: Idea, words: Mapping[str, Any]) -> None:
    for name in SHAPED:
        setattr(idea, name, words[name])
    idea.save(update_fields=list(SHAPED))


def after_deciding_a_version(item: Moderated, decision: Decision) -> None:
    """After a decision of the queue: the page has the newest words that are shown; the writer is told."""
    assert isinstance(item, Version)  # noqa: S101  # registered for versions alone
    idea = Idea.objects.select_for_update(of=("self",)).select_related("call__activity__board").get(pk=item.idea_id)
    newest = idea.versions.shown().order_by("-number").first()
    if newest is not None:
        put_on(idea, {name: getattr(newest, name) for name in SHAPED})
    tell_decision(item, decision, words=OF_A_CHANGE, title=idea.title, link=idea.get_absolute_url())


# --- pictures ----------------------------------------------------------------------------------


@transaction.atomic
def add_picture(*, idea: Idea, upload: Any, alt: str, by: Person, now: datetime) -> IdeaPicture:
    """Keep a picture, encoded anew and without place data. It waits to be looked at, as the words do."""
    held = Idea.objects.select_for_update(of=("self",)).select_related("call__activity__board").get(pk=idea.pk)
    verdict = permissions.may_change(by, held, now=now)
    if not verdict:
        raise IdeaRefused(verdict.why_not)
    if not alt.strip():
        raise IdeaRefused(_("Say what the picture shows, for people who cannot see it."))
    if held.pictures.exclude(state=IdeaPicture.State.HIDDEN).count() >= MOST_PICTURES:
        raise IdeaRefused(_("An idea has four pictures at most. Take one out first."))
    try:
        kept = picture(upload)
    except FileRefused as refusal:
        raise IdeaRefused(str(refusal)) from None
    row = IdeaPicture(
        idea=held,
        alt=alt.strip()[:200],
        kind=kept.kind,
        width=kept.width,
        height=kept.height,
        by=by,
        sent_at=now,
        state=IdeaPicture.State.SHOWN if held.call.shows_at_once else IdeaPicture.State.PENDING,
    )
    row.file.save(f"{uuid4()}.{kept.ending}", ContentFile(kept.contents), save=False)
    row.save()
    look_over(item=row, person=by, now=now)
    return row


@transaction.atomic
def drop_picture(*, picture: IdeaPicture, by: Person, now: datetime) -> None:
    """Take a picture out, the file with it."""
    verdict = permissions.may_change(by, picture.idea, now=now)
    if not verdict:
        raise IdeaRefused(verdict.why_not)
    file = picture.file
    picture.delete()
    transaction.on_commit(lambda: file.delete(save=False))


def after_deciding_a_picture(item: Moderated, decision: Decision) -> None:
    assert isinstance(item, IdeaPicture)  # noqa: S101  # registered for pictures alone
    tell_decision(item, decision, words=OF_A_PICTURE, title=item.idea.title, link=item.idea.get_absolute_url())
