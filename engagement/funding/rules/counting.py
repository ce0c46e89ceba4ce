"""How votes become grants, and the file with which anyone can do it again."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import groupby
from typing import Any

from engagement.funding.rules.ballots import Method, points_given


@dataclass(frozen=True)
class Funded:
    """Which proposals the pot pays for, in the order they were funded, and what is left of it."""

    funded: tuple[str, ...]
    left_pence: int


@dataclass(frozen=True)
class TieToBreak:
    """Equal votes that the pot cannot all pay for: the board draws lots between these."""

    between: frozenset[str]
    left_pence: int


class Why(StrEnum):
    """Why a proposal was or was not funded."""

    FUNDED = "funded"
    NOT_ENOUGH_LEFT = "not_enough_left"
    LOST_THE_LOT = "lost_the_lot"
    NO_VOTES = "no_votes"
    DEARER_THAN_THE_POT = "dearer_than_the_pot"


@dataclass(frozen=True)
class Step:
    """One proposal reached in the count: its votes, its cost, what was left then, and what followed."""

    proposal: str
    votes: int
    cost_pence: int
    left_pence: int
    why: Why
    by_lot: bool = False


def natural(proposal: str) -> tuple[int, str]:
    """Order "9" before "10"."""
    return (
        (int(proposal), "") if proposal.isascii() and proposal.isdigit() and len(proposal) < 19 else (1 << 62, proposal)
    )


def work_through(
    votes: Mapping[str, int], costs_pence: Mapping[str, int], pot_pence: int, *, lots: Sequence[str] = ()
) -> tuple[tuple[Step, ...], TieToBreak | None]:
    """Give each step of the count in order, and the tie it stopped at, if any."""
    steps: list[Step] = []
    left_pence = pot_pence
    ranked = sorted(votes, key=lambda p: (-votes[p], costs_pence[p], natural(p)))

    def step(proposal: str, why: Why, *, by_lot: bool = False) -> None:
        steps.append(Step(proposal, votes[proposal], costs_pence[proposal], left_pence, why, by_lot))

    for level_votes, level in groupby(ranked, key=votes.__getitem__):
        together = list(level)
        if level_votes <= 0:
            for proposal in together:
                step(proposal, Why.NO_VOTES)
            continue
        for proposal in together:
            if costs_pence[proposal] > pot_pence:
                step(proposal, Why.DEARER_THAN_THE_POT)
            elif costs_pence[proposal] > left_pence:
                step(proposal, Why.NOT_ENOUGH_LEFT)
        fitting = [proposal for proposal in together if costs_pence[proposal] <= left_pence]
        drawn = sum(costs_pence[proposal] for proposal in fitting) > left_pence
        if drawn:
            if not set(fitting) <= set(lots):
                return tuple(steps), TieToBreak(frozenset(fitting), left_pence)
            fitting.sort(key=lots.index)
        for proposal in fitting:
            if costs_pence[proposal] <= left_pence:
                step(proposal, Why.FUNDED, by_lot=drawn)
                left_pence -= costs_pence[proposal]
            else:
                step(proposal, Why.LOST_THE_LOT, by_lot=True)
    return tuple(steps), None


def fund_by_support(
    votes: Mapping[str, int], costs_pence: Mapping[str, int], pot_pence: int, *, lots: Sequence[str] = ()
) -> Funded | TieToBreak:
    """Share a fixed pot by most support.

    Take proposals in order of votes; pass over any that no longer fits. Equal votes the pot
    cannot cover are a tie: the board draws lots in public, and the count is run again with the
    order drawn. A proposal without votes is never funded, and one dearer than the whole pot is
    left out. Source: the "most votes" rule in the round's printed guidance.
    """
    steps, tie = work_through(votes, costs_pence, pot_pence, lots=lots)
    if tie:
        return tie
    funded = tuple(step.proposal for step in steps if step.why is Why.FUNDED)
    return Funded(funded, pot_pence - sum(costs_pence[proposal] for proposal in funded))


def tally(ballots: Iterable[tuple[Sequence[int], int]], numbers: Iterable[int]) -> dict[str, int]:
    """Give how many ballots ticked each number. A number ticked twice on one ballot counts once."""
    votes = {str(number): 0 for number in numbers}
    for ticks, times in ballots:
        for number in set(ticks):
            if str(number) in votes:
                votes[str(number)] += times
    return votes


def votes_in(inputs: Mapping[str, Any], numbers: Sequence[int]) -> dict[str, int]:
    """Give each number's votes: ballots that ticked it, or what points, scores and places add up to.

    The first of a ranking gets as many points as the ballot has places ("most_ticks"), the last place 1.
    """
    method = Method(inputs.get("ballot", Method.APPROVAL))
    if method.is_ticks:
        return tally(((ballot["ticks"], ballot["times"]) for ballot in inputs["ballots"]), numbers)
    votes = {str(number): 0 for number in numbers}
    for ballot in inputs["ballots"]:
        for number, worth in points_given(method, ballot["marks"], places=inputs.get("most_ticks") or len(numbers)):
            if str(number) in votes:
                votes[str(number)] += worth * ballot["times"]
    return votes


# --- the file ----------------------------------------------------------------------------------

FORMAT = 1


class CountFileUnreadable(ValueError):
    """Its message says what is wrong with the file."""


def canonical(value: Any) -> str:
    """Give one text for one value: keys in order, no spaces, whole numbers only (after RFC 8785, without floats)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """Give the SHA-256 of a text in UTF-8, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def count_file(inputs: Mapping[str, Any]) -> str:
    """Count, and give the file that holds what went in, what came out and every step between.

    The same inputs give the same bytes on every machine.
    """
    proposals = [proposal for proposal in inputs["proposals"] if not proposal["withdrawn"]]
    numbers = [proposal["number"] for proposal in proposals]
    votes = votes_in(inputs, numbers)
    costs_pence = {str(proposal["number"]): proposal["cost_pence"] for proposal in proposals}
    lots = [str(number) for number in inputs["lots"]]
    steps, tie = work_through(votes, costs_pence, inputs["budget_pence"], lots=lots)
    funded = [int(step.proposal) for step in steps if step.why is Why.FUNDED]
    spent_pence = sum(costs_pence[str(number)] for number in funded)
    result: dict[str, Any] = {
        "status": "tie" if tie else "settled",
        "ballots": sum(ballot["times"] for ballot in inputs["ballots"]),
        "votes": votes,
        "funded": funded,
        "left_pence": inputs["budget_pence"] - spent_pence,
        "steps": [
            {
                "number": int(step.proposal),
                "votes": step.votes,
                "cost_pence": step.cost_pence,
                "left_pence": step.left_pence,
                "why": step.why.value,
                "by_lot": step.by_lot,
            }
            for step in steps
        ],
    }
    if tie:
        result["tie_between"] = sorted(int(proposal) for proposal in tie.between)
    return (
        canonical(
            {
                "moothall_count": FORMAT,
                "inputs": inputs,
                "inputs_sha256": digest(canonical(inputs)),
                "result": result,
            }
        )
        + "\n"
    )


def recount(text: str) -> str:
    """Give the file again, counted afresh from the inputs it holds. Raises CountFileUnreadable."""
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        raise CountFileUnreadable("This is not a JSON file.") from None
    if not isinstance(held, dict) or held.get("moothall_count") != FORMAT or not isinstance(held.get("inputs"), dict):
        raise CountFileUnreadable("This is not a count of this platform.")
    inputs = held["inputs"]
    if problem := what_is_wrong(inputs):
        raise CountFileUnreadable(problem)
    return count_file(inputs)


def what_is_wrong(inputs: Mapping[str, Any]) -> str:
    """Give the first thing in the inputs that cannot be counted, or an empty text."""

    def whole(value: Any, least: int) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and value >= least

    if not whole(inputs.get("budget_pence"), 0):
        return "budget_pence must be a whole number of pence."
    proposals, ballots, lots = inputs.get("proposals"), inputs.get("ballots"), inputs.get("lots")
    if not isinstance(proposals, list) or not isinstance(ballots, list) or not isinstance(lots, list):
        return "proposals, ballots and lots must be lists."
    for row, proposal in enumerate(proposals, 1):
        if (
            not isinstance(proposal, dict)
            or not whole(proposal.get("number"), 1)
            or not whole(proposal.get("cost_pence"), 1)
            or not isinstance(proposal.get("withdrawn"), bool)
        ):
            return f"Proposal {row} needs a number, a cost in pence and whether it was withdrawn."
    numbers = [proposal["number"] for proposal in proposals]
    if len(set(numbers)) < len(numbers):
        return "Two proposals have the same number."
    kind = inputs.get("ballot", "approval")
    if kind not in list(Method):
        return "ballot must be a kind of ballot this platform knows."
    most = inputs.get("most_ticks")
    if most is not None and not whole(most, 1):
        return "most_ticks must be a whole number or nothing."
    for row, ballot in enumerate(ballots, 1):
        if not isinstance(ballot, dict) or not whole(ballot.get("times"), 1):
            return f"Ballot {row} needs how many times it was cast."
        if Method(kind).is_ticks:
            ticks = ballot.get("ticks")
            if not isinstance(ticks, list) or not all(whole(number, 1) and number in numbers for number in ticks):
                return f"Ballot {row} needs ticks that are on the list, and how many times it was cast."
            continue
        marks = ballot.get("marks")
        if not isinstance(marks, list) or not all(
            isinstance(mark, list) and len(mark) == 2 and mark[0] in numbers and whole(mark[1], 1) for mark in marks
        ):
            return f"Ballot {row} needs marks on what is on the list, each with a whole number."
        if kind == Method.RANKING and any(mark[1] > (most or len(numbers)) for mark in marks):
            return f"Ballot {row} has a place beyond the last."
    if not all(whole(number, 1) for number in lots):
        return "lots must be ballot numbers."
    return ""
