"""Who has voted, what was chosen, and each count. Nothing joins the first to the second.

The roll holds no time, the ballots hold no person, place, day or order; an envelope holds both
only while voting is open, and can be opened only with a key that is not in the database.
"""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.activities.models import Channel
from engagement.funding.models.codes import VotingCode
from engagement.funding.models.rounds import FundingRound


class RollEntry(models.Model):
    """Someone has voted in a round: by which channel, on which day. Never how.

    One came in by exactly one of: an account, a code, a sheet of paper; then `reference` is a keyed
    digest of what the board's own roll calls them. An account may have been
    deleted since. Who is signed in and uses a code stands here with both, so that neither votes again.
    """

    class AdmittedBy(models.TextChoices):
        ACCOUNT = "account", _("An account")
        CODE = "code", _("A voting code")
        PAPER = "paper", _("A sheet of paper")

    round = models.ForeignKey(FundingRound, models.CASCADE, related_name="roll")
    admitted_by = models.CharField(max_length=7, choices=AdmittedBy.choices, default=AdmittedBy.ACCOUNT)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="votes_cast")
    reference = models.CharField(max_length=64, null=True, editable=False)
    code = models.OneToOneField(VotingCode, models.RESTRICT, null=True, related_name="entry")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)
    on = models.DateField(default=timezone.localdate)

    class Meta:
        verbose_name = _("roll entry")
        verbose_name_plural = _("roll")
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="roll_once_a_person"),
            models.UniqueConstraint(fields=["round", "reference"], name="roll_once_a_reference"),
            models.CheckConstraint(
                condition=models.Q(admitted_by="code", code__isnull=False)
                | models.Q(admitted_by__in=["account", "paper"], code__isnull=True),
                name="roll_code_exactly_where_it_admitted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who()}: {self.on}"

    def who(self) -> str:
        """Give the voter as officers see them."""
        if self.person is not None:
            return self.person.email
        if self.admitted_by == self.AdmittedBy.CODE:
            return str(_("Someone with a voting code"))
        if self.admitted_by == self.AdmittedBy.PAPER:
            return str(_("A sheet of paper"))
        return str(_("Someone who has left"))


class Envelope(models.Model):
    """A sealed ballot, one a voter, replaced when they change their mind, deleted at the count.

    Always of one size. Nothing here is worked out from what is inside: a digest of a choice, or
    of a receipt that is published later, would join a voter to a ballot.

    `network` and `device` are keyed digests of where it came from, empty for venues. They show
    officers many votes from one place, and go with the envelope at the count.
    """

    entry = models.OneToOneField(RollEntry, models.CASCADE, primary_key=True, related_name="envelope")
    sealed = models.BinaryField()
    network = models.CharField(max_length=32, blank=True, db_index=True)
    device = models.CharField(max_length=32, blank=True, db_index=True)

    def __str__(self) -> str:
        return str(_("A sealed ballot"))


class Ballot(models.Model):
    """What was chosen, never by whom. The key is the voter's random receipt; written in one shuffled batch."""

    receipt = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    round = models.ForeignKey(FundingRound, models.PROTECT, related_name="ballots")
    marks = models.JSONField(help_text=_("Pairs of a number and its value, in the order of the numbers."))

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")

    def __str__(self) -> str:
        return str(self.receipt)

    @property
    def ticks(self) -> list[int]:
        """Give the numbers chosen, whatever their values, in order."""
        return [number for number, _value in self.marks]


class Count(models.Model):
    """One count: what went in, what came out and the whole working, as published. Never changed."""

    round = models.ForeignKey(FundingRound, models.PROTECT, related_name="counts")
    number = models.PositiveSmallIntegerField()
    is_settled = models.BooleanField(help_text=_("No tie is left to draw."))
    why = models.CharField(
        _("why it was counted again"), max_length=500, blank=True, help_text=_("Empty for the first count.")
    )
    file = models.TextField(help_text=_("The count as anyone can run it again, in canonical JSON."))
    file_digest = models.CharField(max_length=64)
    summary = models.JSONField(
        default=dict, editable=False, help_text=_("What the results page shows of the count, worked out once.")
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("count")
        verbose_name_plural = _("counts")
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="count_number_once_in_a_round"),
            models.UniqueConstraint(
                fields=["round"],
                condition=models.Q(is_settled=True, why=""),
                name="count_settled_again_only_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}: {self.number}"


class LotsDrawn(models.Model):
    """A tie drawn by lot in public: the order, when, and who was there to see it."""

    round = models.ForeignKey(FundingRound, models.PROTECT, related_name="lots")
    order = models.JSONField(help_text=_("Ballot numbers, first drawn first."))
    words = models.CharField(_("how it was drawn and who saw it"), max_length=500)
    on = models.DateField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("lots drawn")
        verbose_name_plural = _("lots drawn")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.round}: {self.order}"
