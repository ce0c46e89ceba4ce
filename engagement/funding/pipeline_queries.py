"""Reads of the shared pipeline: the list and its filters, twins, gaps, and what a funder has said and promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from boards.people.models import Person
from boards.places.models import Area, BoardArea
from engagement.evidence.models import Evidence, EvidenceLink, Need, Theme
from engagement.evidence.queries import with_counts
from engagement.funding import words
from engagement.funding.models import Award, Funder, FunderInterest, FundingRound, Proposal, Stream
from engagement.funding.pipeline_permissions import Eyes, boards_seen, eyes_of, proposals_seen
from engagement.funding.queries import year_after
from engagement.funding.rules.likeness import Asked, Twin, twins
from engagement.rules.small_numbers import safe_breakdown

SORTS = {
    "newest": ("-sent_on", "-pk"),
    "oldest": ("sent_on", "pk"),
    "largest": ("-cost_pence", "pk"),
    "smallest": ("cost_pence", "pk"),
    "title": ("title", "pk"),
}


@dataclass(frozen=True)
class Wanted:
    """What someone asked to see. Empty means everything."""

    board: str = ""
    theme: str = ""
    need: str = ""
    place: str = ""
    stage: str = ""
    least_pence: int | None = None
    most_pence: int | None = None
    words: str = ""
    sort: str = "newest"


def pipeline(eyes: Eyes, wanted: Wanted, *, now: datetime) -> QuerySet[Proposal]:
    """Give what this person may see of what they asked for, each with its board, round, award and shared cost."""
    found = proposals_seen(eyes)
    if wanted.board:
        found = found.filter(round__activity__board__slug=wanted.board)
    if wanted.theme or wanted.need:
        about = Need.objects.filter(proposals=OuterRef("pk"))
        if wanted.theme:
            about = about.filter(Q(theme__code=wanted.theme) | Q(theme__parent__code=wanted.theme))
        if wanted.need:
            about = about.filter(slug=wanted.need)
        found = found.filter(Exists(about))
    if wanted.place:
        found = found.filter(place__icontains=wanted.place)
    if wanted.stage:
        found = found.filter(round__in=rounds_at(eyes, wanted.stage, now=now))
    if wanted.least_pence is not None:
        found = found.filter(cost_pence__gte=wanted.least_pence)
    if wanted.most_pence is not None:
        found = found.filter(cost_pence__lte=wanted.most_pence)
    for word in wanted.words.split()[:8]:
        found = found.filter(
            Q(title__icontains=word)
            | Q(summary__icontains=word)
            | Q(group__icontains=word)
            | Q(organisation__name__icontains=word)
        )
    interests = FunderInterest.objects.filter(proposal=OuterRef("pk")).order_by().values("proposal")
    return (
        found.select_related("round__activity__board", "award", "shared_cost")
        .annotate(
            eager=Coalesce(Subquery(interests.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)
        )
        .order_by(*SORTS.get(wanted.sort, SORTS["newest"]))
    )


def rounds_at(eyes: Eyes, stage: str, *, now: datetime) -> list[int]:
    """Give the rounds that stand at a stage, as the rounds themselves say it."""
    rounds = FundingRound.objects.published().filter(rehearses__isnull=True).select_related("activity")
    if not eyes.everywhere:
        rounds = rounds.filter(activity__board__in=eyes.boards)
    return [round.pk for round in rounds if round.stage(now) == stage]


@dataclass(frozen=True)
class Line:
    """One proposal in the pipeline, with what is known of its money."""

    proposal: Proposal
    stage: str
    tone: str
    needs: tuple[Need, ...]
    board_pence: int
    pledged_pence: int
    eager: int

    @property
    def left_pence(self) -> int:
        return max(0, self.proposal.cost_pence - self.board_pence - self.pledged_pence)


def line(proposal: Any, now: datetime, *, needs: list[Need] | None = None) -> Line:
    """Give the line of a proposal read by `pipeline`, its needs at hand or given."""
    stage = proposal.round.stage(now)
    shared, award = getattr(proposal, "shared_cost", None), getattr(proposal, "award", None)
    board_pence = max(shared.board_pence if shared else 0, award.amount_pence if award else 0)
    return Line(
        proposal,
        words.stage_label(stage),
        words.TONES[stage],
        tuple(proposal.needs.all() if needs is None else needs),
        board_pence,
        shared.pledged_pence if shared else 0,
        proposal.eager,
    )


def lines(eyes: Eyes, wanted: Wanted, *, now: datetime) -> Iterator[Line]:
    """Give every line, a thousand at a time: for a copy of the whole."""
    for proposal in pipeline(eyes, wanted, now=now).prefetch_related("needs__theme").iterator(chunk_size=1000):
        yield line(proposal, now)


def themes() -> list[Theme]:
    """Give every theme, each branch after its root."""
    return list(Theme.objects.order_by("code"))


# --- one proposal ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Like:
    """A proposal like another, with why."""

    twin: Twin
    title: str
    reference: str
    board: str
    sent_on: date
    cost_pence: int
    funded: bool


def twins_of(eyes: Eyes, proposal: Proposal) -> list[Like]:
    """Give the proposals like this one that this person may see, of any board and year, likest first. One query."""
    rows = (
        proposals_seen(eyes)
        .order_by("pk")
        .values_list(
            "pk", "title", "summary", "group", "org_id",
            "reference", "round__activity__board__name", "sent_on", "cost_pence", "award__pk",
        )
    )  # fmt: skip
    others: list[Asked] = []
    more: dict[int, tuple[Any, ...]] = {}
    for pk, title, summary, group, org_id, *rest in rows.iterator(chunk_size=5000):
        others.append(Asked(pk, title, summary, group, org_id))
        more[pk] = (title, *rest)
    one = Asked(proposal.pk, proposal.title, proposal.summary, proposal.group, proposal.org_id)
    found = []
    for twin in twins(one, others):
        title, reference, board, sent_on, cost_pence, award = more[twin.key]
        found.append(Like(twin, title, reference, board, sent_on, cost_pence, award is not None))
    return found


def funders_of(eyes: Eyes, board_id: int) -> list[Funder]:
    """Give the funders someone speaks for on a board, by name. No query."""
    found = {funder.pk: funder for board, funder in eyes.speaks if board in (None, board_id)}
    return sorted(found.values(), key=lambda funder: (str(funder), funder.pk))


def interests_for_group(proposal: Proposal) -> list[FunderInterest]:
    """Give the funders' interests that the group may read."""
    return list(
        FunderInterest.objects.filter(proposal=proposal, seen_by=FunderInterest.SeenBy.GROUP).select_related(
            "funder__organisation"
        )
    )


# --- gaps --------------------------------------------------------------------------------------


def needs_without_proposals(eyes: Eyes) -> QuerySet[Need]:
    """Give needs that people voiced and no shown proposal answers, most voices first."""
    answered = Proposal.objects.shown().filter(
        needs=OuterRef("pk"), round__activity__is_draft=False, round__rehearses__isnull=True
    )
    found = with_counts(Need.objects.current().filter(board__in=boards_seen(eyes)))
    return (
        found.filter(~Exists(answered), voices__gt=0)  # type: ignore[misc]  # with_counts adds `voices`
        .select_related("board", "theme")
        .order_by("-voices", "title", "pk")
    )


@dataclass(frozen=True)
class Place:
    """A ward where people spoke and no grant names it. Voices are None where too few to publish."""

    ward: str
    board: Any
    voices: int | None


def places_without_money(eyes: Eyes) -> list[Place]:
    """Give wards where people said what they need and which no award names, by board. Three queries."""
    covers = (
        BoardArea.objects.filter(board__in=boards_seen(eyes), area__kind=Area.Kind.WARD)
        .select_related("board")
        .order_by("board__name", "area__name")
        .values_list("board_id", "area_id", "area__name")
    )
    said = dict(
        Evidence.objects.counted()
        .filter(Exists(EvidenceLink.objects.filter(evidence=OuterRef("pk"))), where__isnull=False)
        .order_by()
        .values("where")
        .annotate(total=Sum("voices"))
        .values_list("where", "total")
    )
    given: dict[int, list[str]] = {}
    for board_id, place in Award.objects.filter(proposal__round__activity__board__in=boards_seen(eyes)).values_list(
        "proposal__round__activity__board_id", "proposal__place"
    ):
        given.setdefault(board_id, []).append(place.casefold())
    by_board: dict[int, list[tuple[int, str]]] = {}
    for board_id, area_id, name in covers:
        by_board.setdefault(board_id, []).append((area_id, name))
    boards = {board.pk: board for board in boards_seen(eyes)}
    found = []
    for board_id, wards in by_board.items():
        shown = safe_breakdown({area: said.get(area, 0) for area, _name in wards})
        for area, name in wards:
            if said.get(area, 0) and not any(name.casefold() in place for place in given.get(board_id, [])):
                found.append(Place(name, boards[board_id], shown[area]))
    return found


# --- pots --------------------------------------------------------------------------------------


def streams_open_to(eyes: Eyes, today: date | None = None) -> list[Stream]:
    """Give the streams of this year's pots on the boards where someone speaks for a funder. One query."""
    day = today or timezone.localdate()
    streams = (
        Stream.objects.filter(pot__year_starts_on__lte=day)
        .select_related("pot__board")
        .order_by("pot__board__name", "-pot__year_starts_on", "pk")
    )
    boards = {board for board, _funder in eyes.speaks}
    if None not in boards:
        streams = streams.filter(pot__board__in=[board for board in boards if board is not None])
    return [stream for stream in streams if day < year_after(stream.pot.year_starts_on)] if boards else []


def sees_pipeline(person: Person) -> bool:
    """Whether a person's own page leads to the pipeline. One query."""
    return bool(eyes_of(person))
