"""Questions about a proposal and their answers: between the board's officers and the group, and nobody else."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.funding.models.rounds import Proposal


class QuestionQuerySet(models.QuerySet["Question"]):
    def waiting(self) -> Self:
        return self.filter(answered_at__isnull=True, taken_back_at__isnull=True)

    def overdue_on(self, day: date) -> Self:
        """Not answered, and the last day for it has gone by."""
        return self.waiting().filter(answer_by__lt=day)


class Question(models.Model):
    """One question and its answer."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="questions")
    words = models.TextField(_("question"), max_length=1000)
    asked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answer_by = models.DateField(_("answer by"), help_text=_("The last day for an answer."))
    answer = models.TextField(_("answer"), max_length=3000, blank=True)
    answered_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(answered_at__isnull=True, taken_back_at__isnull=True),
                name="question_waits_once_a_proposal",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answer=""), name="question_answered_in_words"
            ),
        ]

    def __str__(self) -> str:
        return self.words[:60]
