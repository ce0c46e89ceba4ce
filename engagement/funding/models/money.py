"""A board's money for a year: the pot, its streams, what partners add, and the ledger."""

from __future__ import annotations

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Organisation, Person
from boards.places.models import Board
from engagement.funding.rules.money import OF_A_STREAM, OF_AN_AWARD


class Pot(models.Model):
    """A board's money for one financial year."""

    board = models.ForeignKey(Board, models.PROTECT, related_name="pots", verbose_name=_("board"))
    year_starts_on = models.DateField(_("financial year starts on"), help_text=_("Such as 1 April 2026."))

    class Meta:
        verbose_name = _("pot")
        verbose_name_plural = _("pots")
        ordering = ["-year_starts_on", "board__name"]
        constraints = [models.UniqueConstraint(fields=["board", "year_starts_on"], name="pot_once_a_year")]

    def __str__(self) -> str:
        return f"{self.board}, {self.year()}"

    def year(self) -> str:
        """2026 to 2027."""
        return f"{self.year_starts_on.year}–{(self.year_starts_on.year + 1) % 100:02}"


class Stream(models.Model):
    """A part of a pot for one kind of grant; with `within`, a sub-pot of another part.

    The three totals repeat what the ledger says, so that the database itself can refuse an award
    that the stream cannot pay; `queries_money.streams_out_of_balance` compares them.
    """

    pot = models.ForeignKey(Pot, models.PROTECT, related_name="streams", verbose_name=_("pot"))
    within = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("sub-pot of")
    )
    name = models.CharField(_("name"), max_length=80)
    cap_pence = models.PositiveIntegerField(
        _("most that one grant may be"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    limit_pence = models.PositiveBigIntegerField(
        _("most that it may hold in all"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    allocated_pence = models.PositiveBigIntegerField(default=0, editable=False)
    awarded_pence = models.PositiveBigIntegerField(default=0, editable=False)
    paid_pence = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")
        ordering = ["pot", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["pot", "name"], name="stream_name_once_in_a_pot"),
            models.CheckConstraint(condition=Q(awarded_pence__lte=F("allocated_pence")), name="stream_never_overdrawn"),
            models.CheckConstraint(condition=Q(awarded_pence__gte=0), name="stream_awarded_not_negative"),
            models.CheckConstraint(condition=Q(paid_pence__lte=F("awarded_pence")), name="stream_never_overpaid"),
            models.CheckConstraint(condition=Q(paid_pence__gte=0), name="stream_paid_not_negative"),
            models.CheckConstraint(
                condition=Q(limit_pence__isnull=True) | Q(allocated_pence__lte=F("limit_pence")),
                name="stream_within_its_limit",
            ),
            models.CheckConstraint(
                condition=Q(within__isnull=True) | ~Q(within=F("pk")), name="stream_not_within_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.pot}"

    @property
    def left_pence(self) -> int:
        """What can still be awarded."""
        return self.allocated_pence - self.awarded_pence

    @property
    def unpaid_pence(self) -> int:
        """What is awarded and not yet paid."""
        return self.awarded_pence - self.paid_pence


class Contribution(models.Model):
    """Money a partner puts into a stream, or has promised to. Only what is received can be awarded."""

    class State(models.TextChoices):
        PROMISED = "promised", _("Promised")
        RECEIVED = "received", _("Received")
        CANCELLED = "cancelled", _("Promise taken back")

    stream = models.ForeignKey(Stream, models.PROTECT, related_name="contributions")
    organisation = models.CharField(_("from"), max_length=160)
    partner = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="contributions", verbose_name=_("partner")
    )
    amount_pence = models.PositiveBigIntegerField(_("amount"))
    state = models.CharField(_("where it stands"), max_length=10, choices=State.choices, default=State.RECEIVED)
    conditions = models.TextField(_("conditions"), max_length=1000, blank=True)
    on = models.DateField(default=timezone.localdate)
    received_on = models.DateField(null=True, blank=True)
    given_back_pence = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="contribution_above_nought"),
            models.CheckConstraint(
                condition=Q(given_back_pence__lte=F("amount_pence")), name="contribution_not_given_back_twice"
            ),
            models.CheckConstraint(
                condition=Q(given_back_pence=0) | Q(state="received"), name="contribution_received_before_given_back"
            ),
        ]

    def __str__(self) -> str:
        return self.organisation

    @property
    def kept_pence(self) -> int:
        """What of it is in the pot: received, less what went back."""
        return self.amount_pence - self.given_back_pence if self.state == self.State.RECEIVED else 0


class NeverChanged(RuntimeError):
    """Ledger entries and counts are written once."""


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    def update(self, **kwargs: Any) -> int:
        raise NeverChanged("A ledger entry is never changed; write another that puts it right.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise NeverChanged("A ledger entry is never deleted; write another that puts it right.")


class LedgerEntry(models.Model):
    """One movement of money. Written once, never changed: a mistake is put right by another entry.

    On PostgreSQL a trigger refuses a change or a deletion whoever asks; `by` may become empty
    when that person's account goes.
    """

    class Kind(models.TextChoices):
        ALLOCATED = "allocated", _("Put in by the council")
        CONTRIBUTED = "contributed", _("Put in by a partner")
        MOVED_IN = "moved_in", _("Moved in")
        MOVED_OUT = "moved_out", _("Moved out")
        TAKEN_OUT = "taken_out", _("Taken out by the council")
        GIVEN_BACK = "given_back", _("Given back to the partner")
        AWARDED = "awarded", _("Awarded")
        RAISED = "raised", _("Award made larger")
        RELEASED = "released", _("Award made smaller, back in the pot")
        PAID = "paid", _("Paid")
        UNPAID = "unpaid", _("Payment taken back: written by mistake")
        RETURNED = "returned", _("Returned by the group")

    stream = models.ForeignKey(Stream, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    amount_pence = models.PositiveBigIntegerField()
    award = models.ForeignKey("Award", models.PROTECT, null=True, blank=True, related_name="entries")
    contribution = models.ForeignKey(Contribution, models.PROTECT, null=True, blank=True, related_name="entries")
    other_stream = models.ForeignKey(Stream, models.PROTECT, null=True, blank=True, related_name="entries_elsewhere")
    on = models.DateField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=300, blank=True)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="ledger_amount_above_nought"),
            models.CheckConstraint(
                condition=Q(kind__in=OF_A_STREAM, award__isnull=True) | Q(kind__in=OF_AN_AWARD, award__isnull=False),
                name="ledger_award_where_one_is_meant",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["moved_in", "moved_out"], other_stream__isnull=False)
                | (~Q(kind__in=["moved_in", "moved_out"]) & Q(other_stream__isnull=True)),
                name="ledger_move_names_both_streams",
            ),
            models.UniqueConstraint(fields=["award"], condition=Q(kind="awarded"), name="ledger_awarded_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_pence}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise NeverChanged("A ledger entry is never changed; write another that puts it right.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise NeverChanged("A ledger entry is never deleted; write another that puts it right.")
