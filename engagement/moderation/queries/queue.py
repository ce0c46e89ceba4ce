"""What waits to be read, on which boards, and what was decided lately."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast

from boards.people.permissions import board_ids_where
from engagement.moderation.models import Decision, Moderated

if TYPE_CHECKING:
    from boards.people.models import Person


def kinds() -> dict[str, type[Moderated]]:
    """Give every kind of thing that residents write, by its label ("ideas.idea")."""
    return {
        model._meta.label_lower: model
        for model in apps.get_models()
        if issubclass(model, Moderated) and not model._meta.proxy
    }


def waiting(person: Person) -> QuerySet[Any]:
    """Give what waits on every board where this person moderates, oldest first, in one query.

    Rows are (label, key, sent_at): `the_items` reads the things themselves.
    """
    boards = sorted(board_ids_where(person, "moderate"))
    parts = [
        model._default_manager.filter(state=Moderated.State.PENDING, **{f"{model.board_path}__in": boards})
        .order_by()
        .annotate(
            kind_=Value(label, output_field=CharField()),
            key_=Cast(F("pk"), output_field=CharField(max_length=40)),
        )
        .values_list("kind_", "key_", "sent_at")
        for label, model in sorted(kinds().items())
    ]
    if not parts:
        return Decision.objects.none().values_list("reason", "object_id", "decided_at")
    # Always one union, so that order and slices mean the same with one kind and with five.
    first, *rest = parts if len(parts) > 1 else [parts[0], parts[0].none()]
    return first.union(*rest, all=True).order_by("sent_at", "kind_", "key_")


@dataclass(frozen=True)
class Queued:
    """One thing of the queue, and the name its form knows it by."""

    key: str
    item: Moderated
    kind: str


def the_items(rows: Iterable[tuple[str, str, Any]]) -> list[Queued]:
    """Read the things that `waiting` names, one query a kind, in the same order."""
    rows = list(rows)
    found: dict[str, Queued] = {}
    for label, model in kinds().items():
        keys = [key for kind, key, _sent_at in rows if kind == label]
        if not keys:
            continue
        things = model._default_manager.select_related(*model.moderated_with, model.board_path)
        for item in things.prefetch_related(*model.moderated_lists).filter(pk__in=keys):
            queued = Queued(f"{label}:{item.pk}", item, str(model._meta.verbose_name))
            found[queued.key] = queued
    # One that was decided since is simply no longer there.
    return [found[f"{kind}:{key}"] for kind, key, _sent_at in rows if f"{kind}:{key}" in found]


def kind_named(name: str) -> type[Moderated] | None:
    """Give the kind an address names ("idea", "why"), or None."""
    return next((model for model in kinds().values() if model._meta.model_name == name), None)


def readable_thing(name: str, key: str) -> Moderated | None:
    """Give the thing an address names, if anyone may read it; None for what nobody may know of."""
    model = kind_named(name)
    if model is None or len(key) > 40:
        return None
    try:
        things: Any = model._default_manager.all()
        return things.readable().select_related(model.board_path).filter(pk=key).first()  # type: ignore[no-any-return]
    except (ValueError, OverflowError, ValidationError):
        return None


def item_by_key(key: str) -> Moderated | None:
    """Give the thing a form names ("ideas.idea:12"), or None for a name that is none."""
    label, _colon, pk = key.partition(":")
    model = kinds().get(label)
    if model is None or not pk or len(pk) > 40:
        return None
    try:
        return model._default_manager.filter(pk=pk).first()
    except (ValueError, OverflowError, ValidationError):
        return None


def last_decision(item: Moderated) -> Decision | None:
    return decisions_about(item).first()


def decisions_about(item: Moderated) -> QuerySet[Decision]:
    """Give each decision about one thing, newest first."""
    return Decision.objects.filter(
        content_type=ContentType.objects.get_for_model(item), object_id=str(item.pk)
    ).select_related("by")


def decisions_on(boards: Any) -> QuerySet[Decision]:
    """Give the decisions of these boards, newest first."""
    return Decision.objects.filter(board__in=boards).select_related("by", "board", "content_type")


def with_their_items(decisions: Iterable[Decision]) -> list[tuple[Decision, Moderated | None]]:
    """Pair each decision with what it is about (None when that is gone), one query a kind."""
    decisions = list(decisions)
    rows = {(d.content_type.model_class()._meta.label_lower, d.object_id, None) for d in decisions}  # type: ignore[union-attr]
    items: Mapping[str, Moderated] = {queued.key: queued.item for queued in the_items(sorted(rows))}
    return [
        (d, items.get(f"{d.content_type.model_class()._meta.label_lower}:{d.object_id}"))  # type: ignore[union-attr]
        for d in decisions
    ]
