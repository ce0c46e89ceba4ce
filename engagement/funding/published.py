"""What is published of a count: the ballots as files, line by line, and the cut of it that the results page shows.

The only place that reads ballots as rows. Area, day and order are on none of them.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from hashlib import sha256
from io import StringIO
from typing import Any

from django.db.models import OuterRef, Subquery

from boards.people.models import Standing
from boards.places.models import Area
from engagement.funding import queries
from engagement.funding.models import Ballot, Count, FundingRound
from engagement.funding.rules import Method, Reason, Rule, receipt_in_words, reserves, what_would_have_changed
from engagement.rules.counting import Kind, Project, Tie
from engagement.rules.counting.pabulib import pb_lines
from engagement.rules.small_numbers import safe_breakdown

FORM = 1
FILES = {"ballots.pb": "ballots_pb", "ballots.csv": "ballots", "count.json": "count_file"}
Choices = Sequence[str] | Mapping[str, int]


# --- ballots -----------------------------------------------------------------------------------


def ballots_of(round: FundingRound) -> Iterator[tuple[Any, Choices]]:
    """Give each ballot's receipt and what it chose, in the order of the random receipts, a few at a time."""
    method = Method(round.method)
    rows = Ballot.objects.filter(round=round).order_by("receipt").values_list("receipt", "marks")
    for receipt, marks in rows.iterator(chunk_size=2000):
        if method in (Method.POINTS, Method.SCORES):
            yield receipt, {str(number): value for number, value in marks}
        else:
            in_order = sorted(marks, key=lambda mark: mark[1]) if method is Method.RANKING else marks
            yield receipt, [str(number) for number, _value in in_order]


def csv_lines(round: FundingRound) -> Iterator[str]:
    """Give the ballots as CSV with their receipts, line by line."""
    yield "receipt,ticks\r\n"
    for receipt, choices in ballots_of(round):
        said = [f"{n}:{points}" for n, points in choices.items()] if isinstance(choices, Mapping) else choices
        held = StringIO()
        csv.writer(held).writerow([receipt_in_words(receipt), " ".join(said)])
        yield held.getvalue()


def pb_of(round: FundingRound, summary: Mapping[str, Any]) -> Iterator[str]:
    """Give the ballots as a `.pb` file, line by line, with the rule and the lots by which this count was made.

    What withdrew is on no list and no ballot.
    """
    inputs = summary["inputs"]
    yield from pb_lines(
        budget_pence=inputs["budget_pence"],
        projects=[Project(str(each["number"]), each["cost_pence"], each["title"]) for each in inputs["proposals"]],
        ballots=((choices, 1) for _receipt, choices in ballots_of(round)),
        turnout=summary["result"]["ballots"],
        kind=Kind(inputs["ballot"]),
        places=inputs["places"],
        meta={"description": round.title, "currency": "GBP"},
        rule=Rule.from_record(inputs["rule"]),
        lots=[str(number) for number in inputs["lots"]],
        leave_out=[str(each["number"]) for each in inputs["proposals"] if each["withdrawn"]],
    )


def in_chunks(lines: Iterable[str], size: int = 64 * 1024) -> Iterator[bytes]:
    """Put lines together, so that a large file leaves in thousands of pieces and not in millions."""
    held: list[str] = []
    length = 0
    for line in lines:
        held.append(line)
        length += len(line)
        if length >= size:
            yield "".join(held).encode()
            held, length = [], 0
    if held:
        yield "".join(held).encode()


def _size_and_digest(pieces: Iterable[bytes]) -> dict[str, Any]:
    size, seen = 0, sha256()
    for piece in pieces:
        size += len(piece)
        seen.update(piece)
    return {"bytes": size, "sha256": seen.hexdigest()}


# --- the cut for the page ----------------------------------------------------------------------


def summarise(round: FundingRound, file: str) -> dict[str, Any]:
    """Give what the results page shows of a count: worked out once, when it is published, and kept with it.

    No ballot is in it, and no number of people under five that could single someone out.
    """
    held = json.loads(file)
    summary = cut(held)
    summary["turnout"] = turnout_of(round)
    summary["beside"] = beside_the_ballots(round, summary["result"]["ballots"])
    if held["moothall_count"] > 1 and held["result"]["status"] != "tie":
        summary["what_if"] = what_would_have_changed(held["inputs"])
    summary["files"] = {
        "ballots.pb": _size_and_digest(in_chunks(pb_of(round, summary))),
        "ballots.csv": _size_and_digest(in_chunks(csv_lines(round))),
        "count.json": _size_and_digest([file.encode()]),
    }
    return summary


def beside_the_ballots(round: FundingRound, ballots: int) -> dict[str, Any]:
    """Give what was not counted and what became of the paper: votes set aside, sheets issued, used and spoiled."""
    set_aside, paper = queries.set_aside(round), queries.paper_account(round)
    sample = queries.paper_sample(round)
    return {
        "set_aside": set_aside,
        "all_votes": ballots + set_aside,
        "paper": None
        if paper is None
        else {name: getattr(paper, name) for name in ("issued", "used", "spoiled", "unused", "set_aside")},
        "spoiled": [list(row) for row in queries.paper_spoiled(round)],
        "sample": asdict(sample) if sample is not None else None,
    }


def cut(held: Mapping[str, Any]) -> dict[str, Any]:
    """Give the part of a count file that the page needs: no ballots, no raise of the shares one by one."""
    inputs, result = held["inputs"], dict(held["result"])
    for method in ("most_votes", "equal_shares"):
        if method in result:
            result[method] = {k: v for k, v in result[method].items() if k not in ("stretches", "overspending")}
    rule = inputs["rule"] if held["moothall_count"] > 1 else Rule(ties=(Tie.LOT,)).record()
    summary: dict[str, Any] = {
        "form": FORM,
        "inputs": {
            "rule": rule,
            "ballot": inputs.get("ballot") if held["moothall_count"] > 1 else "approval",
            "places": inputs.get("places", 0),
            "budget_pence": inputs["budget_pence"],
            "proposals": inputs["proposals"],
            "lots": inputs["lots"],
        },
        "result": result,
        "reserve": [],
        "what_if": None,
        "turnout": {"channels": [], "wards": []},
        "files": {},
    }
    if result["status"] != "tie":
        summary["reserve"] = _reserve(summary)
    return summary


IN_LINE = (Reason.NOT_ENOUGH_LEFT, Reason.LOST_THE_LOT, Reason.TOO_FEW_VOTES, Reason.SUPPORTERS_SPENT, Reason.CONFLICTS)


def _reserve(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    result, inputs = summary["result"], summary["inputs"]
    lots = {number: at for at, number in reversed(list(enumerate(inputs["lots"])))}
    waiting = [step for step in result["steps"] if step["why"] in IN_LINE]
    waiting.sort(
        key=lambda step: (
            -step.get("score", step["votes"]),
            step["cost_pence"],
            -step["votes"],
            lots.get(step["number"], len(lots)),
            step["number"],
        )
    )
    return [
        {"number": each.number, "more_pence": each.more_pence, "if_one_of": list(each.if_one_of)}
        for each in reserves(
            line=[step["number"] for step in waiting],
            costs_pence={row["number"]: row["cost_pence"] for row in inputs["proposals"]},
            funded=result["funded"],
            left_pence=result["left_pence"],
            exclusive=[[int(id) for id in each] for each in inputs["rule"]["exclusive"]],
        )
    ]


def turnout_of(round: FundingRound) -> dict[str, Any]:
    """Give how many voted by channel and by ward, beside how many live there; small numbers are None.

    A ward is the one in which a voter has shown that they live, work or study. It is read from the
    roll, never from a ballot.
    """
    channels = queries.turnout(round)
    ward = Standing.objects.filter(board=round.board, person=OuterRef("person"), area__kind=Area.Kind.WARD)
    in_wards = Counter(
        round.roll.order_by().annotate(ward=Subquery(ward.values("area")[:1])).values_list("ward", flat=True)
    )
    wards = list(round.board.areas.filter(kind=Area.Kind.WARD).without_shapes().order_by("name"))
    elsewhere = sum(in_wards.values()) - sum(in_wards.get(ward.pk, 0) for ward in wards)
    counted: dict[int, int] = {ward.pk: in_wards.get(ward.pk, 0) for ward in wards}
    shown = safe_breakdown({**counted, 0: elsewhere})
    rows: list[list[Any]] = [[ward.name, shown[ward.pk], ward.population] for ward in wards]
    if elsewhere and wards:
        rows.append(["", shown[0], None])
    return {"channels": sorted(map(list, safe_breakdown(channels).items())), "wards": rows}


def summary_of(count: Count) -> dict[str, Any]:
    """Give the cut kept with a count. One made before there were cuts is read once from its file."""
    kept: dict[str, Any] = count.summary
    return kept if kept.get("form") == FORM else _cut_of(count.pk, count.file_digest)


@lru_cache(maxsize=32)
def _cut_of(pk: int, digest: str) -> dict[str, Any]:
    return cut(json.loads(Count.objects.values_list("file", flat=True).get(pk=pk, file_digest=digest)))
