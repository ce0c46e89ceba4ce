"""Where a round stands: from its times and from what has been recorded, never from a job."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise


class Stage(StrEnum):
    """In the order in which a round goes through them; questions, shortlist, assessment and review are optional."""

    DRAFT = "draft"
    COMING = "coming"
    PROPOSALS = "proposals"
    CHECKS = "checks"
    QUESTIONS = "questions"
    SHORTLIST = "shortlist"
    ASSESSMENT = "assessment"
    VOTING = "voting"
    TO_COUNT = "to_count"
    TIE = "tie"
    REVIEW = "review"
    COUNTED = "counted"
    CONFIRMED = "confirmed"
    AWARDED = "awarded"
    CLOSED = "closed"


ORDER: tuple[Stage, ...] = tuple(Stage)


@dataclass(frozen=True)
class Dates:
    """Each stage includes its first moment and not its last. A time that is None is a stage left out."""

    proposals_open_at: datetime
    proposals_close_at: datetime
    voting_opens_at: datetime
    voting_closes_at: datetime
    questions_from_at: datetime | None = None
    shortlist_from_at: datetime | None = None
    assessment_from_at: datetime | None = None

    def windows(self) -> tuple[tuple[Stage, datetime], ...]:
        """Give each stage that comes by itself, with its first moment, in order."""
        given = (
            (Stage.PROPOSALS, self.proposals_open_at),
            (Stage.CHECKS, self.proposals_close_at),
            (Stage.QUESTIONS, self.questions_from_at),
            (Stage.SHORTLIST, self.shortlist_from_at),
            (Stage.ASSESSMENT, self.assessment_from_at),
            (Stage.VOTING, self.voting_opens_at),
            (Stage.TO_COUNT, self.voting_closes_at),
        )
        return tuple((stage, at) for stage, at in given if at is not None)


@dataclass(frozen=True)
class Facts:
    """What people have done: published it, opened the envelopes, settled the count, confirmed, awarded, closed.

    `review_ends_at` is the first moment after the days for objections, known once it is counted.
    """

    published: bool
    opened: bool = False
    counted: bool = False
    confirmed: bool = False
    awarded: bool = False
    closed: bool = False
    review_ends_at: datetime | None = None


def dates_in_order(dates: Dates) -> bool:
    """Tell whether each stage begins after the one before it.

    Voting may open, and checks may end, in the very moment in which what comes before closes.
    """
    times = [at for _stage, at in dates.windows()]
    return (
        dates.proposals_open_at < dates.proposals_close_at
        and dates.voting_opens_at < dates.voting_closes_at
        and all(before <= after for before, after in pairwise(times))
    )


def stage_at(dates: Dates, facts: Facts, now: datetime) -> Stage:
    """Give the stage a round is in at a moment.

    What people recorded comes first: a round once counted stays counted. An opened round that
    is not counted is held up by a tie.
    """
    if not facts.published:
        return Stage.DRAFT
    if facts.closed:
        return Stage.CLOSED
    if facts.awarded:
        return Stage.AWARDED
    if facts.confirmed:
        return Stage.CONFIRMED
    if facts.counted:
        return Stage.REVIEW if facts.review_ends_at is not None and now < facts.review_ends_at else Stage.COUNTED
    if now >= dates.voting_closes_at:
        return Stage.TIE if facts.opened else Stage.TO_COUNT
    return next((stage for stage, at in reversed(dates.windows()) if now >= at), Stage.COMING)


BEFORE_VOTING = frozenset(
    {Stage.DRAFT, Stage.COMING, Stage.PROPOSALS, Stage.CHECKS, Stage.QUESTIONS, Stage.SHORTLIST, Stage.ASSESSMENT}
)
OVER = frozenset({Stage.REVIEW, Stage.COUNTED, Stage.CONFIRMED, Stage.AWARDED, Stage.CLOSED})

# What may be done in which stage: the one table that every permission asks.
ALLOWED: Mapping[str, frozenset[Stage]] = {
    "change_rules": BEFORE_VOTING,
    "amend": frozenset({Stage.VOTING}),
    "publish": frozenset({Stage.DRAFT}),
    "rehearse": BEFORE_VOTING,
    "propose": frozenset({Stage.PROPOSALS}),
    "check": BEFORE_VOTING - {Stage.DRAFT, Stage.COMING},
    "assess": BEFORE_VOTING - {Stage.DRAFT, Stage.COMING},
    "withdraw": (BEFORE_VOTING - {Stage.DRAFT, Stage.COMING}) | {Stage.VOTING, Stage.REVIEW, Stage.COUNTED},
    "vote": frozenset({Stage.VOTING}),
    "print_paper": frozenset({Stage.CHECKS, Stage.VOTING}),
    "hand_in": frozenset({Stage.VOTING, Stage.TO_COUNT}),
    "key_paper": frozenset({Stage.VOTING, Stage.TO_COUNT}),
    "sample_paper": frozenset({Stage.TO_COUNT}),
    "scan_pile": frozenset({Stage.VOTING, Stage.TO_COUNT}),
    "scan_sheet": frozenset({Stage.TO_COUNT}),
    "see_scan": frozenset(Stage) - {Stage.CLOSED},
    "count": frozenset({Stage.TO_COUNT, Stage.TIE}),
    "draw_lots": frozenset({Stage.TIE}),
    "object": frozenset({Stage.REVIEW}),
    "count_again": frozenset({Stage.REVIEW, Stage.COUNTED}),
    "confirm": frozenset({Stage.COUNTED}),
    "award": frozenset({Stage.COUNTED, Stage.CONFIRMED}),
    "report": frozenset({Stage.AWARDED, Stage.CLOSED}),
    "close": frozenset({Stage.AWARDED}),
    "see_results": OVER | {Stage.TIE},
    "see_ballot": OVER | {Stage.VOTING, Stage.TO_COUNT, Stage.TIE},
}


@dataclass(frozen=True)
class Move:
    """One step of a round: from where to where, who makes it, what must be true, whom it tells.

    `by` is "time" or an act that a role carries (boards.people.rules). `needs` are names of
    conditions, and `tells` names of audiences: the actions know each by its name.
    """

    name: str
    to: Stage
    by: str
    needs: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()


MOVES: tuple[Move, ...] = (
    Move("publish", Stage.COMING, "run_activities", ("dates in order", "money in the stream", "a key")),
    Move("open_for_proposals", Stage.PROPOSALS, "time", (), ("coordinators", "past groups")),
    Move("close_proposals", Stage.CHECKS, "time", (), ("coordinators", "groups")),
    Move("ask_back", Stage.QUESTIONS, "time", (), ("coordinators",)),
    Move("make_shortlist", Stage.SHORTLIST, "time", (), ("coordinators",)),
    Move("assess", Stage.ASSESSMENT, "time", (), ("coordinators", "panel")),
    Move("open_voting", Stage.VOTING, "time", ("something on the ballot",), ("groups on the ballot", "coordinators")),
    Move("close_voting", Stage.TO_COUNT, "time", (), ("coordinators", "chair")),
    Move("count", Stage.REVIEW, "run_count", ("voting closed", "no tie left"), ("groups on the ballot", "chair")),
    Move("end_review", Stage.COUNTED, "time", (), ("coordinators", "chair")),
    Move("confirm", Stage.CONFIRMED, "confirm_result", ("objections answered",), ("groups on the ballot",)),
    Move("award", Stage.AWARDED, "award", ("objections answered",), ("groups on the ballot",)),
    Move("close", Stage.CLOSED, "run_activities", ("reports in",), ("coordinators", "chair")),
)


def moves_by_time(dates: Dates, facts: Facts) -> tuple[tuple[Move, datetime], ...]:
    """Give the moves that come by themselves, each with its moment, in order. A draft has none."""
    if not facts.published:
        return ()
    moments = dict(dates.windows())
    if facts.review_ends_at is not None:
        moments[Stage.COUNTED] = facts.review_ends_at
    return tuple((move, moments[move.to]) for move in MOVES if move.by == "time" and move.to in moments)
