"""The file with which anyone can count a round again: what went in, what came out and every step between."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engagement.funding.rules import first_format
from engagement.rules.counting import (
    Counted,
    Disagreement,
    Election,
    Kind,
    NotCountable,
    Project,
    Rule,
    canonical,
    count,
    digest,
    make_election,
)
from engagement.rules.counting.pabulib import write_pb
from engagement.rules.counting.plain import counted_plainly

FORMAT = 2


class CountFileUnreadable(ValueError):
    """Its message says what is wrong with the file."""


def count_file(inputs: Mapping[str, Any]) -> str:
    """Count by both methods, and give the file. The same inputs give the same bytes on every machine.

    `inputs` holds `rule` (a whole rule record), `ballot` (the kind of ballot), `budget_pence`,
    `proposals`, `ballots` (grouped and sorted) and `lots`; the rest of it is for readers. A count
    that the referee does not confirm raises Disagreement and gives no file.
    """
    election = election_of(inputs)
    rule = Rule.from_record(inputs["rule"])
    counted = count(election, rule, [str(number) for number in inputs["lots"]])
    return (
        canonical(
            {
                "moothall_count": FORMAT,
                "inputs": inputs,
                "inputs_sha256": digest(canonical(inputs)),
                "result": _result(counted, election, inputs),
            }
        )
        + "\n"
    )


def election_of(inputs: Mapping[str, Any]) -> Election:
    """Give the election that the inputs of a count hold. What withdrew has no votes. Raises NotCountable."""
    kind = Kind(inputs["ballot"])
    listed = [proposal for proposal in inputs["proposals"] if not proposal["withdrawn"]]
    return make_election(
        [Project(str(each["number"]), each["cost_pence"], str(each.get("title", ""))) for each in listed],
        inputs["budget_pence"],
        _ballots(inputs["ballots"]),
        kind=kind,
        places=inputs.get("places", 0),
        withdrawn=[str(each["number"]) for each in inputs["proposals"] if each["withdrawn"]],
    )


def _ballots(ballots: Iterable[Mapping[str, Any]]) -> Iterable[tuple[Any, int]]:
    for ballot in ballots:
        if "points" in ballot:
            yield {str(number): points for number, points in ballot["points"]}, ballot["times"]
        else:
            yield [str(number) for number in ballot["ticks"]], ballot["times"]


def write_ballots(write: Callable[[str], Any], inputs: Mapping[str, Any]) -> None:
    """Write what a count rests on as a `.pb` file, with its rule and lots: `recount` finds the same winners in it.

    Ballots are in the order of what they chose, which says nothing of when or by whom. What
    withdrew is on no list and no ballot.
    """
    kind = Kind(inputs["ballot"])
    write_pb(
        write,
        budget_pence=inputs["budget_pence"],
        projects=[
            Project(str(each["number"]), each["cost_pence"], str(each.get("title", ""))) for each in inputs["proposals"]
        ],
        ballots=_ballots(inputs["ballots"]),
        turnout=sum(ballot["times"] for ballot in inputs["ballots"]),
        kind=kind,
        places=inputs.get("places", 0),
        meta={"description": str(inputs.get("round", "")), "currency": "GBP"},
        rule=Rule.from_record(inputs["rule"]),
        lots=[str(number) for number in inputs["lots"]],
        leave_out=[str(each["number"]) for each in inputs["proposals"] if each["withdrawn"]],
    )


def _result(counted: Counted, election: Election, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Give both methods side by side, and the deciding one's result in ballot numbers."""
    made = counted.decides
    result: dict[str, Any] = counted_plainly(counted, election) | {
        "status": made.status.value,
        "ballots": election.turnout,
        "blank": election.blank,
        "votes": {project.id: election.supporters[at] for at, project in enumerate(election.projects)},
        "scores": {project.id: election.scores[at] for at, project in enumerate(election.projects)},
        "funded": [int(id) for id in made.funded],
        "left_pence": made.left_pence,
        "rule_sha256": digest(canonical(inputs["rule"])),
    }
    result["steps"] = [
        {"number": int(step["project"])} | step for step in result[counted.rule.method.value.replace("-", "_")]["steps"]
    ]
    if made.tie_between:
        result["tie_between"] = sorted(int(id) for id in made.tie_between)
    return result


def recount(text: str) -> str:
    """Give the file again, counted afresh from the inputs it holds. Raises CountFileUnreadable."""
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        raise CountFileUnreadable("This is not a JSON file.") from None
    if not isinstance(held, dict) or not isinstance(held.get("inputs"), dict):
        raise CountFileUnreadable("This is not a count of this platform.")
    inputs = held["inputs"]
    form = held.get("moothall_count")
    if form not in (first_format.FORMAT, FORMAT) or isinstance(form, bool):
        raise CountFileUnreadable("This is not a count of this platform.")
    if problem := first_format.what_is_wrong(inputs) if form == first_format.FORMAT else what_is_wrong(inputs):
        raise CountFileUnreadable(problem)
    if form == first_format.FORMAT:
        return first_format.count_file(inputs)
    try:
        return count_file(inputs)
    except NotCountable as fault:
        raise CountFileUnreadable(str(fault)) from None
    except Disagreement as fault:
        raise CountFileUnreadable(f"The count and its referee disagree: {fault}") from None


def what_is_wrong(inputs: Mapping[str, Any]) -> str:
    """Give the first thing in the inputs that cannot be counted, or an empty text."""
    try:
        Rule.from_record(inputs.get("rule", {}))
    except (ValueError, TypeError) as fault:
        return f"The rule cannot be read: {fault}"
    if inputs.get("ballot") not in tuple(Kind):
        return "ballot must be one of: " + ", ".join(Kind) + "."
    if not _whole(inputs.get("budget_pence"), 0):
        return "budget_pence must be a whole number of pence."
    if not _whole(inputs.get("places", 0), 0):
        return "places must be a whole number."
    proposals, ballots, lots = inputs.get("proposals"), inputs.get("ballots"), inputs.get("lots")
    if not isinstance(proposals, list) or not isinstance(ballots, list) or not isinstance(lots, list):
        return "proposals, ballots and lots must be lists."
    for row, proposal in enumerate(proposals, 1):
        if (
            not isinstance(proposal, dict)
            or not _whole(proposal.get("number"), 1)
            or not _whole(proposal.get("cost_pence"), 0)
            or not isinstance(proposal.get("withdrawn"), bool)
        ):
            return f"Proposal {row} needs a number, a cost in pence and whether it was withdrawn."
    numbers = {proposal["number"] for proposal in proposals}
    if len(numbers) < len(proposals):
        return "Two proposals have the same number."
    pointed = inputs["ballot"] in (Kind.POINTS, Kind.SCORES)
    for row, ballot in enumerate(ballots, 1):
        if (
            not isinstance(ballot, dict)
            or not _whole(ballot.get("times"), 1)
            or not _good_choices(ballot, numbers, pointed)
        ):
            return f"Ballot {row} needs choices that are on the list, and how many times it was cast."
    if not all(_whole(number, 1) for number in lots):
        return "lots must be ballot numbers."
    return ""


def _good_choices(ballot: Mapping[str, Any], numbers: set[int], pointed: bool) -> bool:
    if not pointed:
        ticks = ballot.get("ticks")
        return "points" not in ballot and isinstance(ticks, list) and all(_whole(n, 1) and n in numbers for n in ticks)
    points = ballot.get("points")
    return isinstance(points, list) and all(
        isinstance(pair, list) and len(pair) == 2 and _whole(pair[0], 1) and pair[0] in numbers and _whole(pair[1], 0)
        for pair in points
    )


def _whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < 1 << 62
