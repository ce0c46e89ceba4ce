"""Amending the rules of an open round: two officers, in public, with a reason, before the first ballot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.funding import permissions, queries
from engagement.funding.actions.refusals import Refused
from engagement.funding.actions.rounds import check_parts
from engagement.funding.models import Amendment, FundingRound, RollEntry

AMENDABLE = (
    "budget_pence", "least_ticks", "most_ticks", "points", "allows_blank", "shows_costs", "rule", "step_pence",
    "completion", "top_up", "least_votes", "vote_floor", "review_days", "both_ways",
)  # fmt: skip
"""The rules an amendment may change, besides the moment at which voting closes."""


def _held(round: FundingRound) -> FundingRound:
    return (
        FundingRound.objects.select_for_update(of=("self",))
        .select_related("activity__board", "stream__pot")
        .get(pk=round.pk)
    )


def _refuse_after_the_first_ballot(held: FundingRound) -> None:
    # Voters hold the round's row for sharing while they cast, so none is in between.
    if RollEntry.objects.filter(round=held).exists():
        raise Refused(_("Someone has voted, so the rules of this round can no longer change."))


@transaction.atomic
def propose_amendment(
    *, round: FundingRound, values: Mapping[str, Any], reason: str, by: Person, now: datetime
) -> Amendment:
    """Put a change of the rules before a second officer. Nothing changes yet; it shows on the round's page."""
    held = _held(round)
    verdict = permissions.may_amend(by, held, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    _refuse_after_the_first_ballot(held)
    if not reason.strip():
        raise Refused(_("Say why the rules should change. Everyone can read it."))
    changes = {
        name: [_plain(getattr(held, name)), _plain(values[name])]
        for name in AMENDABLE
        if name in values and values[name] != getattr(held, name)
    }
    closes_at = values.get("closes_at")
    if closes_at is not None and closes_at != held.activity.closes_at:
        changes["closes_at"] = [_plain(held.activity.closes_at), _plain(closes_at)]
    if not changes:
        raise Refused(_("Nothing is different."))
    _apply(held, changes)
    _refuse_what_does_not_fit(held, now=now)
    try:
        with transaction.atomic():
            amendment = Amendment.objects.create(
                round=held,
                changes=changes,
                reason=reason.strip()[:500],
                proposed_by=by,
                proposed_at=now,
                digest_before=held.rules_digest,
            )
    except IntegrityError:
        raise Refused(_("Another amendment waits for its second officer. Settle that one first.")) from None
    _log(amendment, "funding.propose_amendment", by)
    return amendment


@transaction.atomic
def settle_amendment(*, amendment: Amendment, agree: bool, by: Person, now: datetime) -> Amendment:
    """A second officer agrees, and the rules change and get a new seal; or the amendment is dropped."""
    held = _held(amendment.round)
    kept = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    if kept.state != Amendment.State.PROPOSED:
        raise Refused(_("This amendment is settled already."))
    verdict = permissions.may_amend(by, held, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    if agree:
        if kept.proposed_by_id == by.pk:
            raise Refused(_("Another officer has to agree: an amendment takes two."))
        _refuse_after_the_first_ballot(held)
        if held.rules_digest != kept.digest_before:
            raise Refused(_("The rules are no longer those that this amendment was written for."))
        _apply(held, kept.changes)
        _refuse_what_does_not_fit(held, now=now)
        held.activity.save()
        held.rules_digest = queries.rules_digest(held)
        held.save()
        kept.digest_after = held.rules_digest
    kept.state = Amendment.State.MADE if agree else Amendment.State.DROPPED
    kept.settled_by, kept.settled_at = by, now
    kept.save()
    _log(kept, "funding.settle_amendment", by)
    return kept


def _apply(round: FundingRound, changes: Mapping[str, Any]) -> None:
    for name, (_was, becomes) in changes.items():
        if name == "closes_at":
            round.activity.closes_at = parse_datetime(becomes)
        else:
            setattr(round, name, becomes)


def _refuse_what_does_not_fit(round: FundingRound, *, now: datetime) -> None:
    closes_at = round.activity.closes_at
    if closes_at is None or closes_at <= now:
        raise Refused(_("Voting must close in the future."))
    check_parts(round, now=now)
    if round.budget_pence > round.stream.left_pence:
        raise Refused(_("The budget is more than is left in the stream. Put money in or lower the budget."))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return queries.moment(value)
    return str(value) if isinstance(value, str) else value


def _log(amendment: Amendment, action: str, by: Person) -> None:
    log(
        instance=amendment.round,
        action=action,
        user=by,
        data={
            "changes": amendment.changes,
            "reason": amendment.reason,
            "state": amendment.state,
            "board": amendment.round.activity.board_id,
        },
    )
