"""A call: what a board asks people to think of."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from boards.places.models import Area
from engagement.activities.models import Activity
from engagement.evidence.models import Theme

ANY_TIME = "any-time"
"""The last part of the address of a board's standing call. An address is taken once in a board, so there is one."""


class IdeasCallQuerySet(models.QuerySet["IdeasCall"]):
    def for_board(self, board_slug: str) -> Self:
        return self.filter(activity__board__slug=board_slug)

    def published(self) -> Self:
        return self.filter(activity__is_draft=False)

    def with_what_its_form_asks(self) -> Self:
        """With `serves_needs` and `has_themes`, which the form for an idea asks of a call."""
        serves = Activity.needs.through._default_manager.filter(activity=OuterRef("activity"))
        themed = IdeasCall.themes.through._default_manager.filter(ideascall=OuterRef("pk"))
        return self.annotate(serves_needs=Exists(serves), has_themes=Exists(themed))

    def open_at(self, now: datetime) -> Self:
        """Published, from opens_at up to, and not including, closes_at."""
        return self.published().filter(
            Q(activity__closes_at__isnull=True) | Q(activity__closes_at__gt=now), activity__opens_at__lte=now
        )


class IdeasCall(models.Model):
    """What a board asks people to think of. One whose activity has no closing is standing: it never closes."""

    activity = models.OneToOneField(Activity, models.CASCADE, primary_key=True, related_name="ideas_call")
    question = models.CharField(_("question"), max_length=150)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="ideas_calls",
        verbose_name=_("part of the area"), help_text=_("Empty: the whole of the board's area."),
    )  # fmt: skip
    themes: models.ManyToManyField[Theme, models.Model] = models.ManyToManyField(
        Theme, blank=True, related_name="ideas_calls", verbose_name=_("themes to choose from")
    )
    shows_at_once = models.BooleanField(
        _("show ideas at once"),
        default=False,
        help_text=_("No: someone reads each idea before it shows. Yes: it shows at once and can be hidden later."),
    )

    comments_open = models.BooleanField(
        _("people can comment"),
        default=True,
        help_text=_("Points for, points against and questions below each idea."),
    )

    objects = IdeasCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("ideas call")
        verbose_name_plural = _("ideas calls")
        ordering = ["-activity__opens_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(question=""), name="ideas_call_asks_something")]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("ideas:wall", args=[self.activity.board.slug, self.activity.slug])

    @property
    def is_standing(self) -> bool:
        return self.activity.closes_at is None
