"""Free text that waits to be read, and what of it became evidence."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.evidence.models import Evidence
from engagement.moderation.models import Moderated, ModeratedQuerySet
from engagement.surveys.models.responses import Response
from engagement.surveys.models.surveys import Survey


class WordsQuerySet(ModeratedQuerySet):
    def shown(self) -> Self:
        """What the public may see: read, and not withdrawn as evidence either."""
        return super().shown().exclude(passages__evidence__withdrawn_at__isnull=False)

    def readable(self) -> Self:
        """None of them as they are: what is made public of them is evidence."""
        return self.none()


class Words(Moderated):
    """What someone wrote in one box of a survey. Made when it is sent; shown only once someone read it.

    `sent_at` is midnight of the day, like the response: no time finer than a day joins them to a person.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="words")
    response = models.ForeignKey(Response, models.CASCADE, related_name="words")
    question = models.CharField(max_length=30, help_text=_("The question's id, or that and __other or __words."))
    label = models.CharField(_("question"), max_length=500)
    text = models.TextField(_("words"), max_length=10_000)

    board_path: ClassVar[str] = "survey__activity__board"
    moderated_with: ClassVar[tuple[str, ...]] = ("survey__activity__board",)
    moderated_fields: ClassVar[tuple[str, ...]] = ("text",)

    objects = WordsQuerySet.as_manager()

    class Meta:
        verbose_name = _("words in a survey")
        verbose_name_plural = _("words in surveys")
        indexes = [models.Index(fields=["survey", "question", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="words_once_a_question"),
            models.CheckConstraint(condition=~models.Q(text=""), name="words_are_not_empty"),
        ]

    def __str__(self) -> str:
        # Names are written to logs, which must not keep words that were taken back.
        return f"{self.survey}: {self.question}"

    def moderated_title(self) -> str:
        return self.label

    def moderated_words(self) -> str:
        return self.text

    def moderated_context(self) -> tuple[str, str]:
        return (str(self.survey), self.survey.get_absolute_url())

    def moderated_person(self) -> Person | None:
        # Whoever answers is told nothing by name: a slip code is how they come back.
        return None


class Passage(models.Model):
    """A part of someone's words that became evidence. Withdrawn there or here, it is withdrawn in both."""

    words = models.ForeignKey(Words, models.CASCADE, related_name="passages")
    evidence = models.OneToOneField(Evidence, models.CASCADE, related_name="survey_passage")

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")

    def __str__(self) -> str:
        return f"{self.words_id} → {self.evidence_id}"
