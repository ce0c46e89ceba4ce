"""A table of answers from elsewhere that an officer is bringing in, and which responses came by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.activities.models import Channel
from engagement.surveys.models.responses import Response
from engagement.surveys.models.surveys import Survey, SurveyVersion

WAITS = timedelta(days=1)


def kept_as(incoming: Incoming, _name: str) -> str:
    """Nowhere that has an address of its own: only media/images/ is served (moothall.urls)."""
    return f"survey-incoming/{incoming.pk}.csv"


class Incoming(models.Model):
    """One file. It is deleted once its answers are in, when it is given up, or after a day."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Not brought in yet")
        IN = "in", _("Brought in")
        OUT = "out", _("Taken out again")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="incoming")
    version = models.ForeignKey(SurveyVersion, models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    file = models.FileField(upload_to=kept_as, blank=True, max_length=100)
    targets: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    channel = models.CharField(_("way in"), max_length=10, choices=Channel.choices, default=Channel.WEB)
    on = models.DateField(_("day"), null=True, blank=True)
    told: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("file of answers")
        verbose_name_plural = _("files of answers")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="waiting") | ~Q(file=""), name="survey_incoming_waits_with_a_file"
            )
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}: {self.get_state_display()}"


class BroughtIn(models.Model):
    """Which file a response came by, so that it can be taken out again."""

    response = models.OneToOneField(Response, models.CASCADE, primary_key=True, related_name="brought_in")
    incoming = models.ForeignKey(Incoming, models.CASCADE, related_name="responses")

    class Meta:
        verbose_name = _("response from a file")
        verbose_name_plural = _("responses from a file")

    def __str__(self) -> str:
        return f"{self.incoming_id}"
