"""Counts that are kept, so that a page of results reads one row and not every answer."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from engagement.surveys.models.surveys import Survey

PARTS = tuple(f"{number:02x}" for number in range(256))
"""A survey's responses in 256 parts of about the same size, by the first two figures of their random keys."""


class KeptCounts(models.Model):
    """What a whole survey came to when it was last counted (rules.counting). Only ever the sum of its parts.

    `shown` is what everyone sees while it is open: it moves on by five responses or more at a time,
    so that nobody can look before and after one person answers and subtract.
    """

    survey = models.OneToOneField(Survey, models.CASCADE, primary_key=True, related_name="kept_counts")
    counts: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    counted_at = models.DateTimeField(_("counted at"), null=True)
    shown: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("kept counts")
        verbose_name_plural = _("kept counts")

    def __str__(self) -> str:
        return f"{self.survey_id}"


class KeptPart(models.Model):
    """What one part of a survey's responses came to: taken from the whole, and put in again, when one of them changed."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="kept_parts")
    part = models.CharField(max_length=2)
    counts: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("kept part")
        verbose_name_plural = _("kept parts")
        constraints = [models.UniqueConstraint(fields=["survey", "part"], name="kept_part_once")]

    def __str__(self) -> str:
        return f"{self.survey_id}: {self.part}"


class ToCount(models.Model):
    """A part in which a response came, changed or went since it was counted. The database itself writes these (noting).

    No foreign key: a survey that is deleted takes its responses along, and each of them leaves one.
    """

    survey_key = models.PositiveBigIntegerField(db_index=True)
    part = models.CharField(max_length=2)

    class Meta:
        verbose_name = _("part to count")
        verbose_name_plural = _("parts to count")

    def __str__(self) -> str:
        return f"{self.survey_key}: {self.part}"
