"""Answers off the web: sheets printed in runs, filled sheets as they are keyed, scans, and calls by phone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.surveys.models.responses import Response
from engagement.surveys.models.surveys import Survey, SurveyVersion


class KeyingPlan(models.Model):
    """How many sheets a second person keys: it is settled for each sheet as it is first keyed, and not before."""

    class Again(models.TextChoices):
        ALL = "all", _("Every sheet")
        SAMPLE = "sample", _("A sample, drawn at random")
        NONE = "none", _("None")

    survey = models.OneToOneField(Survey, models.CASCADE, primary_key=True, related_name="keying_plan")
    again = models.CharField(_("keyed again by another person"), max_length=6, choices=Again.choices, default=Again.ALL)
    one_in = models.PositiveSmallIntegerField(_("one sheet in"), default=10)

    class Meta:
        verbose_name = _("plan for keying")
        verbose_name_plural = _("plans for keying")
        constraints = [
            models.CheckConstraint(condition=Q(one_in__gte=2, one_in__lte=100), name="keying_one_in_2_to_100")
        ]

    def __str__(self) -> str:
        return f"{self.survey}: {self.again}"


class PrintRun(models.Model):
    """Numbered sheets printed together, each with a slip code of its own."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="print_runs")
    version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="print_runs")
    number = models.PositiveSmallIntegerField(_("number"))
    purpose = models.CharField(_("what they are for"), max_length=120)
    hand_in = models.CharField(_("where to hand it in"), max_length=400)
    language = models.CharField(_("language"), max_length=10)
    is_large = models.BooleanField(_("large print"), default=False)
    made_on = models.DateField(default=timezone.localdate)
    made_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("run of printed sheets")
        verbose_name_plural = _("runs of printed sheets")
        ordering = ["survey", "-number"]
        constraints = [models.UniqueConstraint(fields=["survey", "number"], name="print_run_number_once_a_survey")]

    def __str__(self) -> str:
        return f"{self.number}: {self.purpose}"


class PrintedSlip(models.Model):
    """One numbered sheet. Its code stands on the paper; here is what it is known again by.

    `token` becomes that of the answers keyed from it, so that the code leads to them.
    """

    run = models.ForeignKey(PrintRun, models.CASCADE, related_name="slips")
    number = models.PositiveIntegerField(_("number"))
    token = models.UUIDField(unique=True, editable=False)
    code_digest = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("printed slip")
        verbose_name_plural = _("printed slips")
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="printed_slip_number_once_a_run")]

    def __str__(self) -> str:
        return f"{self.run_id}-{self.number}"


class FilledSheet(models.Model):
    """One sheet that somebody filled in. `number` is written on it when it is first keyed, so that it is found again.

    `marks` says of each question what the paper left out, ticked twice, or answered although it was to be
    passed over: it is kept as it was found, and is no answer.
    """

    class State(models.TextChoices):
        AGAIN = "again", _("Waits to be keyed again")
        DIFFERS = "differs", _("Keyed differently")
        SETTLED = "settled", _("Settled")

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="filled_sheets")
    version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="filled_sheets")
    slip = models.OneToOneField(PrintedSlip, models.PROTECT, null=True, blank=True, related_name="filled")
    number = models.PositiveIntegerField(_("number"))
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=7, choices=State.choices)
    marks: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    response = models.OneToOneField(Response, models.CASCADE, null=True, blank=True, related_name="filled_sheet")
    settled_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    token = models.UUIDField(unique=True)

    class Meta:
        verbose_name = _("filled sheet")
        verbose_name_plural = _("filled sheets")
        ordering = ["survey", "number"]
        indexes = [models.Index(fields=["survey", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="filled_sheet_number_once_a_survey"),
            models.CheckConstraint(
                condition=Q(state="settled", response__isnull=False) | (~Q(state="settled") & Q(response__isnull=True)),
                name="filled_sheet_answers_exactly_when_settled",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class Reading(models.Model):
    """What one person read on a sheet. Once the sheet is settled only who read it is left."""

    sheet = models.ForeignKey(FilledSheet, models.CASCADE, related_name="readings")
    place = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    answers: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    marks: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("reading of a sheet")
        verbose_name_plural = _("readings of sheets")
        ordering = ["sheet", "place"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "place"], name="reading_place_once_a_sheet"),
            models.UniqueConstraint(fields=["sheet", "by"], name="reading_by_different_people"),
            models.CheckConstraint(condition=Q(place__in=[1, 2]), name="reading_first_or_second"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.place}"


def scan_storage() -> Storage:
    """Scans have no address of their own: beside the media folder on a disk, in a bucket by signed links."""
    if isinstance(default_storage, FileSystemStorage):
        return FileSystemStorage(location=default_storage.path("survey-scans"), base_url=None)
    return default_storage


def scan_path(scan: SheetScan, _name: str) -> str:
    return f"survey-sheets/{scan.sheet.survey_id}/{scan.key}.{'pdf' if scan.kind == 'application/pdf' else 'jpg'}"


class SheetScan(models.Model):
    """A picture or a PDF of a filled sheet, encoded anew; the name it came under is forgotten."""

    class Kind(models.TextChoices):
        PICTURE = "image/jpeg", _("Picture")
        PDF = "application/pdf", _("PDF")

    key = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    sheet = models.ForeignKey(FilledSheet, models.CASCADE, related_name="scans")
    file = models.FileField(storage=scan_storage, upload_to=scan_path, max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    size = models.PositiveIntegerField(_("bytes"))
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("scan of a sheet")
        verbose_name_plural = _("scans of sheets")
        ordering = ["sheet", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["image/jpeg", "application/pdf"]), name="sheet_scan_kind_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.key}"


class Call(models.Model):
    """Who wrote down answers for someone, by phone or in person, and that they were read back."""

    response = models.OneToOneField(Response, models.CASCADE, primary_key=True, related_name="call")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    why = models.CharField(_("why it was written down for them"), max_length=200, blank=True)
    read_back = models.BooleanField(_("read back to the person"), default=False)

    class Meta:
        verbose_name = _("answers written down for someone")
        verbose_name_plural = _("answers written down for people")
        constraints = [models.CheckConstraint(condition=Q(read_back=True), name="call_was_read_back")]

    def __str__(self) -> str:
        return str(self.response_id)
