"""Voting, and everything an officer does to a poll."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, PositiveIntegerField, QuerySet, When
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from boards.places.models import Area, Board
from engagement.activities import queries as activity_queries
from engagement.activities.actions import device_digest, taking_part
from engagement.activities.models import Activity, Audience, Channel, Spot, TakingPart, new_reference
from engagement.activities.permissions import not_open
from engagement.evidence.models import Need
from engagement.polls import permissions
from engagement.polls.models import Choice, Correction, Poll, Tally


class VoteRefused(Exception):
    """Its message is fit to show the voter."""


class PollRefused(Exception):
    """What an officer asked for cannot be done. Its message is fit to show."""


# --- voting --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cast:
    """What became of a vote: the row to quote, and whether it was counted now or before."""

    taking_part: TakingPart
    counted_now: bool


def cast_vote(
    *,
    poll: Poll,
    choice: Choice,
    now: datetime,
    person: Person | None = None,
    device: str = "",
    area: Area | None = None,
    channel: str = Channel.WEB,
    spot: Spot | None = None,
) -> Cast:
    """Count one vote, once each. A second one changes nothing and gives the row of the first.

    `spot` is the place whose link or kiosk led here; the roll keeps it, a tally never does.

    Raises VoteRefused with a sentence when it is not open or the voter is not on its rung.
    """
    if choice.poll_id != poll.pk:
        raise ValueError("That choice belongs to another poll.")
    verdict = permissions.may_vote(person or AnonymousUser(), poll, now=now, says_local=area is not None)
    if not verdict:
        raise VoteRefused(verdict.why_not)
    row = taking_part(
        activity=poll.activity, now=now, person=person, device=device, channel=channel, place=area, spot=spot
    )
    try:
        with transaction.atomic():
            _hold_open(poll=poll, now=now)
            # The constraint is the only judge: whoever comes second fails here, and the whole act with them.
            row.save(force_insert=True)
            _count(poll=poll, choice=choice, channel=channel)
    except IntegrityError:
        before = activity_queries.took_part(poll.activity, person=person, digest=row.device or "")
        if before is None:
            raise
        return Cast(before, counted_now=False)
    return Cast(row, counted_now=True)


def _hold_open(*, poll: Poll, now: datetime) -> None:
    """Hold the poll's activity from here to the commit: closing early waits for it, or is seen here.

    It is always taken before anything of the poll is written, so no two votes can wait for each other.
    """
    held = Activity.objects.select_for_update(no_key=True, of=("self",)).get(pk=poll.pk)
    held.board = poll.activity.board
    verdict = not_open(held, now=now)
    if not verdict:
        raise VoteRefused(verdict.why_not)


def _count(*, poll: Poll, choice: Choice, channel: str) -> None:
    """Add one vote. Every choice's row is written each time, so that no row's version names the last voter."""
    tallies = Tally.objects.filter(choice__poll=poll, channel=channel)
    choices = list(poll.choices.all())
    adding = Case(
        When(choice_id=choice.pk, then=F("votes") + 1), default=F("votes"), output_field=PositiveIntegerField()
    )
    written = tallies.update(votes=adding)
    if written < len(choices):
        # The first vote by this channel. A second pass over new rows of nought, still under the lock.
        before = set(tallies.values_list("choice_id", flat=True)) if written else set()
        Tally.objects.bulk_create(
            [
                Tally(choice=each, channel=channel, votes=int(each.pk == choice.pk))
                for each in choices
                if each.pk not in before
            ]
        )


# What cast_vote does, as one statement of PostgreSQL. `held` is _hold_open and the rung: the lock,
# and open or not as the row stands once the lock is had. `taken` is the row of the constraint.
# `counted` is _count: every choice's row is written, or (before the first vote) none and nothing is taken.
# The lock is given back before the disk has answered, so votes of one poll wait for the disk
# together and not in a queue; KEPT waits for it before anyone is told.
VOTE_AT_ONCE = f"""
WITH held AS MATERIALIZED (
    SELECT activity.id, activity.results_show,
           CASE WHEN %(alone)s THEN set_config('synchronous_commit', 'off', true) END
    FROM activities_activity activity
    JOIN places_board board ON board.id = activity.board_id
    WHERE board.slug = %(board)s AND activity.kind = '{Activity.Kind.POLL}' AND activity.slug = %(poll)s
      AND NOT activity.is_draft AND activity.opens_at <= %(now)s
      AND (activity.closes_at IS NULL OR %(now)s < activity.closes_at)
      AND (
        activity.audience = {Audience.ANYONE:d}
        OR activity.audience IN ({Audience.SAYS_LOCAL:d}, {Audience.EMAIL:d}) AND EXISTS (
          SELECT FROM people_standing standing
          WHERE standing.person_id = %(person)s AND standing.board_id = activity.board_id
            AND (standing.until IS NULL OR standing.until > %(today)s)
        )
      )
      AND EXISTS (SELECT FROM polls_choice WHERE id = %(choice)s AND poll_id = activity.id)
    FOR NO KEY UPDATE OF activity
), taken AS (
    INSERT INTO activities_takingpart (activity_id, person_id, channel, "on", reference)
    SELECT held.id, %(person)s, '{Channel.WEB}', %(today)s, %(reference)s FROM held
    WHERE NOT EXISTS (
        SELECT FROM polls_choice choice
        LEFT JOIN polls_tally tally ON tally.choice_id = choice.id AND tally.channel = '{Channel.WEB}'
        WHERE choice.poll_id = held.id AND tally.id IS NULL
    )
    ON CONFLICT DO NOTHING
    RETURNING activity_id
), counted AS (
    UPDATE polls_tally tally
    SET votes = votes + CASE WHEN tally.choice_id = %(choice)s THEN 1 ELSE 0 END
    FROM taken, polls_choice choice
    WHERE choice.poll_id = taken.activity_id AND tally.choice_id = choice.id AND tally.channel = '{Channel.WEB}'
    RETURNING tally.id
)
SELECT held.results_show FROM held, taken WHERE EXISTS (SELECT FROM counted)
"""  # noqa: S608  # nosec B608: only our own constants are written in
KEPT = "SELECT pg_logical_emit_message(true, 'moothall', 'vote')"


@dataclass(frozen=True)
class CastAtOnce:
    """A vote that was counted: what to quote, and when its poll's results show."""

    reference: str
    results_show: str


def cast_vote_at_once(
    *, board_slug: str, poll_slug: str, choice_id: int, person: Person, now: datetime
) -> CastAtOnce | None:
    """Count the vote of someone signed in whose standing we know, in one statement: the way most votes take.

    None says only that nothing was changed, on any other database always: cast_vote then finds out
    why and says so, or counts it. It counts exactly what cast_vote would (a test tries every case).
    """
    if connection.vendor != "postgresql":
        return None
    alone = not connection.in_atomic_block
    reference = new_reference()
    asked: dict[str, Any] = {
        "alone": alone,
        "board": board_slug,
        "poll": poll_slug,
        "choice": choice_id,
        "person": person.pk,
        "now": now,
        "today": timezone.localdate(now),
        "reference": reference,
    }
    with connection.cursor() as cursor:
        cursor.execute(VOTE_AT_ONCE, asked)
        found = cursor.fetchone()
        if found is None:
            return None
        if alone:
            cursor.execute(KEPT)
    return CastAtOnce(reference, found[0])


def already_counted(*, poll: Poll, person: Any, device: str) -> TakingPart | None:
    """Give the row of this person's or this browser's vote, if there is one."""
    return activity_queries.took_part(
        poll.activity, person=person, digest=device_digest(poll.activity, device) if device else ""
    )


# --- the desk ------------------------------------------------------------------------------------

ACTIVITY_FIELDS = ("title", "summary", "opens_at", "closes_at", "audience", "results_show")


@transaction.atomic
def draft_poll(
    *, board: Board, question: str, choices: Sequence[str], needs: Iterable[Need], by: Person, **fields: Any
) -> Poll:
    """Set up a poll that only officers see yet."""
    activity = Activity(board=board, kind=Activity.Kind.POLL, is_draft=True)
    for name in ACTIVITY_FIELDS:
        setattr(activity, name, fields[name])
    activity.slug = free_slug(board, fields.get("slug") or fields["title"])
    activity.save()
    activity.needs.set(_needs_of(board, needs))
    poll = Poll.objects.create(activity=activity, question=question)
    _set_choices(poll, choices)
    log(instance=poll, action="polls.draft", user=by, data={"after": picture_of(poll)})
    return poll


@transaction.atomic
def change_poll(
    *, poll: Poll, question: str, choices: Sequence[str], needs: Iterable[Need], by: Person, **fields: Any
) -> Poll:
    """Change a poll. Once anyone has voted its words and its audience stand, and so does when it opened."""
    activity = Activity.objects.select_for_update(of=("self",)).select_related("board").get(pk=poll.pk)
    poll = Poll.objects.get(pk=poll.pk)
    poll.activity = activity
    before = picture_of(poll)
    if not permissions.may_reword(poll):
        asked = (question, list(choices), fields["audience"])
        if asked != (poll.question, [choice.text for choice in poll.choices.all()], activity.audience):
            raise PollRefused(
                _(
                    "People have voted, so the question, the choices and who may vote are fixed. Put a slip right instead."
                )
            )
        fields["opens_at"] = activity.opens_at
    else:
        poll.question = question
        poll.save(update_fields=["question"])
        if list(choices) != [choice.text for choice in poll.choices.all()]:
            _set_choices(poll, choices)
    for name in ACTIVITY_FIELDS:
        setattr(activity, name, fields[name])
    if activity.is_draft and fields.get("slug"):
        activity.slug = free_slug(activity.board, fields["slug"], but=activity)
    activity.save()
    activity.needs.set(_needs_of(activity.board, needs))
    poll = Poll.objects.select_related("activity__board").get(pk=poll.pk)
    log(instance=poll, action="polls.change", user=by, data={"before": before, "after": picture_of(poll)})
    return poll


@transaction.atomic
def publish_poll(*, poll: Poll, by: Person, now: datetime) -> None:
    """Let everyone see it; it opens at its own time."""
    verdict = permissions.may_publish(by, poll, now=now)
    if not verdict:
        raise PollRefused(verdict.why_not)
    poll.activity.is_draft = False
    poll.activity.save(update_fields=["is_draft"])
    log(instance=poll, action="polls.publish", user=by, data={"before": {"draft": True}, "after": picture_of(poll)})


@transaction.atomic
def close_early(*, poll: Poll, why: str, by: Person, now: datetime) -> None:
    """Close an open poll now. Votes already counted stay; the reason is in the log and on the page."""
    activity = Activity.objects.select_for_update(of=("self",)).select_related("board").get(pk=poll.pk)
    poll.activity = activity
    verdict = permissions.may_close(by, poll, now=now)
    if not verdict:
        raise PollRefused(verdict.why_not)
    planned = activity.closes_at
    activity.closes_at = now
    activity.save(update_fields=["closes_at"])
    Correction.objects.create(
        poll=poll,
        was=_("Closing on %(when)s") % {"when": planned.date().isoformat()} if planned else _("No closing time"),
        became=_("Closed early"),
        why=why,
        by=by,
        made_at=now,
    )
    log(
        instance=poll,
        action="polls.close_early",
        user=by,
        data={"before": {"closes_at": str(planned)}, "after": {"closes_at": str(now)}, "why": why},
    )


@transaction.atomic
def put_right(*, poll: Poll, choice: Choice | None, became: str, why: str, by: Person, now: datetime) -> Correction:
    """Put a slip right in the question (choice None) or in a choice, after voting began: logged, and shown."""
    if not permissions.may_run(by, poll):
        raise PollRefused(permissions.may_run(by, poll).why_not)
    thing: Poll | Choice = poll if choice is None else choice
    field = "question" if choice is None else "text"
    was = getattr(thing, field)
    if became == was:
        raise PollRefused(_("Nothing is different."))
    if choice is not None and poll.choices.exclude(pk=choice.pk).filter(text=became).exists():
        raise PollRefused(_("Another choice has those words already."))
    setattr(thing, field, became)
    thing.save(update_fields=[field])
    correction = Correction.objects.create(poll=poll, was=was, became=became, why=why, by=by, made_at=now)
    log(
        instance=poll,
        action="polls.put_right",
        user=by,
        data={"before": {field: was}, "after": {field: became}, "why": why},
    )
    return correction


@transaction.atomic
def delete_poll(*, poll: Poll, by: Person) -> None:
    """Delete a draft that nobody has seen."""
    verdict = permissions.may_delete(by, poll)
    if not verdict:
        raise PollRefused(verdict.why_not)
    log(instance=poll, action="polls.delete", user=by, data={"before": picture_of(poll)}, deleted=True)
    Tally.objects.filter(choice__poll=poll).delete()
    poll.activity.delete()


def free_slug(board: Board, words: str, *, but: Activity | None = None) -> str:
    """Give an address for these words that no other poll of the board has."""
    stem = slugify(words)[:70].strip("-") or "poll"
    others: QuerySet[Activity] = board.activities.filter(kind=Activity.Kind.POLL, slug__startswith=stem)
    if but is not None:
        others = others.exclude(pk=but.pk)
    taken = set(others.values_list("slug", flat=True))
    number, slug = 1, stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def picture_of(poll: Poll) -> dict[str, Any]:
    """Give what the log keeps of a poll."""
    activity = poll.activity
    return {
        "question": poll.question,
        "choices": list(poll.choices.values_list("text", flat=True)),
        **{name: str(getattr(activity, name)) for name in ACTIVITY_FIELDS},
        "address": activity.slug,
        "needs": sorted(activity.needs.values_list("slug", flat=True)),
    }


def _needs_of(board: Board, needs: Iterable[Need]) -> list[Need]:
    return [need for need in needs if need.board_id == board.pk]


def _set_choices(poll: Poll, texts: Sequence[str]) -> None:
    """Nobody has voted: the choices may be made afresh."""
    Tally.objects.filter(choice__poll=poll).delete()
    poll.choices.all().delete()
    Choice.objects.bulk_create([Choice(poll=poll, text=text, position=at) for at, text in enumerate(texts, 1)])
