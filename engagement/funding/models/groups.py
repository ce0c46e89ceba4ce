"""A group's papers, asked for once, and the host that holds the money of a group without an account."""

from __future__ import annotations

from datetime import date
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boards.people.models import Organisation, Person
from engagement.funding.models.rounds import Proposal


def kept_as(paper: Paper, name: str) -> str:
    """Nothing of the name someone gave a file reaches the store."""
    return f"papers/{paper.key}"


class PaperQuerySet(models.QuerySet["Paper"]):
    def good_on(self, day: date) -> Self:
        """Those whose time has not run out; `valid_until` is the first day they no longer hold."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=day))


class Paper(models.Model):
    """A policy or accounts of a group, as a file or in its own words. It serves for every later form."""

    class Kind(models.TextChoices):
        SAFEGUARDING = "safeguarding", _("How you keep children and adults at risk safe")
        ACCOUNTS = "accounts", _("Your last accounts")

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="papers")
    kind = models.CharField(_("what it is"), max_length=12, choices=Kind.choices)
    words = models.TextField(_("in your own words"), max_length=3000, blank=True)
    file = models.FileField(_("file"), upload_to=kept_as, blank=True)
    file_name = models.CharField(max_length=120, blank=True, editable=False)
    file_type = models.CharField(max_length=100, blank=True, editable=False)
    dated_on = models.DateField(_("its date"))
    valid_until = models.DateField(_("good until"), null=True, blank=True)
    added_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField()

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper of a group")
        verbose_name_plural = _("papers of groups")
        ordering = ["-dated_on", "-added_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(words="") | ~Q(file=""), name="paper_is_words_or_a_file"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(dated_on__lt=F("valid_until")), name="paper_dated_before_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.organisation}"


class Host(models.Model):
    """The organisation asked to hold a grant for a group without a bank account, and its answer."""

    proposal = models.OneToOneField(Proposal, models.CASCADE, related_name="host")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="hosts")
    asked = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="hosting_asked")
    asked_at = models.DateTimeField()
    agrees = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        constraints = [
            models.CheckConstraint(
                condition=Q(agrees__isnull=True, answered_at__isnull=True)
                | Q(agrees__isnull=False, answered_at__isnull=False),
                name="host_answered_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return str(self.organisation)
