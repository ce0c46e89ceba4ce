"""Asking the board to look at something that is shown."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from boards.people import keys
from boards.people.models import Person
from engagement.moderation.actions.looking import hold
from engagement.moderation.models import Moderated, Report, Rule, naming, thing_of
from engagement.moderation.queries import rules


def report(
    *,
    item: Moderated,
    person: Person | None,
    device: str,
    reason: str,
    now: datetime,
    words: str = "",
    is_doubtful: bool = False,
) -> Report:
    """Keep someone's report of a thing, once; a second one gives the first. The thing stays shown.

    `device` tells visitors without an account apart; what is kept of it is a keyed digest that is other for each
    thing. Only where an administrator's rule says that so many people hold a thing does the last of them hold it.
    A report that a machine may have written is kept and does not count for that.
    """
    if reason not in Report.Reason.values:
        raise ValueError("No such reason.")
    if person is None and not device:
        raise ValueError("A report comes from someone.")
    kind, key = thing_of(item)
    digest = "" if person else keys.digest(f"report of {kind}:{key} from {device}")
    try:
        with transaction.atomic():
            made = Report.objects.create(
                **naming(item),
                person=person,
                device=digest,
                reason=reason,
                words=words.strip(),
                is_doubtful=is_doubtful,
                at=now,
            )
            _hold_what_many_report(item)
            return made
    except IntegrityError:
        who = {"person": person} if person else {"device": digest}
        before: Report | None = Report.objects.about(item).filter(**who).first()
        if before is None:
            raise
        return before


def _hold_what_many_report(item: Moderated) -> None:
    rule = rules.rule_by_key(Rule.Kind.REPORTED)
    if rule is None or not rule.is_on or rule.number is None:
        return
    model = type(item)
    held = model._default_manager.select_for_update(of=("self",)).filter(pk=item.pk).first()
    if held is None or held.state != Moderated.State.SHOWN:
        return
    if Report.objects.about(item).filter(settled_at__isnull=True, is_doubtful=False).count() >= rule.number:
        hold(item=held, found=[(rule, None)])
        item.state = held.state
