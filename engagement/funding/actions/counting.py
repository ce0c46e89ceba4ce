"""Closing and counting: envelopes opened once, in one go; a count that anyone can run again."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from random import SystemRandom
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from nacl.exceptions import CryptoError
from wagtail.log_actions import log

from boards.people.models import Person
from boards.people.rules import YES
from engagement.funding import permissions, published, queries
from engagement.funding.actions import keys, moving, paper
from engagement.funding.actions.refusals import CountRefused
from engagement.funding.models import (
    Ballot,
    Count,
    Envelope,
    FundingRound,
    Hold,
    KeyWrap,
    LotsDrawn,
    OddThing,
    RollEntry,
)
from engagement.funding.rules import (
    Disagreement,
    Marks,
    Method,
    NotABallot,
    Opened,
    Share,
    Stage,
    count_file,
    digest,
    unpack,
)


def count_round(*, round: FundingRound, by: Person | None, now: datetime, shares: Sequence[Share] = ()) -> Count:
    """Open the envelopes if they are still sealed, count, and keep the count.

    `shares` are two of the three where officers share the key. Killed at any moment it can be run again: each half happens wholly or not at all.
    """
    verdict = permissions.may_count(by, round, now=now) if by else YES
    if not verdict:
        raise CountRefused(verdict.why_not)
    open_envelopes(round=round, by=by, now=now, shares=shares)
    return count_ballots(round=round, by=by, now=now)


@transaction.atomic
def open_envelopes(*, round: FundingRound, by: Person | None, now: datetime, shares: Sequence[Share] = ()) -> None:
    """Turn envelopes with names into ballots without: all of them, in one shuffled batch.

    Refuses while a vote is held, and unless each mark on the roll has its envelope and each
    envelope was sealed on the list and under the rules as they stand. A vote that two officers set
    aside is destroyed unopened. The key goes when this is safely stored.
    """
    held = FundingRound.objects.select_for_update(of=("self",)).select_related("activity").get(pk=round.pk)
    if held.opened_at is None:
        if held.stage(now) is not Stage.TO_COUNT:
            raise CountRefused(_("A round can be counted only after voting has closed."))
        if queries.rules_digest(held) != held.rules_digest:
            raise CountRefused(_("The rules of this round are not those it was opened with. Tell an administrator."))
        if waiting := Hold.objects.filter(entry__round=held, outcome="").count():
            raise CountRefused(
                ngettext(
                    "%(n)d vote is held back. Two officers must settle it before the ballots are opened.",
                    "%(n)d votes are held back. Two officers must settle them before the ballots are opened.",
                    waiting,
                )
                % {"n": waiting}
            )
        void = Hold.objects.filter(entry__round=held, outcome=Hold.Outcome.VOID).count()
        paper.refuse_unless_balanced(held)
        envelopes = Envelope.objects.filter(entry__round=held)
        # Whoever also handed in a sheet has a void envelope: it is never opened.
        on_the_site = envelopes.filter(entry__paper__isnull=True)
        if on_the_site.count() != RollEntry.objects.filter(round=held, paper__isnull=True).count():
            raise CountRefused(_("The roll and the envelopes do not match. Tell an administrator before you go on."))
        of_the_void = Hold.objects.filter(entry__round=held, outcome=Hold.Outcome.VOID).values("entry")
        kept = on_the_site.exclude(entry__in=of_the_void).values_list("sealed", flat=True)
        opened = _opened(held, [*(bytes(row) for row in kept), *paper.sealed_paper(held)], shares)
        SystemRandom().shuffle(opened)
        Ballot.objects.bulk_create(
            [Ballot(receipt=each.receipt, round=held, marks=[list(mark) for mark in each.marks]) for each in opened],
            batch_size=500,
        )
        envelopes.delete()
        paper.forget_paper(held)
        # What tied votes to networks goes with the envelopes, and so does the split key.
        OddThing.objects.filter(round=held).delete()
        KeyWrap.objects.filter(round=held).update(wrapped=b"")
        held.opened_at = now
        held.save(update_fields=["opened_at"])
        log(
            instance=held,
            action="funding.open_envelopes",
            user=by,
            data={"envelopes": len(opened), "set_aside": void, "board": held.activity.board_id},
        )
    round.opened_at = held.opened_at
    transaction.on_commit(partial(keys.destroy, held.public_key))
    transaction.on_commit(partial(paper.destroy_batch_keys, held))


def _opened(round: FundingRound, sealed: Sequence[bytes], shares: Sequence[Share]) -> list[Opened]:
    if not sealed:
        return []
    expected = queries.list_digest(queries.ballot_list(round))
    try:
        box = _box(round, shares)
        opened = [unpack(box.decrypt(each)) for each in sealed]
    except keys.KeyMissing:
        raise CountRefused(
            _("The key that opens the envelopes is not on this machine. Run the count where the round was published.")
        ) from None
    except keys.SharesDoNotOpen:
        raise CountRefused(_("These are not two of the three shares of this round's key.")) from None
    except (CryptoError, NotABallot):
        raise CountRefused(_("An envelope cannot be opened: it was changed. Tell an administrator.")) from None
    if any(each.list_digest != expected for each in opened):
        raise CountRefused(_("The list or a cost changed after someone voted. Tell an administrator."))
    if any(each.method != round.method for each in opened):
        raise CountRefused(_("The kind of ballot changed after someone voted. Tell an administrator."))
    return opened


def _box(round: FundingRound, shares: Sequence[Share]) -> Any:
    if round.key_kept != FundingRound.KeyKept.OFFICERS:
        return keys.opener(round.public_key)
    first, second = keys.pair_of(shares)
    wrap = KeyWrap.objects.filter(round=round, first=first, second=second).first()
    if wrap is None:
        raise keys.SharesDoNotOpen("No such pair.")
    return keys.opener_of_two(round.public_key, bytes(wrap.wrapped), shares)


@transaction.atomic
def count_ballots(*, round: FundingRound, by: Person | None, now: datetime) -> Count:
    """Count the opened ballots with every lot drawn so far, and keep the file."""
    held = FundingRound.objects.select_for_update(of=("self",)).select_related("activity__board").get(pk=round.pk)
    if held.counted_at is not None:
        raise CountRefused(_("This round has been counted."))
    file = _counted(held)
    latest = held.counts.order_by("-number").first()
    if latest is not None and latest.file == file:
        round.counted_at = held.counted_at
        return latest  # a tie that nobody has drawn yet: the same count again
    # A tie found when counting again keeps the reason for which it was counted again.
    return _keep_count(round, held, file, why=latest.why if latest is not None else "", by=by, now=now)


@transaction.atomic
def count_again(*, round: FundingRound, why: str, by: Person, now: datetime) -> Count:
    """Count once more after the first settled count, with a reason that shows: a withdrawal, an objection upheld.

    It is the only way in which a published result can change. New days for objections begin.
    """
    held = FundingRound.objects.select_for_update(of=("self",)).select_related("activity__board").get(pk=round.pk)
    verdict = permissions.may_count_again(by, held, now=now)
    if not verdict:
        raise CountRefused(verdict.why_not)
    if not why.strip():
        raise CountRefused(_("Say why it is counted again. It shows on the results page."))
    file = _counted(held)
    latest = queries.latest_count(held)
    if latest is not None and latest.file == file:
        raise CountRefused(_("Nothing has changed since the last count, so another would be the same."))
    return _keep_count(round, held, file, why=why.strip()[:500], by=by, now=now)


def _counted(held: FundingRound) -> str:
    try:
        with collector_resting():
            return count_file(count_inputs(held))
    except Disagreement:
        raise CountRefused(
            _("The count and the check that repeats it do not agree. Nothing is published. Tell an administrator.")
        ) from None


def _keep_count(
    round: FundingRound, held: FundingRound, file: str, *, why: str, by: Person | None, now: datetime
) -> Count:
    tie = queries.result_of(file)["status"] == "tie"
    count = Count.objects.create(
        round=held,
        number=(held.counts.aggregate(last=Max("number"))["last"] or 0) + 1,
        is_settled=not tie,
        why=why,
        file=file,
        file_digest=digest(file),
        summary=published.summarise(held, file),
        made_at=now,
        made_by=by,
    )
    held.counted_at = None if tie else now
    held.save(update_fields=["counted_at"])
    round.counted_at = held.counted_at
    if not tie:
        moving.tell_of(held, "count", now=now, key=str(count.number))
    log(
        instance=held,
        action="funding.count",
        user=by,
        data={
            "count": count.number,
            "settled": not tie,
            "sha256": count.file_digest,
            "why": why,
            "board": held.activity.board_id,
        },
    )
    return count


@contextmanager
def collector_resting() -> Iterator[None]:
    """Keep the rubbish collector from walking millions of small tuples that all stay: it doubles the time of a count."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def count_inputs(round: FundingRound) -> dict[str, object]:
    """Give everything the count rests on. Equal ballots are put together, so no order is left in them."""
    method = Method(round.method)
    return {
        "round": round.activity.title,
        "address": round.get_absolute_url(),
        "rule": queries.rule_with_exclusions(round).record(),
        "ballot": method.value,
        **({"places": round.most_ticks or 0} if method is Method.RANKING else {}),
        "rules_sha256": round.rules_digest,
        "budget_pence": round.budget_pence,
        "least_ticks": round.least_ticks,
        "most_ticks": round.most_ticks,
        "proposals": queries.ballot_list(round),
        "ballots": [ballot_input(method, marks, times) for marks, times in queries.ballots_of(round)],
        "lots": [number for drawn in round.lots.order_by("pk") for number in drawn.order],
    }


def ballot_input(method: Method, marks: Marks, times: int) -> dict[str, object]:
    """Give one different ballot as the count reads it: ticks (in order of preference, for a ranking) or points."""
    if method is Method.RANKING:
        marks = tuple(sorted(marks, key=lambda mark: mark[1]))
    if method.is_ticks or method is Method.RANKING:
        return {"ticks": [number for number, _value in marks], "times": times}
    return {"points": [list(mark) for mark in marks], "times": times}


@transaction.atomic
def draw_lots(
    *, round: FundingRound, order: Sequence[int], words: str, on: date, by: Person, now: datetime
) -> LotsDrawn:
    """Write down the order drawn in public for the tie that holds up the count."""
    held = FundingRound.objects.select_for_update(of=("self",)).select_related("activity").get(pk=round.pk)
    verdict = permissions.may_count(by, held, now=now)
    if not verdict:
        raise CountRefused(verdict.why_not)
    between = queries.tie_of(held)
    if not between:
        raise CountRefused(_("There is no tie to draw."))
    if sorted(order) != between:
        raise CountRefused(_("Give every tied proposal one place in the order drawn, and each place once."))
    if not words.strip():
        raise CountRefused(_("Say how the lots were drawn and who was there."))
    drawn = LotsDrawn.objects.create(round=held, order=list(order), words=words.strip(), on=on, by=by)
    log(
        instance=held,
        action="funding.draw_lots",
        user=by,
        data={"order": list(order), "words": drawn.words, "board": held.activity.board_id},
    )
    return drawn
