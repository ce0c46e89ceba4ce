"""Invented voters for drills and load tests, and closing a rehearsal by the clock. Never on a real site."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from boards.people.models import Person, Standing
from engagement.funding import queries
from engagement.funding.actions.codes import MOST_AT_ONCE, digest_of, make_codes
from engagement.funding.actions.refusals import Refused
from engagement.funding.models import FundingRound, VotingCode

SALT = "funding drill voter"
TOGETHER = 2000
LINK_DAYS = 7


def drills_are_allowed() -> bool:
    """Whether this is a demo, a test or a site for drills."""
    return bool(settings.DEMO or settings.DRILLS or settings.TESTING)


def make_people(*, round: FundingRound, size: int, now: datetime) -> Iterator[tuple[int, str, str]]:
    """Make voters who may vote in this round; give the id, the address and the sign-in token of each."""
    _only_drills()
    batch = secrets.token_hex(4)
    on = timezone.localdate(now)
    for start in range(0, size, TOGETHER):
        with transaction.atomic():
            people = Person.objects.bulk_create(
                Person(email=f"drill-{batch}-{n}@voters.invalid", password="!")  # noqa: S106  # no password at all
                for n in range(start + 1, min(start + TOGETHER, size) + 1)
            )
            Standing.objects.bulk_create(
                Standing(
                    person=person,
                    board=round.activity.board,
                    reason=Standing.Reason.LIVES,
                    shown=Standing.Shown.IN_PERSON,
                    since=on,
                )
                for person in people
            )
        for person in people:
            yield person.pk, person.email, signing.dumps(person.pk, salt=SALT)


def make_code_voters(*, round: FundingRound, size: int) -> Iterator[tuple[str, str]]:
    """Make codes for this round; give the id by which `round_truth` names it, and the code."""
    _only_drills()
    for start in range(0, size, MOST_AT_ONCE):
        batch, codes = make_codes(round=round, size=min(MOST_AT_ONCE, size - start), purpose="Drill", by=None)
        found = dict(VotingCode.objects.filter(batch=batch).values_list("digest", "pk"))
        for code in codes:
            yield str(found[digest_of(code)]), code


def person_of_link(token: str) -> Person | None:
    """Give the invented voter a sign-in link names; nobody else can be signed in by one."""
    if not drills_are_allowed():
        return None
    try:
        pk = signing.loads(token, salt=SALT, max_age=timedelta(days=LINK_DAYS))
    except signing.BadSignature:
        return None
    return Person.objects.filter(pk=pk, email__endswith="@voters.invalid", is_active=True).first()


def _only_drills() -> None:
    if not drills_are_allowed():
        raise Refused("Voters are invented on test, demo and drill settings only (DRILLS=true).")


@transaction.atomic
def close_in(*, round: FundingRound, seconds: int, now: datetime) -> datetime:
    """Let voting in a rehearsal close so many seconds from now; its rules are sealed again with the new time."""
    held = FundingRound.objects.select_for_update(of=("self",)).select_related("activity").get(pk=round.pk)
    if held.rehearses_id is None:
        raise Refused("This is not a rehearsal. A real round closes at its own time.")
    if held.opened_at is not None:
        raise Refused("The ballots of this rehearsal have been opened.")
    closes_at = now + timedelta(seconds=seconds)
    if closes_at <= held.voting_opens_at:
        raise Refused("Voting has not opened yet in this rehearsal.")
    held.activity.closes_at = closes_at
    held.activity.save(update_fields=["closes_at"])
    held.rules_digest = queries.rules_digest(held)
    held.save(update_fields=["rules_digest"])
    log(
        instance=held,
        action="funding.close_rehearsal",
        user=None,
        data={"closes_at": closes_at.isoformat(), "board": held.activity.board_id},
    )
    return closes_at
