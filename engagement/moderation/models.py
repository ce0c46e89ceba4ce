"""Words that wait to be read, and each decision about them."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
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
    sent_at = models.DateTimeField(_("sent in"), default=timezone.now, db_index=True)

    # The path from the row to its board, for the queue of each board.
    board_path: ClassVar[str] = "board"
    # What the queue reads with each row (select_related), so that its words cost no query each.
    moderated_with: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def moderated_board(self) -> Board:
        thing: Any = self
        for step in self.board_path.split("__"):
            thing = getattr(thing, step)
        board: Board = thing
        return board

    def moderated_title(self) -> str:
        """Give a heading for it in the queue."""
        return str(self)

    def moderated_words(self) -> str:
        """Give everything in it that a reader would see, for the officer who decides."""
        raise NotImplementedError

    def moderated_context(self) -> tuple[str, str]:
        """Give what it was sent in for, as (words, address), for the officer who decides."""
        return ("", "")

    def moderated_person(self) -> Person | None:
        """Give whom to tell of the decision, or None."""
        return None


class Decision(models.Model):
    """One decision of the queue: who, when, what and why. Never edited."""

    class Reason(models.TextChoices):
        FINE = "fine", _("Fine to show")
        PERSONAL = "personal", _("Names or describes someone who has not agreed to it")
        UNKIND = "unkind", _("Hurts or insults people")
        LAW = "law", _("May be against the law")
        ADVERT = "advert", _("Advertising or spam")
        OFF_TOPIC = "off_topic", _("About something else")
        TWICE = "twice", _("Sent more than once")
        WRITER_ASKED = "writer_asked", _("The writer asked us to")
        PUT_RIGHT = "put_right", _("An earlier decision put right")

    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.CharField(max_length=40)
    about = GenericForeignKey("content_type", "object_id")
    board = models.ForeignKey(Board, models.CASCADE)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="moderation_decisions")
    was = models.CharField(max_length=10, choices=Moderated.State.choices)
    became = models.CharField(max_length=10, choices=Moderated.State.choices)
    reason = models.CharField(_("reason"), max_length=40, choices=Reason.choices)
    words = models.TextField(_("what the writer is told"), blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-decided_at", "-pk"]
        indexes = [
            models.Index(fields=["content_type", "object_id"]),
            models.Index(fields=["board", "-decided_at"]),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(was=models.F("became")), name="decision_changes_something")
        ]

    def __str__(self) -> str:
        return f"{self.get_became_display()}: {self.get_reason_display()}"
