"""Paying a grant in stages, with what the group shows for it; and money that comes back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from components.templatetags.components import london_date, pence
from engagement.funding import receipts
from engagement.funding.actions.ledger import MoneyRefused, write
from engagement.funding.actions.offers import desk_link, done, held_award, may_move, tell_group, tell_officers, who_is
from engagement.funding.actions.refusals import AwardRefused
from engagement.funding.models import Award, EvidenceFile, Payment
from engagement.funding.rules.awards import Who

MOST_FILES = 60


@transaction.atomic
def schedule(
    *, award: Award, amount_pence: int, due_on: date, by: Person | None, now: datetime, asks: str = ""
) -> Payment:
    """Plan one payment. All planned and paid together never come to more than the grant."""
    row = held_award(award)
    may_move("schedule", row, by=by, amount_pence=amount_pence)
    payment = Payment.objects.create(award=row, amount_pence=amount_pence, due_on=due_on, asks=asks.strip()[:300])
    done("schedule", award, row, by=by, now=now, amount_pence=amount_pence, due_on=str(due_on))
    if asks.strip():
        tell_group(
            row,
            key=f"asks:{payment.pk}",
            subject=_("What we need before we pay “%(title)s”"),
            body=_("%(amount)s is due on %(day)s. Please send us first: %(asks)s")
            % {"amount": pence(amount_pence), "day": london_date(due_on), "asks": asks.strip()},
            now=now,
        )
    return payment


@transaction.atomic
def drop_payment(*, payment: Payment, by: Person | None, now: datetime) -> None:
    """Take a payment out of the plan. One that is paid stays."""
    row = held_award(payment.award)
    who = who_is(by, row)
    held = Payment.objects.select_for_update().filter(pk=payment.pk, award=row).first()
    if who is not Who.OFFICER or held is None:
        raise AwardRefused(_("This payment is no longer planned."))
    if held.paid_on is not None:
        raise AwardRefused(_("This has been paid. If that was written by mistake, take the payment back instead."))
    EvidenceFile.objects.filter(payment=held).update(payment=None)
    data = {"amount_pence": held.amount_pence, "due_on": str(held.due_on)}
    held.delete()
    log(
        instance=row, action="funding.award_drop_payment", user=by, title=f"{_('Grant')} {row.pk}",
        data={**data, "board": row.proposal.round.activity.board_id},
    )  # fmt: skip


@transaction.atomic
def pay(*, payment: Payment, reference: str, by: Person | None, now: datetime, on: date | None = None) -> Payment:
    """Write down that a planned payment has been made, with the finance system's reference."""
    row = held_award(payment.award)
    held = Payment.objects.select_for_update().filter(pk=payment.pk, award=row).first()
    if held is None:
        raise MoneyRefused(_("This payment is no longer planned."))
    if held.paid_on is not None:
        raise MoneyRefused(_("This has been paid already. It is not paid twice."))
    may_move("pay", row, by=by, amount_pence=held.amount_pence)
    day = on or timezone.localdate(now)
    if day > timezone.localdate(now):
        raise MoneyRefused(_("A day that is still to come cannot have been paid on."))
    held.paid_on, held.reference = day, reference.strip()[:60]
    held.entry = write(stream=row.stream, kind="paid", amount_pence=held.amount_pence, award=row, on=day, by=by)
    held.save()
    done(
        "pay", payment.award, row, by=by, now=now, amount_pence=held.amount_pence, reference=held.reference,
        payment=held.pk,
    )  # fmt: skip
    tell_group(
        row,
        key=f"paid:{held.entry.pk}",
        subject=_("We have paid a part of the grant for “%(title)s”")
        if row.to_pay_pence
        else _("The grant for “%(title)s” is paid"),
        body=_("%(amount)s left us on %(day)s. It can take three working days to reach you.")
        % {"amount": pence(held.amount_pence), "day": london_date(day)},
        now=now,
    )
    payment.paid_on, payment.reference, payment.entry = held.paid_on, held.reference, held.entry
    return held


@transaction.atomic
def unpay(*, payment: Payment, reason: str, by: Person | None, now: datetime) -> Payment:
    """Put right a payment that was written down by mistake: another entry says so, and it is planned again."""
    row = held_award(payment.award)
    held = Payment.objects.select_for_update().filter(pk=payment.pk, award=row).first()
    if held is None or held.paid_on is None:
        raise MoneyRefused(_("This payment has not been made."))
    may_move("unpay", row, by=by, reason=reason, amount_pence=held.amount_pence)
    write(
        stream=row.stream, kind="unpaid", amount_pence=held.amount_pence, award=row, on=timezone.localdate(now),
        by=by, words=reason,
    )  # fmt: skip
    held.paid_on, held.reference, held.entry = None, "", None
    held.save()
    done("unpay", payment.award, row, by=by, now=now, amount_pence=held.amount_pence, reason=reason, payment=held.pk)
    payment.paid_on, payment.reference, payment.entry = None, "", None
    return held


@transaction.atomic
def take_return(
    *, award: Award, amount_pence: int, by: Person | None, now: datetime, words: str = "", on: date | None = None
) -> Award:
    """The group gives back what it did not spend: it is paid less, the grant is less, the stream has it again."""
    row = held_award(award)
    may_move("take_return", row, by=by, amount_pence=amount_pence)
    day = on or timezone.localdate(now)
    before = row.state
    write(stream=row.stream, kind="returned", amount_pence=amount_pence, award=row, on=day, by=by, words=words)
    if row.amount_pence == amount_pence:  # all of it came back: the grant is over
        row.state, row.ended_words = Award.State.WITHDRAWN, words.strip()[:300] or _("All of it came back")
        row.save()
    write(stream=row.stream, kind="released", amount_pence=amount_pence, award=row, on=day, by=by, words=words)
    done("take_return", award, row, by=by, now=now, before=before, amount_pence=amount_pence, words=words)
    tell_group(
        row,
        key=f"returned:{now.isoformat()}",
        subject=_("We have the money back from “%(title)s”"),
        body=_("Thank you. %(amount)s has come back, and helps someone else.") % {"amount": pence(amount_pence)},
        now=now,
    )
    return row


# --- evidence ----------------------------------------------------------------------------------


@transaction.atomic
def keep_evidence(
    *, award: Award, upload: Any, by: Person, now: datetime, payment: Payment | None = None
) -> EvidenceFile:
    """Keep a receipt or a photograph. Only the group and the board's officers ever see it."""
    kept = receipts.evidence(upload)
    row = held_award(award)
    who = may_move("send_evidence", row, by=by)
    if payment is not None and payment.award_id != row.pk:
        raise AwardRefused(_("That payment is not of this grant."))
    if row.files.count() >= MOST_FILES:
        raise AwardRefused(_("There are as many files as one grant may have. Ring the board."))
    file = EvidenceFile(
        award=row,
        payment=payment,
        name=receipts.plain_name(upload.name, kept.ending),
        kind=kept.kind,
        size_bytes=len(kept.contents),
        sent_on=timezone.localdate(now),
        by=by,
    )
    file.file.save(f"{file.key}.{kept.ending}", ContentFile(kept.contents), save=False)
    file.save()
    done("send_evidence", award, row, by=by, now=now, file=file.pk)
    if who is Who.GROUP:
        tell_officers(
            row,
            key=f"evidence:{file.pk}",
            subject=_("Sent for “%(title)s”: a receipt or a photograph"),
            body=_("The group has sent a file for its grant."),
            link=desk_link(row),
            now=now,
        )
    return file
