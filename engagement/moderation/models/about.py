"""What every note about a moderated thing shares: which thing, and of which board."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from boards.places.models import Board
from engagement.moderation.models.moderated import Moderated


class AboutQuerySet(models.QuerySet[Any]):
    def about(self, item: Moderated) -> Self:
        return self.filter(content_type=ContentType.objects.get_for_model(item), object_id=str(item.pk))

    def about_any(self, items: Iterable[Moderated]) -> Self:
        """Give the notes about any of these, in one query."""
        keys: dict[type[Moderated], list[str]] = {}
        for item in items:
            keys.setdefault(type(item), []).append(str(item.pk))
        asked = Q(pk__in=[])
        for model, pks in keys.items():
            asked |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=pks)
        return self.filter(asked)


class AboutAThing(models.Model):
    """A note about one moderated thing, whatever its kind."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.CharField(max_length=40)
    about = GenericForeignKey("content_type", "object_id")
    board = models.ForeignKey(Board, models.CASCADE, related_name="+")

    class Meta:
        abstract = True

    @property
    def thing(self) -> tuple[int, str]:
        """Name the thing without reading it."""
        return (self.content_type_id, self.object_id)


def thing_of(item: Moderated) -> tuple[int, str]:
    """Name a thing as the notes about it do."""
    return (ContentType.objects.get_for_model(item).pk, str(item.pk))


def naming(item: Moderated) -> dict[str, Any]:
    """Give what a note needs to be about this thing."""
    return {
        "content_type": ContentType.objects.get_for_model(item),
        "object_id": str(item.pk),
        "board": item.moderated_board(),
    }


def new_key() -> int:
    """Give a random key, where the order of arrival would lead to the writer."""
    return secrets.randbelow(2**62) + 1


LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def new_reference() -> str:
    """Give nine signs that are not misread, to quote on the telephone: "K7QM-2XWD"."""
    drawn = "".join(secrets.choice(LETTERS) for _sign in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"
