"""Voting on paper: sheets printed, handed in, keyed twice by two people, and settled before the count."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.activities.models import Channel, TakingPart
from engagement.funding import permissions, queries, words
from engagement.funding.actions import keys
from engagement.funding.actions.refusals import CountRefused, Refused
from engagement.funding.actions.voting import hold_unopened, refuse_if_set_aside, why_no_vote
from engagement.funding.models import (
    Envelope,
    FundingRound,
    Keying,
    PaperBatch,
    PaperMark,
    PaperSample,
    PaperSheet,
    RollEntry,
    SampledSheet,
    VotingCode,
)
from engagement.funding.rules import ORDER_LETTERS, in_order, pack, problem_of, sheet_number

MOST_SHEETS = 2000
State = PaperSheet.State


def key_path(batch: PaperBatch) -> Path:
    """Give the file of a batch's key: beside the private keys, outside the database and its backups."""
    return keys.folder() / f"paper-{batch.round_id}-{batch.pk}.key"


@transaction.atomic
def print_sheets(
    *, round: FundingRound, size: int, purpose: str, hand_in: str, by: Person, now: datetime, orders: int = 4,
    is_large: bool = False,
) -> PaperBatch:  # fmt: skip
    """Make a batch of numbered sheets in several printed orders, and the key its keyings are compared under."""
    verdict = permissions.may_print_paper(by, round, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    if not 1 <= size <= MOST_SHEETS or not 1 <= orders <= len(ORDER_LETTERS):
        raise Refused(
            _("Print between 1 and %(most)d sheets at once, in 1 to %(orders)d orders.")
            % {"most": MOST_SHEETS, "orders": len(ORDER_LETTERS)}
        )
    FundingRound.objects.select_for_update(of=("self",)).get(pk=round.pk)
    hold_unopened(round)
    taken = set(round.paper_batches.values_list("number", flat=True))
    free = [number for number in range(100, 1000) if number not in taken]
    if not free:
        raise Refused(_("This round has as many batches as there are numbers."))
    batch = PaperBatch.objects.create(
        round=round,
        number=secrets.choice(free),
        purpose=purpose,
        hand_in=hand_in,
        orders=orders,
        is_large=is_large,
        list_digest=queries.list_digest(queries.ballot_list(round)),
        made_by=by,
        made_on=timezone.localdate(now),
    )
    drawn = secrets.SystemRandom().sample(range(100_000), size)
    PaperSheet.objects.bulk_create(
        [
            PaperSheet(batch=batch, number=sheet_number(each), order=ORDER_LETTERS[at % orders])
            for at, each in enumerate(drawn)
        ],
        batch_size=500,
    )
    keys.folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(key_path(batch), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(file, secrets.token_bytes(32))
        os.fsync(file)
    finally:
        os.close(file)
    _log(round, "print_paper", by, batch=batch.number, sheets=size, purpose=purpose)
    return batch


def _log(round: FundingRound, action: str, by: Person, **data: object) -> None:
    log(instance=round, action=f"funding.{action}", user=by, data={**data, "board": round.activity.board_id})


# --- handing in ----------------------------------------------------------------------------------


def reference_digest(round: FundingRound, reference: str) -> str:
    """Give what is kept of a number on the board's own roll: other for each round, and no way back without the key."""
    plain = "".join(reference.split()).upper()
    return hmac.new(settings.SECRET_KEY.encode(), f"paper voter {round.pk} {plain}".encode(), sha256).hexdigest()


@transaction.atomic
def hand_in(
    *, round: FundingRound, by: Person, now: datetime, person: Person | None = None, code: VotingCode | None = None,
    reference: str = "",
) -> PaperMark:  # fmt: skip
    """Mark on the roll that this voter handed in a sheet: once, whichever desk they come to.

    Who had voted on the site is settled by the round's rule. Paper counts: their envelope is void from
    now on. The site counts: the sheet is refused. Neither: the envelope is void and the sheet goes aside.
    """
    verdict = permissions.may_hand_in(by, round, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    check_one_voter(person, code, reference)
    hold_unopened(round)
    entry = _entry_of(round, now, person=person, code=code, reference=reference)
    refuse_if_set_aside(entry)
    if PaperMark.objects.filter(entry=entry).exists():
        raise Refused(_("This voter has handed in a sheet already. Do not take another."))
    on_the_site = Envelope.objects.filter(entry=entry).exists()
    if on_the_site and round.both_ways == FundingRound.BothWays.WEB:
        raise Refused(
            _("This voter has voted on this site, and in this round that vote counts. Do not take the sheet.")
        )
    aside = on_the_site and round.both_ways == FundingRound.BothWays.NEITHER
    mark = PaperMark.objects.create(entry=entry, is_aside=aside, by=by, was=entry.channel if on_the_site else "")
    if entry.channel != Channel.PAPER:
        entry.channel = Channel.PAPER
        entry.save(update_fields=["channel"])
    if not on_the_site:
        part = TakingPart(activity=round.activity, person=entry.person, channel=Channel.PAPER, on=entry.on)
        TakingPart.objects.bulk_create([part], ignore_conflicts=True)
    return mark


def check_one_voter(person: Person | None, code: VotingCode | None, reference: str) -> None:
    if sum((person is not None, code is not None, bool(reference.strip()))) != 1:
        raise ValueError("Give a person, a code or a reference, and only one of them.")


def _entry_of(
    round: FundingRound, now: datetime, *, person: Person | None, code: VotingCode | None, reference: str
) -> RollEntry:
    """Give the voter's one line on the roll, locked; made where there was none."""
    last = (round.dates().voting_closes_at) if now >= round.dates().voting_closes_at else now
    on = timezone.localdate(last)
    new = RollEntry(round=round, person=person, channel=Channel.PAPER, on=on)
    if code is not None:
        code = VotingCode.objects.select_for_update(of=("self",)).select_related("batch").get(pk=code.pk)
        if code.batch.round_id != round.pk:
            raise Refused(_("This code is for another vote."))
        if code.state not in (VotingCode.State.ISSUED, VotingCode.State.USED):
            raise Refused(why_no_vote(code))
        new.code, new.admitted_by = code, RollEntry.AdmittedBy.CODE
        which: dict[str, object] = {"code": code}
    elif person is not None:
        which = {"person": person}
    else:
        new.reference, new.admitted_by = reference_digest(round, reference), RollEntry.AdmittedBy.PAPER
        which = {"reference": new.reference}
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError:  # they are on the roll: wait for whoever is changing that line
        return RollEntry.objects.select_for_update(of=("self",)).get(round=round, **which)
    if code is not None:
        code.state, code.used_on, code.used_by = VotingCode.State.USED, on, Channel.PAPER
        code.save(update_fields=["state", "used_on", "used_by"])
    return new


# --- keying --------------------------------------------------------------------------------------


def held_sheet(batch: int | None, number: str) -> PaperSheet | None:
    """Give a batch's sheet of this number, locked; None where it has none."""
    return PaperSheet.objects.select_for_update(of=("self",)).order_by().filter(batch=batch, number=number).first()


@transaction.atomic
def key_sheet(
    *, batch: PaperBatch, number: str, marks: Collection[tuple[int, int]], by: Person, now: datetime,
    spoiled: str = "", doubt: str = "", blank: bool = False, settles: bool = False,
) -> str:  # fmt: skip
    """Take in what someone read on a sheet; give "first", "second", "differs" or "settled".

    A first reading is kept as a digest only. When another person reads the same, or a third settles
    what two read differently, the ballot is sealed and the plain choices are forgotten.
    """
    round = batch.round
    verdict = permissions.may_key_paper(by, round, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    hold_unopened(round)
    sheet = held_sheet(batch.pk, number)
    if sheet is None:
        raise Refused(_("No sheet of this batch has this number. Check it for slips."))
    if sheet.state != State.ISSUED:
        raise Refused(_("This sheet is settled: %(state)s.") % {"state": sheet.get_state_display()})
    marks = what_was_read(batch, marks, spoiled=spoiled, blank=blank)
    if spoiled:
        doubt = ""
    before = list(sheet.keyings.all())
    if any(keying.by_id == by.pk for keying in before):
        raise Refused(_("You have keyed this sheet. Somebody else keys it next."))
    if len(before) == 2 and not settles:
        raise Refused(_("Two people read this sheet differently. Look at it, then say that yours settles it."))
    digest = reading_digest(batch, sheet.pk, marks, spoiled)
    Keying.objects.create(sheet=sheet, place=len(before) + 1, by=by, digest=digest)
    if not before:
        return "first"
    if len(before) == 1 and not hmac.compare_digest(before[0].digest, digest):
        return "differs"
    sheet.state, sheet.spoiled, sheet.doubt = (State.SPOILED, spoiled, "") if spoiled else (State.USED, "", doubt)
    if not spoiled:
        plain = pack(
            receipt=UUID(bytes=secrets.token_bytes(16)),
            list_digest=batch.list_digest,
            method=round.method,
            marks=in_order(marks),
        )
        sheet.sealed = bytes(keys.sealer(round.public_key).encrypt(plain))
    _remember_for_the_sample(round, sheet, digest)
    sheet.save(update_fields=["state", "spoiled", "doubt", "sealed", "settled"])
    sheet.keyings.update(digest="")
    return "second" if len(before) == 1 else "settled"


def what_was_read(
    batch: PaperBatch, marks: Collection[tuple[int, int]], *, spoiled: str, blank: bool
) -> Collection[tuple[int, int]]:
    """Give the marks as they are kept: none of a spoiled sheet. Refuse what no sheet of this batch can say."""
    round = batch.round
    listed = queries.ballot_list(round)
    if queries.list_digest(listed) != batch.list_digest:
        raise Refused(_("The list or a cost changed after this batch was printed. It cannot be used: print another."))
    if spoiled:
        if spoiled not in PaperSheet.Spoiled.values:
            raise ValueError(f"No reason {spoiled!r}.")
        return ()
    # What withdrew after printing stands on the sheet; the count passes over it, as on the site.
    whole = queries.paper_of(round, [{**row, "withdrawn": False} for row in listed])
    if problem := problem_of(whole, marks, blank=blank):
        raise Refused(words.ballot_problem(problem, round.method))
    return marks


def _remember_for_the_sample(round: FundingRound, sheet: PaperSheet, digest: str) -> None:
    """Keep the digest while a sample can still be drawn; of a sheet keyed again, say whether it was wrong before."""
    sampled = SampledSheet.objects.filter(sheet=sheet).first()
    if sampled is not None:
        stood = hmac.compare_digest(sampled.digest, digest)
        sampled.found, sampled.digest = (SampledSheet.Found.STOOD if stood else SampledSheet.Found.CHANGED), ""
        sampled.save(update_fields=["found", "digest"])
    elif not PaperSample.objects.filter(round=round).exists():
        sheet.settled = digest


def reading_digest(batch: PaperBatch, sheet: UUID, marks: Collection[tuple[int, int]], spoiled: str) -> str:
    try:
        key = key_path(batch).read_bytes()
    except FileNotFoundError:
        raise Refused(_("The key of this batch is not on this machine. Key it where it was printed.")) from None
    said = f"{sheet} {spoiled} {' '.join(f'{number}:{value}' for number, value in in_order(marks))}"
    return hmac.new(key, said.encode(), sha256).hexdigest()


@transaction.atomic
def take_back(*, batch: PaperBatch, number: str, by: Person, now: datetime) -> None:
    """Undo one's own first reading, while nobody else has keyed the sheet."""
    hold_unopened(batch.round)
    sheet = held_sheet(batch.pk, number)
    found = list(sheet.keyings.all()) if sheet else []
    if len(found) != 1 or found[0].by_id != by.pk:
        raise Refused(_("Only your own first reading can be taken back, before somebody else keys the sheet."))
    found[0].delete()


@transaction.atomic
def say_what_became(
    *, batch: PaperBatch, numbers: Collection[str], state: str, by: Person, now: datetime
) -> int:  # fmt: skip
    """Put sheets that nobody has keyed among the unused, the replaced or those set aside, or back; give how many.

    Replaced sheets are spoiled ones given back at the desk. No ballot is in any of these, so each can be undone.
    """
    verdict = permissions.may_key_paper(by, batch.round, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    hold_unopened(batch.round)
    if state not in (State.ISSUED, State.UNUSED, State.SPOILED, State.ASIDE):
        raise ValueError(f"Not for {state!r}.")
    found = list(PaperSheet.objects.select_for_update(of=("self",)).order_by().filter(batch=batch, number__in=numbers))
    if len(found) != len(set(numbers)):
        raise Refused(_("A number here is not of this batch. Nothing was changed."))
    keyed = Q(keyings__isnull=False) | Q(sampled__isnull=False)
    if PaperSheet.objects.filter(keyed, pk__in=[sheet.pk for sheet in found]).exists():
        raise Refused(_("A sheet here has been keyed. Nothing was changed."))
    reason = PaperSheet.Spoiled.REPLACED if state == State.SPOILED else ""
    changed = PaperSheet.objects.filter(pk__in=[sheet.pk for sheet in found]).update(state=state, spoiled=reason)
    _log(batch.round, "paper_sheets", by, batch=batch.number, sheets=changed, state=str(state))
    return changed


# --- the count -----------------------------------------------------------------------------------


def refuse_unless_balanced(round: FundingRound) -> None:
    """Refuse the count, saying what is missing, until every sheet is accounted for and the roll agrees."""
    for batch, account in queries.paper_accounts(round):
        if not account.balances:
            raise CountRefused(
                _(
                    "Batch %(batch)d does not balance: %(issued)d issued, %(used)d used, %(spoiled)d spoiled, "
                    "%(unused)d unused, %(aside)d set aside. %(missing)d are missing, of which %(once)d are keyed once "
                    "and %(differing)d were read differently."
                )
                % {
                    "batch": batch.number,
                    "issued": account.issued,
                    "used": account.used,
                    "spoiled": account.spoiled,
                    "unused": account.unused,
                    "aside": account.set_aside,
                    "missing": account.missing,
                    "once": account.once,
                    "differing": account.differing,
                }
            )
    sheets = PaperSheet.objects.filter(batch__round=round)
    marks = PaperMark.objects.filter(entry__round=round)
    pairs = (
        (queries.sheets_in_the_box(round).count(), marks.filter(is_aside=False).count()),
        (queries.sheets_set_aside(round).count(), marks.filter(is_aside=True).count()),
    )
    if any(there != said for there, said in pairs):
        raise CountRefused(
            _(
                "The roll and the paper do not match: %(said)d handed in a sheet and %(there)d sheets were in the box; "
                "%(said_aside)d and %(there_aside)d were set aside."
            )
            % {"said": pairs[0][1], "there": pairs[0][0], "said_aside": pairs[1][1], "there_aside": pairs[1][0]}
        )
    open_ones = [SampledSheet.Found.WAITING, SampledSheet.Found.DIFFERS]
    if waiting := SampledSheet.objects.filter(sample__round=round, found__in=open_ones).count():
        raise CountRefused(
            ngettext(
                "%(n)d sheet of the sample waits to be compared. Compare it before the ballots are opened.",
                "%(n)d sheets of the sample wait to be compared. Compare them before the ballots are opened.",
                waiting,
            )
            % {"n": waiting}
        )
    if sheets.filter(state=State.USED, sealed=b"").exists():
        raise CountRefused(_("A sheet that was used has no sealed ballot. Tell an administrator."))


def sealed_paper(round: FundingRound) -> list[bytes]:
    """Give the sealed ballots of all sheets that were used."""
    used = PaperSheet.objects.filter(batch__round=round, state=State.USED)
    return [bytes(sealed) for sealed in used.values_list("sealed", flat=True)]


def forget_paper(round: FundingRound) -> None:
    """Take the sealed ballots off the sheets and the digests off the readings; inside the count's transaction."""
    PaperSheet.objects.filter(batch__round=round).update(sealed=b"", settled="")
    Keying.objects.filter(sheet__batch__round=round).delete()


def destroy_batch_keys(round: FundingRound) -> None:
    """Overwrite and remove the keys of a round's batches. Doing it twice does no harm."""
    for batch in round.paper_batches.all():
        keys.shred(key_path(batch))
