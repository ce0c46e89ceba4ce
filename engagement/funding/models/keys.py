"""A round's key split among three officers: what the server keeps of it. Never the key, never a share."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.funding.models.rounds import FundingRound


class KeyShare(models.Model):
    """One of the three officers, and the public half of their share. The secret half is theirs alone."""

    round = models.ForeignKey(FundingRound, models.CASCADE, related_name="key_shares")
    place = models.PositiveSmallIntegerField(_("share"))
    officer = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("officer"))
    public_key = models.CharField(max_length=64, blank=True)
    made_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("share of a key")
        verbose_name_plural = _("shares of a key")
        ordering = ["round", "place"]
        constraints = [
            models.UniqueConstraint(fields=["round", "place"], name="key_share_place_once_in_a_round"),
            models.UniqueConstraint(fields=["round", "officer"], name="key_share_officer_once_in_a_round"),
            models.CheckConstraint(condition=Q(place__gte=1, place__lte=3), name="key_share_one_of_three"),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.officer}"


class KeyWrap(models.Model):
    """The round's key wrapped for one pair of officers: of no use to either alone. Emptied after the count."""

    round = models.ForeignKey(FundingRound, models.CASCADE, related_name="key_wraps")
    first = models.PositiveSmallIntegerField()
    second = models.PositiveSmallIntegerField()
    wrapped = models.BinaryField()
    tested_on = models.DateField(_("last tried on"), null=True)

    class Meta:
        verbose_name = _("wrapped key")
        verbose_name_plural = _("wrapped keys")
        ordering = ["round", "first", "second"]
        constraints = [
            models.UniqueConstraint(fields=["round", "first", "second"], name="key_wrap_pair_once_in_a_round"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="key_wrap_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} + {self.second}"
