"""What people say about an idea: points for, points against, questions; and what the board replies."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.ideas.models.ideas import Idea
from engagement.moderation.models import Moderated, ModeratedQuerySet


class CommentQuerySet(ModeratedQuerySet):
    def readable(self) -> Self:
        return self.shown().filter(idea__state=Idea.State.SHOWN, idea__call__activity__is_draft=False)


class Comment(Moderated):
    """A point for, a point against, or a question. One level deep: only the board replies (BoardReply)."""

    class Stance(models.TextChoices):
        FOR = "for", _("For")
        AGAINST = "against", _("Against")
        QUESTION = "question", _("Question")

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="all_comments")
    stance = models.CharField(_("for, against or a question"), max_length=8, choices=Stance.choices)
    text = models.TextField(_("comment"), max_length=1000)
    author = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="idea_comments", verbose_name=_("who sent it")
    )
    name_shown = models.CharField(_("name to show"), max_length=60, blank=True)

    objects = CommentQuerySet.as_manager()

    board_path = "idea__call__activity__board"
    moderated_with = ("idea__call__activity__board", "author")
    person_path = "author"
    moderated_fields = ("text", "name_shown")

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["sent_at", "pk"]
        indexes = [models.Index(fields=["idea", "state", "sent_at"])]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
            models.CheckConstraint(condition=Q(stance__in=["for", "against", "question"]), name="comment_takes_a_side"),
        ]

    def __str__(self) -> str:
        return f"{self.get_stance_display()}: {self.text[:60]}"

    def moderated_title(self) -> str:
        return f"{self.get_stance_display()}: {self.idea.title}"

    def moderated_words(self) -> str:
        return "\n\n".join(filter(None, [self.text, self.name_shown]))

    def moderated_context(self) -> tuple[str, str]:
        return (self.idea.title, self.idea.get_absolute_url())

    def moderated_person(self) -> Person | None:
        return self.author


class BoardReply(models.Model):
    """What the board replies to a comment, marked as the board's."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="replies")
    words = models.TextField(_("what the board replies"), max_length=1000)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="idea_replies")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="board_reply_has_words")]

    def __str__(self) -> str:
        return self.words[:60]
