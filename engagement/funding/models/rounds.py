"""Rounds, and the proposals made in them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Organisation, Person
from boards.places.models import Board
from engagement.activities.models import Activity, Channel
from engagement.evidence.models import Need
from engagement.funding.models.money import Stream
from engagement.funding.rules import MOST_ON_A_BALLOT, Dates, Facts, Stage, stage_at
from engagement.ideas.models import Idea
from engagement.moderation.models import Moderated, ModeratedQuerySet


class FundingRoundQuerySet(models.QuerySet["FundingRound"]):
    def for_board(self, board_slug: str) -> Self:
        return self.filter(activity__board__slug=board_slug).select_related("activity__board", "stream__pot")

    def published(self) -> Self:
        """What everyone may find. A rehearsal is reached by its address alone."""
        return self.filter(activity__is_draft=False, rehearses__isnull=True)


class FundingRound(models.Model):
    """One run of proposing, checking, voting, counting, awarding.

    Its four times: the activity's `opens_at` (proposals open), `proposals_close_at`,
    `voting_opens_at`, and the activity's `closes_at` (voting closes); and between proposals and
    voting up to three more, each the start of a stage that may be left out. Where a round stands
    is worked out from these and from what has been recorded, at every read and every write.
    """

    class Rule(models.TextChoices):
        MOST_SUPPORT = "most_support", _("Most votes first")
        EQUAL_SHARES = "equal_shares", _("Equal shares")

    class Method(models.TextChoices):
        """What a voter does on the ballot."""

        APPROVAL = "approval", _("Tick the ones you would fund")
        KNAPSACK = "knapsack", _("Choose what you would buy within the budget")
        RANKING = "ranking", _("Put your favourites in order")
        POINTS = "points", _("Share out points")
        SCORES = "scores", _("Give each a score from 1 to 5")

    class Completion(models.TextChoices):
        """When equal shares stops raising every voter's share."""

        EXHAUSTIVE = "exhaustive", _("When nothing more fits")
        BEFORE_OVERSPENDING = "before_overspending", _("Before it would overspend")

    class BothWays(models.TextChoices):
        """Which ballot counts when someone on the roll voted on this site and on paper."""

        PAPER = "paper", _("The paper ballot counts")
        WEB = "web", _("The one on this site counts")
        NEITHER = "neither", _("Neither counts")

    class KeyKept(models.TextChoices):
        """Where the key that opens the sealed ballots lies while voting is open."""

        FILE = "file", _("In a file on the server, beside the database")
        OFFICERS = "officers", _("Split among three officers: any two open the ballots")

    class Combines(models.TextChoices):
        """How the vote and a panel's assessment come together."""

        VOTE = "vote", _("The vote decides")
        PANEL_HEARS_VOTE = "panel_hears_vote", _("A panel decides after hearing the vote")
        PANEL_SHORTLISTS = "panel_shortlists", _("A panel makes the shortlist and the vote decides")

    activity = models.OneToOneField(Activity, models.PROTECT, primary_key=True, related_name="round")
    stream = models.ForeignKey(Stream, models.PROTECT, related_name="rounds", verbose_name=_("paid from"))
    budget_pence = models.PositiveIntegerField(_("budget"))
    most_pence = models.PositiveIntegerField(_("most that one proposal may ask for"), null=True, blank=True)
    guidance = models.TextField(_("what groups should know"), max_length=4000, blank=True)
    proposals_close_at = models.DateTimeField(_("proposals close at"))
    questions_from_at = models.DateTimeField(_("questions go back to groups from"), null=True, blank=True)
    shortlist_from_at = models.DateTimeField(_("the shortlist is made from"), null=True, blank=True)
    assessment_from_at = models.DateTimeField(_("the panel assesses from"), null=True, blank=True)
    voting_opens_at = models.DateTimeField(_("voting opens at"))
    method = models.CharField(_("kind of ballot"), max_length=10, choices=Method.choices, default=Method.APPROVAL)
    least_ticks = models.PositiveSmallIntegerField(_("least ticks"), default=3)
    most_ticks = models.PositiveSmallIntegerField(_("most ticks"), null=True, blank=True)
    points = models.PositiveSmallIntegerField(_("points to share out"), default=10)
    shows_costs = models.BooleanField(_("the ballot shows costs and the budget"), default=True)
    allows_blank = models.BooleanField(_("a blank vote is allowed"), default=False)
    both_ways = models.CharField(
        _("when someone votes here and on paper"), max_length=8, choices=BothWays.choices, default=BothWays.PAPER
    )
    rule = models.CharField(_("rule of counting"), max_length=20, choices=Rule.choices, default=Rule.MOST_SUPPORT)
    step_pence = models.PositiveIntegerField(
        _("step by which every share is raised, in pence"),
        null=True,
        blank=True,
        help_text=_("Empty: a hundredth of the first share, and at least a penny."),
    )
    completion = models.CharField(max_length=20, choices=Completion.choices, default=Completion.EXHAUSTIVE)
    top_up = models.BooleanField(_("then fill what is left by most votes"), default=True)
    least_votes = models.PositiveIntegerField(_("least votes to be funded"), default=0)
    vote_floor = models.BooleanField(
        _("a vote floor"),
        default=False,
        help_text=_("Only what a share of voters chose that is at least its cost over three times the budget."),
    )
    combines = models.CharField(_("vote and panel"), max_length=16, choices=Combines.choices, default=Combines.VOTE)
    review_days = models.PositiveSmallIntegerField(
        _("days for objections after the count"), default=0, validators=[MaxValueValidator(60)]
    )
    rehearses = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="rehearsals",
        help_text=_("A rehearsal of that round, on mock ballots; it never mixes with the real one."),
    )
    report_by = models.DateField(_("reports are due by"), null=True, blank=True)
    rules_digest = models.CharField(max_length=64, blank=True, editable=False)
    seal_version = models.PositiveSmallIntegerField(
        default=2, editable=False, help_text=_("Which rules the seal covers: those that a round had when it was made.")
    )
    key_kept = models.CharField(_("where the key is kept"), max_length=8, choices=KeyKept.choices, default=KeyKept.FILE)
    public_key = models.CharField(max_length=64, blank=True, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)
    awarded_at = models.DateTimeField(null=True, editable=False)
    awarded_words = models.CharField(max_length=300, blank=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_words = models.CharField(max_length=300, blank=True, editable=False)
    confirmed_by = models.ForeignKey(Person, models.SET_NULL, null=True, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = FundingRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant round")
        verbose_name_plural = _("grant rounds")
        ordering = ["-voting_opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(proposals_close_at__lte=F("voting_opens_at")), name="round_proposals_close_before_voting"
            ),
            models.CheckConstraint(condition=Q(budget_pence__gt=0), name="round_budget_above_nought"),
            models.CheckConstraint(condition=Q(least_ticks__gte=1), name="round_least_ticks_one"),
            models.CheckConstraint(
                condition=Q(most_ticks__isnull=True) | Q(least_ticks__lte=F("most_ticks")),
                name="round_least_not_above_most",
            ),
            models.CheckConstraint(
                condition=Q(counted_at__isnull=True) | Q(opened_at__isnull=False), name="round_opened_before_counted"
            ),
            models.CheckConstraint(
                condition=Q(awarded_at__isnull=True) | Q(counted_at__isnull=False), name="round_counted_before_awarded"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(counted_at__isnull=False),
                name="round_counted_before_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(awarded_at__isnull=False), name="round_awarded_before_closed"
            ),
            models.CheckConstraint(
                condition=Q(rehearses__isnull=True) | Q(awarded_at__isnull=True), name="round_rehearsal_awards_nothing"
            ),
            models.CheckConstraint(
                condition=~Q(method="points") | Q(points__gte=F("least_ticks")), name="round_points_reach_the_least"
            ),
            models.CheckConstraint(
                condition=Q(step_pence__isnull=True) | Q(step_pence__gt=0), name="round_step_above_nought"
            ),
        ]

    def __str__(self) -> str:
        return self.activity.title

    def get_absolute_url(self) -> str:
        return self.activity.get_absolute_url()

    @property
    def board(self) -> Board:
        return self.activity.board

    @property
    def title(self) -> str:
        return self.activity.title

    @property
    def slug(self) -> str:
        return self.activity.slug

    def address(self, name: str, *more: str) -> str:
        return reverse(f"funding:{name}", args=[self.activity.board.slug, self.activity.slug, *more])

    def dates(self) -> Dates:
        closes_at = self.activity.closes_at
        if closes_at is None:  # a round without an end is refused by the action that saves it
            raise ValueError("A round has a closing time.")
        return Dates(
            self.activity.opens_at,
            self.proposals_close_at,
            self.voting_opens_at,
            closes_at,
            self.questions_from_at,
            self.shortlist_from_at,
            self.assessment_from_at,
        )

    @property
    def is_rehearsal(self) -> bool:
        return self.rehearses_id is not None

    @property
    def review_ends_at(self) -> datetime | None:
        """The first moment after the days for objections: midnight in London, whole days after the count."""
        if self.counted_at is None or not self.review_days:
            return None
        day = timezone.localdate(self.counted_at) + timedelta(days=self.review_days + 1)
        return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())

    def facts(self) -> Facts:
        return Facts(
            published=not self.activity.is_draft,
            opened=self.opened_at is not None,
            counted=self.counted_at is not None,
            confirmed=self.confirmed_at is not None,
            awarded=self.awarded_at is not None,
            closed=self.closed_at is not None,
            review_ends_at=self.review_ends_at,
        )

    def stage(self, now: datetime) -> Stage:
        """Where the round stands, from its times and what has been recorded."""
        return stage_at(self.dates(), self.facts(), now)


class ProposalQuerySet(ModeratedQuerySet):
    def for_round(self, round: FundingRound) -> Self:
        return self.filter(round=round)

    def readable(self) -> Self:
        return self.shown().filter(round__activity__is_draft=False)

    def on_ballot(self) -> Self:
        """Everything with a number, in the order of the numbers: also what was withdrawn after voting opened."""
        return self.filter(number__isnull=False).order_by("number")

    def choosable(self) -> Self:
        return self.on_ballot().filter(standing=Proposal.Standing.ON_BALLOT)


class Proposal(Moderated):
    """An application for a grant.

    `state` says whether the public may read it, `standing` where the checks have brought it.
    `number` is its number on the ballot; it keeps it if it withdraws once voting has opened.
    """

    board_path = "round__activity__board"
    moderated_with = ("round__activity__board", "lead")
    moderated_lists = ("lines",)
    person_path = "lead"
    moderated_fields = ("title", "group", "summary", "who_benefits", "place")

    class Standing(models.TextChoices):
        SUBMITTED = "submitted", _("Being checked")
        ASKED = "asked", _("We have asked a question")
        SHORTLISTED = "shortlisted", _("On the shortlist")
        ON_BALLOT = "on_ballot", _("On the ballot")
        NOT_ELIGIBLE = "not_eligible", _("Cannot be funded this time")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    round = models.ForeignKey(FundingRound, models.PROTECT, related_name="proposals", verbose_name=_("round"))
    title = models.CharField(_("title"), max_length=100)
    slug = models.SlugField(max_length=80)
    group = models.CharField(_("group"), max_length=160)
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, blank=True, related_name="proposals")
    org_id = models.CharField(_("registered number"), max_length=60, blank=True)
    summary = models.TextField(_("what will happen"), max_length=1500)
    who_benefits = models.TextField(_("who it helps"), max_length=800)
    place = models.CharField(_("where"), max_length=120, blank=True)
    cost_pence = models.PositiveIntegerField(_("asked for"))
    needs: models.ManyToManyField[Need, models.Model] = models.ManyToManyField(
        Need, blank=True, related_name="proposals", verbose_name=_("needs it answers")
    )
    lead = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="proposals", verbose_name=_("sent in by")
    )
    from_idea = models.ForeignKey(
        Idea, models.SET_NULL, null=True, blank=True, related_name="proposals", verbose_name=_("the idea it came from")
    )
    standing = models.CharField(
        _("where it stands"), max_length=12, choices=Standing.choices, default=Standing.SUBMITTED
    )
    standing_words = models.TextField(_("what the group was told"), max_length=1000, blank=True)
    only_one_of = models.CharField(
        _("only one of"),
        max_length=60,
        blank=True,
        help_text=_("Proposals with the same words here exclude each other: at most one of them is funded."),
    )
    number = models.PositiveSmallIntegerField(_("number on the ballot"), null=True, blank=True, editable=False)
    reference = models.CharField(max_length=11, unique=True, editable=False)
    sent_on = models.DateField(_("sent in on"))
    minutes_asked = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text=_("How long its form takes to fill in, by our estimate.")
    )
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB, editable=False)
    keyed_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    keyed_because = models.CharField(_("why an officer keyed it"), max_length=300, blank=True, editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["round", F("number").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "slug"], name="proposal_address_once_in_a_round"),
            models.UniqueConstraint(fields=["round", "number"], name="proposal_number_once_in_a_round"),
            models.CheckConstraint(condition=Q(cost_pence__gt=0), name="proposal_cost_above_nought"),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(number__gte=1, number__lte=MOST_ON_A_BALLOT),
                name="proposal_number_fits_the_envelope",
            ),
            models.CheckConstraint(
                condition=~Q(standing="on_ballot") | Q(number__isnull=False), name="proposal_on_ballot_has_a_number"
            ),
            models.CheckConstraint(
                condition=Q(keyed_by__isnull=True) | ~Q(keyed_because=""), name="proposal_keyed_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(standing__in=["on_ballot", "withdrawn"]),
                name="proposal_number_only_on_the_ballot",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return self.round.address("proposal", self.slug)

    def moderated_board(self) -> Board:
        return self.round.activity.board

    def moderated_title(self) -> str:
        return self.title

    def moderated_words(self) -> str:
        lines = [self.title, self.group, self.summary, self.who_benefits, self.place]
        return "\n\n".join([line for line in lines if line] + [line.what for line in self.lines.all()])

    def moderated_context(self) -> tuple[str, str]:
        return (self.round.activity.title, self.round.get_absolute_url())

    def moderated_person(self) -> Person | None:
        return self.lead


class CostLine(models.Model):
    """One thing a proposal would buy. The lines add up to what it asks for."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="lines")
    what = models.CharField(_("what"), max_length=120)
    amount_pence = models.PositiveIntegerField(_("amount"))

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(amount_pence__gt=0), name="cost_line_above_nought")]

    def __str__(self) -> str:
        return self.what
