"""Keeping what people say, linking it to needs, and letting it go when they ask."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from boards.people.models import Person
from boards.places.models import Area, Board
from engagement.evidence import permissions
from engagement.evidence.models import Consent, Evidence, EvidenceLink, Need
from engagement.evidence.queries import slip_digest
from engagement.evidence.rules import SLIP_LENGTH, code_from


class RecordRefused(Exception):
    """Its message is fit to show."""


WORDINGS = {
    Consent.Scope.EVIDENCE: gettext_lazy("We may count what you said as evidence of what people here need."),
    Consent.Scope.QUOTE: gettext_lazy("We may show your words, without your name."),
    Consent.Scope.SHARE: gettext_lazy("We may pass your words to partners who work here."),
    Consent.Scope.CONTACT: gettext_lazy("We may write to you to tell you what came of it."),
}


@dataclass(frozen=True)
class Bearing:
    """How the words bear on one need."""

    need: Need
    relation: str
    reason: str = ""


@transaction.atomic
def record(
    *,
    board: Board,
    text: str,
    how: str,
    heard_on: date,
    voices: int,
    scopes: Collection[str],
    now: datetime,
    by: Person | None,
    where: Area | None = None,
    where_words: str = "",
    language: str = "en",
    contact: Person | None = None,
    bears_on: Sequence[Bearing] = (),
) -> tuple[Evidence, str]:
    """Keep what someone said to an officer; give it with the slip code to hand over (shown this once).

    Raises RecordRefused when the officer may not record for this board, or when there is a
    contact without consent to contact.
    """
    if by is not None and not permissions.may_record(by, board):
        raise RecordRefused(_("You may not record for this board."))
    if contact is not None and Consent.Scope.CONTACT not in scopes:
        raise RecordRefused(_("Keep an e-mail address only if they agreed to be told what came of it."))
    code = code_from(secrets.randbits(60), length=SLIP_LENGTH)
    evidence = _keep(
        board=board, text=text, how=how, heard_on=heard_on, voices=voices, where=where, where_words=where_words,
        language=language, contact=contact, by=by, state=Evidence.State.SHOWN, slip=slip_digest(code), now=now,
    )  # fmt: skip
    _agree(evidence, scopes, by=by, now=now)
    for bearing in bears_on:
        EvidenceLink.objects.create(
            evidence=evidence,
            need=bearing.need,
            relation=bearing.relation,
            reason=bearing.reason,
            by=by,
            on=timezone.localdate(now),
        )
    log(
        instance=evidence,
        action="evidence.record",
        user=by,
        title=evidence.reference,
        data={"how": how, "voices": voices, "scopes": sorted(scopes), "needs": [b.need.slug for b in bears_on]},
    )
    return evidence, code


@transaction.atomic
def tell_us(
    *, board: Board, text: str, scopes: Collection[str], now: datetime, where: Area | None, person: Person | None
) -> Evidence:
    """Keep what a resident sent in; an officer reads it before it counts."""
    evidence = _keep(
        board=board, text=text, how=Evidence.How.ONLINE, heard_on=timezone.localdate(now), voices=1, where=where,
        where_words="", language="en", contact=person if Consent.Scope.CONTACT in scopes else None, by=None,
        state=Evidence.State.PENDING, slip=None, now=now,
    )  # fmt: skip
    _agree(evidence, scopes, by=None, now=now)
    return evidence


def _keep(
    *, board: Board, text: str, how: str, heard_on: date, voices: int, where: Area | None, where_words: str,
    language: str, contact: Person | None, by: Person | None, state: str, slip: str | None, now: datetime,
) -> Evidence:  # fmt: skip
    return Evidence.objects.create(
        board=board, text=text, how=how, heard_on=heard_on, voices=voices, where=where, where_words=where_words,
        language=language, contact=contact, recorded_by=by, state=state, slip_digest=slip, sent_at=now,
        reference=code_from(secrets.randbits(40), length=8),
    )  # fmt: skip


def _agree(evidence: Evidence, scopes: Collection[str], *, by: Person | None, now: datetime) -> None:
    Consent.objects.bulk_create(
        [
            Consent(
                evidence=evidence, scope=scope, wording=str(WORDINGS[Consent.Scope(scope)]), taken_at=now, taken_by=by
            )
            for scope in sorted(set(scopes))
        ]
    )


@transaction.atomic
def link(*, evidence: Evidence, need: Need, relation: str, reason: str, by: Person, now: datetime) -> EvidenceLink:
    """Say how words bear on a need; a second time changes what was said before."""
    verdict = permissions.may_link(by, evidence)
    if not verdict:
        raise RecordRefused(verdict.why_not)
    if need.board_id != evidence.board_id:
        raise RecordRefused(_("That need belongs to another board."))
    found, _made = EvidenceLink.objects.update_or_create(
        evidence=evidence,
        need=need,
        defaults={"relation": relation, "reason": reason, "by": by, "on": timezone.localdate(now)},
    )
    log(
        instance=evidence,
        action="evidence.link",
        user=by,
        title=evidence.reference,
        data={"need": need.slug, "relation": relation, "reason": reason},
    )
    return found


@transaction.atomic
def unlink(*, evidence: Evidence, need: Need, by: Person) -> None:
    verdict = permissions.may_link(by, evidence)
    if not verdict:
        raise RecordRefused(verdict.why_not)
    EvidenceLink.objects.filter(evidence=evidence, need=need).delete()
    log(
        instance=evidence,
        action="evidence.unlink",
        user=by,
        title=evidence.reference,
        data={"before": {"need": need.slug}},
    )


@transaction.atomic
def withdraw(*, evidence: Evidence, by: Person, now: datetime) -> None:
    """Take words out of everything at once. The log keeps only that something was withdrawn."""
    verdict = permissions.may_withdraw(by, evidence)
    if not verdict:
        raise RecordRefused(verdict.why_not)
    evidence.withdrawn_at = now
    evidence.state = Evidence.State.HIDDEN
    evidence.text = _("(withdrawn)")
    evidence.where_words = ""
    evidence.contact = None
    evidence.slip_digest = None
    evidence.save(update_fields=["withdrawn_at", "state", "text", "where_words", "contact", "slip_digest"])
    evidence.consents.filter(withdrawn_at__isnull=True).update(withdrawn_at=now)
    evidence.links.all().delete()
    log(instance=evidence, action="evidence.withdraw", user=by, title=evidence.reference)
