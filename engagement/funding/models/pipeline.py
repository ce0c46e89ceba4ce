"""Funders together: who funds, what interests them, which costs they share, what they offer to a pot."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boards.people.models import Organisation, Person
from engagement.funding.models.money import Contribution, Stream
from engagement.funding.models.rounds import Proposal


class Funder(models.Model):
    """An organisation that gives money: its partners see the shared pipeline."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="funder")
    since = models.DateField()

    class Meta:
        verbose_name = _("funder")
        verbose_name_plural = _("funders")
        ordering = ["organisation__name"]

    def __str__(self) -> str:
        return str(self.organisation)


class FunderInterest(models.Model):
    """A funder has its eye on a proposal, and says so to the other funders, or to the group as well."""

    class SeenBy(models.TextChoices):
        FUNDERS = "funders", _("Funders and the board's officers")
        GROUP = "group", _("Funders, officers and the group")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="funder_interests")
    funder = models.ForeignKey(Funder, models.PROTECT, related_name="interests")
    words = models.TextField(_("in a few words"), max_length=600)
    seen_by = models.CharField(_("who may read this"), max_length=8, choices=SeenBy.choices, default=SeenBy.FUNDERS)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        verbose_name = _("funder's interest")
        verbose_name_plural = _("funders' interests")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "funder"], name="funder_interest_once_a_proposal"),
        ]

    def __str__(self) -> str:
        return f"{self.funder_id}: {self.proposal_id}"


class SharedCost(models.Model):
    """How a proposal's cost is shared: the board's part, and what funders pledge, never more than is asked.

    The total repeats what the pledges add up to, so that the database itself refuses a pledge too many.
    """

    proposal = models.OneToOneField(Proposal, models.CASCADE, primary_key=True, related_name="shared_cost")
    asked_pence = models.PositiveIntegerField()
    board_pence = models.PositiveIntegerField(_("the board's part"), default=0)
    pledged_pence = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("shared cost")
        verbose_name_plural = _("shared costs")
        constraints = [
            models.CheckConstraint(
                condition=Q(asked_pence__gte=F("board_pence") + F("pledged_pence")), name="shared_cost_never_exceeded"
            )
        ]

    def __str__(self) -> str:
        return str(self.proposal_id)

    @property
    def left_pence(self) -> int:
        return self.asked_pence - self.board_pence - self.pledged_pence


class PledgeQuerySet(models.QuerySet["Pledge"]):
    def standing(self) -> Self:
        return self.exclude(state=Pledge.State.WITHDRAWN)


class Pledge(models.Model):
    """A funder's part of a proposal's cost: pledged, agreed by the board's coordinator, or withdrawn."""

    class State(models.TextChoices):
        PLEDGED = "pledged", _("Pledged")
        AGREED = "agreed", _("Agreed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="pledges")
    funder = models.ForeignKey(Funder, models.PROTECT, related_name="pledges")
    amount_pence = models.PositiveIntegerField(_("amount"))
    conditions = models.TextField(_("conditions"), max_length=600, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLEDGED)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    pledged_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_words = models.CharField(max_length=300, blank=True)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="pledge_above_nought"),
            models.UniqueConstraint(
                fields=["proposal", "funder"], condition=~Q(state="withdrawn"), name="pledge_once_a_funder"
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(agreed_at__isnull=False), name="pledge_agreed_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.funder_id}: {self.proposal_id}"


class Offer(models.Model):
    """Money a funder offers to a stream, with its conditions. It is in the pot once the council takes it in."""

    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        TAKEN_IN = "taken_in", _("In the pot")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    stream = models.ForeignKey(Stream, models.PROTECT, related_name="offers")
    funder = models.ForeignKey(Funder, models.PROTECT, related_name="offers")
    amount_pence = models.PositiveBigIntegerField(_("amount"))
    conditions = models.TextField(_("conditions"), max_length=280, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_words = models.CharField(max_length=300, blank=True)
    contribution = models.OneToOneField(Contribution, models.PROTECT, null=True, related_name="offer")

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="offer_above_nought"),
            models.CheckConstraint(
                condition=Q(state="taken_in", contribution__isnull=False)
                | (~Q(state="taken_in") & Q(contribution__isnull=True)),
                name="offer_taken_in_is_in_the_ledger",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.funder_id}: {self.stream_id}"


class ContactAgreed(models.Model):
    """The group agreed that funders may see the e-mail address it sent its proposal from."""

    proposal = models.OneToOneField(Proposal, models.CASCADE, primary_key=True, related_name="contact_agreed")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.proposal_id)


class SavedFilter(models.Model):
    """A way of looking at the pipeline that someone keeps: its name and what they asked for."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="saved_filters")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=800)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="saved_filter_name_once")]

    def __str__(self) -> str:
        return self.name
