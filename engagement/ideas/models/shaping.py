"""How an idea takes shape: who writes it together, its versions and pictures, and what was brought into it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from engagement.ideas.models.ideas import Idea
from engagement.moderation.models import Moderated, ModeratedQuerySet

SHAPED = ("title", "text", "who_it_helps", "place_words", "cost_guess_pence")
"""What a writer may change, and what a version keeps."""


class CoAuthor(models.Model):
    """Someone the writer asked to write with them. They write only once they have said yes."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="co_authors")
    person = models.ForeignKey(Person, models.CASCADE, related_name="co_authored")
    invited_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("co-author")
        verbose_name_plural = _("co-authors")
        ordering = ["invited_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["idea", "person"], name="co_author_once_in_an_idea")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.idea_id}"


class PartQuerySet(ModeratedQuerySet):
    """Of what belongs to an idea, only what stands on the page of one that is shown may be read by all."""

    def readable(self) -> Self:
        return self.shown().filter(idea__state=Idea.State.SHOWN, idea__call__activity__is_draft=False)


class Version(Moderated):
    """An idea's words at one time, from the first change of what was shown.

    The idea's row always holds the newest version that is shown; a version that waits to be read
    changes nothing on the page. One waits at a time.
    """

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(_("idea"), max_length=3000)
    who_it_helps = models.CharField(_("who it would help"), max_length=200, blank=True)
    place_words = models.CharField(_("where"), max_length=150, blank=True)
    cost_guess_pence = models.PositiveIntegerField(_("a guess at the cost"), null=True, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="idea_versions")

    objects = PartQuerySet.as_manager()

    board_path = "idea__call__activity__board"
    moderated_with = ("idea__call__activity__board", "by")
    person_path = "by"
    moderated_fields = ("title", "text", "who_it_helps", "place_words")

    class Meta:
        verbose_name = _("change to an idea")
        verbose_name_plural = _("changes to ideas")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["idea", "number"], name="idea_version_numbered_once"),
            models.UniqueConstraint(fields=["idea"], condition=Q(state="pending"), name="one_version_waits_at_a_time"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="idea_version_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    def moderated_title(self) -> str:
        return self.title

    def moderated_words(self) -> str:
        return "\n\n".join(filter(None, [self.text, self.who_it_helps, self.place_words]))

    def moderated_context(self) -> tuple[str, str]:
        return (gettext("A change to: %(title)s") % {"title": self.idea.title}, self.idea.get_absolute_url())

    def moderated_person(self) -> Person | None:
        return self.by

    def moderated_change_address(self) -> str:
        return f"{self.idea.get_absolute_url()}change/"


class IdeaPicture(Moderated):
    """A picture of an idea: encoded anew, without place data, with what it shows in words."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="pictures")
    file = models.FileField(upload_to="idea-pictures/")
    alt = models.CharField(_("what the picture shows"), max_length=200)
    kind = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="idea_pictures")

    objects = PartQuerySet.as_manager()

    board_path = "idea__call__activity__board"
    moderated_with = ("idea__call__activity__board", "by")
    person_path = "by"
    moderated_fields = ("alt",)

    class Meta:
        verbose_name = _("picture of an idea")
        verbose_name_plural = _("pictures of ideas")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(alt=""), name="idea_picture_says_what_it_shows")]

    def __str__(self) -> str:
        return self.alt

    def get_absolute_url(self) -> str:
        activity = self.idea.call.activity
        return reverse("ideas:picture", args=[activity.board.slug, activity.slug, self.idea.slug, self.pk])

    def moderated_title(self) -> str:
        return gettext("Picture for: %(title)s") % {"title": self.idea.title}

    def moderated_words(self) -> str:
        return self.alt

    def moderated_context(self) -> tuple[str, str]:
        return (gettext("See the picture"), self.get_absolute_url())

    def moderated_person(self) -> Person | None:
        return self.by


class Merging(models.Model):
    """A duplicate brought into another idea by an officer, and, if so, when that was undone.

    `brought` holds the keys of ideas that had been brought into the duplicate before and moved
    with it, so that undoing puts each back where it was.
    """

    duplicate = models.ForeignKey(Idea, models.CASCADE, related_name="mergings")
    into = models.ForeignKey(Idea, models.CASCADE, related_name="mergings_in")
    brought = models.JSONField(default=list, editable=False)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("merging of ideas")
        verbose_name_plural = _("mergings of ideas")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["duplicate"], condition=Q(undone_at__isnull=True), name="idea_brought_in_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(duplicate=F("into")), name="merging_is_of_two_ideas"),
        ]

    def __str__(self) -> str:
        return f"{self.duplicate_id} → {self.into_id}"
