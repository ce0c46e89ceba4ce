"""A random sample of the sheets that were keyed, compared once more by somebody who keyed neither reading."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import datetime
from random import SystemRandom

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.funding import permissions
from engagement.funding.actions.paper import held_sheet, reading_digest, refuse_unless_balanced, what_was_read
from engagement.funding.actions.refusals import Refused
from engagement.funding.actions.voting import hold_unopened
from engagement.funding.models import FundingRound, Keying, PaperBatch, PaperSample, PaperSheet, SampledSheet
from engagement.funding.rules import LEAST_SAMPLE, sample_size

State = PaperSheet.State
Found = SampledSheet.Found


@transaction.atomic
def draw_sample(*, round: FundingRound, size: int, by: Person, now: datetime) -> PaperSample:
    """Draw sheets by the system's randomness once all are keyed and the paper balances: once, and never again.

    From then on no other sheet's digest is kept.
    """
    verdict = permissions.may_sample_paper(by, round, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    # Whoever keys holds this row shared: while we have it, no sheet is settled.
    FundingRound.objects.select_for_update(of=("self",)).get(pk=round.pk)
    hold_unopened(round)
    if PaperSample.objects.filter(round=round).exists():
        raise Refused(_("The sample of this round is drawn. It cannot be drawn again."))
    if size < LEAST_SAMPLE:
        raise Refused(_("Draw at least %(least)d sheets; all of them where there are fewer.") % {"least": LEAST_SAMPLE})
    refuse_unless_balanced(round)
    keyed = dict(PaperSheet.objects.filter(batch__round=round).exclude(settled="").values_list("pk", "settled"))
    if not keyed:
        raise Refused(_("No sheet has been keyed, so there is nothing to compare."))
    sample = PaperSample.objects.create(round=round, drawn_from=len(keyed), drawn_on=timezone.localdate(now), by=by)
    drawn = SystemRandom().sample(sorted(keyed), sample_size(size, len(keyed)))
    SampledSheet.objects.bulk_create(
        [SampledSheet(sheet_id=each, sample=sample, digest=keyed[each]) for each in drawn], batch_size=500
    )
    PaperSheet.objects.filter(batch__round=round).update(settled="")
    log(
        instance=round,
        action="funding.draw_paper_sample",
        user=by,
        data={"sheets": len(drawn), "of": len(keyed), "board": round.activity.board_id},
    )
    return sample


@transaction.atomic
def compare_sheet(
    *, batch: PaperBatch, number: str, marks: Collection[tuple[int, int]], by: Person, now: datetime,
    spoiled: str = "", blank: bool = False,
) -> str:  # fmt: skip
    """Read a sheet of the sample once more; give "same" or "differs".

    Nobody sees what was keyed before: only digests are compared. A sheet read differently is opened
    again, its ballot is destroyed unread, and two people key it afresh.
    """
    round = batch.round
    verdict = permissions.may_sample_paper(by, round, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    hold_unopened(round)
    sheet = held_sheet(batch.pk, number)
    sampled = SampledSheet.objects.filter(sheet=sheet).first() if sheet is not None else None
    if sheet is None or sampled is None:
        raise Refused(_("This sheet is not in the sample. Check its number for slips."))
    if sampled.found != Found.WAITING:
        raise Refused(_("This sheet is compared: %(found)s.") % {"found": sampled.get_found_display()})
    if sheet.keyings.filter(by=by).exists():
        raise Refused(_("You have keyed this sheet. Somebody who has not compares it."))
    marks = what_was_read(batch, marks, spoiled=spoiled, blank=blank)
    if hmac.compare_digest(sampled.digest, reading_digest(batch, sheet.pk, marks, spoiled)):
        Keying.objects.create(sheet=sheet, place=4, by=by)
        sampled.found, sampled.digest = Found.SAME, ""
    else:
        sheet.keyings.all().delete()
        sheet.state, sheet.spoiled, sheet.doubt, sheet.sealed = State.ISSUED, "", "", b""
        sheet.save(update_fields=["state", "spoiled", "doubt", "sealed"])
        sampled.found = Found.DIFFERS
    sampled.save(update_fields=["found", "digest"])
    log(
        instance=round,
        action="funding.compare_paper",
        user=by,
        data={"batch": batch.number, "found": sampled.found, "board": round.activity.board_id},
    )
    return str(sampled.found)
