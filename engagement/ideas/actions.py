"""Sending an idea, backing it, answering it, and opening a call for ideas."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from boards.places.models import Area, Board
from engagement.activities.actions import note_taking_part
from engagement.activities.models import Activity, Channel
from engagement.evidence.models import Need
from engagement.ideas import permissions, queries
from engagement.ideas.models import Backing, Idea, IdeasCall, StatusChange
from engagement.ideas.rules import may_move, snapped
from engagement.moderation.actions import how_to_object, look_over
from engagement.moderation.models import Decision, Moderated
from engagement.notifications.actions import tell


class IdeaRefused(Exception):
    """Its message is fit to show the person."""


MOST_A_DAY = 20
# Addresses below a call that are pages of their own.
TAKEN_ADDRESSES = {"propose", "sent", "map", "feed"}


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
    who_it_helps: str = "",
    cost_guess_pence: int | None = None,
    name_shown: str = "",
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
            who_it_helps=who_it_helps,
            cost_guess_pence=cost_guess_pence,
            name_shown=name_shown,
        )
        idea.slug = another(base) if is_taken else base
        idea.save(force_insert=True)
        look_over(item=idea, person=author, now=now)
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


@transaction.atomic
def back(*, idea: Idea, person: Person, now: datetime) -> bool:
    """Count someone's support once; False when they had given it already. The database decides."""
    verdict = permissions.may_back(person, idea, now=now)
    if not verdict:
        raise IdeaRefused(verdict.why_not)
    try:
        with transaction.atomic():
            Backing.objects.create(idea=idea, person=person, backed_at=now)
    except IntegrityError:
        if not queries.has_backed(person, idea):
            raise
        return False
    Idea.objects.filter(pk=idea.pk).update(backers=F("backers") + 1)
    note_taking_part(activity=idea.call.activity, person=person, now=now)
    return True


@transaction.atomic
def take_back(*, idea: Idea, person: Person, now: datetime) -> bool:
    """Take someone's support away; False when there was none. Not after the call has closed."""
    if idea.call.activity.has_closed(now):
        raise IdeaRefused(_("This has closed, so the count stands as it was."))
    gone, _kinds = Backing.objects.filter(idea=idea, person=person).delete()
    if gone:
        Idea.objects.filter(pk=idea.pk).update(backers=F("backers") - 1)
    return bool(gone)


@transaction.atomic
def answer(*, idea: Idea, to: str, words: str, by: Person, now: datetime, seen_as: str = "") -> StatusChange:
    """Say what the board will do with an idea, always in words; its writer and backers are told once each.

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
    held.status, held.status_at = to, now
    held.save(update_fields=["status", "status_at"])
    idea.status, idea.status_at = to, now
    log(
        instance=held, action="ideas.answer", user=by, title=f"idea {held.pk}",
        data={"before": change.was, "after": to, "answer": change.pk},
    )  # fmt: skip
    backers = Person.objects.filter(backings__idea=held)
    told = backers | Person.objects.filter(pk=held.author_id) if held.author_id else backers
    for person in told.distinct().order_by("pk").iterator():
        mine = person.pk == held.author_id
        with translation.override(person.language or settings.LANGUAGE_CODE):
            said = _("Your idea: %(title)s") if mine else _("An idea you back: %(title)s")
            tell(
                person=person,
                key=f"ideas:answer:{change.pk}:{person.pk}",
                kind="ideas.answer",
                subject=said % {"title": held.title},
                body=_("%(board)s has answered.\n\nIt is now: %(status)s.\n\n%(words)s")
                % {
                    "board": held.call.activity.board.name,
                    "status": Idea.Status(to).label,
                    "words": words,
                },
                link=held.get_absolute_url(),
                now=now,
            )
    return change


def tell_the_writer(item: Moderated, decision: Decision) -> None:
    """After a decision of the queue: tell whoever sent the idea what was decided, and why."""
    assert isinstance(item, Idea)  # noqa: S101  # registered for ideas alone
    if item.author is None or decision.became == Idea.State.PENDING:
        return
    with translation.override(item.author.language or settings.LANGUAGE_CODE):
        if decision.became == Idea.State.SHOWN:
            subject = _("Your idea is on the wall: %(title)s")
            said = [_("We have read your idea. Everyone can see it now, and people can back it.")]
        else:
            subject = _("Your idea is not shown: %(title)s")
            said = [
                _("We have read your idea and we do not show it. Only you and the board's officers can see it."),
                _("Why: %(reason)s.") % {"reason": decision.get_reason_display()},
            ]
        if decision.words:
            said.append(decision.words)
        if decision.became == Idea.State.HIDDEN:
            said.append(_("You can send it again in other words while the call is open."))
            said.append(how_to_object(decision))
        tell(
            person=item.author,
            key=f"moderation:{decision.pk}",
            kind="ideas.decided",
            subject=subject % {"title": item.title},
            body="\n\n".join(said),
            link=item.get_absolute_url(),
            now=decision.decided_at,
        )


# --- a call ------------------------------------------------------------------------------------

CALL_FACTS = ("title", "summary", "opens_at", "closes_at", "audience", "is_draft")


@transaction.atomic
def open_call(
    *,
    board: Board,
    question: str,
    opens_at: datetime,
    closes_at: datetime | None,
    audience: int,
    by: Person | None,
    title: str = "",
    slug: str = "",
    summary: str = "",
    shows_at_once: bool = False,
    is_draft: bool = True,
    needs: Iterable[Need] = (),
) -> IdeasCall:
    """Make a call for ideas; a draft, unless told otherwise. `by` is None for the demo and for imports."""
    if by is not None and not (verdict := permissions.may_run(by, board.pk)):
        raise IdeaRefused(verdict.why_not)
    activity = Activity.objects.create(
        board=board,
        kind=Activity.Kind.IDEAS,
        title=title or question,
        slug=slug or free_address(board, title or question),
        summary=summary,
        opens_at=opens_at,
        closes_at=closes_at,
        audience=audience,
        results_show=Activity.ResultsShow.ALWAYS,
        is_draft=is_draft,
    )
    activity.needs.set(needs)
    call = IdeasCall.objects.create(activity=activity, question=question, shows_at_once=shows_at_once)
    log(instance=call, action="ideas.open_call", user=by, data={"after": facts_of(call)})
    return call


@transaction.atomic
def change_call(*, call: IdeasCall, by: Person, needs: Iterable[Need] | None = None, **changes: Any) -> IdeasCall:
    """Change a call. Who may take part cannot change once anyone did: that rule was their promise."""
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=call.pk)
    verdict = permissions.may_run(by, activity.board_id)
    if not verdict:
        raise IdeaRefused(verdict.why_not)
    before = facts_of(IdeasCall.objects.select_related("activity").get(pk=call.pk))
    if "audience" in changes and changes["audience"] != activity.audience and activity.taking_part.exists():
        raise IdeaRefused(_("People have taken part already, so who may take part cannot change."))
    if changes.get("is_draft") and not activity.is_draft and call.ideas.exists():
        raise IdeaRefused(_("People have sent ideas already, so this cannot be a draft again. Close it instead."))
    for name, value in changes.items():
        setattr(activity if name in CALL_FACTS else call, name, value)
    activity.save()
    call.activity = activity
    call.save()
    if needs is not None:
        activity.needs.set(needs)
    after = facts_of(call)
    if after != before or needs is not None:
        log(instance=call, action="ideas.change_call", user=by, data={"before": before, "after": after})
    return call


def facts_of(call: IdeasCall) -> dict[str, Any]:
    facts = {name: getattr(call.activity, name) for name in CALL_FACTS}
    facts |= {"question": call.question, "shows_at_once": call.shows_at_once}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}


def free_address(board: Board, title: str) -> str:
    base = slugify(title)[:60].strip("-") or "ideas"
    slug = base
    while Activity.objects.filter(board=board, kind=Activity.Kind.IDEAS, slug=slug).exists():
        slug = f"{base}-{secrets.token_hex(2)}"
    return slug
