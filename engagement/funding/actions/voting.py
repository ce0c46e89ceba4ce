"""Casting a vote: into a sealed envelope, one for each voter, replaced until voting closes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards.people.models import Person
from engagement.activities.actions import taking_part
from engagement.activities.models import Channel, TakingPart
from engagement.funding import permissions, queries
from engagement.funding.actions import keys
from engagement.funding.actions.refusals import VoteRefused
from engagement.funding.models import Envelope, FundingRound, RollEntry
from engagement.funding.rules import pack


def cast_vote(
    *,
    person: Person,
    round: FundingRound,
    ticks: Collection[int],
    receipt: UUID,
    now: datetime,
    channel: str = Channel.WEB,
) -> None:
    """Seal a ballot in the voter's one envelope, in place of any before it.

    The plain choice is written nowhere. `receipt` is the random number the voter keeps; sending
    the same form again leaves the same ballot.
    """
    verdict = permissions.may_vote(person, round, now=now)
    if not verdict:
        raise VoteRefused(verdict.why_not)
    with transaction.atomic():
        hold_unopened(round)
        listed = queries.ballot_list(round)
        check_ticks(round, ticks, {row["number"] for row in listed if not row["withdrawn"]})
        plain = pack(receipt=receipt, list_digest=queries.list_digest(listed), ticks=ticks)
        entry = RollEntry(round=round, person=person, channel=channel, on=timezone.localdate(now))
        RollEntry.objects.bulk_create(
            [entry], update_conflicts=True, unique_fields=["round", "person"], update_fields=["channel", "on"]
        )
        Envelope.objects.bulk_create(
            [Envelope(entry=entry, sealed=bytes(keys.sealer(round.public_key).encrypt(plain)))],
            update_conflicts=True,
            unique_fields=["entry"],
            update_fields=["sealed"],
        )
        TakingPart.objects.bulk_create(
            [taking_part(activity=round.activity, person=person, now=now, channel=channel)], ignore_conflicts=True
        )


def hold_unopened(round: FundingRound) -> None:
    """Keep the count from opening envelopes until this transaction ends; refuse if it already has.

    A shared lock: voters do not wait for each other, only the count waits for them. SQLite lets
    one writer in at a time, which does the same.
    """
    share = " FOR SHARE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT opened_at FROM {FundingRound._meta.db_table} WHERE activity_id = %s{share}",  # noqa: S608  # nosec B608: our own table name, no word from outside
            [round.pk],
        )
        row = cursor.fetchone()
    if row is None or row[0] is not None:
        raise VoteRefused(_("Voting has closed. This was not counted."))


def check_ticks(round: FundingRound, ticks: Collection[int], choosable: Collection[int]) -> None:
    """Refuse a ballot that the round's rules do not allow, in words."""
    if not set(ticks) <= set(choosable):
        raise VoteRefused(_("One of the proposals you ticked is no longer on the ballot. Check your ticks."))
    if problem := ticks_problem(round, len(set(ticks)), on_ballot=len(choosable)):
        raise VoteRefused(problem)


def ticks_problem(round: FundingRound, ticked: int, *, on_ballot: int) -> str:
    """Give what is wrong with how many were ticked, or an empty text.

    Where fewer proposals are on the ballot than the least, all of them are enough.
    """
    least = min(round.least_ticks, on_ballot)
    if ticked < least:
        short = least - ticked
        return ngettext(
            "Tick at least %(least)d. You have ticked %(ticked)d: tick %(short)d more.",
            "Tick at least %(least)d. You have ticked %(ticked)d: tick %(short)d more.",
            short,
        ) % {"least": least, "ticked": ticked, "short": short}
    if round.most_ticks is not None and ticked > round.most_ticks:
        return _("Tick %(most)d at most. You have ticked %(ticked)d.") % {"most": round.most_ticks, "ticked": ticked}
    return ""
