"""Grants made, and what groups say they did with them."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.funding.models.money import Stream
from engagement.funding.models.rounds import Proposal


class AwardQuerySet(models.QuerySet["Award"]):
    def with_proposals(self) -> Self:
        return self.select_related("proposal__round__activity__board", "report")


class Award(models.Model):
    """A grant made to a proposal."""

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="award")
    stream = models.ForeignKey(Stream, models.PROTECT, related_name="awards")
    amount_pence = models.PositiveIntegerField()
    awarded_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["-awarded_at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(amount_pence__gt=0), name="award_above_nought")]

    def __str__(self) -> str:
        return self.proposal.title

    def get_absolute_url(self) -> str:
        return self.proposal.get_absolute_url()


class Report(models.Model):
    """What a group did with its grant, in its words."""

    award = models.OneToOneField(Award, models.PROTECT, related_name="report")
    did = models.TextField(_("what happened"), max_length=2000)
    people_helped = models.PositiveIntegerField(_("people it helped"), null=True, blank=True)
    spent_pence = models.PositiveIntegerField(_("spent"))
    reported_on = models.DateField(_("reported on"))
    is_published = models.BooleanField(_("published"), default=False)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-reported_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.award}: {self.reported_on}"
