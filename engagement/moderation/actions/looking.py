"""Looking over what has just been sent in: a rule that finds something holds it for an officer. It refuses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from boards.people import keys
from boards.people.limits import count_one, raised
from boards.people.models import Person
from engagement.moderation.models import Held, Moderated, Rule, naming
from engagement.moderation.queries import rules
from engagement.moderation.rules import Span

Kind = Rule.Kind
MOST_SPANS = 20


@transaction.atomic(savepoint=False)
def look_over(
    *, item: Moderated, person: Person | None, now: datetime, device: str = "", doubts: Sequence[str] = ()
) -> list[Held]:
    """Run the rules over a thing that a room has just stored; when one finds something, let the thing wait.

    Call it in the transaction that stored the thing. Gives the reasons it is held for, and none where
    nothing was found and nothing changed. `device` is anything that is the same for one sender; only a count under
    a keyed digest of it is kept, in the cache, until the burst rule no longer looks back so far. Leave both
    `person` and `device` out for words that must lead to nobody. `doubts` are what the form's guard said.
    """
    text = rules.text_of(item)
    found: list[tuple[Rule, Span | None]] = []
    with translation.override(settings.LANGUAGE_CODE):  # officers read why, whatever language the writer reads
        standing = rules.all_rules()
    for rule in standing:
        if not rule.is_on:
            continue
        if spans := rules.found_in(text, rule):
            if rule.kind == Kind.LINK and not rules.is_new_here(person, but_for=item):
                continue
            found += [(rule, span) for span in spans[:MOST_SPANS]]
        elif asks_for_a_look(rule, item, person=person, device=device, doubts=doubts, now=now):
            found.append((rule, None))
    return hold(item=item, found=found, text=text, doubts=doubts)


def asks_for_a_look(
    rule: Rule, item: Moderated, *, person: Person | None, device: str, doubts: Sequence[str], now: datetime
) -> bool:
    """Ask a rule that goes by how a thing came and not by its words alone."""
    if rule.kind == Kind.FORM:
        return bool(doubts)
    if rule.kind == Kind.MAIL_DOMAIN:
        return person is not None and rules.is_thrown_away(person.email, rule.lines())
    if rule.kind == Kind.ALIKE:
        return rules.is_said_again(item, rule, now=now)
    sender = device or (f"person {person.pk}" if person else "")
    if rule.kind == Kind.BURST and sender and rule.number and rule.hours:
        sent = count_one(rules.BURST, keys.digest(f"burst of {sender}"), seconds=rule.hours * 3600)
        return sent > raised(rule.number)
    return False


def hold(
    *, item: Moderated, found: Sequence[tuple[Rule, Span | None]], text: str = "", doubts: Sequence[str] = ()
) -> list[Held]:
    """Let a thing wait, with each reason why. Nothing changes where there is no reason."""
    if not found:
        return []
    digest = keys.digest(text)
    about, on = naming(item), timezone.localdate(item.sent_at)
    made = Held.objects.bulk_create(
        Held(
            **about,
            rule=rule.kind,
            why=(" ".join([rule.why, *doubts]) if rule.kind == Kind.FORM else rule.why)[:300],
            start=span.start if span else None,
            end=span.end if span else None,
            of_text=digest if span else "",
            on=on,
        )
        for rule, span in found
    )
    if item.state != Moderated.State.PENDING:
        item.state = Moderated.State.PENDING
        item.save(update_fields=["state"])
    return made
