"""Words that wait to be read, and each decision about them."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.places.models import Board


class ModeratedQuerySet(models.QuerySet[Any]):
    def shown(self) -> Self:
        """What the public may see. Every page, feed and export reads words through this."""
        return self.filter(state=Moderated.State.SHOWN)

    def pending(self) -> Self:
        return self.filter(state=Moderated.State.PENDING)


class Moderated(models.Model):
    """What residents write inherits this, and reaches a page only through `.shown()`."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting to be read")
        SHOWN = "shown", _("Shown")
        HIDDEN = "hidden", _("Hidden")

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING, db_index=True)

    # The path from the row to its board, for the queue of each board.
    board_path: ClassVar[str] = "board"

    class Meta:
        abstract = True

    def moderated_words(self) -> str:
        """Give everything in it that a reader would see, for the officer who decides."""
        raise NotImplementedError

    def moderated_person(self) -> Person | None:
        """Give whom to tell of the decision, or None."""
        return None


class Decision(models.Model):
    """One decision of the queue: who, when, what and why. Never edited."""

    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.CharField(max_length=40)
    about = GenericForeignKey("content_type", "object_id")
    board = models.ForeignKey(Board, models.CASCADE)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="moderation_decisions")
    was = models.CharField(max_length=10, choices=Moderated.State.choices)
    became = models.CharField(max_length=10, choices=Moderated.State.choices)
    reason = models.CharField(_("reason"), max_length=40)
    words = models.TextField(_("what the writer is told"), blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at", "-pk"]
        indexes = [models.Index(fields=["content_type", "object_id"])]

    def __str__(self) -> str:
        return f"{self.about}: {self.get_became_display()}"
