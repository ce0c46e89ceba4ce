"""Backing an idea once, taking it back, and following it."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from boards.people.models import Person
from engagement.activities.actions import note_taking_part
from engagement.ideas import permissions, queries
from engagement.ideas.actions.refusals import IdeaRefused
from engagement.ideas.models import Backing, Following, Idea


@transaction.atomic
def back(*, idea: Idea, person: Person, now: datetime) -> bool:
    """Count someone's support once; False when they had given it already, also to an idea brought into this one.

    The count is raised first: that takes hold of the row, so a merging of ideas in the same moment
    comes wholly before or wholly after. The database decides who was counted.
    """
    verdict = permissions.may_back(person, idea, now=now)
    if not verdict:
        raise IdeaRefused(verdict.why_not)
    if queries.has_backed(person, idea):
        return False
    try:
        with transaction.atomic():
            held = Idea.objects.filter(pk=idea.pk, merged_into__isnull=True).update(backers=F("backers") + 1)
            if held:
                if queries.backed_a_duplicate(person, idea):
                    raise AlreadyCounted
                Backing.objects.create(idea=idea, person=person, backed_at=now)
    except (IntegrityError, AlreadyCounted):
        if not queries.has_backed(person, idea):
            raise
        return False
    if not held:
        # Brought into another since it was read: that one stands for both.
        return back(idea=standing_for(idea), person=person, now=now)
    note_taking_part(activity=idea.call.activity, person=person, now=now)
    return True


class AlreadyCounted(Exception):
    """They back an idea that was brought into this one."""


def standing_for(idea: Idea) -> Idea:
    """Give the idea that this one was brought into, as it is now; itself where it was not."""
    now_stands = Idea.objects.select_related("merged_into__call__activity__board").get(pk=idea.pk)
    return now_stands.merged_into or idea


@transaction.atomic
def take_back(*, idea: Idea, person: Person, now: datetime) -> bool:
    """Take someone's support away, also from what was brought in; False when there was none. Not after closing."""
    if idea.call.activity.has_closed(now):
        raise IdeaRefused(_("This has closed, so the count stands as it was."))
    idea = Idea.objects.select_for_update(of=("self",)).select_related("call__activity").get(pk=idea.pk)
    gone, _kinds = Backing.objects.filter(idea__in=Idea.objects.together_with(idea), person=person).delete()
    if gone:
        Idea.objects.filter(pk=idea.pk).update(backers=F("backers") - 1)
    return bool(gone)


def follow(*, idea: Idea, person: Person) -> bool:
    """Put someone among those who hear what the board answers; False when they were already."""
    _row, made = Following.objects.get_or_create(idea=idea, person=person)
    return made


def stop_following(*, idea: Idea, person: Person) -> bool:
    gone, _kinds = Following.objects.filter(idea__in=Idea.objects.together_with(idea), person=person).delete()
    return bool(gone)
