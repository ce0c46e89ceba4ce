"""Messages waiting to leave, and who follows what."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.places.models import Board


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime) -> MessageQuerySet:
        return self.filter(sent_at__isnull=True, given_up=False, try_at__lte=now)


class Message(models.Model):
    """One message to one person: the outbox. `key` is what makes a second sending of it impossible."""

    key = models.CharField(max_length=160, unique=True)
    to = models.ForeignKey(Person, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    link = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    try_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up = models.BooleanField(default=False)
    last_error = models.CharField(max_length=200, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(given_up=False), name="message_sent_or_given_up"
            )
        ]

    def __str__(self) -> str:
        return self.subject


class Follow(models.Model):
    """Someone wants to hear of a board."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="follows")
    board = models.ForeignKey(Board, models.CASCADE, related_name="followers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "board"], name="follow_a_board_once")]

    def __str__(self) -> str:
        return f"{self.person} follows {self.board}"
