"""Casting a vote: into a sealed envelope, one for each voter, replaced until voting closes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.asked_often import often
from boards.people.models import Person
from components.templatetags.components import london_date
from engagement.activities.actions import taking_part
from engagement.activities.models import Channel, TakingPart, new_reference
from engagement.funding import permissions, queries, words
from engagement.funding.actions import keys
from engagement.funding.actions.refusals import VoteRefused
from engagement.funding.models import Envelope, FundingRound, Hold, PaperMark, RollEntry, VotingCode
from engagement.funding.rules import in_order, pack, problem_of


@dataclass(frozen=True)
class CameFrom:
    """Keyed digests of a network and a device, for the queue of odd things; empty where nobody asks."""

    network: str = ""
    device: str = ""


NOWHERE = CameFrom()


def cast_vote(
    *,
    round: FundingRound,
    marks: Collection[tuple[int, int]],
    receipt: UUID,
    now: datetime,
    person: Person | None = None,
    code: VotingCode | None = None,
    blank: bool = False,
    channel: str = Channel.WEB,
    came_from: CameFrom = NOWHERE,
    listed: list[dict[str, Any]] | None = None,
    shown: str | None = None,
    has_voted: bool | None = None,
) -> None:
    """Seal a ballot in the voter's one envelope, in place of any before it.

    The voter is a person, or whoever holds a code, or both at once; then the two are joined on
    the roll. The plain choice is written nowhere. `receipt` is the random number the voter keeps;
    sending the same form again leaves the same ballot. A caller who has read them spares the
    queries for what is on the ballot (queries.ballot_list, read after `round`) and how the person
    has shown that they belong here; where they also know that nobody voted for this account yet
    (`has_voted`), one statement does it all. Being wrong in that costs a query and no more.
    """
    verdict = permissions.may_vote(person, round, now=now, code=code, shown=shown)
    if not verdict:
        raise VoteRefused(verdict.why_not)
    if has_voted is False and person is not None and code is None and listed is not None:
        sealed = _sealed(round, listed, marks, receipt, blank=blank)
        if _first_vote_at_once(round, person, sealed, channel=channel, came_from=came_from, now=now):
            return None
    sealing = partial(
        _seal, round, marks, receipt, now, person=person, code=code, blank=blank, channel=channel,
        came_from=came_from, listed=listed,
    )  # fmt: skip
    for last in (False, False, True):
        try:
            return sealing()
        except IntegrityError:  # the same voter by account and by code in the same moment: the other came first
            if last or code is None:
                raise
    return None


def _seal(
    round: FundingRound,
    marks: Collection[tuple[int, int]],
    receipt: UUID,
    now: datetime,
    *,
    person: Person | None,
    code: VotingCode | None,
    blank: bool,
    channel: str,
    came_from: CameFrom,
    listed: list[dict[str, Any]] | None,
) -> None:
    on = timezone.localdate(now)
    with transaction.atomic():
        if hold_unopened(round) != round.rules_digest:  # amended since this page was read
            raise VoteRefused(
                _(
                    "The board has just changed the rules of this vote. Read them, then choose again. Nothing was counted."
                )
            )
        # The rules in force are those of `round`, so a list read after it is theirs too.
        listed = queries.ballot_list(round) if listed is None else listed
        sealed = _sealed(round, listed, marks, receipt, blank=blank)
        takes_part = True
        if code is None and person is not None:
            entry = mark_of_person(round, person, channel=channel, on=on)
        elif code is not None:
            entry, takes_part = mark_of_code(round, person, code, channel=channel, on=on)
            refuse_if_kept_out(entry)
        else:
            raise ValueError("A vote is a person's, or comes with a code.")
        Envelope.objects.bulk_create(
            [
                Envelope(
                    entry=entry,
                    sealed=sealed,
                    network=came_from.network,
                    device=came_from.device,
                )
            ],
            update_conflicts=True,
            unique_fields=["entry"],
            update_fields=["sealed", "network", "device"],
        )
        if person is not None and takes_part:
            TakingPart.objects.bulk_create(
                [taking_part(activity=round.activity, person=person, now=now, channel=channel)], ignore_conflicts=True
            )
        elif takes_part:
            TakingPart.objects.create(activity=round.activity, channel=channel, on=on)


def _sealed(
    round: FundingRound,
    listed: list[dict[str, Any]],
    marks: Collection[tuple[int, int]],
    receipt: UUID,
    *,
    blank: bool,
) -> bytes:
    """Give a ballot as it goes into its envelope. Refuses what this round's ballot does not take."""
    if problem := problem_of(queries.paper_of(round, listed), marks, blank=blank):
        raise VoteRefused(words.ballot_problem(problem, round.method))
    plain = pack(
        receipt=receipt,
        list_digest=queries.list_digest(listed),
        method=round.method,
        marks=in_order(marks),
    )
    return bytes(keys.sealer(round.public_key).encrypt(plain))


# What _seal does with the first vote of an account, which is nearly every vote, as one statement of PostgreSQL.
# `held` is hold_unopened: the shared lock, and the rules as they stand once it is had. `entered` is the row of the
# constraint: for a second vote nothing comes of it, and _seal goes the long way.
FIRST_VOTE_AT_ONCE = f"""
WITH held AS MATERIALIZED (
    SELECT activity_id FROM "{FundingRound._meta.db_table}"
    WHERE activity_id = %(round)s AND opened_at IS NULL AND rules_digest = %(rules)s
    FOR SHARE
), entered AS (
    INSERT INTO "{RollEntry._meta.db_table}" (round_id, admitted_by, person_id, channel, "on")
    SELECT activity_id, '{RollEntry.AdmittedBy.ACCOUNT}', %(person)s, %(channel)s, %(on)s FROM held
    ON CONFLICT (round_id, person_id) DO NOTHING
    RETURNING id
), sealed AS (
    INSERT INTO "{Envelope._meta.db_table}" (entry_id, sealed, network, device)
    SELECT id, %(sealed)s, %(network)s, %(device)s FROM entered
    RETURNING entry_id
), took_part AS (
    INSERT INTO "{TakingPart._meta.db_table}" (activity_id, person_id, channel, "on", reference)
    SELECT held.activity_id, %(person)s, %(channel)s, %(on)s, %(reference)s FROM held, sealed
    ON CONFLICT DO NOTHING
)
SELECT FROM sealed
"""  # noqa: S608  # nosec B608: only our own constants are written in


def _first_vote_at_once(
    round: FundingRound, person: Person, sealed: bytes, *, channel: str, came_from: CameFrom, now: datetime
) -> bool:
    """Put a first vote in its envelope in one statement. False says only that nothing was changed.

    On any other database that is always so: _seal then says why, or does it.
    """
    if connection.vendor != "postgresql":
        return False
    asked: dict[str, Any] = {
        "round": round.pk,
        "rules": round.rules_digest,
        "person": person.pk,
        "channel": str(channel),
        "on": timezone.localdate(now),
        "sealed": sealed,
        "network": came_from.network,
        "device": came_from.device,
        "reference": new_reference(),
    }
    with often() as cursor:
        cursor.execute(FIRST_VOTE_AT_ONCE, asked)
        return cursor.fetchone() is not None


def mark_of_person(round: FundingRound, person: Person, *, channel: str, on: date) -> RollEntry:
    """Give the roll's one mark for this person. Refuses whoever had one and is kept out.

    Nothing can stand against a mark made in this very transaction, so the first vote, which is
    nearly every one, asks no more than the insert itself.
    """
    entry = RollEntry(round=round, person=person, channel=channel, on=on)
    roll, day = RollEntry._meta.db_table, connection.ops.adapt_datefield_value(on)
    hold, paper = Hold._meta.db_table, PaperMark._meta.db_table
    insert = (  # our own table names, no word from outside
        f'INSERT INTO "{roll}" (round_id, admitted_by, person_id, channel, "on") VALUES (%s, %s, %s, %s, %s) '  # noqa: S608  # nosec B608
        "ON CONFLICT (round_id, person_id) DO NOTHING RETURNING id"
    )
    update = (
        f'UPDATE "{roll}" SET channel = %s, "on" = %s WHERE round_id = %s AND person_id = %s RETURNING id, '  # noqa: S608  # nosec B608
        f'EXISTS (SELECT 1 FROM "{hold}" h WHERE h.entry_id = "{roll}".id AND h.outcome = %s), '
        f'EXISTS (SELECT 1 FROM "{paper}" p WHERE p.entry_id = "{roll}".id)'
    )
    with connection.cursor() as cursor:
        for _ in range(3):  # the mark may be joined with a code's between the two statements, once
            cursor.execute(insert, [round.pk, entry.admitted_by, person.pk, channel, day])
            if (made := cursor.fetchone()) is not None:
                entry.pk = made[0]
                return entry
            cursor.execute(update, [channel, day, round.pk, person.pk, Hold.Outcome.VOID.value])
            if (found := cursor.fetchone()) is not None:
                entry.pk = found[0]
                say_if_kept_out(is_aside=bool(found[1]), on_paper=bool(found[2]))
                return entry
    raise VoteRefused(_("Your vote was just changed elsewhere. Send this again; nothing of it was counted."))


def mark_of_code(
    round: FundingRound, person: Person | None, code: VotingCode, *, channel: str, on: date
) -> tuple[RollEntry, bool]:
    """Give the roll's one mark for this code, joined to the person where there is one, and whether to count them in.

    Whoever voted with the code before they signed in is counted as having taken part already.
    """
    held = VotingCode.objects.select_for_update(of=("self",)).get(pk=code.pk)
    if held.state not in (VotingCode.State.ISSUED, VotingCode.State.USED):
        raise VoteRefused(why_no_vote(held))
    entry = RollEntry.objects.filter(code=held).first()
    if entry is not None and entry.channel == Channel.PAPER:
        raise VoteRefused(used_already(entry.on, entry.channel))
    mine = RollEntry.objects.filter(round=round, person=person).first() if person is not None else None
    if mine is not None and mine.code_id not in (None, held.pk):
        raise VoteRefused(_("You have voted with another code in this round. Use that one to change your vote."))
    if mine is not None and entry is not None and mine.pk != entry.pk:
        # One voter after all: the two marks become one, and the older ballot goes.
        refuse_if_set_aside(mine)
        refuse_if_set_aside(entry)
        entry.delete()
        again = TakingPart.objects.filter(activity=round.activity, person=None, device=None, channel=entry.channel)
        TakingPart.objects.filter(pk__in=again.order_by("-pk").values("pk")[:1]).delete()
        entry = None
    takes_part = entry is None
    entry = entry or mine or RollEntry(round=round)
    entry.admitted_by, entry.code, entry.channel, entry.on = RollEntry.AdmittedBy.CODE, held, channel, on
    entry.person = person or entry.person
    entry.save()
    if held.state != VotingCode.State.USED:
        held.state, held.used_on, held.used_by = VotingCode.State.USED, on, channel
        held.save(update_fields=["state", "used_on", "used_by"])
    return entry, takes_part


def refuse_if_set_aside(entry: RollEntry) -> None:
    """Two officers set this vote aside: a new one under the same name would undo what they settled."""
    if set_aside().filter(entry=entry).exists():
        raise VoteRefused(set_aside_words())


def refuse_if_kept_out(entry: RollEntry) -> None:
    """Refuse whoever's vote was set aside, and whoever handed in a sheet: in the box it cannot be found again.

    One query for both.
    """
    of_this = OuterRef("pk")
    is_aside, on_paper = RollEntry.objects.values_list(
        Exists(set_aside().filter(entry=of_this)), Exists(PaperMark.objects.filter(entry=of_this))
    ).get(pk=entry.pk)
    say_if_kept_out(is_aside=is_aside, on_paper=on_paper)


def say_if_kept_out(*, is_aside: bool, on_paper: bool) -> None:
    if is_aside:
        raise VoteRefused(set_aside_words())
    if on_paper:
        raise VoteRefused(
            _("You have voted on paper in this round. Your sheet is in, so you cannot vote here as well.")
        )


def set_aside() -> QuerySet[Hold]:
    return Hold.objects.filter(outcome=Hold.Outcome.VOID)


def set_aside_words() -> str:
    return _("Two officers of the board have set your vote aside, so it cannot be changed here. Ring the board.")


def why_no_vote(code: VotingCode) -> str:
    """Say why this code cannot vote; an empty text when it can."""
    if code.state == VotingCode.State.TEST:
        return _("This is a code for trying out. It works, and it cannot vote.")
    if code.state == VotingCode.State.VOID:
        return _("This code has been cancelled. Ring the board or ask at the library for another.")
    return ""


def used_already(on: date, channel: str) -> str:
    labels = dict(Channel.choices)
    return _("This code was used on %(day)s (%(channel)s). If that was not you, ring the board.") % {
        "day": london_date(on),
        "channel": labels.get(channel, channel),
    }


def hold_unopened(round: FundingRound) -> str:
    """Keep the count from opening envelopes until this transaction ends, and give the digest of the rules in force.

    Refuses if the count has begun. A shared lock: voters do not wait for each other, only the
    count and an amendment wait for them. SQLite lets one writer in at a time, which does the same.
    """
    share = " FOR SHARE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT opened_at, rules_digest FROM {FundingRound._meta.db_table} WHERE activity_id = %s{share}",  # noqa: S608  # nosec B608: our own table name, no word from outside
            [round.pk],
        )
        row = cursor.fetchone()
    if row is None or row[0] is not None:
        raise VoteRefused(_("Voting has closed. This was not counted."))
    return str(row[1])
