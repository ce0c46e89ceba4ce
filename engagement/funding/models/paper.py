"""Voting on paper: sheets in batches, who handed one in, and what was keyed. A sheet is joined to nobody.

The roll's mark for paper names a voter and no sheet; a sheet names neither a voter nor a day.
"""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.activities.models import Channel
from engagement.funding.models.rounds import FundingRound
from engagement.funding.models.voting import RollEntry
from engagement.funding.rules.sheets import ORDER_LETTERS


class PaperBatch(models.Model):
    """Sheets printed together. `list_digest` is the list and costs they were printed with."""

    round = models.ForeignKey(FundingRound, models.CASCADE, related_name="paper_batches")
    number = models.PositiveSmallIntegerField(_("batch number"))
    purpose = models.CharField(_("what they are for"), max_length=120)
    hand_in = models.CharField(_("where and how to hand it in"), max_length=400)
    orders = models.PositiveSmallIntegerField(_("printed orders"), default=4)
    is_large = models.BooleanField(_("large print"), default=False)
    list_digest = models.CharField(max_length=64)
    made_on = models.DateField(default=timezone.localdate)
    made_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("batch of paper ballots")
        verbose_name_plural = _("batches of paper ballots")
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="paper_batch_number_once_in_a_round"),
            models.CheckConstraint(
                condition=Q(orders__gte=1, orders__lte=len(ORDER_LETTERS)), name="paper_batch_orders_have_letters"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.purpose}"


class PaperSheet(models.Model):
    """One sheet. Its keys are random and say nothing of when or to whom it was given.

    `sealed` is its ballot once it is settled,
    emptied at the count.
    """

    class State(models.TextChoices):
        ISSUED = "issued", _("Printed")
        USED = "used", _("Used")
        SPOILED = "spoiled", _("Spoiled")
        UNUSED = "unused", _("Unused")
        ASIDE = "aside", _("Set aside: its voter had voted before")

    class Spoiled(models.TextChoices):
        """Why a sheet does not count. The first never went into the box: its voter got another."""

        REPLACED = "replaced", _("Given back at the desk for another sheet")
        EMPTY = "empty", _("No mark on it")
        UNCLEAR = "unclear", _("Nobody can say what it means")
        TOO_FEW = "too_few", _("Too few marks")
        TOO_MANY = "too_many", _("Too many marks, or over the budget")
        WRONG_NUMBERS = "wrong", _("Places, points or scores that do not fit the rules")
        NAMED = "named", _("It says who the voter is")
        NOT_OURS = "not_ours", _("A copy, or not a sheet of this round")

    class Doubt(models.TextChoices):
        """Which of the printed rules was needed to read it."""

        NONE = "", _("None: it was clear")
        OTHER_MARK = "other", _("Another mark than asked for, and the wish is clear")
        CROSSED_OUT = "crossed", _("A mark was crossed out: what is left counts")
        BESIDE = "beside", _("A mark beside a box: it counts for the box it touches most")
        LEFT_OUT = "left_out", _("One mark is unclear and was left out; the rest stands")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    batch = models.ForeignKey(PaperBatch, models.CASCADE, related_name="sheets")
    number = models.CharField(_("sheet number"), max_length=6)
    order = models.CharField(_("printed order"), max_length=1)
    state = models.CharField(max_length=7, choices=State.choices, default=State.ISSUED)
    spoiled = models.CharField(_("why it is spoiled"), max_length=8, choices=Spoiled.choices, blank=True)
    doubt = models.CharField(_("rule for doubtful marks"), max_length=8, choices=Doubt.choices, blank=True)
    sealed = models.BinaryField(default=b"")
    settled = models.CharField(
        max_length=64, default="", editable=False,
        help_text=_("The digest of the settled reading, until the sample is drawn or the count."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("paper ballot")
        verbose_name_plural = _("paper ballots")
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="paper_sheet_number_once_in_a_batch"),
            models.CheckConstraint(
                condition=Q(state="spoiled") & ~Q(spoiled="") | ~Q(state="spoiled") & Q(spoiled=""),
                name="paper_sheet_spoiled_exactly_with_a_reason",
            ),
            models.CheckConstraint(condition=Q(state="used") | Q(sealed=b""), name="paper_sheet_sealed_only_when_used"),
            models.CheckConstraint(
                condition=Q(state__in=["used", "spoiled"]) | Q(settled=""), name="paper_sheet_digest_only_when_settled"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Keying(models.Model):
    """Someone keyed a sheet. What they keyed is here only as a digest, under a key that is not in the database.

    The fourth place is that of whoever compared it in the sample: by the same constraint neither of the two before.
    """

    sheet = models.ForeignKey(PaperSheet, models.CASCADE, related_name="keyings")
    place = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("keying")
        verbose_name_plural = _("keyings")
        ordering = ["sheet", "place"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "place"], name="keying_place_once_a_sheet"),
            models.UniqueConstraint(fields=["sheet", "by"], name="keying_by_different_people"),
            models.CheckConstraint(condition=Q(place__gte=1, place__lte=4), name="keying_one_of_four"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}: {self.place}"


def kept_as(scan: PaperScan, _name: str) -> str:
    """Give a scan's place: nothing in it comes from the sender's name of the file, which may name a voter."""
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}[scan.kind]
    return f"paper-scans/{scan.batch.round_id}/{scan.key}.{ending}"


class PaperScan(models.Model):
    """A picture of a pile of sheets, or of one. No time is kept and no name of the file: neither may point to a voter.

    It goes when the round is closed, or when a rehearsal is put away.
    """

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    batch = models.ForeignKey(PaperBatch, models.CASCADE, related_name="scans")
    sheet = models.ForeignKey(PaperSheet, models.CASCADE, null=True, related_name="scans")
    file = models.FileField(upload_to=kept_as)
    kind = models.CharField(max_length=20)
    size_bytes = models.PositiveIntegerField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("scan of paper ballots")
        verbose_name_plural = _("scans of paper ballots")
        ordering = ["batch", "sheet", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["application/pdf", "image/jpeg", "image/png", "image/webp"]),
                name="paper_scan_of_a_known_kind",
            ),
            models.CheckConstraint(condition=~Q(file=""), name="paper_scan_has_a_file"),
        ]

    def __str__(self) -> str:
        return f"{self.batch}: {self.sheet or self.key}"


class PaperMark(models.Model):
    """The roll's mark that a voter handed in a sheet, once each. It does not know which sheet.

    An envelope of the same voter is void while this stands: kept, and never opened.
    """

    entry = models.OneToOneField(RollEntry, models.CASCADE, primary_key=True, related_name="paper")
    is_aside = models.BooleanField(_("set aside: neither counts"), default=False)
    was = models.CharField(
        max_length=10, choices=Channel.choices, blank=True, editable=False,
        help_text=_("How they had voted before; empty where they had not."),
    )  # fmt: skip
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("mark for paper")
        verbose_name_plural = _("marks for paper")

    def __str__(self) -> str:
        return str(self.entry)


class PaperSample(models.Model):
    """The sheets drawn after keying to be compared once more: one draw a round, which cannot be drawn again."""

    round = models.OneToOneField(FundingRound, models.CASCADE, primary_key=True, related_name="paper_sample")
    drawn_from = models.PositiveIntegerField(_("drawn from"))
    drawn_on = models.DateField(default=timezone.localdate)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("sample of paper ballots")
        verbose_name_plural = _("samples of paper ballots")
        constraints = [models.CheckConstraint(condition=Q(drawn_from__gt=0), name="paper_sample_drawn_from_some")]

    def __str__(self) -> str:
        return str(self.round)


class SampledSheet(models.Model):
    """A sheet of the sample and what the comparison found. `digest` is the settled reading, until it is compared."""

    class Found(models.TextChoices):
        WAITING = "waiting", _("Not compared yet")
        SAME = "same", _("Read the same")
        DIFFERS = "differs", _("Read differently: two people key it again")
        STOOD = "stood", _("Read differently; keyed again, it stands as it was")
        CHANGED = "changed", _("It had been keyed wrongly, and is put right")

    sheet = models.OneToOneField(PaperSheet, models.CASCADE, primary_key=True, related_name="sampled")
    sample = models.ForeignKey(PaperSample, models.CASCADE, related_name="sheets")
    found = models.CharField(max_length=7, choices=Found.choices, default=Found.WAITING)
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("sheet of a sample")
        verbose_name_plural = _("sheets of a sample")
        ordering = ["sheet__batch__number", "sheet__number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(found__in=["waiting", "differs"]) | Q(digest=""), name="sampled_digest_gone_when_compared"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sheet}: {self.found}"
