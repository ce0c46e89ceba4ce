"""What looks odd about how votes came in, and what two officers made of it. Never how anyone voted."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.places.models import Board
from engagement.funding.models.rounds import FundingRound
from engagement.funding.models.voting import RollEntry


class OddThing(models.Model):
    """Something seen while votes came in: how often, and on which day last. Gone at the count.

    `about` is a keyed digest of a network; it joins this to envelopes and to nothing else.
    """

    class Kind(models.TextChoices):
        BURST = "burst", _("Many votes in a few minutes from one network")
        GUESSING = "guessing", _("Wrong voting codes from one network")
        POSTCODE = "postcode", _("Postcodes that do not exist, from one network")

    round = models.ForeignKey(FundingRound, models.CASCADE, related_name="odd_things")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    about = models.CharField(max_length=32)
    times = models.PositiveIntegerField(default=1)
    on = models.DateField(default=timezone.localdate)

    class Meta:
        verbose_name = _("odd thing")
        verbose_name_plural = _("odd things")
        ordering = ["kind", "about"]
        constraints = [models.UniqueConstraint(fields=["round", "kind", "about"], name="odd_thing_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.times}"


class Hold(models.Model):
    """A vote held back by one officer, until two agree to let it in or to set it aside, with reasons."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Let in")
        VOID = "void", _("Set aside")

    entry = models.OneToOneField(RollEntry, models.CASCADE, primary_key=True, related_name="hold")
    reason = models.CharField(_("why it is held"), max_length=300)
    held_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    held_on = models.DateField(default=timezone.localdate)
    proposed = models.CharField(_("proposed"), max_length=8, choices=Outcome.choices, blank=True)
    proposed_words = models.CharField(_("why"), max_length=300, blank=True)
    proposed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(_("settled"), max_length=8, choices=Outcome.choices, blank=True)
    settled_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    settled_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("held vote")
        verbose_name_plural = _("held votes")
        ordering = ["entry"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="") | (Q(outcome=F("proposed")) & ~Q(settled_by=F("proposed_by"))),
                name="hold_settled_by_two_people",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.get_outcome_display() or _('held')}"


class Venue(models.Model):
    """A library, a hall, a school: many vote from its network, and that is as it should be."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="voting_venues")
    name = models.CharField(_("name"), max_length=100)
    network = models.CharField(_("network address"), max_length=50)

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["board", "network"], name="venue_network_once_a_board")]

    def __str__(self) -> str:
        return self.name


class ThrowawayDomain(models.Model):
    """A mail service that gives out addresses for ten minutes."""

    domain = models.CharField(_("domain"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("throw-away mail domain")
        verbose_name_plural = _("throw-away mail domains")
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain
