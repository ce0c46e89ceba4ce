"""What people wrote of why: kept, taken back, and made into evidence with a link that both rooms keep to.

docs/decisions/0011-why-stands-beside-no-vote.md says what the words are joined to, and what not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people import keys
from boards.people.models import Person
from engagement.evidence.actions.recording import Bearing, record, withdraw
from engagement.evidence.models import Consent, Evidence, EvidenceLink, Need
from engagement.moderation.actions import decide, look_over
from engagement.moderation.models import Decision, Moderated
from engagement.polls import permissions
from engagement.polls.models import Poll, Why


class WhyRefused(Exception):
    """Its message is fit to show."""


def keep(*, poll: Poll, text: str, may_quote: bool, reference: str, now: datetime, doubts: Sequence[str] = ()) -> Why:
    """Keep someone's words until an officer has read them: with the day, and no time of it."""
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    why = Why.objects.create(
        poll=poll, text=text, may_quote=may_quote, sent_at=day, digest=keys.digest(_about(reference))
    )
    # Nobody is named and no device counted: the words must lead to no voter.
    look_over(item=why, person=None, now=now, doubts=doubts)
    return why


def of_reference(poll: Poll, reference: str) -> Why | None:
    """Give the words that came with this confirmation, unless they were taken back."""
    return Why.objects.filter(poll=poll, digest__in=keys.digests(_about(reference))).first()


def _about(reference: str) -> str:
    return f"why of {reference}"


@transaction.atomic
def take_back(*, why: Why, now: datetime) -> None:
    """Take someone's words out of everything at once, because whoever holds their confirmation asked."""
    held = Why.objects.select_for_update(of=("self",)).get(pk=why.pk)
    if held.withdrawn_at is not None:
        return
    _empty(held, now=now)
    log(instance=held, action="polls.take_back_why", title=str(held))
    evidence = Evidence.objects.filter(pk=held.evidence_id, withdrawn_at__isnull=True).first()
    if evidence is not None:
        withdraw(evidence=evidence, by=None, now=now)


def _empty(why: Why, *, now: datetime) -> None:
    why.withdrawn_at = now
    why.state = Why.State.HIDDEN
    why.text = _("(withdrawn)")
    why.may_quote = False
    why.digest = None
    why.save(update_fields=["withdrawn_at", "state", "text", "may_quote", "digest"])


@transaction.atomic
def make_evidence(
    *, why: Why, by: Person, now: datetime, need: Need | None = None, relation: str = EvidenceLink.Relation.SUPPORTS
) -> Evidence:
    """Make someone's words into evidence, linked both ways, and to a need if one is given. Once.

    Words that nobody has read yet are read by this: the decision is written down like any other.
    """
    verdict = permissions.may_make_evidence(by, why.poll)
    if not verdict:
        raise WhyRefused(verdict.why_not)
    held: Why = Why.objects.select_for_update(of=("self",)).select_related("poll__activity__board").get(pk=why.pk)
    if held.withdrawn_at is not None:
        raise WhyRefused(_("The writer has taken these words back."))
    if held.evidence_id is not None:
        raise WhyRefused(_("These words are evidence already."))
    if held.state == Why.State.HIDDEN:
        raise WhyRefused(_("These words are hidden. Show them first, if the reason for hiding them has gone."))
    if held.state == Why.State.PENDING:
        decide(item=held, to=Why.State.SHOWN, reason=Decision.Reason.FINE, by=by, now=now)
    board = held.poll.activity.board
    if need is not None and need.board_id != board.pk:
        raise WhyRefused(_("That need belongs to another board."))
    evidence, _slip = record(
        board=board,
        text=held.text,
        how=Evidence.How.ONLINE,
        heard_on=timezone.localdate(held.sent_at),
        voices=1,
        scopes=[Consent.Scope.EVIDENCE, *([Consent.Scope.QUOTE] if held.may_quote else [])],
        where_words=(_("Poll: %(title)s") % {"title": held.poll.activity.title})[:120],
        bears_on=[Bearing(need, relation)] if need is not None else [],
        agreed_at=held.sent_at,
        by=by,
        now=now,
    )
    held.evidence = evidence
    held.save(update_fields=["evidence"])
    log(
        instance=held.poll,
        action="polls.make_evidence",
        user=by,
        data={"evidence": evidence.reference, "need": need.slug if need else ""},
    )
    return evidence


def follow_evidence(evidence: Evidence, now: datetime) -> None:
    """Withdrawn there, withdrawn here. Called by evidence in the same transaction."""
    for why in Why.objects.select_for_update(of=("self",)).filter(evidence=evidence, withdrawn_at__isnull=True):
        _empty(why, now=now)


def follow_decision(item: Moderated, decision: Decision) -> None:
    """Hidden here, hidden there; and shown again with it. Called by moderation in the same transaction."""
    if not isinstance(item, Why) or item.evidence_id is None or decision.by is None:
        return
    evidence = Evidence.objects.filter(pk=item.evidence_id, withdrawn_at__isnull=True).first()
    if evidence is None or evidence.state == decision.became:
        return
    decide(
        item=evidence, to=decision.became, reason=decision.reason, by=decision.by, now=decision.decided_at,
        words=decision.words,
    )  # fmt: skip


def follow_edit(item: Moderated, field: str, was: str) -> None:
    """Personal details taken out here come out of the evidence made of these words. Called by moderation."""
    if not isinstance(item, Why) or item.evidence_id is None:
        return
    Evidence.objects.filter(pk=item.evidence_id, text=was, withdrawn_at__isnull=True).update(text=item.text)
