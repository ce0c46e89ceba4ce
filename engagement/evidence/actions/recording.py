"""Keeping what someone told a board, as far as they agreed; and taking it back."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from boards.people.models import Person
from boards.places.models import Area, Board
from engagement.evidence import permissions
from engagement.evidence.models import Consent, Evidence, EvidenceLink, Need
from engagement.evidence.rules import normal_slip, slip_code
from engagement.moderation.models import Decision, Moderated
from engagement.notifications.actions import tell


class RecordingRefused(Exception):
    """Its message is fit to show."""


# What is read out, or stands beside the box. Kept with each consent, in the words that were used.
SPOKEN = {
    Consent.Scope.EVIDENCE: gettext_lazy("May we count what you said, when the board decides what is needed here?"),
    Consent.Scope.QUOTE: gettext_lazy("May we show your words on our site, without your name?"),
    Consent.Scope.QUOTE_NAMED: gettext_lazy("May we show your words with the name you gave us?"),
    Consent.Scope.CONTACT: gettext_lazy("May we keep your e-mail address, to tell you what came of it?"),
}
WRITTEN = {
    Consent.Scope.EVIDENCE: gettext_lazy("You may count what I said, when the board decides what is needed here"),
    Consent.Scope.QUOTE: gettext_lazy("You may show my words on this site, without my name"),
    Consent.Scope.QUOTE_NAMED: gettext_lazy("You may show my words with the name I give below"),
    Consent.Scope.CONTACT: gettext_lazy("Keep my e-mail address, and tell me what came of it"),
}


@dataclass(frozen=True)
class Bears:
    """How some words bear on a need, and why."""

    need: Need
    kind: str
    reason: str = ""


def slip_from(token: UUID) -> str:
    """Give the slip code of a sent form: the same for a second post of it, and not to be guessed from outside."""
    digest = hmac.new(settings.SECRET_KEY.encode(), b"slip:" + token.bytes, sha256).digest()
    return slip_code(int.from_bytes(digest[:8], "big"))


def slip_hash(code: str) -> str:
    """Give what is kept of a slip code. 60 bits of chance: a plain digest cannot be searched."""
    return sha256(b"moothall slip:" + code.encode()).hexdigest()


def own_slip() -> str:
    return slip_code(secrets.randbits(60))


@transaction.atomic
def record(
    *,
    board: Board,
    text: str,
    how: str,
    heard_on: date,
    now: datetime,
    by: Person | None,
    area: Area | None = None,
    heard_at: str = "",
    voices: int = 1,
    language: str = "en",
    scopes: Collection[str] = (),
    named: str = "",
    contact_email: str = "",
    bears_on: Sequence[Bears] = (),
    slip: str = "",
) -> Evidence:
    """Keep a conversation that an officer recorded. Shown at once, as far as the speaker agreed.

    `by` is None only for imports. The e-mail is kept only with consent to contact, the name
    only with consent to be named; being quoted takes being counted.
    """
    if by is not None and not permissions.may_record(by, board):
        raise RecordingRefused(permissions.may_record(by, board).why_not)
    if heard_on > timezone.localdate(now):
        raise RecordingRefused(_("This day has not come yet."))
    evidence = _keep(
        state=Moderated.State.SHOWN, board=board, text=text, how=how, heard_on=heard_on, now=now, by=by, area=area,
        heard_at=heard_at, voices=voices, language=language, scopes=scopes, wordings=SPOKEN, named=named,
        contact_email=contact_email, slip=slip,
    )  # fmt: skip
    for bears in bears_on:
        link(evidence=evidence, need=bears.need, kind=bears.kind, reason=bears.reason, by=by, now=now, quietly=True)
    log(
        instance=evidence,
        action="evidence.record",
        user=by,
        title=str(evidence),
        data={"how": how, "voices": voices, "scopes": sorted(scopes), "needs": [b.need.pk for b in bears_on]},
    )
    return evidence


@transaction.atomic
def receive(
    *,
    board: Board,
    text: str,
    now: datetime,
    scopes: Collection[str],
    token: UUID,
    area: Area | None = None,
    named: str = "",
    contact_email: str = "",
    need: Need | None = None,
    kind: str = EvidenceLink.Kind.SUPPORTS,
    is_figure: bool = False,
    language: str = "en",
) -> Evidence:
    """Keep what a resident wrote on the site. It waits to be read, and nothing of it shows until then."""
    evidence = _keep(
        state=Moderated.State.PENDING, board=board, text=text,
        how=Evidence.How.FIGURE if is_figure else Evidence.How.WEB, heard_on=timezone.localdate(now), now=now,
        by=None, area=area, heard_at="", voices=1, language=language, scopes=scopes, wordings=WRITTEN, named=named,
        contact_email=contact_email, slip=slip_from(token),
    )  # fmt: skip
    if need is not None:
        if need.board_id != board.pk:
            raise ValueError("A need of another board.")
        EvidenceLink.objects.create(evidence=evidence, need=need, kind=kind, on=timezone.localdate(now))
    return evidence


def _keep(
    *,
    state: str,
    board: Board,
    text: str,
    how: str,
    heard_on: date,
    now: datetime,
    by: Person | None,
    area: Area | None,
    heard_at: str,
    voices: int,
    language: str,
    scopes: Collection[str],
    wordings: dict[Consent.Scope, str],
    named: str,
    contact_email: str,
    slip: str,
) -> Evidence:
    if not text.strip():
        raise RecordingRefused(_("Write down what they said."))
    if voices < 1:
        raise RecordingRefused(_("Words speak for one person at least."))
    agreed = set(scopes)
    if not agreed <= set(Consent.Scope.values):
        raise ValueError("No such scope.")
    quoting = agreed & {Consent.Scope.QUOTE, Consent.Scope.QUOTE_NAMED}
    if quoting and Consent.Scope.EVIDENCE not in agreed:
        raise RecordingRefused(_("Words that are shown are counted too. Ask for both, or for neither."))
    if Consent.Scope.QUOTE_NAMED in agreed and not named.strip():
        raise RecordingRefused(_("Write the name to show, or choose to quote without a name."))
    contact = None
    if Consent.Scope.CONTACT in agreed:
        if not contact_email.strip():
            raise RecordingRefused(_("Write the e-mail address they want to hear at."))
        contact = Person.objects.known_by(contact_email)
    evidence = Evidence.objects.create(
        state=state,
        sent_at=now,
        board=board,
        text=text.strip(),
        how=how,
        area=area,
        heard_at=heard_at.strip(),
        heard_on=heard_on,
        voices=voices,
        language=language,
        named=named.strip() if Consent.Scope.QUOTE_NAMED in agreed else "",
        recorded_by=by,
        contact=contact,
        slip=slip_hash(slip) if slip else None,
        recorded_at=now,
    )
    Consent.objects.bulk_create(
        Consent(evidence=evidence, scope=scope, wording=str(wordings[Consent.Scope(scope)]), taken_at=now, taken_by=by)
        for scope in Consent.Scope.values
        if scope in agreed
    )
    return evidence


@transaction.atomic
def change(
    *,
    evidence: Evidence,
    by: Person,
    text: str,
    how: str,
    heard_on: date,
    area: Area | None,
    heard_at: str,
    voices: int,
    language: str,
    now: datetime,
) -> Evidence:
    """Put right how something was written down. The log says which facts changed, and never the words."""
    verdict = permissions.may_change(by, evidence)
    if not verdict:
        raise RecordingRefused(verdict.why_not)
    if heard_on > timezone.localdate(now):
        raise RecordingRefused(_("This day has not come yet."))
    evidence = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    if not evidence.text:
        raise RecordingRefused(_("The speaker took these words back, so they cannot be changed."))
    new = {
        "how": how, "heard_on": heard_on, "area": area, "heard_at": heard_at.strip(), "voices": voices,
        "language": language,
    }  # fmt: skip
    changed = {
        name: [str(getattr(evidence, name)), str(value)]
        for name, value in new.items()
        if getattr(evidence, name) != value
    }
    if text.strip() != evidence.text:
        changed["text"] = []
    for name, value in {**new, "text": text.strip()}.items():
        setattr(evidence, name, value)
    evidence.save(update_fields=[*new, "text"])
    if changed:
        changed.pop("heard_at", None)
        log(instance=evidence, action="evidence.change", user=by, title=str(evidence), data={"changed": changed})
    return evidence


@transaction.atomic
def withdraw(*, evidence: Evidence, scopes: Collection[str], by: Person | None, now: datetime) -> None:
    """Take consent back. The words are gone from every page with the next answer.

    Without consent to be counted nothing may stay: the words, the name and the address are
    deleted, and the bare row is left to say that this happened. `by` is the officer who was
    asked, or None when the speaker did it with their slip.
    """
    if by is not None and not permissions.may_change(by, evidence):
        raise RecordingRefused(permissions.may_change(by, evidence).why_not)
    evidence = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    gone = set(scopes)
    if Consent.Scope.EVIDENCE in gone:
        gone = set(Consent.Scope.values)
    ended = evidence.consents.in_force().filter(scope__in=gone)
    was = sorted(ended.values_list("scope", flat=True))
    ended.update(withdrawn_at=now)
    fields = []
    if Consent.Scope.CONTACT in gone:
        evidence.contact = None
        fields.append("contact")
    if Consent.Scope.QUOTE_NAMED in gone:
        evidence.named = ""
        fields.append("named")
    if Consent.Scope.EVIDENCE in gone:
        evidence.text, evidence.heard_at, evidence.state = "", "", Moderated.State.HIDDEN
        fields += ["text", "heard_at", "state"]
        evidence.links.all().delete()
    evidence.save(update_fields=fields)
    # Pages kept for readers are made again from now on, from any door this came through.
    transaction.on_commit(cache.clear if not settings.REDIS_URL else lambda: None)
    log(instance=evidence, action="evidence.withdraw", user=by, title=str(evidence), data={"withdrawn": was})


@transaction.atomic
def link(
    *,
    evidence: Evidence,
    need: Need,
    kind: str,
    by: Person | None,
    now: datetime,
    reason: str = "",
    quietly: bool = False,
) -> EvidenceLink:
    """Say how some words bear on a need; said again, it takes the place of what was said before."""
    if kind not in EvidenceLink.Kind.values:
        raise ValueError("No such kind.")
    if by is not None and not permissions.may_link(by, evidence, need):
        raise RecordingRefused(permissions.may_link(by, evidence, need).why_not)
    if evidence.board_id != need.board_id:
        raise RecordingRefused(_("These words were told to another board."))
    made, new = EvidenceLink.objects.update_or_create(
        evidence=evidence,
        need=need,
        defaults={"kind": kind, "reason": reason.strip(), "by": by, "on": timezone.localdate(now)},
    )
    if not quietly:
        log(
            instance=evidence,
            action="evidence.link",
            user=by,
            title=str(evidence),
            data={"need": need.pk, "kind": kind, "new": new},
        )
    return made


@transaction.atomic
def unlink(*, evidence: Evidence, need: Need, by: Person) -> None:
    """Part some words from a need they do not bear on."""
    verdict = permissions.may_link(by, evidence, need)
    if not verdict:
        raise RecordingRefused(verdict.why_not)
    gone, _rows = EvidenceLink.objects.filter(evidence=evidence, need=need).delete()
    if gone:
        log(instance=evidence, action="evidence.unlink", user=by, title=str(evidence), data={"need": need.pk})


def found_by_slip(typed: str) -> Evidence | None:
    """Give the evidence of a slip code. Looked up by its digest, so that time tells nothing of the code."""
    code = normal_slip(typed)
    if code is None:
        return None
    return Evidence.objects.filter(slip=slip_hash(code)).select_related("board", "area").first()


def tell_writer(item: Moderated, decision: Decision) -> None:
    """Tell someone who wrote on the site what became of their words, if they agreed to hear."""
    if not isinstance(item, Evidence) or item.contact is None:
        return
    if decision.became == Moderated.State.SHOWN:
        subject = _("We have read what you told %(board)s") % {"board": item.board}
        body = _(
            "Thank you. What you told us now counts, as far as you agreed. We write again when something comes of it."
        )
    else:
        subject = _("We could not use what you told %(board)s") % {"board": item.board}
        body = _("The reason: %(reason)s.") % {"reason": decision.get_reason_display()}
        if decision.words:
            body += "\n\n" + decision.words
        body += "\n\n" + _("You can write to us again, in other words.")
    tell(
        person=item.contact,
        key=f"evidence:{item.pk}:decision:{decision.pk}",
        kind="evidence",
        subject=subject,
        body=body,
        link="/me/",
        now=decision.decided_at,
    )
