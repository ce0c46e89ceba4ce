"""Answers to the equality questions, apart from everything else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from engagement.surveys.models.surveys import Survey


def week_of(day: date) -> date:
    """Give the Monday of a day's week: the finest time kept of an equality answer."""
    return day - timedelta(days=day.weekday())


class EqualityAnswer(models.Model):
    """What someone said of themselves, in which week, with nothing that joins it to what else they said.

    No link to a response or a person, a random key, and contents that are moved among the rows of
    the same week as new ones come (actions.equality), so that the order of the rows says nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="equality_answers")
    on = models.DateField(_("week from Monday"))
    answers: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("equality answer")
        verbose_name_plural = _("equality answers")
        indexes = [models.Index(fields=["survey", "on"])]
        constraints = [models.CheckConstraint(condition=models.Q(on__iso_week_day=1), name="equality_answer_of_a_week")]

    def __str__(self) -> str:
        return str(self.on)
