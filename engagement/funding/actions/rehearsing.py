"""Running a whole round on mock ballots before it opens. A rehearsal is a round of its own that nobody finds by chance.

It has its own key, roll, ballots and counts, all of which go when it is put away. It is in no
list, feed or total, awards no money and tells nobody, so the mock never mixes with the real.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.activities.models import Activity, Channel
from engagement.activities.rules import REFERENCE_BITS, reference
from engagement.funding import permissions, queries
from engagement.funding.actions import keys, paper
from engagement.funding.actions.refusals import Refused
from engagement.funding.actions.scans import destroy_scans
from engagement.funding.models import (
    Ballot,
    Count,
    Envelope,
    FundingRound,
    LotsDrawn,
    Objection,
    Proposal,
    RollEntry,
)
from engagement.funding.rules import BEST_SCORE, Method, pack
from engagement.moderation.models import Moderated

MOST_MOCK_BALLOTS = 5_000
SAMPLES = 6
"""How many invented proposals a rehearsal has where none is on the ballot yet."""

NOT_COPIED = frozenset(
    {
        "activity",
        "rehearses",
        "key_kept",
        "rules_digest",
        "public_key",
        "opened_at",
        "counted_at",
        "awarded_at",
        "awarded_words",
    }
    | {"confirmed_at", "confirmed_words", "confirmed_by", "closed_at"}
    | {"proposals_close_at", "questions_from_at", "shortlist_from_at", "assessment_from_at", "voting_opens_at"}
)


@transaction.atomic
def start_rehearsal(*, round: FundingRound, by: Person | None, now: datetime, hours: int = 24) -> FundingRound:
    """Give a copy of the round whose voting is open now, with what is on its ballot, or samples where nothing is."""
    if by is not None and not (verdict := permissions.may_rehearse(by, round, now=now)):
        raise Refused(verdict.why_not)
    activity = Activity.objects.create(
        board=round.activity.board,
        kind=Activity.Kind.ROUND,
        title=_("Rehearsal: %(title)s") % {"title": round.title[:120]},
        slug=f"rehearsal-{secrets.token_hex(8)}",
        summary=_("A rehearsal. Nothing here counts."),
        opens_at=now - timedelta(minutes=2),
        closes_at=now + timedelta(hours=hours),
        audience=round.activity.audience,
        is_draft=False,
        is_unlisted=True,
    )
    copied = {
        field.name: getattr(round, field.name)
        for field in FundingRound._meta.concrete_fields
        if field.name not in NOT_COPIED
    }
    rehearsal = FundingRound(
        **copied,
        activity=activity,
        rehearses=round,
        proposals_close_at=now - timedelta(minutes=1),
        voting_opens_at=now - timedelta(minutes=1),
        public_key=keys.make(),
    )
    rehearsal.rules_digest = queries.rules_digest(rehearsal)
    rehearsal.save()
    copies = [_copy(each, rehearsal) for each in round.proposals.choosable()] or _samples(rehearsal, now=now)
    Proposal.objects.bulk_create(copies)
    log(
        instance=round,
        action="funding.start_rehearsal",
        user=by,
        data={"proposals": len(copies), "board": round.activity.board_id},
    )
    return rehearsal


def _copy(proposal: Proposal, rehearsal: FundingRound) -> Proposal:
    names = (
        "title", "slug", "group", "summary", "who_benefits", "place", "cost_pence", "only_one_of", "number", "sent_on",
    )  # fmt: skip
    return Proposal(
        round=rehearsal,
        state=Moderated.State.SHOWN,
        standing=Proposal.Standing.ON_BALLOT,
        reference=reference(secrets.randbits(REFERENCE_BITS)),
        **{name: getattr(proposal, name) for name in names},
    )


def _samples(rehearsal: FundingRound, *, now: datetime) -> list[Proposal]:
    """Invented proposals that together cost more than there is, so that the count has something to decide."""
    most = rehearsal.most_pence or rehearsal.budget_pence
    return [
        Proposal(
            round=rehearsal,
            title=_("Sample %(n)d") % {"n": number},
            slug=f"sample-{number}",
            group=_("An invented group"),
            summary=_("An invented proposal, for the rehearsal only."),
            who_benefits=_("Nobody: it is invented."),
            cost_pence=max(1, min(most, rehearsal.budget_pence * (2 + number) // 10)),
            number=number,
            state=Moderated.State.SHOWN,
            standing=Proposal.Standing.ON_BALLOT,
            reference=reference(secrets.randbits(REFERENCE_BITS)),
            sent_on=timezone.localdate(now),
        )
        for number in range(1, SAMPLES + 1)
    ]


def _the_rehearsal(round: FundingRound) -> FundingRound:
    held = FundingRound.objects.select_for_update(of=("self",)).select_related("activity__board").get(pk=round.pk)
    if not held.is_rehearsal:
        raise ValueError("Only a rehearsal takes mock ballots, or an end before its time.")
    return held


@transaction.atomic
def cast_mock_ballots(*, rehearsal: FundingRound, how_many: int, seed: int, now: datetime) -> int:
    """Seal that many invented ballots, the same for the same seed: some proposals are liked more than others."""
    held = _the_rehearsal(rehearsal)
    if not 1 <= how_many <= MOST_MOCK_BALLOTS:
        raise Refused(_("Ask for 1 to %(most)d mock ballots.") % {"most": MOST_MOCK_BALLOTS})
    if not permissions.voting_is_open(held, now=now):
        raise Refused(_("Voting in this rehearsal has closed. Start another."))
    listed = queries.ballot_list(held)
    numbers = [row["number"] for row in listed if not row["withdrawn"]]
    list_digest = queries.list_digest(listed)
    chance = Random(seed)  # noqa: S311  # invented ballots that anyone can make again
    liking = {number: chance.randint(1, 9) for number in numbers}
    costs_pence = {row["number"]: row["cost_pence"] for row in listed}
    box = keys.sealer(held.public_key)
    entries = RollEntry.objects.bulk_create(
        [RollEntry(round=held, channel=Channel.WEB, on=timezone.localdate(now)) for _each in range(how_many)],
        batch_size=1000,
    )
    Envelope.objects.bulk_create(
        [
            Envelope(
                entry=entry,
                sealed=bytes(
                    box.encrypt(
                        pack(
                            receipt=UUID(bytes=secrets.token_bytes(16)),
                            list_digest=list_digest,
                            method=held.method,
                            marks=_mock_marks(held, liking, costs_pence, chance),
                        )
                    )
                ),
            )
            for entry in entries
        ],
        batch_size=1000,
    )
    return how_many


def _mock_marks(
    round: FundingRound, liking: Mapping[int, int], costs_pence: Mapping[int, int], chance: Random
) -> list[tuple[int, int]]:
    """Give one invented ballot that the round's rules allow: better liked proposals are chosen more often."""
    least = min(round.least_ticks, len(liking))
    most = min(round.most_ticks or least + 2, len(liking))
    order = sorted(liking, key=lambda number: chance.random() * liking[number], reverse=True)
    chosen = order[: chance.randint(least, max(least, most))]
    method = Method(round.method)
    if method is Method.KNAPSACK:
        within: list[int] = []
        left = round.budget_pence
        for number in order if least else chosen:
            if costs_pence[number] <= left and len(within) < max(least, len(chosen)):
                within.append(number)
                left -= costs_pence[number]
        return [(number, 1) for number in sorted(within)]
    if method is Method.RANKING:
        return sorted((number, place) for place, number in enumerate(chosen, 1))
    if method is Method.POINTS:
        points = dict.fromkeys(chosen, 1)
        for _point in range(round.points - len(chosen)):
            points[chance.choice(chosen)] += 1
        return sorted(points.items())
    if method is Method.SCORES:
        return sorted((number, chance.randint(1, BEST_SCORE)) for number in chosen)
    return [(number, 1) for number in sorted(chosen)]


@transaction.atomic
def end_rehearsal(*, rehearsal: FundingRound, at: datetime) -> None:
    """Let voting in a rehearsal close at that moment, so that it can be counted."""
    held = _the_rehearsal(rehearsal)
    held.activity.closes_at = max(at, held.voting_opens_at + timedelta(seconds=1))
    held.activity.save(update_fields=["closes_at"])
    held.rules_digest = queries.rules_digest(held)
    held.save(update_fields=["rules_digest"])


@transaction.atomic
def put_away_rehearsal(*, rehearsal: FundingRound, by: Person | None) -> None:
    """Delete a rehearsal and everything in it: its key, roll, envelopes, ballots and counts."""
    held = _the_rehearsal(rehearsal)
    real = held.rehearses
    destroy_scans(held)
    paper_keys = [paper.key_path(batch) for batch in held.paper_batches.all()]
    for model in (Ballot, Count, LotsDrawn, Objection, RollEntry):
        model._default_manager.filter(round=held).delete()
    Proposal.objects.filter(round=held).delete()
    activity = held.activity
    public_key = held.public_key
    held.delete()
    activity.delete()
    log(
        instance=real,
        action="funding.put_away_rehearsal",
        user=by,
        data={"board": activity.board_id},
    )
    transaction.on_commit(lambda: keys.destroy(public_key))
    for path in paper_keys:
        transaction.on_commit(partial(keys.shred, path))
