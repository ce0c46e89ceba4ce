"""A writer objects to a decision; someone else looks again."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.moderation import permissions
from engagement.moderation.actions.asking import in_words
from engagement.moderation.actions.deciding import DecisionRefused, decide
from engagement.moderation.actions.telling import tell_heard
from engagement.moderation.models import Decision, Moderated, Objection


class ObjectionRefused(Exception):
    """Its message is fit to show the writer."""


def object_to(*, decision: Decision, by: Person, words: str, now: datetime) -> Objection:
    """Keep a writer's objection to a decision, once; a second one gives the first."""
    verdict = permissions.may_object(by, decision)
    if not verdict:
        raise ObjectionRefused(verdict.why_not)
    try:
        with transaction.atomic():
            return Objection.objects.create(
                decision=decision, first_decider=decision.by, by=by, words=words.strip(), made_at=now
            )
    except IntegrityError:
        return Objection.objects.get(decision=decision)


@transaction.atomic
def hear(*, objection: Objection, outcome: str, answer: str, by: Person, now: datetime) -> Objection:
    """Decide an objection, in words. Where the first decision was wrong, the thing is shown from now on."""
    if outcome not in Objection.Outcome.values:
        raise ValueError("No such outcome.")
    held = Objection.objects.select_for_update(of=("self",)).select_related("decision").get(pk=objection.pk)
    verdict = permissions.may_hear(by, held)
    if not verdict:
        raise DecisionRefused(verdict.why_not)
    if held.decided_at is not None:
        raise DecisionRefused(_("Someone decided this objection a moment ago."))
    answer = in_words(answer)
    item = held.decision.about
    item = item if isinstance(item, Moderated) else None
    if outcome == Objection.Outcome.PUT_RIGHT and item is None:
        raise DecisionRefused(_("What this decision was about has been deleted."))
    if outcome == Objection.Outcome.PUT_RIGHT and item is not None and item.state != Moderated.State.SHOWN:
        decide(item=item, to=Moderated.State.SHOWN, reason=Decision.Reason.PUT_RIGHT, by=by, now=now, is_told=False)
    held.outcome, held.answer, held.decided_by, held.decided_at = outcome, answer, by, now
    held.save(update_fields=["outcome", "answer", "decided_by", "decided_at"])
    log(
        instance=held,
        action="moderation.hear",
        user=by,
        data={"decision": held.decision_id, "outcome": outcome, "board": held.decision.board_id},
    )
    tell_heard(item, held, now=now)
    return held
