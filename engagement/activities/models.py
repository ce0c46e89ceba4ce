"""The one table that polls, ideas calls and funding rounds each hold, and who took part."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.places.models import Area, Board
from engagement.activities.rules import REFERENCE_BITS, SPOT_LETTERS, reference, spot_code
from engagement.evidence.models import Need


class Audience(models.IntegerChoices):
    """The ladder of DESIGN section 5: one rung an activity, and each holds those below it."""

    ANYONE = 0, _("Anyone")
    SAYS_LOCAL = 1, _("People who say they live, work or study here")
    EMAIL = 2, _("People who live, work or study here, with an e-mail address that answers")
    CODE = 3, _("People with a code from a letter or an event")
    IN_PERSON = 4, _("People checked in person")


class Channel(models.TextChoices):
    WEB = "web", _("On this site")
    KIOSK = "kiosk", _("At a kiosk")
    PAPER = "paper", _("On paper")
    PHONE = "phone", _("By phone")
    IN_PERSON = "in_person", _("In person")


class ActivityQuerySet(models.QuerySet["Activity"]):
    def open_at(self, now: datetime) -> ActivityQuerySet:
        """Published, from opens_at up to, and not including, closes_at."""
        return self.published().filter(opens_at__lte=now).filter(Q(closes_at__isnull=True) | Q(closes_at__gt=now))

    def closed_at(self, now: datetime) -> ActivityQuerySet:
        return self.published().filter(closes_at__lte=now)

    def coming_at(self, now: datetime) -> ActivityQuerySet:
        return self.published().filter(opens_at__gt=now)

    def published(self) -> ActivityQuerySet:
        """What everyone may find. What is unlisted is reached by its address alone."""
        return self.filter(is_draft=False, is_unlisted=False)


class Activity(models.Model):
    """Anything a board opens and closes. Needs, followers, outcomes and listings point here."""

    class Kind(models.TextChoices):
        POLL = "poll", _("Poll")
        SURVEY = "survey", _("Survey")
        IDEAS = "ideas", _("Ideas call")
        CONVERSATION = "conversation", _("Conversation")
        ROUND = "round", _("Grant round")

    class ResultsShow(models.TextChoices):
        ALWAYS = "always", _("Always")
        AFTER_VOTING = "after_voting", _("To people who have voted, and to all after closing")
        AFTER_CLOSING = "after_closing", _("After closing")
        OFFICERS = "officers", _("To officers only")

    board = models.ForeignKey(Board, models.PROTECT, related_name="activities", verbose_name=_("board"))
    kind = models.CharField(max_length=12, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=150)
    slug = models.SlugField(_("address"), max_length=80)
    summary = models.TextField(_("summary"), max_length=600, blank=True)
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True, help_text=_("Empty: it stays open."))
    audience = models.PositiveSmallIntegerField(_("who may take part"), choices=Audience.choices)
    results_show = models.CharField(
        _("results show"), max_length=15, choices=ResultsShow.choices, default=ResultsShow.AFTER_CLOSING
    )
    is_draft = models.BooleanField(_("draft"), default=True, help_text=_("Nobody but officers sees a draft."))
    is_unlisted = models.BooleanField(
        default=False, editable=False, help_text=_("A rehearsal: in no list, feed or total.")
    )
    needs: models.ManyToManyField[Need, models.Model] = models.ManyToManyField(
        Need, blank=True, related_name="activities", verbose_name=_("needs it serves")
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-opens_at", "-pk"]
        indexes = [models.Index(fields=["board", "kind", "opens_at"])]
        constraints = [
            models.UniqueConstraint(fields=["board", "kind", "slug"], name="activity_address_once"),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True) | Q(opens_at__lt=F("closes_at")),
                name="activity_opens_before_closing",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    FOLDERS = {
        "poll": "polls",
        "survey": "surveys",
        "ideas": "ideas",
        "conversation": "conversations",
        "round": "funding",
    }

    def get_absolute_url(self) -> str:
        return f"/boards/{self.board.slug}/{self.FOLDERS[self.kind]}/{self.slug}/"

    def is_open(self, now: datetime) -> bool:
        """From opens_at up to, and not including, closes_at; a draft never is."""
        return not self.is_draft and self.opens_at <= now and (self.closes_at is None or now < self.closes_at)

    def has_closed(self, now: datetime) -> bool:
        return not self.is_draft and self.closes_at is not None and self.closes_at <= now


def new_spot_code() -> str:
    return spot_code(secrets.randbits(5 * SPOT_LETTERS))


class Spot(models.Model):
    """Where people meet an activity: a library, a market stall, a bus stop. Its code is its short address.

    Not an `Area`: a voter's ward says where they live, and a spot where they were asked. One that is no
    longer used still leads to the activity, and what was done there keeps its name.
    """

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="spots")
    name = models.CharField(_("place"), max_length=60)
    code = models.CharField(max_length=12, unique=True, default=new_spot_code, editable=False)
    is_used = models.BooleanField(default=True, editable=False)

    class Meta:
        verbose_name = _("place to take part")
        verbose_name_plural = _("places to take part")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "name"], name="spot_once_in_an_activity"),
            models.CheckConstraint(condition=Q(GreaterThan(Length(Trim("name")), 0)), name="spot_name_is_not_blank"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/p/{self.code}/"


def new_reference() -> str:
    return reference(secrets.randbits(REFERENCE_BITS))


class TakingPart(models.Model):
    """Who took part, once, by which channel, at which place, on which day. Never what they chose.

    Exactly one of `person` and `device` is given for people on the web: `device` is a digest of a
    random value in their browser's own cookie, for activities that ask for no account. At a kiosk
    it is one of the vote's own token, so that a vote sent again is known. Paper, phone and venues
    that carry no name have neither; the officer's batch vouches for them.

    `place` is the ward someone said is theirs; `spot` is where they were asked.

    `reference` is what the person may quote. It is random, so it says nothing of who or what.
    """

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="taking_part")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="taking_part")
    device = models.CharField(max_length=64, null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)
    place = models.ForeignKey(Area, models.PROTECT, null=True, blank=True)
    spot = models.ForeignKey(Spot, models.RESTRICT, null=True, blank=True, related_name="taking_part")
    on = models.DateField(default=timezone.localdate)
    reference = models.CharField(max_length=11, unique=True, default=new_reference, editable=False)

    class Meta:
        verbose_name = _("taking part")
        verbose_name_plural = _("taking part")
        constraints = [
            models.UniqueConstraint(fields=["activity", "person"], name="take_part_once_a_person"),
            models.UniqueConstraint(fields=["activity", "device"], name="take_part_once_a_device"),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(device__isnull=True), name="taking_part_person_or_device"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity}: {self.on}"
