"""What a round goes through besides its dates: who was told, amendments, objections."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.funding.models.rounds import FundingRound


class MoveTold(models.Model):
    """A move that came by itself, and that those it concerns have been told: once, also after the server was down."""

    round = models.ForeignKey(FundingRound, models.CASCADE, related_name="moves_told")
    move = models.CharField(max_length=30)
    due_at = models.DateTimeField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "move", "due_at"], name="move_told_once")]

    def __str__(self) -> str:
        return f"{self.round}: {self.move}"


class Amendment(models.Model):
    """A change to the rules after voting opened: in public, with a reason, by two officers, before the first ballot."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waiting for a second officer")
        MADE = "made", _("Made")
        DROPPED = "dropped", _("Dropped")

    round = models.ForeignKey(FundingRound, models.CASCADE, related_name="amendments")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    changes = models.JSONField(help_text=_("Each rule that changes, with what it was and what it becomes."))
    reason = models.CharField(_("why"), max_length=500)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    digest_before = models.CharField(max_length=64)
    digest_after = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(state="proposed"), name="amendment_one_at_a_time_in_a_round"
            ),
            models.CheckConstraint(
                condition=~Q(state="made") | (Q(settled_by__isnull=False) & ~Q(settled_by=F("proposed_by"))),
                name="amendment_made_by_two_officers",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="amendment_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.round}: {self.reason}"


class Objection(models.Model):
    """Someone says that a count is wrong, within the review days; the board answers each before it confirms."""

    class Grounds(models.TextChoices):
        COUNT = "count", _("The votes were counted wrongly")
        RULES = "rules", _("The rules of the round were not kept")
        PROPOSAL = "proposal", _("A proposal should not have been on the ballot")
        INTEREST = "interest", _("Someone who decided had an interest")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("Upheld")
        NOT_UPHELD = "not_upheld", _("Not upheld")

    round = models.ForeignKey(FundingRound, models.PROTECT, related_name="objections")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="objections")
    grounds = models.CharField(_("what is wrong"), max_length=10, choices=Grounds.choices)
    words = models.TextField(_("what happened"), max_length=2000)
    reference = models.CharField(max_length=11, unique=True, editable=False)
    sent_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    answer = models.TextField(_("the board's answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["sent_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", answered_at__isnull=True)
                | (~Q(outcome="") & ~Q(answer="") & Q(answered_at__isnull=False)),
                name="objection_answered_in_words",
            )
        ]

    def __str__(self) -> str:
        return f"{self.round}: {self.get_grounds_display()}"
