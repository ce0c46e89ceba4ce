"""Every piece of the fine print, in one record that cannot change and has a digest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from typing import Any

from engagement.rules.counting.election import MOST_PENCE, Kind, is_whole


class Method(StrEnum):
    MOST_VOTES = "most-votes"
    EQUAL_SHARES = "equal-shares"


class Start(StrEnum):
    """What each voter's share is at first: the budget over the voters, exactly or in whole units."""

    WHOLE = "whole"
    EXACT = "exact"


class Stop(StrEnum):
    """When shares are no longer raised."""

    EXHAUSTIVE = "exhaustive"  # when nothing more with votes fits, or before an outcome that overspends
    OVERSPENDING = "overspending"  # only before an outcome that overspends, or when all is funded
    AT_ONCE = "at-once"  # shares are never raised


class TopUp(StrEnum):
    """What happens to money that equal shares leave."""

    MOST_VOTES = "most-votes"
    NONE = "none"


class Tie(StrEnum):
    """What decides between equals, one after the other."""

    COST = "cost"  # the cheaper first
    VOTES = "votes"  # more ballots first
    LOT = "lot"  # the order drawn in public, or given
    ID = "id"  # ids as text, as some outside lists have it


class Worth(StrEnum):
    """What a funded choice is worth to a voter under equal shares."""

    AS_CAST = "as-cast"  # its cost on ballots of ticks, its points on ballots of points
    COST = "cost"
    VOTES = "votes"  # each choice the same


class Reads(StrEnum):
    """How points and places are read."""

    AS_CAST = "as-cast"
    APPROVALS = "approvals"  # every project named on a ballot is a tick


@dataclass(frozen=True)
class Rule:
    """How a round is counted. Both methods are always counted; `method` says which of them decides.

    Money is in whole pence. `step_pence` of nought means a hundredth of the share, in whole
    units and at least one. `exclusive` lists sets of projects of which only one can be funded.
    The defaults are those of docs/counting.md; a setting of the public browser tool matches them.
    """

    method: Method = Method.MOST_VOTES
    unit_pence: int = 100
    start: Start = Start.WHOLE
    step_pence: int = 0
    stop: Stop = Stop.EXHAUSTIVE
    top_up: TopUp = TopUp.MOST_VOTES
    ties: tuple[Tie, ...] = (Tie.COST, Tie.VOTES, Tie.LOT)
    least_votes: int = 0
    vote_floor: bool = False
    exclusive: tuple[tuple[str, ...], ...] = ()
    worth: Worth = Worth.AS_CAST
    reads: Reads = Reads.AS_CAST

    def __post_init__(self) -> None:
        if not is_whole(self.unit_pence, 1) or self.unit_pence > MOST_PENCE:
            raise ValueError("unit_pence must be a whole number of pence above nought.")
        if not is_whole(self.step_pence) or self.step_pence > MOST_PENCE or not is_whole(self.least_votes):
            raise ValueError("step_pence and least_votes must be whole numbers.")
        if len(set(self.ties)) < len(self.ties):
            raise ValueError("ties must not name the same thing twice.")

    def start_share(self, budget_pence: int, voters: int) -> Fraction:
        """Give the first share of each voter, in pence."""
        if not voters:
            return Fraction(0)
        if self.start is Start.EXACT:
            return Fraction(budget_pence, voters)
        return Fraction(budget_pence // voters // self.unit_pence * self.unit_pence)

    def step(self, budget_pence: int, voters: int) -> int:
        """Give by how many pence each share is raised at a time."""
        if self.step_pence:
            return self.step_pence
        return max(1, budget_pence // (100 * max(1, voters)) // self.unit_pence) * self.unit_pence

    def by_points(self, kind: Kind) -> bool:
        """Say whether votes are points: on ballots of points, scores and places, unless they are read as ticks."""
        return self.reads is Reads.AS_CAST and kind in (Kind.POINTS, Kind.SCORES, Kind.RANKING)

    def record(self) -> dict[str, Any]:
        """Give the record as plain values, to store and to publish."""
        return json.loads(json.dumps(asdict(self)))  # type: ignore[no-any-return]

    def digest(self) -> str:
        return digest(canonical(self.record()))

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Rule:
        """Give the rule that a record holds. A field that is missing, unknown or odd is a ValueError."""
        names = {field.name for field in fields(cls)}
        if not isinstance(record, Mapping) or set(record) != names:
            raise ValueError("The rule must have exactly these fields: " + ", ".join(sorted(names)) + ".")
        sets = record["exclusive"]
        if not isinstance(sets, list | tuple) or not all(
            isinstance(each, list | tuple) and all(isinstance(id, str) for id in each) for each in sets
        ):
            raise ValueError("exclusive must be lists of ids.")
        if not isinstance(record["vote_floor"], bool) or not isinstance(record["ties"], list | tuple):
            raise ValueError("vote_floor must be true or false, and ties a list.")
        return cls(
            method=Method(record["method"]),
            unit_pence=record["unit_pence"],
            start=Start(record["start"]),
            step_pence=record["step_pence"],
            stop=Stop(record["stop"]),
            top_up=TopUp(record["top_up"]),
            ties=tuple(Tie(each) for each in record["ties"]),
            least_votes=record["least_votes"],
            vote_floor=record["vote_floor"],
            exclusive=tuple(tuple(each) for each in sets),
            worth=Worth(record["worth"]),
            reads=Reads(record["reads"]),
        )


def canonical(value: Any) -> str:
    """Give one text for one value: keys in order, no spaces, whole numbers only (after RFC 8785, without floats)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """Give the SHA-256 of a text in UTF-8, in hexadecimal."""
    return sha256(text.encode()).hexdigest()
