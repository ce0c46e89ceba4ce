"""Bringing a duplicate into the idea that stands for both, and taking them apart again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.ideas import permissions, queries
from engagement.ideas.actions.refusals import IdeaRefused
from engagement.ideas.models import Idea, Merging
from engagement.notifications.actions import tell_all


def count_again(*ideas: Idea) -> None:
    """Count the different backers and the shown comments of each, as they stand now."""
    for idea in ideas:
        Idea.objects.filter(pk=idea.pk).update(
            backers=queries.backers_counted(idea), comments=queries.comments_of(idea).count()
        )


def hold_both(*keys: int) -> dict[int, Idea]:
    """Take hold of ideas in the order of their keys, so that two officers never wait for each other."""
    rows = Idea.objects.select_for_update(of=("self",)).select_related("call__activity__board").order_by("pk")
    return {idea.pk: idea for idea in rows.filter(pk__in=keys)}


@transaction.atomic
def bring_into(*, duplicate: Idea, into: Idea, by: Person, now: datetime) -> Merging:
    """Let one idea stand for both. Nothing is lost: words, writers, backings and comments stay each their own.

    Someone who backs both counts once. What had been brought into the duplicate comes along.
    """
    held = hold_both(duplicate.pk, into.pk)
    if duplicate.pk == into.pk or len(held) < 2:
        raise IdeaRefused(_("Choose another idea: this is the same one."))
    one, other = held[duplicate.pk], held[into.pk]
    for idea in (one, other):
        verdict = permissions.may_answer(by, idea)
        if not verdict:
            raise IdeaRefused(verdict.why_not)
    if one.call.activity.board_id != other.call.activity.board_id:
        raise IdeaRefused(_("Only ideas of the same board can be brought together."))
    if not (one.is_shown and other.is_shown):
        raise IdeaRefused(_("Only ideas that are shown can be brought together. Read them in the queue first."))
    if one.merged_into_id or other.merged_into_id:
        raise IdeaRefused(_("One of these was brought into another idea already. Choose that one."))
    brought = list(one.brought_in.order_by("pk").values_list("pk", flat=True))
    made = Merging.objects.create(duplicate=one, into=other, brought=brought, by=by, at=now)
    Idea.objects.filter(pk__in=[one.pk, *brought]).update(merged_into=other)
    count_again(other)
    log(
        instance=other, action="ideas.bring_into", user=by, title=f"idea {other.pk}",
        data={"duplicate": one.pk, "into": other.pk, "brought": brought, "merging": made.pk},
    )  # fmt: skip
    tell_all(
        people=queries.writers_of(one) | queries.writers_of(other),
        key=f"ideas:merging:{made.pk}",
        kind="ideas.merging",
        subject=_("Two ideas are one now: %(title)s") % {"title": other.title},
        body=_(
            "“%(one)s” and “%(other)s” say much the same, so the board has brought them together. "
            "Nobody's words or backing are lost, and people who back both count once. "
            "If you think they are different, ring the board: this can be undone."
        )
        % {"one": one.title, "other": other.title},
        link=other.get_absolute_url(),
        now=now,
    )
    return made


@transaction.atomic
def take_apart(*, merging: Merging, by: Person, now: datetime) -> None:
    """Undo a merging: each idea has its own backers, comments and place on the wall again."""
    hold_both(merging.duplicate_id, merging.into_id)
    held = Merging.objects.select_for_update(of=("self",)).get(pk=merging.pk)
    verdict = permissions.may_answer(by, merging.into)
    if not verdict:
        raise IdeaRefused(verdict.why_not)
    one = Idea.objects.get(pk=held.duplicate_id)
    if held.undone_at is not None or one.merged_into_id != held.into_id:
        raise IdeaRefused(_("These were taken apart already, or brought into another idea since. Undo that first."))
    held.undone_at, held.undone_by = now, by
    held.save(update_fields=["undone_at", "undone_by"])
    Idea.objects.filter(pk=one.pk).update(merged_into=None)
    Idea.objects.filter(pk__in=held.brought, merged_into=held.into_id).update(merged_into=one)
    count_again(one, Idea.objects.get(pk=held.into_id))
    log(
        instance=one, action="ideas.take_apart", user=by, title=f"idea {one.pk}",
        data={"duplicate": one.pk, "into": held.into_id, "merging": held.pk},
    )  # fmt: skip
    tell_all(
        people=queries.writers_of(one) | queries.writers_of(merging.into),
        key=f"ideas:apart:{held.pk}",
        kind="ideas.merging",
        subject=_("Your ideas are two again: %(title)s") % {"title": one.title},
        body=_("The board had brought two ideas together. It has taken them apart: each stands by itself again."),
        link=one.get_absolute_url(),
        now=now,
    )
