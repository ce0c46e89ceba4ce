"""Scans of paper ballots: of a pile or of one sheet. They point to a batch and a sheet, and to no voter."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.funding import permissions, receipts
from engagement.funding.actions.refusals import Refused
from engagement.funding.actions.voting import hold_unopened
from engagement.funding.models import FundingRound, PaperBatch, PaperScan

MOST_OF_A_BATCH = 2000
MOST_OF_A_SHEET = 4


def keep_scan(*, batch: PaperBatch, upload: Any, by: Person, now: datetime, number: str = "") -> PaperScan:
    """Keep a PDF or a picture, encoded anew without place or time; the name it came under is forgotten.

    Raises receipts.FileRefused for any other file.
    """
    verdict = permissions.may_scan(by, batch.round, one_sheet=bool(number), now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    kept = receipts.evidence(upload)
    scan = PaperScan(batch=batch, kind=kept.kind, size_bytes=len(kept.contents), by=by)
    stored = ""
    try:
        with transaction.atomic():
            hold_unopened(batch.round)
            PaperBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
            if batch.scans.count() >= MOST_OF_A_BATCH:
                raise Refused(_("There are as many scans as one batch may have. Take one out first."))
            if number:
                scan.sheet = batch.sheets.filter(number=number).first()
                if scan.sheet is None:
                    raise Refused(_("No sheet of this batch has this number. Check it for slips."))
                if scan.sheet.scans.count() >= MOST_OF_A_SHEET:
                    raise Refused(_("There are as many scans as one sheet may have. Take one out first."))
            scan.file.save("scan", ContentFile(kept.contents), save=False)
            stored = scan.file.name or ""
            scan.save(force_insert=True)
            # Not which sheet: the log has a time of day, and a sheet must have none.
            _log(batch.round, "scan_paper", by, batch=batch.number)
    except BaseException:
        if stored:
            scan.file.storage.delete(stored)
        raise
    return scan


def note_looking(*, scan: PaperScan, by: Person) -> None:
    """Write down that an officer opened a scan: before the count it shows how somebody voted."""
    _log(scan.batch.round, "see_paper_scan", by, batch=scan.batch.number)


@transaction.atomic
def take_out_scan(*, scan: PaperScan, by: Person, now: datetime) -> None:
    """Take out a scan that should not be there: its row now, its file once that is certain."""
    verdict = permissions.may_see_scan(by, scan.batch.round, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    transaction.on_commit(partial(scan.file.storage.delete, scan.file.name or ""))
    _log(scan.batch.round, "take_out_paper_scan", by, batch=scan.batch.number)
    scan.delete()


def destroy_scans(round: FundingRound) -> None:
    """Take out every scan of a round, inside the transaction that ends it."""
    PaperScan.objects.filter(batch__round=round).delete()
    transaction.on_commit(partial(_empty, PaperScan._meta.get_field("file").storage, f"paper-scans/{round.pk}"))


def _empty(storage: Storage, folder: str) -> None:
    """Delete what lies in the folder, also what a process killed between file and row left there."""
    with suppress(FileNotFoundError):
        for name in storage.listdir(folder)[1]:
            storage.delete(f"{folder}/{name}")


def _log(round: FundingRound, action: str, by: Person, **data: object) -> None:
    log(instance=round, action=f"funding.{action}", user=by, data={**data, "board": round.activity.board_id})
