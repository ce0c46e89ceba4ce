"""Each decision about what is shown, and the objections to it."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.places.models import Board
from engagement.moderation.models.moderated import Moderated


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
        constraints = [models.CheckConstraint(condition=~Q(was=F("became")), name="decision_changes_something")]

    def __str__(self) -> str:
        return f"{self.get_became_display()}: {self.get_reason_display()}"


class Objection(models.Model):
    """The writer says that a decision was wrong. Someone other than its officer decides, once, in words."""

    class Outcome(models.TextChoices):
        STANDS = "stands", _("The decision stands")
        PUT_RIGHT = "put_right", _("The decision was changed")

    decision = models.OneToOneField(Decision, models.CASCADE, related_name="objection")
    first_decider = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="moderation_objections")
    words = models.TextField(_("why it is wrong"), max_length=2000)
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("what came of it"), max_length=10, choices=Outcome.choices, blank=True)
    answer = models.TextField(_("what the writer is told"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["made_at", "pk"]
        indexes = [models.Index(fields=["decided_at", "made_at"])]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="objection_says_why"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(first_decider__isnull=True)
                | ~Q(decided_by=F("first_decider")),
                name="objection_decided_by_someone_else",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, outcome="", answer="")
                | (Q(decided_at__isnull=False) & ~Q(outcome="") & ~Q(answer="")),
                name="objection_decided_in_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
