"""Ideas, who backs and follows them, and what the board answered."""

from __future__ import annotations

import secrets
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.places.models import Area
from engagement.activities.models import Channel
from engagement.evidence.models import Need, Theme
from engagement.ideas.models.calls import IdeasCall
from engagement.ideas.rules import DECK, folded, reference
from engagement.moderation.models import Moderated, ModeratedQuerySet


class IdeaQuerySet(ModeratedQuerySet):
    def for_call(self, call: IdeasCall) -> Self:
        return self.filter(call=call)

    def readable(self) -> Self:
        return self.shown().filter(call__activity__is_draft=False)

    def on_the_wall(self) -> Self:
        """Shown, and not brought into another idea."""
        return self.shown().filter(merged_into__isnull=True)

    def together_with(self, idea: Idea) -> Self:
        """The idea and those that were brought into it: they share backers, comments and answers."""
        return self.filter(Q(pk=idea.pk) | Q(merged_into=idea))


def new_card() -> int:
    """A place in the deck that each day shuffles anew (rules.turn_of)."""
    return secrets.randbelow(DECK - 1) + 1


def new_reference() -> str:
    return reference(secrets.randbits(40))


class Idea(Moderated):
    """One idea, as its writer put it. Reaches a page only through `.shown()`.

    `author` is empty when an officer wrote it down for someone who gave no e-mail address.
    `backers` counts the different people in Backing for this idea and those brought into it;
    `comments` counts what is shown. Neither is indexed, so that PostgreSQL changes them in place
    (HOT) and leaves the indexes of the words alone. `answered_at` is when the board first said
    anything. `merged_into` points from a duplicate to the idea that stands for both; the tree is flat.
    """

    class Status(models.TextChoices):
        RECEIVED = "received", _("Received")
        BEING_LOOKED_AT = "being_looked_at", _("Being looked at")
        IN_PLAN = "in_plan", _("In the plan")
        GOING_TO_VOTE = "going_to_vote", _("Going to a vote")
        DONE = "done", _("Done")
        NOT_TAKEN_UP = "not_taken_up", _("Not taken up")

    call = models.ForeignKey(IdeasCall, models.PROTECT, related_name="ideas")
    title = models.CharField(_("title"), max_length=100)
    slug = models.SlugField(max_length=80)
    text = models.TextField(_("idea"), max_length=3000)
    who_it_helps = models.CharField(_("who it would help"), max_length=200, blank=True)
    cost_guess_pence = models.PositiveIntegerField(_("a guess at the cost"), null=True, blank=True)
    need = models.ForeignKey(
        Need, models.SET_NULL, null=True, blank=True, related_name="ideas", verbose_name=_("need it answers")
    )
    theme = models.ForeignKey(
        Theme, models.SET_NULL, null=True, blank=True, related_name="ideas", verbose_name=_("theme")
    )
    place = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="ideas")
    place_words = models.CharField(_("where"), max_length=150, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    author = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="ideas", verbose_name=_("who sent it")
    )
    name_shown = models.CharField(_("name to show"), max_length=60, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.RECEIVED)
    status_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="brought_in")
    backers = models.PositiveIntegerField(_("people who back it"), default=0)
    comments = models.PositiveIntegerField(_("comments"), default=0)
    reference = models.CharField(max_length=9, unique=True, default=new_reference, editable=False)
    card = models.PositiveIntegerField(default=new_card, editable=False)
    search_title = models.CharField(max_length=300, blank=True, editable=False)
    search_text = models.TextField(blank=True, editable=False)

    objects = IdeaQuerySet.as_manager()

    board_path = "call__activity__board"
    moderated_with = ("call__activity__board", "author", "place", "need")
    person_path = "author"
    moderated_fields = ("title", "text", "who_it_helps", "place_words", "name_shown")

    class Meta:
        verbose_name = _("idea")
        verbose_name_plural = _("ideas")
        ordering = ["-sent_at", "-pk"]
        indexes = [
            models.Index(fields=["call", "state", "-sent_at"]),
            models.Index(fields=["call", "state", "status"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["call", "slug"], name="idea_address_once_in_a_call"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="idea_says_something"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="idea_point_has_both_numbers",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")), name="idea_not_brought_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("update_fields") is None or {"title", "text", "place_words"} & set(kwargs["update_fields"]):
            self.search_title = folded(self.title)
            self.search_text = folded(f"{self.title} {self.text} {self.place_words}")
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "search_title", "search_text"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        activity = self.call.activity
        return reverse("ideas:idea", args=[activity.board.slug, activity.slug, self.slug])

    @property
    def is_shown(self) -> bool:
        return self.state == self.State.SHOWN

    def moderated_title(self) -> str:
        return self.title

    def moderated_words(self) -> str:
        """Every word of it that a reader would see, a paragraph each."""
        said = [self.text]
        if self.who_it_helps:
            said.append(gettext("Who it would help: %(who)s") % {"who": self.who_it_helps})
        if self.place_words or self.place:
            where = ", ".join(filter(None, [self.place_words, str(self.place or "")]))
            said.append(gettext("Where: %(where)s") % {"where": where})
        if self.name_shown:
            said.append(gettext("Name to show: %(name)s") % {"name": self.name_shown})
        return "\n\n".join(said)

    def moderated_context(self) -> tuple[str, str]:
        return (self.call.question, self.call.get_absolute_url())

    def moderated_person(self) -> Person | None:
        return self.author

    def moderated_change_address(self) -> str:
        return f"{self.get_absolute_url()}change/"

    def moderated_was_edited(self, field: str) -> None:
        """Take the address with the title it was made of: details taken out of one stand in the other."""
        if field == "title":
            self.slug = f"idea-{secrets.token_hex(5)}"


class Backing(models.Model):
    """Someone's support for an idea: once each."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="backings")
    person = models.ForeignKey(Person, models.CASCADE, related_name="backings")
    backed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("backing")
        verbose_name_plural = _("backings")
        constraints = [models.UniqueConstraint(fields=["idea", "person"], name="back_an_idea_once")]
        indexes = [models.Index(fields=["person", "-backed_at"])]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.idea_id}"


class Following(models.Model):
    """Someone wants to hear what the board answers to an idea, without backing it."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="followings")
    person = models.ForeignKey(Person, models.CASCADE, related_name="idea_followings")

    class Meta:
        verbose_name = _("following an idea")
        verbose_name_plural = _("followings of ideas")
        constraints = [models.UniqueConstraint(fields=["idea", "person"], name="follow_an_idea_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.idea_id}"


class StatusChange(models.Model):
    """The board's answer, a step at a time, always in words. `was` equals `became` for a further word."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="status_changes")
    was = models.CharField(max_length=20, choices=Idea.Status.choices)
    became = models.CharField(max_length=20, choices=Idea.Status.choices)
    words = models.TextField(_("what the board says"), max_length=2000)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="idea_answers")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="idea_answer_has_words")]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.get_became_display()}"
