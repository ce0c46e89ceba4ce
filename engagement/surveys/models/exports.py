"""A copy of a survey's answers that a worker is making, or has made, for one session."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.surveys.models.surveys import Survey

LASTS = timedelta(hours=1)
STUCK_AFTER = timedelta(minutes=10)


def kept_as(copy: Copy, _name: str) -> str:
    """Nowhere that has an address of its own: only media/images/ is served (moothall.urls)."""
    return f"survey-copies/{copy.pk}.xlsx"


class Copy(models.Model):
    """A spreadsheet of every answer. Its link is good for the session that asked, for an hour; then the file goes.

    `session_digest` is a digest of the session's key: whoever reads the table cannot become that session.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for its turn")
        MAKING = "making", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be made")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="copies")
    by = models.ForeignKey(Person, models.CASCADE, related_name="survey_copies")
    session_digest = models.CharField(max_length=64, editable=False)
    in_words = models.BooleanField(default=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to=kept_as, blank=True, max_length=100)
    size_bytes = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name = _("copy of a survey's answers")
        verbose_name_plural = _("copies of surveys' answers")
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["survey", "session_digest"]), models.Index(fields=["ends_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("rows")), name="survey_copy_done_up_to_all"),
            models.CheckConstraint(condition=~Q(state="ready") | ~Q(file=""), name="survey_copy_ready_has_a_file"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}: {self.get_state_display()}"

    def is_at_hand(self, now: datetime) -> bool:
        return self.state == self.State.READY and now < self.ends_at

    def is_stuck(self, now: datetime) -> bool:
        """Tell whether nothing has moved for so long that whoever made it must have gone."""
        return self.state in (self.State.WAITING, self.State.MAKING) and self.moved_at + STUCK_AFTER <= now

    @property
    def percent(self) -> int:
        return 100 * self.done // self.rows if self.rows else 0
