"""A panel's assessment of a round's proposals: the criteria, who scores, their interests, their scores, the outcome."""

from __future__ import annotations

from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards.people.models import Organisation, Person
from engagement.funding.models.rounds import FundingRound, Proposal


class CriteriaFixed(RuntimeError):
    """From the first score on, a round's criteria never change."""


class Panel(models.Model):
    """How a round is assessed: its criteria, its people, and what they came to.

    `started_at` is the first score; from then on the criteria stand, under their digest.
    """

    class ShowsInterests(models.TextChoices):
        """How a declared interest is published."""

        NAME = "name", _("With the name of the panel member")
        ROLE = "role", _("With their role and organisation, without the name")

    round = models.OneToOneField(FundingRound, models.PROTECT, primary_key=True, related_name="panel")
    shows_interests = models.CharField(
        _("how a declared interest is published"),
        max_length=4,
        choices=ShowsInterests.choices,
        default=ShowsInterests.NAME,
    )
    criteria_digest = models.CharField(max_length=64, blank=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(_("scoring closed"), null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(Person, models.SET_NULL, null=True, editable=False, related_name="+")
    decided_words = models.CharField(_("where it was decided"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("panel")
        verbose_name_plural = _("panels")
        constraints = [
            models.CheckConstraint(
                condition=Q(started_at__isnull=True) | ~Q(criteria_digest=""), name="panel_started_under_a_digest"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(closed_at__isnull=False), name="panel_closed_before_decided"
            ),
        ]

    def __str__(self) -> str:
        return f"{_('Panel')}: {self.round_id}"


class CriterionQuerySet(models.QuerySet["Criterion"]):
    def _none_fixed(self) -> None:
        if self.filter(panel__started_at__isnull=False).exists():
            raise CriteriaFixed("Scoring has started: the criteria stand.")

    def update(self, **kwargs: Any) -> int:
        self._none_fixed()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._none_fixed()
        return super().delete()


class Criterion(models.Model):
    """One question that every proposal is scored on, from 0 to 5, with words for each score."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("criterion"), max_length=120)
    weight = models.PositiveSmallIntegerField(_("weight"), validators=[MinValueValidator(1), MaxValueValidator(100)])
    guidance_0 = models.CharField(_("what a 0 means"), max_length=200)
    guidance_1 = models.CharField(_("what a 1 means"), max_length=200)
    guidance_2 = models.CharField(_("what a 2 means"), max_length=200)
    guidance_3 = models.CharField(_("what a 3 means"), max_length=200)
    guidance_4 = models.CharField(_("what a 4 means"), max_length=200)
    guidance_5 = models.CharField(_("what a 5 means"), max_length=200)

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "position"], name="criterion_position_once_in_a_panel"),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=100), name="criterion_weight_1_to_100"),
        ]

    def __str__(self) -> str:
        return self.name

    def guidance(self) -> list[str]:
        """What each score from 0 to 5 means, in that order."""
        return [getattr(self, f"guidance_{score}") for score in range(6)]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_once_started()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_once_started()
        return super().delete(*args, **kwargs)

    def _refuse_once_started(self) -> None:
        if Panel.objects.filter(pk=self.panel_id, started_at__isnull=False).exists():
            raise CriteriaFixed("Scoring has started: the criteria stand.")


class PanelMember(models.Model):
    """Someone who scores a round. One of them takes the chair."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="panel_seats")
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, blank=True, related_name="+")
    role = models.CharField(_("sits as"), max_length=80)
    is_chair = models.BooleanField(_("takes the chair"), default=False)
    left_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("panel member")
        verbose_name_plural = _("panel members")
        ordering = ["panel", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "person"], name="panel_member_once"),
            models.UniqueConstraint(
                fields=["panel"], condition=Q(is_chair=True, left_at__isnull=True), name="panel_one_chair"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class Interest(models.Model):
    """What a panel member has said about themselves and one proposal, before reading it.

    "Found" is an interest that was not declared and came out later: the scores given are void.
    """

    class Kind(models.TextChoices):
        NONE = "none", _("No interest")
        DECLARED = "declared", _("An interest")
        FOUND = "found", _("An interest found later")

    member = models.ForeignKey(PanelMember, models.PROTECT, related_name="interests")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="interests")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    words = models.CharField(_("what the interest is"), max_length=300, blank=True)
    said_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("interest")
        verbose_name_plural = _("interests")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["member", "proposal"], name="interest_said_once"),
            models.CheckConstraint(condition=Q(kind="none") | ~Q(words=""), name="interest_says_what"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def standing(self) -> Self:
        """Handed in and not void: what counts."""
        return self.filter(state=Assessment.State.HANDED_IN)


class Assessment(models.Model):
    """One panel member's scores for one proposal."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        HANDED_IN = "handed_in", _("Handed in")
        VOID = "void", _("Void")

    member = models.ForeignKey(PanelMember, models.PROTECT, related_name="assessments")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="assessments")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    handed_in_at = models.DateTimeField(null=True)
    void_words = models.CharField(_("why it is void"), max_length=300, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["member", "proposal"], name="assessment_once_a_member_and_proposal"),
            models.CheckConstraint(
                condition=~Q(state="handed_in") | Q(handed_in_at__isnull=False), name="assessment_handed_in_has_a_time"
            ),
            models.CheckConstraint(condition=~Q(state="void") | ~Q(void_words=""), name="assessment_void_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.pk}"


class Score(models.Model):
    """A score from 0 to 5 on one criterion, with the reason in words."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="scores")
    score = models.PositiveSmallIntegerField(null=True)
    words = models.TextField(max_length=1000, blank=True)

    class Meta:
        ordering = ["criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="score_once_a_criterion"),
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__lte=5), name="score_0_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.score}"


class Reopening(models.Model):
    """Scores that had been handed in and were given back to be changed: who, why, and what they were before."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="reopenings")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField()
    before: models.JSONField[Any, Any] = models.JSONField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="reopening_says_why")]

    def __str__(self) -> str:
        return self.reason


class Remark(models.Model):
    """One turn in the panel's talk about a proposal, once all have handed in."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="remarks")
    member = models.ForeignKey(PanelMember, models.PROTECT, related_name="remarks")
    words = models.TextField(_("words"), max_length=2000)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.proposal_id}"


class PanelChoice(models.Model):
    """What the panel decided of one proposal: onto the shortlist, or funded; and the reason where one is owed."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="choices")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="panel_choice")
    chosen = models.BooleanField()
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    position = models.PositiveSmallIntegerField()
    voted = models.BooleanField(_("the vote alone would fund it"), null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "position"], name="panel_choice_position_once"),
            models.CheckConstraint(
                condition=Q(voted__isnull=True) | Q(voted=models.F("chosen")) | ~Q(reason=""),
                name="panel_choice_departing_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.chosen}"
