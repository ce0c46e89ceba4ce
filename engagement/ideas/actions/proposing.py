"""Sending an idea, and writing one down for someone."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from boards.places.models import Area
from engagement.activities.actions import note_taking_part
from engagement.activities.models import Channel
from engagement.evidence.models import Need, Theme
from engagement.ideas import permissions, queries
from engagement.ideas.actions.refusals import IdeaRefused
from engagement.ideas.models import Idea, IdeasCall
from engagement.ideas.rules import snapped
from engagement.moderation.actions import look_over

MOST_A_DAY = 20
# Addresses below a call that are pages of their own.
TAKEN_ADDRESSES = {"propose", "sent", "map", "feed", "similar"}


def propose(
    *,
    call: IdeasCall,
    author: Person,
    title: str,
    text: str,
    now: datetime,
    place: Area | None = None,
    place_words: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    need: Need | None = None,
    theme: Theme | None = None,
    who_it_helps: str = "",
    cost_guess_pence: int | None = None,
    name_shown: str = "",
    device: str = "",
    doubts: Sequence[str] = (),
) -> Idea:
    """Keep someone's idea. It waits to be read, unless the call shows ideas at once.

    Raises IntegrityError, and keeps nothing, where another took the same address in the same moment:
    do_once runs it once more.
    """
    verdict = permissions.may_propose(author, call, now=now)
    if not verdict:
        raise IdeaRefused(verdict.why_not)
    base = address_from(title)
    sent_today, is_taken = queries.sent_today_and_taken(call, author, base, now=now)
    if sent_today >= MOST_A_DAY:
        raise IdeaRefused(
            _("You have sent %(most)d ideas in a day. Send the next one tomorrow.") % {"most": MOST_A_DAY}
        )
    # Inside do_once already: no savepoint of its own, as all is kept or nothing.
    with transaction.atomic(savepoint=False):
        idea = new_idea(
            call=call,
            author=author,
            title=title,
            text=text,
            sent_at=now,
            place=place,
            place_words=place_words,
            latitude=latitude,
            longitude=longitude,
            need=need,
            theme=theme,
            who_it_helps=who_it_helps,
            cost_guess_pence=cost_guess_pence,
            name_shown=name_shown,
        )
        idea.slug = another(base) if is_taken else base
        idea.save(force_insert=True)
        look_over(item=idea, person=author, now=now, device=device, doubts=doubts)
        note_taking_part(activity=call.activity, person=author, now=now)
    return idea


@transaction.atomic
def write_down(
    *,
    call: IdeasCall,
    by: Person,
    channel: str,
    now: datetime,
    email: str = "",
    **words: Any,
) -> Idea:
    """Keep an idea that came on paper, by phone or in person. It has the same standing as one from the web.

    With an e-mail address the writer gets the answer; without one, nobody is told. Never counted
    as the officer's own.
    """
    verdict = permissions.may_write_down(by, call)
    if not verdict:
        raise IdeaRefused(verdict.why_not)
    if channel not in (Channel.PAPER, Channel.PHONE, Channel.IN_PERSON):
        raise ValueError("An officer writes down what came on paper, by phone or in person.")
    if call.activity.is_draft or now < call.activity.opens_at:
        raise IdeaRefused(_("This call has not opened yet."))
    author = Person.objects.known_by(email) if email else None
    idea = store(call=call, author=author, channel=channel, sent_at=now, **words)
    if author is not None:
        note_taking_part(activity=call.activity, person=author, channel=channel, now=now)
    log(
        instance=idea, action="ideas.write_down", user=by, title=f"idea {idea.pk}",
        data={"channel": channel, "call": call.pk},
    )  # fmt: skip
    return idea


def address_from(title: str) -> str:
    """Give the last part of an idea's address as its title makes it."""
    base = slugify(title)[:60].strip("-") or "idea"
    return another(base) if base in TAKEN_ADDRESSES else base


def another(base: str) -> str:
    return f"{base}-{secrets.token_hex(3)}"


def new_idea(*, call: IdeasCall, latitude: Any = None, longitude: Any = None, **words: Any) -> Idea:
    """Give an idea, not yet stored. A point is kept as the middle of its 100 m square."""
    if (latitude is None) != (longitude is None):
        raise ValueError("A point needs both its numbers.")
    if latitude is not None:
        latitude, longitude = (f"{number:.5f}" for number in snapped(float(latitude), float(longitude)))
    state = Idea.State.SHOWN if call.shows_at_once else Idea.State.PENDING
    return Idea(call=call, state=state, latitude=latitude, longitude=longitude, **words)


def store(*, call: IdeasCall, title: str, **words: Any) -> Idea:
    """Keep an idea under a free address."""
    base = address_from(title)
    for tried in range(6):
        idea = new_idea(call=call, title=title, slug=another(base) if tried else base, **words)
        try:
            with transaction.atomic():
                idea.save(force_insert=True)
                return idea
        except IntegrityError:
            if not Idea.objects.filter(call=call, slug=idea.slug).exists():
                raise
    raise IdeaRefused(_("We could not keep this just now. Send it once more."))
