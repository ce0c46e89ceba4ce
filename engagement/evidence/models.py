"""Themes, needs, what people said, and figures."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.admin.decorators import display
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.places.models import Area, Board
from engagement.evidence.rules import is_a_count
from engagement.moderation.models import Moderated, ModeratedQuerySet


class Theme(models.Model):
    """What a need is about: one branch of a tree, with its meaning in words."""

    code = models.CharField(max_length=20, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    label = models.CharField(_("label"), max_length=120)
    definition = models.CharField(_("definition"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label


class Indicator(models.Model):
    """A figure someone publishes: what it counts, in which unit, who says so and under which licence."""

    key = models.SlugField(max_length=60, unique=True)
    label = models.CharField(_("label"), max_length=200)
    unit = models.CharField(_("unit"), max_length=40)
    polarity = models.CharField(_("which way is need"), max_length=20, blank=True)
    about = models.CharField(_("about"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=300)
    licence = models.CharField(_("licence"), max_length=80)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label

    @property
    def is_count(self) -> bool:
        return is_a_count(self.unit)


class IndicatorValue(models.Model):
    """One figure: an indicator, an area, a period."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="values")
    area = models.ForeignKey(Area, models.PROTECT, related_name="figures")
    period = models.CharField(max_length=20)
    value = models.DecimalField(max_digits=18, decimal_places=5)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "area", "period"], name="figure_once_an_area_and_period")
        ]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.area}, {self.period}"


class NeedQuerySet(models.QuerySet["Need"]):
    def current(self) -> NeedQuerySet:
        """Every need but those retired."""
        return self.exclude(status=Need.Status.RETIRED)


class Need(models.Model):
    """Something residents say would make life better, in their terms."""

    class Status(models.TextChoices):
        HEARD = "heard", _("Heard")
        CONFIRMED = "confirmed", _("Confirmed")
        BEING_WORKED_ON = "being_worked_on", _("Being worked on")
        MET = "met", _("Met")
        RETIRED = "retired", _("Retired")

    board = models.ForeignKey(Board, models.PROTECT, related_name="needs", verbose_name=_("board"))
    title = models.CharField(_("need, in residents' words"), max_length=150)
    slug = models.SlugField(_("address"), max_length=80)
    summary = models.TextField(_("in short"), max_length=1500, blank=True)
    theme = models.ForeignKey(
        Theme, models.SET_NULL, null=True, blank=True, related_name="needs", verbose_name=_("theme")
    )
    status = models.CharField(_("status"), max_length=16, choices=Status.choices, default=Status.HEARD)
    indicators: models.ManyToManyField[Indicator, models.Model] = models.ManyToManyField(
        Indicator, blank=True, related_name="needs", verbose_name=_("figures that bear on it")
    )
    no_figures_because = models.CharField(
        _("why there is no figure"), max_length=300, blank=True, help_text=_("Shown where no figure is chosen.")
    )
    since = models.DateField(_("first heard"), default=timezone.localdate)

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ["board__name", "title"]
        indexes = [models.Index(fields=["board", "status"])]
        constraints = [
            models.UniqueConstraint(fields=["board", "slug"], name="need_address_once_in_a_board"),
            models.CheckConstraint(condition=~Q(title=""), name="need_has_words"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("evidence:need", args=[self.board.slug, self.slug])

    @property
    def tone(self) -> str:
        """The tone of its status tag."""
        tones = {"heard": "waiting", "confirmed": "decided", "being_worked_on": "open", "met": "done"}
        return tones.get(self.status, "neutral")


class EvidenceQuerySet(ModeratedQuerySet):
    def counted(self) -> Self:
        """What counts as a voice: read, not withdrawn, its speaker agreed, and not only a figure pointed to."""
        said = self.shown().exclude(how=Evidence.How.FIGURE)
        return said.filter(withdrawn_at__isnull=True).filter(agreed(Consent.Scope.EVIDENCE))

    def quotable(self) -> Self:
        """What may be shown in the speaker's words. Every page, search and export reads words through this."""
        return self.counted().filter(agreed(Consent.Scope.QUOTE))

    def readable(self) -> Self:
        return self.quotable()

    def reachable(self) -> Self:
        """Whose speaker agreed to be told what came of it and can be."""
        return self.filter(contact__isnull=False, withdrawn_at__isnull=True).filter(agreed(Consent.Scope.CONTACT))


def agreed(scope: str) -> Exists:
    return Exists(Consent.objects.filter(evidence=OuterRef("pk"), scope=scope, withdrawn_at__isnull=True))


class Evidence(Moderated):
    """What someone said, kept as it was said: how, where and when, for how many, and what they agreed to."""

    class How(models.TextChoices):
        INTERVIEW = "interview", _("Interview")
        GROUP = "group", _("Group talk")
        STREET_TALK = "street_talk", _("Talk in the street")
        CALL = "call", _("Telephone call")
        LETTER = "letter", _("Letter")
        MEETING = "meeting", _("Meeting")
        COMMENT = "comment", _("Comment")
        ONLINE = "online", _("Sent in on this site")
        FIGURE = "figure", _("A figure someone pointed to")
        SOCIAL = "social", _("A poll on social media")

    board = models.ForeignKey(Board, models.PROTECT, related_name="evidence", verbose_name=_("board"))
    text = models.TextField(_("what was said"), max_length=5000)
    how = models.CharField(_("how it was heard"), max_length=12, choices=How.choices)
    where = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("ward")
    )
    where_words = models.CharField(_("where, in words"), max_length=120, blank=True)
    heard_on = models.DateField(_("heard on"))
    voices = models.PositiveIntegerField(
        _("voices"), default=1, validators=[MinValueValidator(1)], help_text=_("How many people it speaks for.")
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    recorded_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="recorded_evidence")
    contact = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="evidence")
    slip_digest = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    reference = models.CharField(max_length=12, unique=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = EvidenceQuerySet.as_manager()
    moderated_with: ClassVar[tuple[str, ...]] = ("board", "where", "contact")
    person_path: ClassVar[str] = "contact"
    moderated_fields: ClassVar[tuple[str, ...]] = ("text", "where_words")

    class Meta:
        verbose_name = _("piece of evidence")
        verbose_name_plural = _("pieces of evidence")
        ordering = ["-heard_on", "-pk"]
        indexes = [models.Index(fields=["board", "-heard_on"])]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="evidence_has_words"),
            models.CheckConstraint(condition=Q(voices__gte=1), name="evidence_has_a_voice"),
        ]

    def __str__(self) -> str:
        # Names are written to logs, which must not keep words that were taken back.
        return self.reference

    @property
    @display(description=_("Words"))
    def excerpt(self) -> str:
        return self.text if len(self.text) <= 80 else self.text[:79] + "…"

    @property
    def place_words(self) -> str:
        """Where it was heard: the place if it was named, else the ward."""
        return self.where_words or (self.where.name if self.where else "")

    def moderated_words(self) -> str:
        return "\n\n".join(filter(None, [self.text, self.where_words]))

    def moderated_context(self) -> tuple[str, str]:
        return (str(_("Told to the board")), self.board.get_absolute_url())

    def moderated_person(self) -> Person | None:
        return self.contact


class Consent(models.Model):
    """One thing a speaker agreed to, in the words they were read, and who asked."""

    class Scope(models.TextChoices):
        EVIDENCE = "evidence", _("Count my words as evidence")
        QUOTE = "quote", _("Show my words without my name")
        SHARE = "share", _("Pass my words to partners")
        CONTACT = "contact", _("Tell me what came of it")

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="consents")
    scope = models.CharField(max_length=10, choices=Scope.choices)
    wording = models.CharField(max_length=300)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evidence", "scope"], name="consent_once_a_scope")]

    def __str__(self) -> str:
        return f"{self.evidence_id}: {self.get_scope_display()}"


class EvidenceLink(models.Model):
    """How someone's words bear on a need, and why an officer thinks so."""

    class Relation(models.TextChoices):
        SUPPORTS = "supports", _("Supports it")
        QUALIFIES = "qualifies", _("Says it is not so simple")
        CONTRADICTS = "contradicts", _("Says otherwise")
        SUGGESTS = "suggests", _("Suggests a way")

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="links")
    need = models.ForeignKey(Need, models.CASCADE, related_name="links")
    relation = models.CharField(_("how it bears on it"), max_length=12, choices=Relation.choices)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    on = models.DateField(default=timezone.localdate)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["-evidence__heard_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["evidence", "need"], name="evidence_linked_once_to_a_need")]

    def __str__(self) -> str:
        return f"{self.evidence_id} → {self.need_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.evidence.board_id != self.need.board_id:
            raise ValueError("Words are linked to a need of the board that heard them.")
        super().save(*args, **kwargs)
