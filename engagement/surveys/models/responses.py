"""What one person answered, from the first page to being withdrawn, and the files they handed in."""

from __future__ import annotations

import secrets
from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.places.models import Area
from engagement.activities.models import Channel, TakingPart, new_reference
from engagement.surveys.models.surveys import Survey, SurveyVersion


class ResponseQuerySet(models.QuerySet["Response"]):
    def sent(self) -> Self:
        """What counts. Every result and export reads responses through this."""
        return self.filter(state=Response.State.SENT)

    def drafts(self) -> Self:
        return self.filter(state=Response.State.DRAFT)


class Response(models.Model):
    """One set of answers. The key is random, and of its time only the day is kept.

    `token` is the form's own: whatever is sent with it is this response, once. `typed` holds,
    while it is a draft, what stands in the boxes of pages that do not fit yet, so that nothing is
    lost. `reached` is the furthest page that was shown. `code_digest` is of the code that brings
    someone back: to the draft, and after sending to the slip.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Not sent yet")
        SENT = "sent", _("Sent")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="responses")
    version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="responses")
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)
    place = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=10, default="en")
    answers: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    typed: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    reached = models.CharField(max_length=20, blank=True)
    on = models.DateField(default=timezone.localdate)
    corrected_on = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=11, unique=True, default=new_reference, editable=False)
    code_digest = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    taking_part = models.OneToOneField(
        TakingPart, models.SET_NULL, null=True, blank=True, related_name="survey_response"
    )
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="survey_responses")
    token = models.UUIDField(unique=True, default=uuid4)
    corrects = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="corrections",
        help_text=_("A draft that puts another response right: when it is sent, that one gets its answers."),
    )  # fmt: skip

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        indexes = [models.Index(fields=["survey", "state", "on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent") | Q(taking_part__isnull=True), name="response_takes_part_when_sent"
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(person__isnull=True, place__isnull=True),
                name="response_withdrawn_names_nobody",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(corrects__isnull=True), name="response_corrects_while_a_draft"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


def upload_path(upload: Upload, _name: str) -> str:
    """Nowhere that has an address of its own: only media/images/ is served (moothall.urls)."""
    return f"survey-uploads/{upload.survey_id}/{upload.public_id}.{upload.kind.rpartition('/')[2][:10]}"


def new_public_id() -> str:
    return secrets.token_urlsafe(12)


class Upload(models.Model):
    """A picture or a document handed in as an answer: checked, encoded anew, its own name forgotten."""

    class Kind(models.TextChoices):
        PICTURE = "image/jpeg", _("Picture")
        PDF = "application/pdf", _("PDF")
        WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _("Word document")
        TEXT = "application/vnd.oasis.opendocument.text", _("OpenDocument text")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="uploads")
    response = models.ForeignKey(Response, models.CASCADE, related_name="uploads")
    question = models.CharField(max_length=20)
    file = models.FileField(upload_to=upload_path, max_length=200)
    kind = models.CharField(max_length=80, choices=Kind.choices)
    size = models.PositiveIntegerField(_("bytes"))
    on = models.DateField(default=timezone.localdate)

    class Meta:
        verbose_name = _("file handed in")
        verbose_name_plural = _("files handed in")
        indexes = [models.Index(fields=["response", "question"])]

    def __str__(self) -> str:
        return self.public_id

    @property
    def name(self) -> str:
        """A name that is safe to hand out."""
        ending = {
            self.Kind.PICTURE: "jpg", self.Kind.PDF: "pdf", self.Kind.WORD: "docx", self.Kind.TEXT: "odt",
        }[self.Kind(self.kind)]  # fmt: skip
        return f"{self.question}-{self.public_id[:6]}.{ending}"
