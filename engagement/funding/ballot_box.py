"""What a voter meets when they cast: the round, its ballot, where they stand, whether they voted. One query.

In the last minutes a thousand voters cast in the same round. The round and its ballot are read
whole once and kept in this process; each cast asks the database in one short query whether anything
of it has changed since, and reads it anew if so. Nothing that has changed is ever voted on.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.db import connection

from boards.people.asked_often import often
from boards.people.models import Standing
from boards.places.models import Board
from engagement.activities.models import Activity
from engagement.funding import queries
from engagement.funding.models import CodeBatch, FundingRound, Proposal, RollEntry, Venue

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person

MOST_KEPT = 32
KEPT_SECONDS = 60.0
"""For titles and names, which the seal of the rules does not cover. All else is compared at each cast."""


@dataclass(frozen=True)
class BallotBox:
    """A round with `has_codes`, its ballot as queries.ballot_list gives it, and what is known of the voter.

    `shown` is how the voter has shown that they belong here (Standing.Shown), empty where they have not.
    `has_voted` says whether their account was on the roll a moment ago. `pages` is where a view may keep what it
    made from the round and shows to all alike: it goes when the round is read anew.
    """

    round: FundingRound
    listed: list[dict[str, Any]]
    has_venues: bool
    shown: str = ""
    has_voted: bool = False
    pages: dict[Any, tuple[bytes, bytes]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Kept:
    stamp: tuple[Any, ...]
    until: float
    round: FundingRound
    listed: list[dict[str, Any]]
    pages: dict[Any, tuple[bytes, bytes]] = field(default_factory=dict)


_kept: dict[tuple[str, str], _Kept] = {}
_lock = Lock()


def forget() -> None:
    """Drop what this process keeps."""
    with _lock:
        _kept.clear()


def ballot_box(board_slug: str, slug: str, person: Person | AnonymousUser, *, on: date) -> BallotBox:
    """Give the round at this address for casting in. Raises FundingRound.DoesNotExist where there is none."""
    *stamp, has_codes, has_venues, shown, has_voted = _facts(board_slug, slug, person, on)
    key = (board_slug, slug)
    kept = _kept.get(key)
    if kept is None or kept.stamp != tuple(stamp) or kept.until < monotonic():
        kept = _read(board_slug, slug, tuple(stamp))
        with _lock:
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[key] = kept
    round = copy.copy(kept.round)
    round.has_codes = bool(has_codes)  # type: ignore[attr-defined]
    return BallotBox(round, kept.listed, bool(has_venues), shown or "", bool(has_voted), kept.pages)


def _read(board_slug: str, slug: str, stamp: tuple[Any, ...]) -> _Kept:
    # After the stamp: what is kept may be newer than its stamp, and is then read again, but never older.
    round: FundingRound = FundingRound.objects.for_board(board_slug).get(activity__slug=slug)
    return _Kept(stamp, monotonic() + KEPT_SECONDS, round, queries.ballot_list(round))


def _facts(board_slug: str, slug: str, person: Person | AnonymousUser, on: date) -> tuple[Any, ...]:
    """Give whatever of a round may change while it is kept, whether it has codes and venues, the standing, the mark.

    Only compared with itself, so each database may give its own kinds.
    """
    round, activity, board = FundingRound._meta.db_table, Activity._meta.db_table, Board._meta.db_table
    with often() as cursor:
        cursor.execute(
            f"""
            SELECT r.activity_id, r.rules_digest, r.public_key, r.opened_at, r.counted_at, r.voting_opens_at,
                   a.closes_at, a.opens_at, a.is_draft, a.audience,
                   (SELECT count(*) FROM {Proposal._meta.db_table} p
                    WHERE p.round_id = r.activity_id AND p.standing = %s),
                   EXISTS (SELECT 1 FROM {CodeBatch._meta.db_table} c WHERE c.round_id = r.activity_id),
                   EXISTS (SELECT 1 FROM {Venue._meta.db_table} v WHERE v.board_id = a.board_id),
                   (SELECT s.shown FROM {Standing._meta.db_table} s
                    WHERE s.person_id = %s AND s.board_id = a.board_id AND (s.until IS NULL OR s.until > %s)),
                   EXISTS (SELECT 1 FROM {RollEntry._meta.db_table} e
                           WHERE e.round_id = r.activity_id AND e.person_id = %s)
            FROM {round} r JOIN {activity} a ON a.id = r.activity_id JOIN {board} b ON b.id = a.board_id
            WHERE b.slug = %s AND a.slug = %s
            """,  # noqa: S608  # nosec B608: our own table names, no word from outside
            [
                Proposal.Standing.WITHDRAWN.value,
                person.pk,
                connection.ops.adapt_datefield_value(on),
                person.pk,
                board_slug,
                slug,
            ],
        )
        found = cursor.fetchone()
    if found is None:
        raise FundingRound.DoesNotExist
    return tuple(found)
