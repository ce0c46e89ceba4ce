"""A question, its choices, and how often each was chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThan
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person, Standing
from boards.places.models import Board
from engagement.activities.models import Activity, Channel, Spot
from engagement.evidence.models import Evidence

LONGEST_CHOICE = 120


class PollQuerySet(models.QuerySet["Poll"]):
    def for_board(self, board: Board | str) -> PollQuerySet:
        """Of one board, given itself or its slug; with the activity and the board at hand."""
        found = self.select_related("activity__board")
        if isinstance(board, Board):
            return found.filter(activity__board=board)
        return found.filter(activity__board__slug=board)

    def published(self) -> PollQuerySet:
        return self.filter(activity__is_draft=False)

    def open_at(self, now: datetime) -> PollQuerySet:
        """Published, from opens_at up to, and not including, closes_at."""
        return (
            self.published()
            .filter(activity__opens_at__lte=now)
            .filter(Q(activity__closes_at__isnull=True) | Q(activity__closes_at__gt=now))
        )

    def coming_at(self, now: datetime) -> PollQuerySet:
        return self.published().filter(activity__opens_at__gt=now)

    def closed_at(self, now: datetime) -> PollQuerySet:
        return self.published().filter(activity__closes_at__lte=now)

    def with_standing_of(self, person: Any, on: Any) -> PollQuerySet:
        """Add `stands`: whether we know that this person belongs to the poll's board."""
        pk = person.pk if person.is_authenticated else None
        standing = Standing.objects.filter(person_id=pk, board_id=OuterRef("activity__board_id"))
        return self.annotate(stands=Exists(standing.filter(Q(until__isnull=True) | Q(until__gt=on))))


class Poll(models.Model):
    """A question with choices. Its dates, audience and address are its activity's."""

    class Kind(models.TextChoices):
        ONE_CHOICE = "one_choice", _("One choice")

    activity = models.OneToOneField(Activity, models.CASCADE, primary_key=True, related_name="poll")
    question = models.CharField(_("question"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.ONE_CHOICE)

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        constraints = [
            models.CheckConstraint(
                condition=Q(GreaterThan(Length(Trim("question")), 0)), name="poll_question_is_not_blank"
            )
        ]

    def __str__(self) -> str:
        return self.activity.title

    def get_absolute_url(self) -> str:
        return reverse("polls:poll", args=[self.activity.board.slug, self.activity.slug])


class Choice(models.Model):
    """One answer that may be chosen. Once anyone has voted, only a logged correction changes its words."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="choices")
    text = models.CharField(_("choice"), max_length=LONGEST_CHOICE)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(GreaterThan(Length(Trim("text")), 0)), name="choice_text_is_not_blank"),
            models.UniqueConstraint(fields=["poll", "text"], name="choice_once_in_a_poll"),
        ]

    def __str__(self) -> str:
        return self.text


class Tally(models.Model):
    """How many chose this, by this channel. There is no row for a vote, so none can be joined to a voter.

    docs/decisions/0003-votes-are-counts.md says why, and what that does not protect from.
    """

    choice = models.ForeignKey(Choice, models.PROTECT, related_name="tallies")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    votes = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            models.UniqueConstraint(fields=["choice", "channel"], name="tally_once_a_choice_and_channel"),
            models.CheckConstraint(condition=Q(votes__gte=0), name="tally_votes_not_below_nought"),
        ]

    def __str__(self) -> str:
        return f"{self.choice}: {self.votes}"


class Correction(models.Model):
    """A slip put right after voting began: shown on the poll's page, never removed."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="corrections")
    was = models.CharField(max_length=200)
    became = models.CharField(max_length=200)
    why = models.CharField(_("why"), max_length=200)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return f"{self.was} → {self.became}"


# --- where people are ------------------------------------------------------------------------------


class Kiosk(models.Model):
    """A device put out at one place for one poll. It holds a secret of its own; here is only its digest.

    `opening` is the digest of the code that makes a device this kiosk, once. `pin` is a slow hash. `waiting` and
    `seen_at` are what the device said last of votes it could not send yet; nothing here says when anyone voted.
    """

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="kiosks")
    spot = models.ForeignKey(Spot, models.RESTRICT, related_name="kiosks")
    opening = models.CharField(max_length=64, unique=True, null=True, editable=False)
    key = models.CharField(max_length=64, unique=True, null=True, editable=False)
    pin = models.CharField(max_length=128, editable=False)
    opened_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    waiting = models.PositiveIntegerField(default=0)
    counted_before = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("kiosk")
        verbose_name_plural = _("kiosks")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["spot"], condition=Q(ended_at__isnull=True), name="one_kiosk_at_a_time_at_a_place"
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True) | Q(key__isnull=False), name="a_started_kiosk_has_its_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.poll}: {self.spot}"


class KioskRefusal(models.Model):
    """A vote that a kiosk sent and that could not be counted: that there was one, and why. Never what it said."""

    class Why(models.TextChoices):
        CLOSED = "closed", _("It came after the poll had closed")
        ENDED = "ended", _("It came after the kiosk was ended")
        WRONG = "wrong", _("It was not filled in as the poll asks")

    kiosk = models.ForeignKey(Kiosk, models.CASCADE, related_name="refusals")
    token = models.CharField(max_length=64)
    why = models.CharField(max_length=6, choices=Why.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kiosk", "token"], name="kiosk_refusal_once_a_token")]

    def __str__(self) -> str:
        return self.get_why_display()


class SocialPoll(models.Model):
    """The same question put on social media, and what came back. Shown beside the poll and never added to it:
    nobody can know who answered there, or how often."""

    class Platform(models.TextChoices):
        INSTAGRAM = "instagram", "Instagram"
        FACEBOOK = "facebook", "Facebook"
        TIKTOK = "tiktok", "TikTok"
        X = "x", "X"
        LINKEDIN = "linkedin", "LinkedIn"
        WHATSAPP = "whatsapp", "WhatsApp"
        NEXTDOOR = "nextdoor", "Nextdoor"
        OTHER = "other", _("Another platform")

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="social_polls")
    platform = models.CharField(_("platform"), max_length=10, choices=Platform.choices)
    link = models.URLField(_("link to it"), max_length=300, blank=True)
    wording = models.CharField(_("question as it was asked there"), max_length=200)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    reach = models.PositiveIntegerField(_("how many saw it"), null=True, blank=True)
    recorded_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    evidence = models.OneToOneField(Evidence, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("poll on social media")
        verbose_name_plural = _("polls on social media")
        ordering = ["-ends_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=models.F("ends_on")), name="social_poll_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(GreaterThan(Length(Trim("wording")), 0)), name="social_poll_wording_is_not_blank"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_platform_display()}: {self.wording}"


class SocialCount(models.Model):
    """How often one answer was chosen there, as the platform says."""

    social = models.ForeignKey(SocialPoll, models.CASCADE, related_name="counts")
    text = models.CharField(max_length=LONGEST_CHOICE)
    votes = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["social", "text"], name="social_answer_once_in_a_poll"),
            models.CheckConstraint(condition=Q(votes__gte=0), name="social_votes_not_below_nought"),
        ]

    def __str__(self) -> str:
        return f"{self.text}: {self.votes}"
