"""Keeping what people say, linking it to needs, and letting it go when they ask."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings
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
from engagement.moderation.actions import how_to_object, look_over
from engagement.moderation.models import Decision, Moderated
from engagement.notifications.actions import tell


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


def slip_of(token: UUID) -> str:
    """Give the slip code of a sent form: the same each time, and not to be worked out without the site's key."""
    digest = hmac.new(settings.SECRET_KEY.encode(), b"slip of " + token.bytes, sha256).digest()
    return code_from(int.from_bytes(digest[:8], "big") >> 4, length=SLIP_LENGTH)


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
    token: UUID | None = None,
    agreed_at: datetime | None = None,
) -> tuple[Evidence, str]:
    """Keep what someone said to an officer; give it with the slip code to hand over (shown this once).

    The code comes from the form's own `token` where there is one, so that a second post of the
    form can show the same slip. `agreed_at` is when the speaker agreed, where they did so
    themselves and not to the officer.
    Raises RecordRefused when the officer may not record for this board, or when there is a
    contact without consent to contact.
    """
    if by is not None and not permissions.may_record(by, board):
        raise RecordRefused(_("You may not record for this board."))
    if contact is not None and Consent.Scope.CONTACT not in scopes:
        raise RecordRefused(_("Keep an e-mail address only if they agreed to be told what came of it."))
    if heard_on > timezone.localdate(now):
        raise RecordRefused(_("That day has not come yet."))
    if Consent.Scope.EVIDENCE not in scopes:
        raise RecordRefused(_("Without a yes to the first line the words cannot be kept."))
    code = slip_of(token) if token else code_from(secrets.randbits(60), length=SLIP_LENGTH)
    evidence = _keep(
        board=board, text=text, how=how, heard_on=heard_on, voices=voices, where=where, where_words=where_words,
        language=language, contact=contact, by=by, state=Evidence.State.SHOWN, slip=slip_digest(code), now=now,
    )  # fmt: skip
    _agree(evidence, scopes, by=None if agreed_at else by, now=agreed_at or now)
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


@transaction.atomic(savepoint=False)
def tell_us(
    *,
    board: Board,
    text: str,
    scopes: Collection[str],
    now: datetime,
    where: Area | None,
    person: Person | None,
    need: Need | None = None,
    relation: str = EvidenceLink.Relation.SUPPORTS,
    is_figure: bool = False,
    device: str = "",
    doubts: Sequence[str] = (),
) -> Evidence:
    """Keep what a resident sent in; an officer reads it before it counts.

    From a need's page it is linked to that need, in the way the writer chose: to speak against
    one is as easy as to speak for it. A figure someone points to is no voice.
    """
    evidence = _keep(
        board=board, text=text, how=Evidence.How.FIGURE if is_figure else Evidence.How.ONLINE, heard_on=timezone.localdate(now), voices=1, where=where,
        where_words="", language="en", contact=person if Consent.Scope.CONTACT in scopes else None, by=None,
        state=Evidence.State.PENDING, slip=None, now=now,
    )  # fmt: skip
    _agree(evidence, scopes, by=None, now=now)
    if need is not None:
        EvidenceLink.objects.create(evidence=evidence, need=need, relation=relation, on=timezone.localdate(now))
    look_over(item=evidence, person=person, now=now, device=device, doubts=doubts)
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


# What a room above does when words that came through it are withdrawn, in the same transaction.
# The room registers it from its apps.py; this room knows none of them.
AfterWithdrawing = Callable[[Evidence, datetime], None]
_after_withdrawing: list[AfterWithdrawing] = []


def when_withdrawn(act: AfterWithdrawing) -> None:
    if act not in _after_withdrawing:
        _after_withdrawing.append(act)


@transaction.atomic
def withdraw(*, evidence: Evidence, by: Person | None, now: datetime) -> None:
    """Take words out of everything at once. The log keeps only that something was withdrawn.

    `by` is None when the holder of their slip asked: the code is all we know of them.
    """
    if by is not None and not (verdict := permissions.may_withdraw(by, evidence)):
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
    for act in _after_withdrawing:
        act(evidence, now)


@transaction.atomic
def withdraw_consent(*, evidence: Evidence, scope: str, by: Person, now: datetime) -> None:
    """Take back one thing that was agreed to. Without consent to count, nothing of the words stays."""
    if scope not in Consent.Scope.values:
        raise ValueError("No such scope.")
    if scope == Consent.Scope.EVIDENCE:
        withdraw(evidence=evidence, by=by, now=now)
        return
    verdict = permissions.may_withdraw(by, evidence)
    if not verdict:
        raise RecordRefused(verdict.why_not)
    ended = evidence.consents.filter(scope=scope, withdrawn_at__isnull=True).update(withdrawn_at=now)
    if scope == Consent.Scope.CONTACT and evidence.contact_id:
        evidence.contact = None
        evidence.save(update_fields=["contact"])
    if ended:
        log(
            instance=evidence,
            action="evidence.withdraw_consent",
            user=by,
            title=evidence.reference,
            data={"before": {scope: True}, "after": {scope: False}},
        )


def facts_of(thing: Need | Evidence) -> dict[str, str]:
    """Give what an officer may change about a need or about how words were heard; never the words of a resident."""
    if isinstance(thing, Evidence):
        return {name: str(getattr(thing, name)) for name in ("how", "heard_on", "voices", "language", "where_id")}
    facts = {name: str(getattr(thing, name)) for name in ("title", "slug", "summary", "status", "no_figures_because")}
    facts |= {"theme": str(thing.theme or ""), "board": str(thing.board)}
    return facts | {"indicators": ", ".join(sorted(thing.indicators.values_list("key", flat=True)))}


def log_change(*, thing: Need | Evidence, before: dict[str, str], by: Person) -> None:
    """Write to the log what changed, before and after. Nothing when nothing did."""
    after = facts_of(thing)
    changed = [name for name in after if after[name] != before.get(name, "")]
    if changed:
        log(
            instance=thing,
            action="evidence.change",
            user=by,
            title=thing.reference if isinstance(thing, Evidence) else thing.title,
            data={
                "before": {name: before.get(name, "") for name in changed},
                "after": {name: after[name] for name in changed},
            },
        )


def tell_writer(item: Moderated, decision: Decision) -> None:
    """Tell whoever sent their words in what was decided, if they agreed to hear from us."""
    if not isinstance(item, Evidence) or item.contact is None:
        return
    if not Evidence.objects.reachable().filter(pk=item.pk).exists():
        return
    if decision.became == Moderated.State.SHOWN:
        subject = _("We have read what you told %(board)s") % {"board": item.board}
        body = _("Thank you. Your words now count. We write again when something comes of them.")
    else:
        subject = _("We could not use what you told %(board)s") % {"board": item.board}
        body = _("Why: %(reason)s.") % {"reason": decision.get_reason_display()}
        if decision.words:
            body += "\n\n" + decision.words
        body += "\n\n" + _("You can tell us again in other words.") + "\n\n" + how_to_object(decision)
    tell(
        person=item.contact,
        key=f"evidence:{item.pk}:decision:{decision.pk}",
        kind="evidence",
        subject=subject,
        body=body,
        link="/me/",
        now=decision.decided_at,
    )
