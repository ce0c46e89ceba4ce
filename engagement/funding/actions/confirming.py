"""From a settled count to a result that stands: objections, the board's confirmation, the end of a round."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.activities.rules import REFERENCE_BITS, reference
from engagement.funding import permissions
from engagement.funding.actions.moving import AUDIENCES, may_move, tell_of
from engagement.funding.actions.refusals import Refused
from engagement.funding.actions.scans import destroy_scans
from engagement.funding.models import FundingRound, Objection
from engagement.notifications.actions import tell, tell_all


def _held(round: FundingRound) -> FundingRound:
    return (
        FundingRound.objects.select_for_update(of=("self",))
        .select_related("activity__board", "stream__pot")
        .get(pk=round.pk)
    )


@transaction.atomic
def object_to(*, round: FundingRound, person: Person, grounds: str, words: str, now: datetime) -> Objection:
    """Keep an objection to a count; the board has to answer it before it confirms the result."""
    held = _held(round)  # so that none slips in while the result is being confirmed
    verdict = permissions.may_object(held, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    objection = Objection.objects.create(
        round=held,
        person=person,
        grounds=grounds,
        words=words,
        reference=reference(secrets.randbits(REFERENCE_BITS)),
        sent_at=now,
    )
    tell(
        person=person,
        key=f"funding-objection:{objection.pk}",
        kind="funding",
        subject=_("We have your objection to the result of “%(title)s”") % {"title": held.title},
        body=_("Your reference is %(reference)s. The board answers every objection before it confirms the result.")
        % {"reference": objection.reference},
        link=held.address("results"),
        now=now,
    )
    for audience in ("coordinators", "chair"):
        tell_all(
            people=AUDIENCES[audience](held),
            key=f"funding-objection:{objection.pk}",
            kind="funding",
            subject=_("Someone objects to the result of “%(title)s”") % {"title": held.title},
            body=_("Read it at the desk and answer it. The result cannot be confirmed before."),
            link=held.address("results"),
            now=now,
        )
    return objection


@transaction.atomic
def answer_objection(*, objection: Objection, upheld: bool, answer: str, by: Person, now: datetime) -> Objection:
    """Answer an objection in words that show on the results page. Who objected is not shown."""
    held = _held(objection.round)
    verdict = permissions.may_answer_objection(by, held, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    kept = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    if kept.answered_at is not None:
        raise Refused(_("This objection has its answer."))
    if not answer.strip():
        raise Refused(_("Write the answer. It shows on the results page."))
    kept.outcome = Objection.Outcome.UPHELD if upheld else Objection.Outcome.NOT_UPHELD
    kept.answer, kept.answered_by, kept.answered_at = answer.strip()[:2000], by, now
    kept.save(update_fields=["outcome", "answer", "answered_by", "answered_at"])
    log(
        instance=held,
        action="funding.answer_objection",
        user=by,
        data={"reference": kept.reference, "outcome": kept.outcome, "board": held.activity.board_id},
    )
    if kept.person is not None:
        tell(
            person=kept.person,
            key=f"funding-objection-answered:{kept.pk}",
            kind="funding",
            subject=_("The board has answered your objection"),
            body=kept.answer,
            link=held.address("results"),
            now=now,
        )
    return kept


@transaction.atomic
def confirm_result(*, round: FundingRound, words: str, by: Person, now: datetime) -> None:
    """Write down that the board has confirmed the result, and where: the meeting, its day, the item."""
    held = _held(round)
    verdict = permissions.may_confirm(by, held, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    if not (verdict := may_move(held, "confirm", now=now)):
        raise Refused(verdict.why_not)
    if not words.strip():
        raise Refused(_("Say where this was decided, such as the meeting and its date."))
    note_confirmed(held, words=words, by=by, now=now)
    for name in ("confirmed_at", "confirmed_words", "confirmed_by"):
        setattr(round, name, getattr(held, name))
    tell_of(held, "confirm", now=now)


def note_confirmed(held: FundingRound, *, words: str, by: Person, now: datetime) -> None:
    """Keep the record of the decision on a round that the caller holds."""
    held.confirmed_at, held.confirmed_words, held.confirmed_by = now, words.strip()[:300], by
    held.save(update_fields=["confirmed_at", "confirmed_words", "confirmed_by"])
    log(
        instance=held,
        action="funding.confirm_result",
        user=by,
        data={"words": held.confirmed_words, "board": held.activity.board_id},
    )


@transaction.atomic
def close_round(*, round: FundingRound, by: Person, now: datetime) -> None:
    """End a round: every group has reported."""
    held = _held(round)
    verdict = permissions.may_close(by, held, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    if not (verdict := may_move(held, "close", now=now)):
        raise Refused(verdict.why_not)
    held.closed_at = now
    held.save(update_fields=["closed_at"])
    round.closed_at = now
    destroy_scans(held)
    log(instance=held, action="funding.close_round", user=by, data={"board": held.activity.board_id})
    tell_of(held, "close", now=now)
