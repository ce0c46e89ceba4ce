"""Deciding what the public sees, with the reason, so that each decision can be read again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people import keys
from boards.people.models import Person
from engagement.moderation import permissions, queries
from engagement.moderation.actions.telling import tell_decision
from engagement.moderation.models import Asked, Decision, Escalation, Moderated, Report
from engagement.moderation.queries.rules import text_of


class DecisionRefused(Exception):
    """Its message is fit to show the officer."""


LONGEST_WORDS = 2000

# What a room does after a decision about its own things, in the same transaction: it tells the
# writer. The room registers it from its apps.py; this room knows none of them.
AfterDeciding = Callable[[Moderated, Decision], None]
_after: dict[type[Moderated], AfterDeciding] = {}


def when_decided(model: type[Moderated], act: AfterDeciding) -> None:
    _after[model] = act


@transaction.atomic
def decide(
    *,
    item: Moderated,
    to: str,
    reason: str,
    by: Person,
    now: datetime,
    words: str = "",
    seen_as: str = "",
    seen_words: str = "",
    is_told: bool = True,
) -> Decision:
    """Show or hide one thing, write down why, and let its room tell the writer.

    `seen_as` is the state the officer saw: if another officer decided since, this is refused
    and nothing changes. `seen_words` is the digest of the words they read (as `of_text` in Held and Asked):
    nothing is shown that its writer changed since. Refuses whoever may not moderate on its board. `is_told` is False where the caller tells
    the writer more than that.
    """
    if to not in Moderated.State.values or reason not in Decision.Reason.values:
        raise ValueError("No such state or reason.")
    model = type(item)
    held = model._default_manager.select_for_update(of=("self",)).filter(pk=item.pk).first()
    if held is None:
        raise DecisionRefused(_("This has been deleted since you opened the page."))
    verdict = permissions.may_decide(by, held)
    if not verdict:
        raise DecisionRefused(verdict.why_not)
    if seen_words and seen_words not in keys.digests(text_of(held)):
        raise DecisionRefused(_("Its writer has changed it since you opened the page. Read it again, then decide."))
    if held.state == to or (seen_as and held.state != seen_as):
        raise DecisionRefused(
            _("Someone decided this a moment ago. It is now: %(state)s.") % {"state": held.get_state_display().lower()}
        )
    if to == Moderated.State.HIDDEN and reason == Decision.Reason.FINE:
        raise DecisionRefused(_("Choose why it should not be shown. The writer is told."))
    if len(words) > LONGEST_WORDS:
        raise DecisionRefused(_("Use %(most)d letters or fewer to the writer.") % {"most": LONGEST_WORDS})
    was, held.state = held.state, to
    held.save(update_fields=["state"])
    item.state = to
    decision = Decision.objects.create(
        content_type=ContentType.objects.get_for_model(model),
        object_id=str(held.pk),
        board=held.moderated_board(),
        by=by,
        was=was,
        became=to,
        reason=reason,
        words=words.strip(),
        decided_at=now,
    )
    settle(held, now=now)
    # The log keeps who, what and why, and none of the resident's words: those can be erased.
    log(
        instance=held,
        action="moderation.decide",
        user=by,
        title=f"{model._meta.verbose_name} {held.pk}",
        data={"before": was, "after": to, "reason": reason, "decision": decision.pk, "board": decision.board_id},
    )
    act = _after.get(model, tell_decision)
    if is_told or act is not tell_decision:
        act(held, decision)
    return decision


def settle(item: Moderated, *, now: datetime) -> None:
    """A decision answers whoever reported the thing, passed it on, or asked its writer to change it.

    With the report goes the digest of who sent it without an account: it was kept to count them once.
    """
    Report.objects.about(item).filter(settled_at__isnull=True).update(settled_at=now, device="")
    Escalation.objects.about(item).filter(settled_at__isnull=True).update(settled_at=now)
    Asked.objects.about(item).filter(settled_at__isnull=True).update(settled_at=now)


@transaction.atomic
def undo(*, decision: Decision, by: Person, now: datetime) -> Decision:
    """Put a thing back as it was before its last decision. That is a new decision; the old one stays."""
    item = decision.about
    if not isinstance(item, Moderated):
        raise DecisionRefused(_("What this decision was about has been deleted."))
    last = queries.last_decision(item)
    if last is None or last.pk != decision.pk:
        raise DecisionRefused(_("There is a newer decision about this. Change that one."))
    return decide(item=item, to=decision.was, reason=Decision.Reason.PUT_RIGHT, by=by, now=now, seen_as=decision.became)
