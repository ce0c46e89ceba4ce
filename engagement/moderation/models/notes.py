"""Why a thing is in the queue, beside waiting: held by a rule, reported, passed on, or with its writer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.moderation.models.about import AboutAThing, AboutQuerySet, new_key, new_reference
from engagement.moderation.models.kept_rules import Rule


class Held(AboutAThing):
    """A rule asked for a look at one thing, and why.

    The key is random and the day is the thing's own: some words stand beside no time of day and no order of
    arrival (docs/decisions/0011), and a note about them must not bring these back. What matched is kept as a
    place in the text, with a keyed digest of that text, and not as the words again: words that are changed or
    taken back are then nowhere else.
    """

    id = models.BigIntegerField(primary_key=True, default=new_key, editable=False)
    rule = models.CharField(_("rule"), max_length=20, choices=Rule.Kind.choices)
    why = models.CharField(_("why"), max_length=300)
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    of_text = models.CharField(max_length=64, blank=True, editable=False)
    on = models.DateField(default=timezone.localdate)

    objects = AboutQuerySet.as_manager()

    class Meta:
        verbose_name = _("reason for a look")
        verbose_name_plural = _("reasons for a look")
        indexes = [models.Index(fields=["content_type", "object_id"]), models.Index(fields=["board", "on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True)
                | Q(start__isnull=False, end__isnull=False, end__gt=models.F("start")),
                name="held_span_has_both_ends",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()}"


class Report(AboutAThing):
    """Someone asks the board to look at a thing that is shown. It stays shown until an officer decides.

    Who is an account, or a keyed digest of the network address that is other for each thing and is wiped when the
    report is settled.
    """

    class Reason(models.TextChoices):
        PERSONAL = "personal", _("It names or describes someone who may not want that")
        UNKIND = "unkind", _("It hurts or insults people")
        LAW = "law", _("It may be against the law")
        ADVERT = "advert", _("It is advertising or spam")
        OFF_TOPIC = "off_topic", _("It is about something else")
        OTHER = "other", _("Something else")

    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="moderation_reports")
    device = models.CharField(max_length=64, blank=True, editable=False)
    reason = models.CharField(_("what is wrong with it"), max_length=10, choices=Reason.choices)
    words = models.TextField(_("anything else"), max_length=1000, blank=True)
    reference = models.CharField(max_length=9, unique=True, default=new_reference, editable=False)
    is_doubtful = models.BooleanField(default=False, help_text=_("Its form was filled in like a machine would."))
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = AboutQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["content_type", "object_id"]),
            models.Index(fields=["board", "settled_at", "at"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "person"],
                condition=Q(person__isnull=False),
                name="report_once_a_person",
            ),
            models.UniqueConstraint(
                fields=["content_type", "object_id", "device"], condition=~Q(device=""), name="report_once_a_device"
            ),
            models.CheckConstraint(condition=Q(person__isnull=True) | Q(device=""), name="report_by_person_or_device"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(device=""), name="report_settled_forgets_the_device"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Escalation(AboutAThing):
    """An officer passes a thing on to the council's own officers, with words."""

    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    words = models.TextField(_("what to look at"), max_length=2000)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = AboutQuerySet.as_manager()

    class Meta:
        verbose_name = _("thing passed on")
        verbose_name_plural = _("things passed on")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["board", "settled_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id"],
                condition=Q(settled_at__isnull=True),
                name="pass_on_once_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="passed_on_with_words"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Asked(AboutAThing):
    """An officer asked the writer to change something before it is shown. It waits for the writer."""

    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    words = models.TextField(_("what to change"), max_length=2000)
    at = models.DateTimeField()
    of_text = models.CharField(max_length=64, editable=False)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = AboutQuerySet.as_manager()

    class Meta:
        verbose_name = _("change asked for")
        verbose_name_plural = _("changes asked for")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["board", "settled_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id"], condition=Q(settled_at__isnull=True), name="ask_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="asked_in_words"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
