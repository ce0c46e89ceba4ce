"""A survey, and each version of what it asks."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.places.models import Board
from engagement.activities.models import Activity
from engagement.surveys.rules.schema import Schema, read_schema


class SurveyQuerySet(models.QuerySet["Survey"]):
    def for_board(self, board: Board | str) -> Self:
        """Of one board, given itself or its slug; with the activity, the board and what it asks at hand."""
        found = self.select_related("activity__board", "current")
        if isinstance(board, Board):
            return found.filter(activity__board=board)
        return found.filter(activity__board__slug=board)

    def published(self) -> Self:
        return self.filter(activity__is_draft=False)

    def open_at(self, now: datetime) -> Self:
        """Published, from opens_at up to, and not including, closes_at."""
        return (
            self.published()
            .filter(activity__opens_at__lte=now)
            .filter(Q(activity__closes_at__isnull=True) | Q(activity__closes_at__gt=now))
        )

    def coming_at(self, now: datetime) -> Self:
        return self.published().filter(activity__opens_at__gt=now)

    def closed_at(self, now: datetime) -> Self:
        return self.published().filter(activity__closes_at__lte=now)


class Survey(models.Model):
    """Questions on pages. Its dates, audience and address are its activity's; what it asks is its version's."""

    activity = models.OneToOneField(Activity, models.CASCADE, primary_key=True, related_name="survey")
    current = models.ForeignKey(
        "SurveyVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("version")
    )
    introduction = models.TextField(
        _("introduction"),
        max_length=4000,
        blank=True,
        help_text=_("Read before the first question: why you ask, and what will come of it."),
    )
    thanks_words = models.TextField(
        _("words of thanks"), max_length=2000, blank=True, help_text=_("Read after sending. Empty: ours.")
    )
    takes_paper = models.BooleanField(_("can be answered on paper"), default=False)
    takes_phone = models.BooleanField(_("can be answered by phone"), default=False)
    asks_equality = models.BooleanField(
        _("asks the equality questions"),
        default=False,
        help_text=_("On a page of their own after the answers are in. They are kept apart from everything else."),
    )

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")

    def __str__(self) -> str:
        return self.activity.title

    def get_absolute_url(self) -> str:
        return self.address("survey")

    def address(self, name: str, *further: str) -> str:
        return reverse(f"surveys:{name}", args=[self.activity.board.slug, self.activity.slug, *further])


def digest_of(schema: Any) -> str:
    """Give the digest of a schema, the same whatever the order of its keys: what paper and exports quote."""
    return sha256(json.dumps(schema, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


class VersionFixed(ValueError):
    """A version that has been answered was about to change."""


class SurveyVersion(models.Model):
    """What a survey asks, as it stood when some people answered it.

    Once it has an answer (`first_answer_on`) it never changes: here on every database, and in the
    table itself on PostgreSQL (migration 0002).
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("number"))
    schema: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    first_answer_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["survey", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="survey_version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="survey_version_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.survey} ({self.number})"

    @cached_property
    def read(self) -> Schema:
        """The schema as rules know it. Raises SchemaRefused where it is unfinished: never for one that is published."""
        return read_schema(self.schema)

    @property
    def is_fixed(self) -> bool:
        return self.first_answer_on is not None

    def save(self, *args: Any, **kwargs: Any) -> None:
        # An update of the day alone, or of who made it, leaves what it asks alone.
        named = kwargs.get("update_fields")
        if named is None or {"schema", "digest", "number"} & set(named):
            self.digest = digest_of(self.schema)
            if named is not None:
                kwargs["update_fields"] = {*named, "digest"}
            fixed = SurveyVersion.objects.filter(pk=self.pk, first_answer_on__isnull=False)
            if self.pk is not None and fixed.exclude(digest=self.digest, number=self.number).exists():
                raise VersionFixed("This version has been answered, so it no longer changes. Make a new one.")
            self.__dict__.pop("read", None)
        super().save(*args, **kwargs)
