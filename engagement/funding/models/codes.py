"""One-use voting codes, handed out in batches. What a code is, is kept nowhere: only a keyed digest of it."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.activities.models import Channel
from engagement.funding.models.rounds import FundingRound


class CodeBatch(models.Model):
    """Codes made together, for one purpose: a street's letters, an open day."""

    round = models.ForeignKey(FundingRound, models.CASCADE, related_name="code_batches")
    purpose = models.CharField(_("what they are for"), max_length=120)
    size = models.PositiveIntegerField(_("how many"))
    is_test = models.BooleanField(_("to try out only"), default=False, help_text=_("A test code never votes."))
    made_on = models.DateField(default=timezone.localdate)
    made_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    void_words = models.CharField(_("why they were cancelled"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("batch of voting codes")
        verbose_name_plural = _("batches of voting codes")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="code_batch_not_empty")]

    def __str__(self) -> str:
        return self.purpose


class VotingCode(models.Model):
    """One code, kept as a keyed digest. Its own key is random, so it says nothing of when or for whom."""

    class State(models.TextChoices):
        ISSUED = "issued", _("Not used yet")
        USED = "used", _("Used")
        VOID = "void", _("Cancelled")
        TEST = "test", _("For trying out")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    batch = models.ForeignKey(CodeBatch, models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=6, choices=State.choices, default=State.ISSUED)
    used_on = models.DateField(null=True)
    used_by = models.CharField(_("channel"), max_length=10, choices=Channel.choices, blank=True)

    class Meta:
        verbose_name = _("voting code")
        verbose_name_plural = _("voting codes")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["issued", "test"], used_on__isnull=True)
                | Q(state="used", used_on__isnull=False)
                | Q(state="void"),
                name="code_used_has_a_day",
            )
        ]

    def __str__(self) -> str:
        return str(_("A voting code"))
