"""Grants made: the offer, its payments and changes, and what groups say they did with them."""

from __future__ import annotations

from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.places.models import Area, Board
from engagement.funding.models.money import LedgerEntry, Stream
from engagement.funding.models.rounds import Proposal
from engagement.moderation.models import Moderated


class AwardQuerySet(models.QuerySet["Award"]):
    def with_proposals(self) -> Self:
        return self.select_related("proposal__round__activity__board", "report")

    def standing(self) -> Self:
        """Grants that hold money: neither declined nor withdrawn before a penny was paid."""
        return self.filter(amount_pence__gt=0)


class Award(models.Model):
    """A grant made to a proposal.

    `amount_pence` is what it is now; `first_pence` what was awarded before any change. Both totals
    repeat the ledger, so that the database can refuse to pay more than was awarded.
    """

    class State(models.TextChoices):
        AWARDED = "awarded", _("Awarded")
        OFFERED = "offered", _("Offered")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="award")
    stream = models.ForeignKey(Stream, models.PROTECT, related_name="awards")
    amount_pence = models.PositiveIntegerField()
    first_pence = models.PositiveIntegerField(editable=False)
    paid_pence = models.PositiveIntegerField(default=0, editable=False)
    awarded_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(_("where it stands"), max_length=10, choices=State.choices, default=State.AWARDED)
    purpose = models.TextField(_("what it is for"), max_length=1500, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    report_by = models.DateField(_("report is due by"), null=True, blank=True)
    areas: models.ManyToManyField[Area, models.Model] = models.ManyToManyField(
        Area, blank=True, related_name="awards", verbose_name=_("wards it is for")
    )
    offer_words = models.TextField(_("letter"), max_length=8000, blank=True)
    offered_at = models.DateTimeField(null=True, editable=False)
    answer_by = models.DateField(_("answer by"), null=True, blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by_group = models.BooleanField(default=False, editable=False)
    answered_words = models.CharField(max_length=300, blank=True, editable=False)
    ended_words = models.CharField(max_length=300, blank=True, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["-awarded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_pence__gt=0) | Q(state__in=["declined", "withdrawn"]), name="award_above_nought"
            ),
            models.CheckConstraint(condition=Q(paid_pence__lte=F("amount_pence")), name="award_never_overpaid"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(starts_on__lte=F("ends_on")),
                name="award_starts_before_it_ends",
            ),
        ]
        indexes = [models.Index(fields=["state", "report_by"])]

    def __str__(self) -> str:
        return self.proposal.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.first_pence is None:
            self.first_pence = self.amount_pence
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return self.proposal.get_absolute_url()

    def address(self, name: str, *more: str) -> str:
        """Give an address of this grant on the public site: its group's pages, its files."""
        return self.proposal.round.address(name, self.proposal.slug, *more)

    @property
    def to_pay_pence(self) -> int:
        return self.amount_pence - self.paid_pence

    @property
    def purpose_now(self) -> str:
        """What the grant is for: as changed, or as the proposal said."""
        return self.purpose or self.proposal.summary

    @property
    def due_on(self) -> Any:
        """The day its report is due: its own, or its round's."""
        return self.report_by or self.proposal.round.report_by


class OfferTemplate(models.Model):
    """A board's own letter of offer. Without one the letter in `words_awards` is used."""

    board = models.OneToOneField(Board, models.CASCADE, primary_key=True, related_name="offer_template")
    words = models.TextField(_("letter"), max_length=6000)

    class Meta:
        verbose_name = _("letter of offer")
        verbose_name_plural = _("letters of offer")

    def __str__(self) -> str:
        return str(self.board)


class Payment(models.Model):
    """One stage of paying a grant: planned with a day and what is asked first, then paid."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="payments")
    amount_pence = models.PositiveIntegerField(_("amount"))
    due_on = models.DateField(_("due on"))
    asks = models.CharField(_("what we ask to see first"), max_length=300, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    entry = models.OneToOneField(LedgerEntry, models.PROTECT, null=True, blank=True, related_name="payment")

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="payment_above_nought"),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True, entry__isnull=True) | Q(paid_on__isnull=False, entry__isnull=False),
                name="payment_paid_with_an_entry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award}: {self.due_on}"


class Variation(models.Model):
    """A change to a grant after it was awarded: public, with its reason."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="variations")
    on = models.DateField()
    before_pence = models.PositiveIntegerField()
    after_pence = models.PositiveIntegerField()
    before_purpose = models.TextField(max_length=1500, blank=True)
    after_purpose = models.TextField(max_length=1500, blank=True)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("change to a grant")
        verbose_name_plural = _("changes to grants")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="variation_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.award}: {self.on}"


class EvidenceFile(models.Model):
    """A receipt or a photograph a group sent for a payment. Only the group and its board's officers see it."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="files")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="files")
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    file = models.FileField(upload_to="grant-evidence/")
    name = models.CharField(_("name of the file"), max_length=120)
    kind = models.CharField(max_length=40)
    size_bytes = models.PositiveIntegerField()
    sent_on = models.DateField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("evidence of a grant")
        verbose_name_plural = _("evidence of grants")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Report(models.Model):
    """What a group did with its grant, in its words."""

    class Again(models.TextChoices):
        YES = "yes", _("Yes, just the same")
        DIFFERENTLY = "differently", _("Yes, but differently")
        NO = "no", _("No")

    award = models.OneToOneField(Award, models.PROTECT, related_name="report")
    did = models.TextField(_("what happened"), max_length=2000)
    people_helped = models.PositiveIntegerField(_("people it helped"), null=True, blank=True)
    spent_pence = models.PositiveIntegerField(_("spent"))
    went_wrong = models.TextField(_("what went wrong"), max_length=1500, blank=True)
    again = models.CharField(_("would you do it again?"), max_length=12, choices=Again.choices, blank=True)
    reported_on = models.DateField(_("reported on"))
    by_group = models.BooleanField(default=False, editable=False)
    asked_words = models.TextField(_("what the board asked"), max_length=1000, blank=True)
    is_published = models.BooleanField(_("published"), default=False)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-reported_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.award}: {self.reported_on}"


class ReportPicture(models.Model):
    """A picture in a report: encoded anew, without place data, with what it shows in words."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="pictures")
    file = models.FileField(upload_to="grant-pictures/")
    alt = models.CharField(_("what the picture shows"), max_length=200)
    kind = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("picture in a report")
        verbose_name_plural = _("pictures in reports")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(alt=""), name="report_picture_says_what_it_shows")]

    def __str__(self) -> str:
        return self.alt


class Lasting(models.Model):
    """What a group says some months on: did it last?"""

    class Lasts(models.TextChoices):
        YES = "yes", _("Yes")
        PARTLY = "partly", _("In part")
        NO = "no", _("No")

    award = models.ForeignKey(Award, models.PROTECT, related_name="lasting")
    months = models.PositiveSmallIntegerField(choices=[(3, _("3 months on")), (12, _("12 months on"))])
    lasts = models.CharField(_("did it last?"), max_length=8, choices=Lasts.choices)
    words = models.TextField(_("in your words"), max_length=1000, blank=True)
    answered_on = models.DateField()
    is_published = models.BooleanField(_("published"), default=False)

    class Meta:
        verbose_name = _("answer some months on")
        verbose_name_plural = _("answers some months on")
        ordering = ["months"]
        constraints = [models.UniqueConstraint(fields=["award", "months"], name="lasting_once_at_each_time")]

    def __str__(self) -> str:
        return f"{self.award}: {self.get_months_display()}"


def can_be_read(proposal: Proposal) -> bool:
    """Say whether the public may read a proposal's words. Money stays public; hidden words do not."""
    return proposal.state == Moderated.State.SHOWN
