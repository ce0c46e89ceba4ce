"""A loop closed: what was asked, what people said, what was done, what was not and why."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.places.models import Board
from engagement.activities.models import Activity
from engagement.evidence.models import Evidence, Need
from engagement.funding.models import Award


class LoopQuerySet(models.QuerySet["Loop"]):
    def published(self) -> LoopQuerySet:
        """What the public may see. Every page and message reads loops through this."""
        return self.filter(published_at__isnull=False)


class Loop(models.Model):
    """The answer to everyone who spoke on one theme, in the words of the staff who own it."""

    class Status(models.TextChoices):
        HEARD = "heard", _("Heard")
        ANSWERED = "answered", _("Answered")
        DECIDED = "decided", _("Decided")
        UNDER_WAY = "under_way", _("Under way")
        DONE = "done", _("Done")
        CHECKED = "checked", _("Checked with people")

    board = models.ForeignKey(Board, models.PROTECT, related_name="loops", verbose_name=_("board"))
    title = models.CharField(_("title"), max_length=150)
    slug = models.SlugField(_("address"), max_length=80)
    asked = models.TextField(_("we asked"), max_length=3000)
    said = models.TextField(_("you said"), max_length=3000)
    did = models.TextField(_("we did"), max_length=3000)
    did_not_because = models.TextField(
        _("we did not, because"),
        max_length=3000,
        blank=True,
        help_text=_("What people asked for and did not get, and the reason. Leave empty only if there was none."),
    )
    next_step = models.TextField(_("what happens next"), max_length=2000, blank=True)
    next_by = models.DateField(_("by when"), null=True, blank=True)
    status = models.CharField(_("how far it is"), max_length=10, choices=Status.choices, default=Status.ANSWERED)
    needs: models.ManyToManyField[Need, models.Model] = models.ManyToManyField(
        Need, blank=True, related_name="loops", verbose_name=_("needs it answers")
    )
    evidence: models.ManyToManyField[Evidence, models.Model] = models.ManyToManyField(
        Evidence, blank=True, related_name="loops", verbose_name=_("words it answers")
    )
    activities: models.ManyToManyField[Activity, models.Model] = models.ManyToManyField(
        Activity, blank=True, related_name="loops", verbose_name=_("polls, ideas and rounds it answers")
    )
    awards: models.ManyToManyField[Award, models.Model] = models.ManyToManyField(
        Award, blank=True, related_name="loops", verbose_name=_("awards it tells of")
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="published_loops", editable=False
    )

    objects = LoopQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = [F("published_at").desc(nulls_first=True), "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["board", "slug"], name="loop_address_once_in_a_board"),
            models.CheckConstraint(
                condition=~Q(asked="") & ~Q(said="") & ~Q(did="") & ~Q(title=""), name="loop_says_asked_said_did"
            ),
            models.CheckConstraint(
                condition=Q(next_step="") | Q(next_by__isnull=False), name="loop_next_step_has_a_day"
            ),
        ]
        indexes = [models.Index(fields=["board", "-published_at"])]

    @property
    def tone(self) -> str:
        """The tone that repeats the status: done is not the same as under way."""
        return {"done": "done", "checked": "done", "under_way": "waiting"}.get(self.status, "decided")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("outcomes:loop", args=[self.board.slug, self.slug])

    @property
    def is_published(self) -> bool:
        return self.published_at is not None
