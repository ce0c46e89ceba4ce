"""A conversation, its statements, who answers in it, each answer, and the results that are kept."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThan
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.activities.models import Activity, TakingPart
from engagement.activities.rules import REFERENCE_BITS, reference
from engagement.moderation.models import Moderated, ModeratedQuerySet

LONGEST_STATEMENT = 140
LEAST_IN_GROUP = 5
"""Fewer people than this are never shown as a group, whatever a board sets (PROMISES 18)."""
MOST_STATEMENTS = 1_000


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def for_board(self, board_slug: str) -> ConversationQuerySet:
        return self.filter(activity__board__slug=board_slug).select_related("activity__board")

    def published(self) -> ConversationQuerySet:
        return self.filter(activity__is_draft=False)

    def closed_before(self, moment: datetime) -> ConversationQuerySet:
        return self.published().filter(activity__closes_at__lte=moment)

    def with_counts(self) -> ConversationQuerySet:
        """Add how many statements are shown and how many wait to be read."""
        states = Statement.State
        return self.annotate(
            shown_count=Count("statements", filter=Q(statements__state=states.SHOWN)),
            waiting_count=Count("statements", filter=Q(statements__state=states.PENDING)),
        )


class Conversation(models.Model):
    """What a board asks people to find common ground on. Its dates, audience and address are its activity's.

    `changes` goes up by one with each answer that is new or other, and each decision about a
    statement: kept results name the number they were worked out at, so that a page knows how old they are.
    """

    activity = models.OneToOneField(Activity, models.CASCADE, primary_key=True, related_name="conversation")
    question = models.CharField(_("question"), max_length=150)
    background = models.TextField(_("what people should know first"), max_length=3000, blank=True)
    takes_statements = models.BooleanField(_("people may add statements"), default=True)
    shows_at_once = models.BooleanField(_("show statements at once"), default=False)
    least_in_group = models.PositiveSmallIntegerField(_("least people in a group"), default=LEAST_IN_GROUP)
    publishes_answers = models.BooleanField(_("publish each person's answers without names"), default=False)
    changes = models.PositiveBigIntegerField(default=0, editable=False)
    forgotten_on = models.DateField(null=True, blank=True, editable=False)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-activity__opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(GreaterThan(Length(Trim("question")), 0)), name="conversation_asks_something"
            ),
            models.CheckConstraint(
                condition=Q(least_in_group__gte=LEAST_IN_GROUP), name="conversation_groups_are_not_small"
            ),
        ]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return self.address("conversation")

    def address(self, name: str, *further: str) -> str:
        """Give the address of one of its pages."""
        return reverse(f"conversations:{name}", args=[self.activity.board.slug, self.activity.slug, *further])


def new_reference() -> str:
    return reference(secrets.randbits(REFERENCE_BITS))


class Statement(Moderated):
    """One sentence to agree with or not. Reaches a page only through `.shown()`, and never with a name.

    `author` is empty for the board's own. The three counts are of its answers and `extremity` is
    its place on the map of opinions; only the actions change them. They choose what is asked next.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="statements")
    text = models.CharField(_("statement"), max_length=LONGEST_STATEMENT)
    is_the_boards = models.BooleanField(_("put in by the board"), default=False)
    author = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="statements", verbose_name=_("who sent it")
    )
    reference = models.CharField(max_length=11, unique=True, default=new_reference, editable=False)
    agrees = models.PositiveIntegerField(default=0, editable=False)
    disagrees = models.PositiveIntegerField(default=0, editable=False)
    passes = models.PositiveIntegerField(default=0, editable=False)
    extremity = models.FloatField(default=0, editable=False)

    objects = ModeratedQuerySet.as_manager()

    board_path: ClassVar[str] = "conversation__activity__board"
    moderated_with: ClassVar[tuple[str, ...]] = ("conversation__activity__board", "author")
    person_path: ClassVar[str] = "author"
    moderated_fields: ClassVar[tuple[str, ...]] = ("text",)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["pk"]
        indexes = [models.Index(fields=["conversation", "state"])]
        constraints = [
            models.CheckConstraint(condition=Q(GreaterThan(Length(Trim("text")), 0)), name="statement_says_something"),
            models.CheckConstraint(
                condition=Q(is_the_boards=False) | Q(author__isnull=True), name="statement_of_the_board_has_no_author"
            ),
            models.CheckConstraint(
                condition=Q(agrees__gte=0, disagrees__gte=0, passes__gte=0), name="statement_counts_not_below_nought"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_shown(self) -> bool:
        return self.state == self.State.SHOWN

    def moderated_title(self) -> str:
        return self.text

    def moderated_words(self) -> str:
        return self.text

    def moderated_context(self) -> tuple[str, str]:
        return (self.conversation.question, self.conversation.get_absolute_url())

    def moderated_person(self) -> Person | None:
        return self.author


def new_key() -> int:
    """Give a random key: order of arrival would lead from an answer to the day's list of who took part."""
    return secrets.randbelow(2**62) + 1


def new_seed() -> int:
    return secrets.randbits(31)


class Participant(models.Model):
    """Someone in one conversation: their seed, which shuffles statements for them alone, and their answers.

    `taking_part` says who; its own constraints see to it that a person is one participant. It is
    cut some time after closing (actions.running.forget_who_answered), and no order or time in
    this table leads back. `changed_at` is the conversation's `changes` at their last answer.
    """

    id = models.BigIntegerField(primary_key=True, default=new_key, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="participants")
    taking_part = models.OneToOneField(TakingPart, models.SET_NULL, null=True, related_name="+")
    seed = models.PositiveIntegerField(default=new_seed, editable=False)
    changed_at = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        indexes = [models.Index(fields=["conversation", "changed_at"])]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Answer(models.Model):
    """What one participant made of one statement: once, and changed in place while it is open. No time is kept."""

    class Way(models.IntegerChoices):
        AGREE = 1, _("Agree")
        PASS = 0, _("Pass")
        DISAGREE = -1, _("Disagree")

    id = models.BigIntegerField(primary_key=True, default=new_key, editable=False)
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="answers")
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="answers")
    way = models.SmallIntegerField(_("answer"), choices=Way.choices)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["participant", "statement"], name="answer_a_statement_once"),
            models.CheckConstraint(condition=Q(way__in=[1, 0, -1]), name="answer_is_one_of_three"),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()}"


COUNTED_AS = {Answer.Way.AGREE: "agrees", Answer.Way.DISAGREE: "disagrees", Answer.Way.PASS: "passes"}
"""Which count of a statement each answer is in."""


class KeptResults(models.Model):
    """What a conversation came to when it was last worked out, ready for a page: guarded, with nobody's key in it.

    `digest` is of every answer that went in, so that whoever works it out again knows whether from the same.
    """

    conversation = models.OneToOneField(Conversation, models.CASCADE, primary_key=True, related_name="kept_results")
    changes = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    worked_out_at = models.DateTimeField()
    people = models.PositiveIntegerField()
    is_final = models.BooleanField(default=False)
    found: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("kept results")
        verbose_name_plural = _("kept results")

    def __str__(self) -> str:
        return f"{self.conversation_id}"
