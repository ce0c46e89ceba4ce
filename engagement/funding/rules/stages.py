"""Where a round stands: from its four times and from what has been recorded, never from a job."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Stage(StrEnum):
    DRAFT = "draft"
    COMING = "coming"
    PROPOSALS = "proposals"
    CHECKS = "checks"
    VOTING = "voting"
    TO_COUNT = "to_count"
    TIE = "tie"
    COUNTED = "counted"
    AWARDED = "awarded"


ORDER: tuple[Stage, ...] = tuple(Stage)


@dataclass(frozen=True)
class Dates:
    """Each stage includes its first moment and not its last."""

    proposals_open_at: datetime
    proposals_close_at: datetime
    voting_opens_at: datetime
    voting_closes_at: datetime


@dataclass(frozen=True)
class Facts:
    """What people have done: published it, opened the envelopes, settled the count, awarded."""

    published: bool
    opened: bool = False
    counted: bool = False
    awarded: bool = False


def dates_in_order(dates: Dates) -> bool:
    return dates.proposals_open_at < dates.proposals_close_at <= dates.voting_opens_at < dates.voting_closes_at


def stage_at(dates: Dates, facts: Facts, now: datetime) -> Stage:
    """Give the stage a round is in at a moment.

    What people recorded comes first: a round once counted stays counted. An opened round that
    is not counted is held up by a tie.
    """
    if not facts.published:
        return Stage.DRAFT
    if facts.awarded:
        return Stage.AWARDED
    if facts.counted:
        return Stage.COUNTED
    if now >= dates.voting_closes_at:
        return Stage.TIE if facts.opened else Stage.TO_COUNT
    if now >= dates.voting_opens_at:
        return Stage.VOTING
    if now >= dates.proposals_close_at:
        return Stage.CHECKS
    if now >= dates.proposals_open_at:
        return Stage.PROPOSALS
    return Stage.COMING


# What may be done in which stage: the one table that every permission asks.
ALLOWED: Mapping[str, frozenset[Stage]] = {
    "change_rules": frozenset({Stage.DRAFT, Stage.COMING, Stage.PROPOSALS, Stage.CHECKS}),
    "publish": frozenset({Stage.DRAFT}),
    "propose": frozenset({Stage.PROPOSALS}),
    "check": frozenset({Stage.PROPOSALS, Stage.CHECKS}),
    "withdraw": frozenset({Stage.PROPOSALS, Stage.CHECKS, Stage.VOTING}),
    "vote": frozenset({Stage.VOTING}),
    "print_paper": frozenset({Stage.CHECKS, Stage.VOTING}),
    "hand_in": frozenset({Stage.VOTING, Stage.TO_COUNT}),
    "key_paper": frozenset({Stage.VOTING, Stage.TO_COUNT}),
    "count": frozenset({Stage.TO_COUNT, Stage.TIE}),
    "draw_lots": frozenset({Stage.TIE}),
    "award": frozenset({Stage.COUNTED}),
    "report": frozenset({Stage.AWARDED}),
    "see_results": frozenset({Stage.TIE, Stage.COUNTED, Stage.AWARDED}),
    "see_ballot": frozenset({Stage.VOTING, Stage.TO_COUNT, Stage.TIE, Stage.COUNTED, Stage.AWARDED}),
}
