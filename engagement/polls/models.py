"""A question, its choices, and how often each was chosen."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThan
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person, Standing
from boards.places.models import Board
from engagement.activities.models import Activity, Channel, Spot, TakingPart
from engagement.evidence.models import Evidence
from engagement.moderation.models import Moderated, ModeratedQuerySet
from engagement.polls.rules import FEWEST_STEPS, MOST_PLACES, MOST_STEPS

LONGEST_CHOICE = 120
LONGEST_END = 60
LONGEST_WHY = 1000
MOST_CHOICES = 20


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


class Kind(models.TextChoices):
    """The ways to ask one question."""

    ONE_CHOICE = "one_choice", _("One choice")
    SEVERAL = "several", _("Several choices")
    YES_NO = "yes_no", _("Yes, no or not sure")
    SCALE = "scale", _("A scale")
    RANKING = "ranking", _("Putting choices in order")
    FACES = "faces", _("Five faces")


ONE_ANSWER = (Kind.ONE_CHOICE, Kind.YES_NO, Kind.SCALE, Kind.FACES)
"""A vote is one of the choices: one more in its tally, and nothing else."""
MANY_ANSWERS = (Kind.SEVERAL, Kind.RANKING)
OWN_CHOICES = (Kind.ONE_CHOICE, Kind.SEVERAL, Kind.RANKING)
"""The board writes the choices; of the others the platform makes them."""

# Kept in the table as they stand here, and shown in the reader's language.
YES_NO_WORDS = (gettext_noop("Yes"), gettext_noop("No"), gettext_noop("Not sure"))
FACE_WORDS = (
    gettext_noop("Very unhappy"),
    gettext_noop("Unhappy"),
    gettext_noop("Neither happy nor unhappy"),
    gettext_noop("Happy"),
    gettext_noop("Very happy"),
)


class Poll(models.Model):
    """A question with choices. Its dates, audience and address are its activity's.

    `least` and `most` are how many choices a vote holds where it may hold several; `steps` and the
    two end labels are a scale's. What a kind does not ask is empty: the database sees to it.
    """

    activity = models.OneToOneField(Activity, models.CASCADE, primary_key=True, related_name="poll")
    question = models.CharField(_("question"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.ONE_CHOICE)
    least = models.PositiveSmallIntegerField(_("least"), null=True, blank=True)
    most = models.PositiveSmallIntegerField(_("most"), null=True, blank=True)
    steps = models.PositiveSmallIntegerField(_("steps"), null=True, blank=True)
    low_label = models.CharField(_("words at the low end"), max_length=LONGEST_END, blank=True)
    high_label = models.CharField(_("words at the high end"), max_length=LONGEST_END, blank=True)
    asks_why = models.BooleanField(_("ask why"), default=False)
    may_change = models.BooleanField(_("people may change their vote"), default=False)

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        constraints = [
            models.CheckConstraint(
                condition=Q(GreaterThan(Length(Trim("question")), 0)), name="poll_question_is_not_blank"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="poll_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind__in=MANY_ANSWERS, least__isnull=False, most__isnull=False)
                & Q(least__gte=1, most__gte=F("least"), most__lte=MOST_CHOICES)
                | (~Q(kind__in=MANY_ANSWERS) & Q(least__isnull=True, most__isnull=True)),
                name="poll_least_and_most_of_several",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.RANKING) | Q(most__lte=MOST_PLACES), name="poll_ranking_has_few_places"
            ),
            models.CheckConstraint(
                condition=Q(GreaterThan(Length(Trim("low_label")), 0))
                & Q(GreaterThan(Length(Trim("high_label")), 0))
                & Q(kind=Kind.SCALE, steps__isnull=False, steps__gte=FEWEST_STEPS, steps__lte=MOST_STEPS)
                | ~Q(kind=Kind.SCALE) & Q(steps__isnull=True, low_label="", high_label=""),
                name="poll_scale_has_steps_and_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.activity.title

    def get_absolute_url(self) -> str:
        return reverse("polls:poll", args=[self.activity.board.slug, self.activity.slug])

    @property
    def has_one_answer(self) -> bool:
        return self.kind in ONE_ANSWER

    @property
    def writes_choices(self) -> bool:
        """Tell whether the board wrote the choices; else the platform made them."""
        return self.kind in OWN_CHOICES

    def words_of(self, text: str, *, first: bool = False, last: bool = False) -> str:
        """Give a choice as a reader sees it: translated where it is the platform's, an end of a scale with its label."""
        if self.kind in (Kind.YES_NO, Kind.FACES):
            return gettext(text)
        if self.kind == Kind.SCALE and (first or last):
            return f"{text} – {self.low_label if first else self.high_label}"
        return text

    def worded(self, texts: list[str]) -> list[str]:
        """Give all the choices, in their order, as a reader sees them."""
        end = len(texts) - 1
        return [self.words_of(text, first=at == 0, last=at == end) for at, text in enumerate(texts)]

    @property
    def worded_choices(self) -> list[str]:
        return self.worded([choice.text for choice in self.choices.all()])


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


class PlaceTally(models.Model):
    """How often this choice was put in this place, by this channel: all that is kept of a ranking.

    Two places of one vote are not kept together, so no whole ranking can be read back.
    """

    choice = models.ForeignKey(Choice, models.PROTECT, related_name="place_tallies")
    place = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=10, choices=Channel.choices)
    votes = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("tally of a place")
        verbose_name_plural = _("tallies of places")
        constraints = [
            models.UniqueConstraint(fields=["choice", "place", "channel"], name="place_tally_once"),
            models.CheckConstraint(condition=Q(votes__gte=0), name="place_tally_votes_not_below_nought"),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=MOST_PLACES), name="place_tally_place_is_a_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.choice}, {self.place}: {self.votes}"


class Voters(models.Model):
    """How many people voted by this channel, where their choices do not add up to them: the base of the shares."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="voters")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    people = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("number of voters")
        verbose_name_plural = _("numbers of voters")
        constraints = [
            models.UniqueConstraint(fields=["poll", "channel"], name="voters_once_a_poll_and_channel"),
            models.CheckConstraint(condition=Q(people__gte=0), name="voters_not_below_nought"),
        ]

    def __str__(self) -> str:
        return f"{self.poll_id}: {self.people}"


class KeptVote(models.Model):
    """A vote that its voter may still change, sealed, until the poll closes.

    docs/decisions/0010-a-vote-that-may-be-changed-is-kept-sealed.md says why. It is opened only to
    take the old vote out of the counts when a new one goes in; the counts never wait for it.
    """

    taking_part = models.OneToOneField(TakingPart, models.CASCADE, primary_key=True, related_name="+")
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="kept_votes")
    sealed = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("kept vote")
        verbose_name_plural = _("kept votes")

    def __str__(self) -> str:
        return f"{self.poll_id}"


class WhyQuerySet(ModeratedQuerySet):
    def shown(self) -> Self:
        """Read, not taken back, its writer agreed; where it has become evidence, it may be quoted there too."""
        there = Q(evidence__isnull=True) | Q(evidence__in=Evidence.objects.quotable())
        return super().shown().filter(there, may_quote=True, withdrawn_at__isnull=True)

    def readable(self) -> Self:
        return self.shown().filter(poll__activity__is_draft=False)


def new_key() -> int:
    """Give a random key: order of arrival would lead to the voter."""
    return secrets.randbelow(2**62) + 1


class Why(Moderated):
    """Why someone voted as they did, in their words. It stands beside no vote, no voter and no time of day.

    docs/decisions/0011-why-stands-beside-no-vote.md says what that protects from and what not. The
    digest is of the reference on the writer's confirmation and needs the site's key to make, so
    that whoever holds the reference can take the words back and nobody else can join the two.
    """

    id = models.BigIntegerField(primary_key=True, default=new_key, editable=False)
    poll = models.ForeignKey(Poll, models.PROTECT, related_name="whys")
    text = models.TextField(_("why"), max_length=LONGEST_WHY)
    may_quote = models.BooleanField(_("may be shown without a name"), default=False)
    digest = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    evidence = models.OneToOneField(
        Evidence, models.SET_NULL, null=True, blank=True, related_name="poll_why", editable=False
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = WhyQuerySet.as_manager()

    board_path: ClassVar[str] = "poll__activity__board"
    moderated_with: ClassVar[tuple[str, ...]] = ("poll__activity__board", "evidence")
    moderated_fields: ClassVar[tuple[str, ...]] = ("text",)

    class Meta:
        verbose_name = _("reason given in a poll")
        verbose_name_plural = _("reasons given in polls")
        indexes = [models.Index(fields=["poll", "state"])]
        constraints = [
            models.CheckConstraint(condition=Q(GreaterThan(Length(Trim("text")), 0)), name="why_says_something"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(digest__isnull=True), name="why_taken_back_leads_to_nobody"
            ),
        ]

    def __str__(self) -> str:
        # Names are written to logs, which must not keep words that were taken back.
        return f"{self._meta.verbose_name} {self.pk}"

    def moderated_title(self) -> str:
        return self.poll.question

    def moderated_words(self) -> str:
        if self.may_quote:
            return self.text
        return f"{self.text}\n\n{gettext('The writer asks us not to show this. Officers read it.')}"

    def moderated_context(self) -> tuple[str, str]:
        return (self.poll.question, self.poll.get_absolute_url())


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
