"""What the longer form asks beyond the one page: dates, who takes part, the change, and others' money."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boards.places.models import Area
from engagement.funding.models.rounds import Proposal


class Plan(models.Model):
    """The longer answers of a proposal. One that came on the one page has none."""

    proposal = models.OneToOneField(Proposal, models.CASCADE, related_name="plan")
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    areas: models.ManyToManyField[Area, models.Model] = models.ManyToManyField(
        Area, blank=True, related_name="+", verbose_name=_("areas it helps")
    )
    postcode = models.CharField(_("postcode of the place"), max_length=8, blank=True)
    for_children = models.BooleanField(_("people under 18 take part"), default=False)
    for_adults_at_risk = models.BooleanField(_("adults at risk take part"), default=False)
    outcome = models.TextField(_("what will be better"), max_length=1000)
    how_known = models.TextField(_("how you will know"), max_length=800)
    has_account = models.BooleanField(_("the group has a bank account"), default=True)
    nobody_matches = models.BooleanField(_("nobody else gives anything"), default=False)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints = [models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="plan_starts_before_end")]

    def __str__(self) -> str:
        return str(self.proposal)


class Match(models.Model):
    """What someone else gives to the same thing: money, or hours and goods worth so much."""

    class Kind(models.TextChoices):
        CASH = "cash", _("Money")
        IN_KIND = "in_kind", _("Time, goods or a room")

    class Standing(models.TextChoices):
        ASKED = "asked", _("Asked for, no answer yet")
        SECURED = "secured", _("Promised or already there")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="matches")
    giver = models.CharField(_("from whom"), max_length=160)
    amount_pence = models.PositiveIntegerField(_("how much it is worth"))
    kind = models.CharField(_("what it is"), max_length=8, choices=Kind.choices)
    standing = models.CharField(_("how sure it is"), max_length=8, choices=Standing.choices)

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(amount_pence__gt=0), name="match_above_nought")]

    def __str__(self) -> str:
        return self.giver
