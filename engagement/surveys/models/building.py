"""What a survey asks while it is being built: the draft, the steps back, and questions kept for another time."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.places.models import Board
from engagement.surveys.models.surveys import Survey

STEPS_KEPT = 50


class Draft(models.Model):
    """What the next version will ask. Officers change it one step at a time; nobody answers it.

    `stamp` goes up by one with each step. `last_number` is the last that an id was given: none is used twice.
    """

    survey = models.OneToOneField(Survey, models.CASCADE, primary_key=True, related_name="draft")
    schema: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    stamp = models.PositiveIntegerField(default=0)
    last_number = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("draft of a survey")
        verbose_name_plural = _("drafts of surveys")

    def __str__(self) -> str:
        return f"{self.survey}: {self.stamp}"


class Step(models.Model):
    """One change to a draft, with all of it as it was before: so that it can be undone. The last 50 are kept."""

    class Does(models.TextChoices):
        ADD = "add", _("added")
        CHANGE = "change", _("changed")
        MOVE = "move", _("moved")
        COPY = "copy", _("copied")
        TAKE = "take", _("taken away")
        TAKE_OVER = "take_over", _("copied from another survey")
        UNDO = "undo", _("undone")

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    does = models.CharField(max_length=9, choices=Does.choices)
    about = models.CharField(max_length=20)
    label = models.CharField(max_length=120, blank=True)
    before: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("step of a draft")
        verbose_name_plural = _("steps of drafts")
        ordering = ["draft", "-number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="step_number_once_a_draft")]

    def __str__(self) -> str:
        return f"{self.draft_id}: {self.number}"


class LibraryQuestion(models.Model):
    """A question kept to be asked again: a board's own, or, without a board, the council's for every board."""

    board = models.ForeignKey(Board, models.CASCADE, null=True, blank=True, related_name="library_questions")
    label = models.CharField(_("question"), max_length=500)
    kind = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    question: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    made_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("question in the library")
        verbose_name_plural = _("questions in the library")
        ordering = ["label", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["board", "label", "kind"], name="library_question_once_a_board"),
            models.UniqueConstraint(
                fields=["label", "kind"], condition=Q(board__isnull=True), name="library_question_once_in_the_councils"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="library_question_has_words"),
        ]

    def __str__(self) -> str:
        return self.label
