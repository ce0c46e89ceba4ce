"""Themes, needs, evidence in people's words, what they agreed to, and figures."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.places.models import Area, Board
from engagement.moderation.models import Moderated, ModeratedQuerySet


class Theme(models.Model):
    """A kind of need, in a tree: COM (community and belonging) holds COM-LON (loneliness)."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    label = models.CharField(_("name"), max_length=120)
    definition = models.CharField(_("what belongs in it"), max_length=500, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("theme")
        verbose_name_plural = _("themes")

    def __str__(self) -> str:
        return self.label


class NeedQuerySet(models.QuerySet["Need"]):
    def public(self) -> NeedQuerySet:
        """Needs that have a page: all but those put away."""
        return self.exclude(status=Need.Status.RETIRED)

    def on_theme(self, code: str) -> NeedQuerySet:
        """Needs of a theme and of the themes inside it."""
        return self.filter(Q(theme__code=code) | Q(theme__parent__code=code) | Q(theme__parent__parent__code=code))

    def with_counts(self) -> NeedQuerySet:
        """Add `voices` (people whose words may be counted) and `figures` (indicators it shows), each by itself."""
        heard = (
            EvidenceLink.objects.filter(need=OuterRef("pk"), evidence__in=Evidence.objects.counted())
            .order_by()
            .values("need")
            .annotate(n=Sum("evidence__voices"))
            .values("n")
        )
        shown = (
            NeedIndicator.objects.filter(need=OuterRef("pk"))
            .order_by()
            .values("need")
            .annotate(n=Count("pk"))
            .values("n")
        )
        return self.annotate(
            voices=Coalesce(Subquery(heard, output_field=IntegerField()), 0),
            figures=Coalesce(Subquery(shown, output_field=IntegerField()), 0),
        )


class Need(models.Model):
    """Something residents say would make life better, in their terms."""

    class Status(models.TextChoices):
        SUGGESTED = "suggested", _("Heard")
        CONFIRMED = "confirmed", _("Confirmed")
        MET = "met", _("Met")
        RETIRED = "retired", _("Put away")

    board = models.ForeignKey(Board, models.PROTECT, related_name="needs", verbose_name=_("board"))
    title = models.CharField(_("title"), max_length=150, help_text=_("In residents' own words."))
    slug = models.SlugField(_("address"), max_length=80)
    theme = models.ForeignKey(
        Theme, models.PROTECT, null=True, blank=True, related_name="needs", verbose_name=_("theme")
    )
    summary = models.TextField(
        _("summary"), max_length=1000, blank=True, help_text=_("What is strong here first, then what is missing.")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.SUGGESTED)
    confirmed_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="needs_confirmed", editable=False
    )
    no_figures_because = models.CharField(
        _("why there are no figures"), max_length=300, blank=True, help_text=_("Shown where figures would stand.")
    )
    areas: models.ManyToManyField[Area, models.Model] = models.ManyToManyField(
        Area, blank=True, related_name="needs", verbose_name=_("where"), help_text=_("Leave empty for the whole board.")
    )
    indicators: models.ManyToManyField[Indicator, NeedIndicator] = models.ManyToManyField(
        "Indicator", through="NeedIndicator", related_name="needs"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["board", "status", "created_at"])]
        constraints = [models.UniqueConstraint(fields=["board", "slug"], name="need_address_once_a_board")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("evidence:need", args=[self.board.slug, self.slug])


class EvidenceQuerySet(ModeratedQuerySet):
    def agreed(self, *scopes: str) -> Self:
        """Where the speaker agreed to any of these, and has not taken it back."""
        return self.filter(Exists(Consent.objects.in_force().filter(evidence=OuterRef("pk"), scope__in=scopes)))

    def counted(self) -> Self:
        """Whose voices count on a page: shown, agreed to, and something said, not a figure pointed to."""
        return self.shown().exclude(how=Evidence.How.FIGURE).agreed(Consent.Scope.EVIDENCE)

    def quotable(self) -> Self:
        """Whose words may be shown: counted, and agreed to be quoted."""
        return self.counted().agreed(Consent.Scope.QUOTE, Consent.Scope.QUOTE_NAMED)


# Languages people speak to a board in. The words are kept as they were said, in the speaker's own.
LANGUAGES = [
    ("en", _("English")), ("cy", _("Welsh")), ("ar", _("Arabic")), ("bn", _("Bengali")), ("bfi", _("British Sign Language")),
    ("zh", _("Chinese")), ("fr", _("French")), ("gu", _("Gujarati")), ("it", _("Italian")), ("lt", _("Lithuanian")),
    ("fa", _("Persian")), ("pl", _("Polish")), ("pt", _("Portuguese")), ("pa", _("Punjabi")), ("ro", _("Romanian")),
    ("so", _("Somali")), ("es", _("Spanish")), ("ta", _("Tamil")), ("tr", _("Turkish")), ("uk", _("Ukrainian")),
    ("ur", _("Urdu")), ("und", _("Another language")),
]  # fmt: skip


class Evidence(Moderated):
    """What someone told a board, kept as it was said.

    Recorded by an officer it is shown at once, as far as the speaker agreed; sent by a resident
    it waits to be read. It reaches a page only through `.counted()` and `.quotable()`.
    """

    class How(models.TextChoices):
        INTERVIEW = "interview", _("Conversation")
        GROUP = "group", _("Group talk")
        STREET_TALK = "street_talk", _("Talk in the street")
        CALL = "call", _("Phone call")
        LETTER = "letter", _("Letter or e-mail")
        MEETING = "meeting", _("Meeting")
        COMMENT = "comment", _("Comment")
        SURVEY = "survey", _("Survey answer")
        SOCIAL = "social", _("Social media")
        WEB = "web", _("Written on this site")
        FIGURE = "figure", _("A figure someone pointed to")

    board = models.ForeignKey(Board, models.PROTECT, related_name="evidence", verbose_name=_("board"))
    text = models.TextField(_("what they said"), max_length=5000, blank=True)
    how = models.CharField(_("how we heard it"), max_length=12, choices=How.choices)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("ward")
    )
    heard_at = models.CharField(_("where we heard it"), max_length=120, blank=True)
    heard_on = models.DateField(_("day we heard it"), default=timezone.localdate)
    voices = models.PositiveIntegerField(
        _("how many people it speaks for"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    language = models.CharField(_("language"), max_length=10, default="en", choices=LANGUAGES)
    named = models.CharField(_("name to show with it"), max_length=60, blank=True)
    recorded_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="evidence_recorded", editable=False
    )
    contact = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="evidence_given", editable=False
    )
    slip = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EvidenceQuerySet.as_manager()
    board_path: ClassVar[str] = "board"

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["-heard_on", "-pk"]
        indexes = [models.Index(fields=["board", "state", "heard_on"])]
        constraints = [models.CheckConstraint(condition=Q(voices__gte=1), name="evidence_speaks_for_someone")]

    def __str__(self) -> str:
        # Never the words: this name is written to logs, which outlive a withdrawn consent.
        return str(_("Evidence %(number)s") % {"number": self.pk})

    def moderated_words(self) -> str:
        return "\n".join(filter(None, [self.text, self.named, self.heard_at]))

    def moderated_person(self) -> Person | None:
        return self.contact


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self) -> ConsentQuerySet:
        return self.filter(withdrawn_at__isnull=True)


class Consent(models.Model):
    """One thing a speaker agreed to: in which words it was asked, when, by whom, and whether it was taken back."""

    class Scope(models.TextChoices):
        EVIDENCE = "evidence", _("Count it as evidence")
        QUOTE = "quote", _("Quote it without a name")
        QUOTE_NAMED = "quote_named", _("Quote it with the name they gave")
        CONTACT = "contact", _("Contact them again")

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="consents")
    scope = models.CharField(_("what they agreed to"), max_length=12, choices=Scope.choices)
    wording = models.CharField(_("the words they heard"), max_length=300)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="consents_taken")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["taken_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "scope"], condition=Q(withdrawn_at__isnull=True), name="consent_in_force_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("taken_at")),
                name="consent_taken_before_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return self.get_scope_display()

    def in_force_at(self, now: datetime) -> bool:
        return self.taken_at <= now and (self.withdrawn_at is None or now < self.withdrawn_at)


class EvidenceLink(models.Model):
    """How a piece of evidence bears on a need, and why someone thought so."""

    class Kind(models.TextChoices):
        SUPPORTS = "supports", _("Supports it")
        QUALIFIES = "qualifies", _("Adds a but")
        CONTRADICTS = "contradicts", _("Speaks against it")
        SUGGESTS = "suggests", _("Suggests a way")

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="links")
    need = models.ForeignKey(Need, models.CASCADE, related_name="links")
    kind = models.CharField(_("how it bears on it"), max_length=12, choices=Kind.choices)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="evidence_linked")
    on = models.DateField(default=timezone.localdate)

    class Meta:
        verbose_name = _("link to a need")
        verbose_name_plural = _("links to needs")
        ordering = ["-on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["evidence", "need"], name="evidence_bears_on_a_need_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.need}"


class Indicator(models.Model):
    """Something measured: what its numbers mean, where they come from, who may use them."""

    class Polarity(models.TextChoices):
        HIGH_IS_NEED = "high_is_need", _("A high number means more need")
        LOW_IS_NEED = "low_is_need", _("A low number means more need")
        NEITHER = "", _("Neither")

    key = models.CharField(_("key"), max_length=60, unique=True)
    label = models.CharField(_("name"), max_length=200)
    unit = models.CharField(_("unit"), max_length=30)
    period = models.CharField(_("period"), max_length=20)
    polarity = models.CharField(_("which way is need"), max_length=12, choices=Polarity.choices, blank=True)
    theme = models.CharField(_("theme"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=300)
    licence = models.CharField(_("licence"), max_length=60, blank=True)

    class Meta:
        ordering = ["theme", "label"]
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")

    def __str__(self) -> str:
        return f"{self.label} ({self.period})"


class IndicatorValue(models.Model):
    """One figure: an indicator in an area in a period."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="values")
    area = models.ForeignKey(Area, models.PROTECT, related_name="figures")
    period = models.CharField(max_length=20)
    value = models.DecimalField(max_digits=20, decimal_places=6)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["indicator", "area", "period"], name="one_figure_once")]

    def __str__(self) -> str:
        return f"{self.indicator}, {self.area}: {self.value}"


class NeedIndicator(models.Model):
    """A figure that a need shows, and why."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="shows")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="shown_by")
    why = models.CharField(_("why it matters here"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("figure of a need")
        verbose_name_plural = _("figures of a need")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["need", "indicator"], name="need_shows_a_figure_once")]

    def __str__(self) -> str:
        return f"{self.need}: {self.indicator}"
