"""Voting, and everything an officer does to a poll."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from boards.people import keys
from boards.people.models import Person
from boards.places.models import Area, Board
from engagement.activities import queries as activity_queries
from engagement.activities.actions import device_digest, taking_part
from engagement.activities.models import Activity, Audience, Channel, Spot, TakingPart, new_reference
from engagement.activities.permissions import not_open
from engagement.evidence.models import Need
from engagement.polls import counting, permissions, whys
from engagement.polls.models import (
    FACE_WORDS,
    MANY_ANSWERS,
    ONE_ANSWER,
    YES_NO_WORDS,
    Choice,
    Correction,
    KeptVote,
    Kind,
    PlaceTally,
    Poll,
    Tally,
)
from engagement.polls.rules import read_back, steps_of, written_down


class VoteRefused(Exception):
    """Its message is fit to show the voter."""


class PollRefused(Exception):
    """What an officer asked for cannot be done. Its message is fit to show."""


# --- voting --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cast:
    """What became of a vote: the row to quote, and whether it was counted now or before, or put in place of another."""

    taking_part: TakingPart
    counted_now: bool
    changed: bool = False


POLL_CHANGED = gettext_lazy(
    "The board changed this poll while you answered, so this was not counted. Look at it again."
)


def cast_vote(
    *,
    poll: Poll,
    now: datetime,
    choice: Choice | None = None,
    marks: Mapping[int, int] | None = None,
    person: Person | None = None,
    device: str = "",
    area: Area | None = None,
    channel: str = Channel.WEB,
    spot: Spot | None = None,
    why: str = "",
    may_quote: bool = False,
    why_doubts: Sequence[str] = (),
) -> Cast:
    """Count one vote, once each. A second one gives the row of the first; where the poll allows, it takes its place.

    `spot` is the place whose link or kiosk led here; the roll keeps it, a tally never does.

    Give the one `choice`, or `marks`: each choice's key with its place, or with 1 where there are
    no places. `why` is kept with the first vote only, and beside no vote.
    Raises VoteRefused with a sentence when it is not open or the voter is not on its rung.
    """
    marks = _marks_of(poll, choice, marks)
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
            counting.count(poll=poll, marks=marks, channel=channel)
            if poll.may_change and channel != Channel.KIOSK:  # whoever votes there cannot come back to it
                KeptVote.objects.create(taking_part=row, poll=poll, sealed=_sealed(poll, row, marks))
            if why and poll.asks_why:
                whys.keep(poll=poll, text=why, may_quote=may_quote, reference=row.reference, now=now, doubts=why_doubts)
    except IntegrityError:
        before = activity_queries.took_part(poll.activity, person=person, digest=row.device or "")
        if before is None:
            if not set(marks) <= set(Choice.objects.filter(poll=poll).values_list("pk", flat=True)):
                raise VoteRefused(str(POLL_CHANGED)) from None
            raise
        if poll.may_change:
            return change_vote(poll=poll, row=before, marks=marks, now=now)
        return Cast(before, counted_now=False)
    return Cast(row, counted_now=True)


def _marks_of(poll: Poll, choice: Choice | None, marks: Mapping[int, int] | None) -> dict[int, int]:
    if choice is not None:
        if choice.poll_id != poll.pk:
            raise ValueError("That choice belongs to another poll.")
        marks = {choice.pk: 1}
    if marks is None or not permissions.is_a_vote(poll, marks):
        raise ValueError("That is no vote of this poll.")
    return dict(marks)


def _hold_open(*, poll: Poll, now: datetime) -> None:
    """Hold the poll and its activity from here to the commit: closing early waits for it, or is seen here.

    They are always taken before anything of the poll is written, so no two votes can wait for each
    other. A poll that an officer changed since the voter's page was made counts nothing.
    """
    held = _held(poll.pk)
    held.activity.board = poll.activity.board
    verdict = not_open(held.activity, now=now)
    if not verdict:
        raise VoteRefused(verdict.why_not)
    if any(getattr(held, name) != getattr(poll, name) for name in FIXED_BY_A_VOTE):
        raise VoteRefused(str(POLL_CHANGED))


def _held(pk: int) -> Poll:
    """Give the poll and its activity, both locked, as they are once the lock is had.

    Both, since PostgreSQL reads again after waiting only the rows that it locks; and by this one
    query everywhere, so that nobody takes them in another order.
    """
    held = Poll.objects.select_related("activity").select_for_update(no_key=True, of=("self", "activity"))
    return held.get(pk=pk)


def change_vote(*, poll: Poll, row: TakingPart, marks: Mapping[int, int], now: datetime) -> Cast:
    """Put this vote in the place of the one kept for this voter. The same vote again changes nothing.

    Raises VoteRefused when the poll is not open, or its votes cannot be changed.
    """
    verdict = permissions.may_change_vote(poll, now=now)
    if not verdict:
        raise VoteRefused(verdict.why_not)
    marks = _marks_of(poll, None, marks)
    with transaction.atomic():
        _hold_open(poll=poll, now=now)
        kept = KeptVote.objects.filter(taking_part=row).first()
        if kept is None:  # one that was keyed for them, or from before the poll was opened a second time
            return Cast(row, counted_now=False)
        written = keys.unseal(_purpose(poll, row), kept.sealed)
        if written is None:
            raise VoteRefused(
                _("We cannot open your earlier vote any more, so it cannot be changed. It stays counted as it was.")
            )
        old = read_back(written, _in_order(poll))
        if old == marks:
            return Cast(row, counted_now=False)
        counting.count(poll=poll, marks=marks, channel=row.channel, instead_of=old)
        kept.sealed = _sealed(poll, row, marks)
        kept.save(update_fields=["sealed"])
    return Cast(row, counted_now=False, changed=True)


def _in_order(poll: Poll) -> list[int]:
    return sorted(choice.pk for choice in poll.choices.all())


def _purpose(poll: Poll, row: TakingPart) -> bytes:
    """Name what is sealed, so that no vote can be put in the place of another's."""
    return f"vote of {row.pk} in poll {poll.pk}".encode()


def _sealed(poll: Poll, row: TakingPart, marks: Mapping[int, int]) -> str:
    return keys.seal(_purpose(poll, row), written_down(marks, _in_order(poll)))


def forget_kept_votes(*, now: datetime) -> int:
    """Delete the kept votes of every poll that has closed; give how many. Their counts stand already."""
    deleted, _each = KeptVote.objects.filter(poll__activity__closes_at__lte=now).delete()
    return deleted


# What cast_vote does with one choice for good, as one statement of PostgreSQL. `held` is _hold_open and the rung: the lock,
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
    JOIN polls_poll poll ON poll.activity_id = activity.id AND NOT poll.may_change
      AND poll.kind IN ({", ".join(f"'{kind}'" for kind in ONE_ANSWER)})
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
FIXED_BY_A_VOTE = ("kind", "least", "most", "steps", "asks_why", "may_change")
POLL_FIELDS = (*FIXED_BY_A_VOTE, "low_label", "high_label")


@transaction.atomic
def draft_poll(
    *, board: Board, question: str, choices: Sequence[str], needs: Iterable[Need], by: Person, **fields: Any
) -> Poll:
    """Set up a poll that only officers see yet. One choice for good, unless `fields` names another of POLL_FIELDS."""
    activity = Activity(board=board, kind=Activity.Kind.POLL, is_draft=True)
    for name in ACTIVITY_FIELDS:
        setattr(activity, name, fields[name])
    activity.slug = free_slug(board, fields.get("slug") or fields["title"])
    activity.save()
    activity.needs.set(_needs_of(board, needs))
    poll = Poll(activity=activity, question=question)
    _shape(poll, choices, fields)
    poll.save(force_insert=True)
    _set_choices(poll, choices)
    log(instance=poll, action="polls.draft", user=by, data={"after": picture_of(poll)})
    return poll


@transaction.atomic
def change_poll(
    *, poll: Poll, question: str, choices: Sequence[str], needs: Iterable[Need], by: Person, **fields: Any
) -> Poll:
    """Change a poll. Once anyone has voted its words and its audience stand, and so does when it opened."""
    poll = _held(poll.pk)
    activity = poll.activity
    before = picture_of(poll)
    if not permissions.may_reword(poll):
        same = all(fields.get(name, getattr(poll, name)) == getattr(poll, name) for name in POLL_FIELDS)
        texts = _texts(poll, choices)
        asked = (question, texts, fields["audience"])
        if not same or asked != (poll.question, [choice.text for choice in poll.choices.all()], activity.audience):
            raise PollRefused(
                _(
                    "People have voted, so the question, the choices and who may vote are fixed. Put a slip right instead."
                )
            )
        fields["opens_at"] = activity.opens_at
        _needs_an_end(poll, fields["closes_at"])
    else:
        poll.question = question
        _shape(poll, choices, fields)
        poll.save()
        if _texts(poll, choices) != [choice.text for choice in poll.choices.all()]:
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
    KeptVote.objects.filter(poll=poll).delete()
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
def put_right(
    *, poll: Poll, choice: Choice | None, became: str, why: str, by: Person, now: datetime, what: str = "question"
) -> Correction:
    """Put a slip right after voting began, in a choice or (choice None) in `what`: logged, and shown.

    `what` is the question, or the words at one end of a scale.
    """
    if not permissions.may_run(by, poll):
        raise PollRefused(permissions.may_run(by, poll).why_not)
    if what not in ("question", "low_label", "high_label"):
        raise ValueError("No words of a poll are called so.")
    if choice is not None and not poll.writes_choices:
        raise PollRefused(_("These choices are the same in every poll of this kind, so they stay as they are."))
    if choice is None and what != "question" and poll.kind != Kind.SCALE:
        raise PollRefused(_("Only a scale has words at its ends."))
    thing: Poll | Choice = poll if choice is None else choice
    field = what if choice is None else "text"
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
    PlaceTally.objects.filter(choice__poll=poll).delete()
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
        **{name: getattr(poll, name) for name in POLL_FIELDS},
        **{name: str(getattr(activity, name)) for name in ACTIVITY_FIELDS},
        "address": activity.slug,
        "needs": sorted(activity.needs.values_list("slug", flat=True)),
    }


def _needs_of(board: Board, needs: Iterable[Need]) -> list[Need]:
    return [need for need in needs if need.board_id == board.pk]


def _shape(poll: Poll, choices: Sequence[str], fields: Mapping[str, Any]) -> None:
    """Put the kind and what it asks into the poll, and leave empty what it does not ask."""
    for name in POLL_FIELDS:
        setattr(poll, name, fields.get(name, getattr(poll, name)))
    if poll.kind in MANY_ANSWERS:
        poll.least = poll.least or 1
        poll.most = poll.most or len(choices)
        if not poll.least <= poll.most <= len(choices):
            raise PollRefused(_("Nobody could choose so many: there are %(n)d choices.") % {"n": len(choices)})
    else:
        poll.least = poll.most = None
    if poll.kind != Kind.SCALE:
        poll.steps, poll.low_label, poll.high_label = None, "", ""
    _needs_an_end(poll, fields["closes_at"])


def _needs_an_end(poll: Poll, closes_at: datetime | None) -> None:
    if poll.may_change and closes_at is None:
        raise PollRefused(
            _("Where people may change their vote, the poll needs a closing time: votes are kept until then.")
        )


def _texts(poll: Poll, choices: Sequence[str]) -> list[str]:
    """Give the choices as they are kept: the board's own, or those that the kind makes."""
    if poll.kind == Kind.YES_NO:
        return list(YES_NO_WORDS)
    if poll.kind == Kind.FACES:
        return list(FACE_WORDS)
    if poll.kind == Kind.SCALE:
        return [str(step) for step in steps_of(poll.steps or 0)]
    return list(choices)


def _set_choices(poll: Poll, choices: Sequence[str]) -> None:
    """Nobody has voted: the choices may be made afresh."""
    Tally.objects.filter(choice__poll=poll).delete()
    PlaceTally.objects.filter(choice__poll=poll).delete()
    poll.choices.all().delete()
    texts = _texts(poll, choices)
    Choice.objects.bulk_create([Choice(poll=poll, text=text, position=at) for at, text in enumerate(texts, 1)])
