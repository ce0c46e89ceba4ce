"""The rules as they stand, and what in a text they ask a look at."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import CharField, F, TextField, Value
from django.db.models.functions import Cast, Concat

from boards.people.models import Person
from engagement.moderation.models import KEPT_RULES, Moderated, Rule
from engagement.moderation.queries.queue import kinds
from engagement.moderation.rules import (
    Span,
    enough_alike,
    find_addresses,
    find_emails,
    find_links,
    find_names_with_a_street,
    find_telephones,
    find_words,
    mixed_or_unseen,
)
from engagement.moderation.rules.likeness import SHORTEST
from engagement.moderation.starting_rules import starting_rules

Kind = Rule.Kind
BURST = "moderation-burst"
MOST_COMPARED = 500

FINDERS = {
    Kind.LINK: find_links,
    Kind.TELEPHONE: find_telephones,
    Kind.EMAIL: find_emails,
    Kind.ADDRESS: find_addresses,
    Kind.NAME_STREET: find_names_with_a_street,
    Kind.UNSEEN: mixed_or_unseen,
}


def all_rules() -> list[Rule]:
    """Give every rule as it stands: an administrator's row, or as it is at first.

    Rows are kept at hand for a minute, as everything sent in asks for them; changing one forgets them (Rule.save).
    """
    rows = cache.get(KEPT_RULES)
    if rows is None:
        rows = list(Rule.objects.all())
        cache.set(KEPT_RULES, rows, 60)
    kept = {(rule.kind, rule.language): rule for rule in rows}
    rules = [kept.pop((rule.kind, rule.language), rule) for rule in starting_rules()]
    # Word lists of further languages.
    return [*rules, *kept.values()]


def rule_by_key(key: str) -> Rule | None:
    return next((rule for rule in all_rules() if rule.key == key), None)


def text_of(item: Moderated) -> str:
    """Give what a writer wrote, as the rules look it through: its heading too where that is theirs."""
    title = own_title(item)
    return f"{title}\n\n{item.moderated_words()}" if title else item.moderated_words()


def own_title(item: Moderated) -> str:
    """Give the heading of a thing where its writer wrote it; "" where it is a question of ours."""
    title = item.moderated_title()
    return title if any(getattr(item, name, None) == title for name in item.moderated_fields) else ""


def found_in(text: str, rule: Rule) -> list[Span]:
    """Give where a rule that reads words finds something. Nothing for a rule of another kind."""
    if rule.kind == Kind.WORDS:
        return find_words(text, rule.lines())
    finder = FINDERS.get(Kind(rule.kind))
    return finder(text) if finder else []


def is_new_here(person: Person | None, *, but_for: Moderated) -> bool:
    """Tell whether nothing else of this person has been shown yet. Someone without an account is always new."""
    if person is None:
        return True
    for model in kinds().values():
        if model.person_path:
            theirs = model._default_manager.filter(state=Moderated.State.SHOWN, **{model.person_path: person})
            if isinstance(but_for, model):
                theirs = theirs.exclude(pk=but_for.pk)
            if theirs.exists():
                return False
    return True


def is_thrown_away(email: str, domains: Collection[str]) -> bool:
    """Tell whether an e-mail address is of a listed domain, or of one below it."""
    domain = email.rpartition("@")[2].casefold().rstrip(".")
    parts = domain.split(".")
    listed = {each.casefold().lstrip("@") for each in domains}
    return any(".".join(parts[at:]) in listed for at in range(len(parts)))


def is_said_again(item: Moderated, rule: Rule, *, now: datetime) -> bool:
    """Tell whether nearly the same words came lately, in whatever room and on whatever board. One query."""
    mine = " ".join(filter(None, (str(getattr(item, name)) for name in item.moderated_fields)))
    if len(" ".join(mine.split())) < SHORTEST or rule.number is None or rule.hours is None:
        return False
    since = now - timedelta(hours=rule.hours)
    parts = []
    for label, model in sorted(kinds().items()):
        if not model.moderated_fields:
            continue
        rows = model._default_manager.filter(sent_at__gte=since)
        if isinstance(item, model):
            rows = rows.exclude(pk=item.pk)
        words = [Cast(name, TextField()) for name in model.moderated_fields]
        between = [part for each in words for part in (each, Value(" "))][:-1]
        text = Concat(*between, output_field=TextField()) if len(between) > 1 else words[0]
        kind = Value(label, output_field=CharField())
        parts.append(rows.order_by().annotate(kind_=kind, text_=text).values_list("kind_", "text_", "sent_at"))
    if not parts:
        return False
    first, *rest = parts if len(parts) > 1 else [parts[0], parts[0].none()]
    recent = first.union(*rest, all=True).order_by(F("sent_at").desc())[:MOST_COMPARED]
    return enough_alike(mine, (text for _kind, text, _at in recent), times=rule.number)
