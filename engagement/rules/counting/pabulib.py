"""Elections as `.pb` text files, the form that researchers and other cities use.

Source: Stolicki, Szufa and Talmon, "Pabulib: A Participatory Budgeting Library" (arXiv 2012.06539)
and the format page of pabulib.org. A file has three parts, META, PROJECTS and VOTES, each a table
with semicolons between cells. Columns that are not needed are passed over.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, TextIO

from engagement.rules.counting.election import (
    MOST_POINTS,
    Election,
    Kind,
    NotCountable,
    Project,
    make_election,
)
from engagement.rules.counting.rule import Rule, canonical

LONGEST_LINE = 1_000_000
MOST_PROJECTS = 5_000
MOST_META = 10_000
MOST_CHOICES = 50_000_000
KINDS = {
    "approval": Kind.APPROVAL,
    "choose-1": Kind.APPROVAL,
    "ordinal": Kind.RANKING,
    "cumulative": Kind.POINTS,
    "scoring": Kind.POINTS,
}
TYPES = {
    Kind.APPROVAL: "approval",
    Kind.KNAPSACK: "approval",
    Kind.RANKING: "ordinal",
    Kind.POINTS: "cumulative",
    Kind.SCORES: "scoring",
}
AMOUNT = re.compile(r"(\d{1,15})(?:\.(\d{1,30})|,(\d{1,2}))?\Z", re.ASCII)


class PabulibUnreadable(ValueError):
    """Its message says on which line and what is wrong, in one sentence."""


@dataclass(frozen=True)
class PabulibFile:
    """What a `.pb` file holds. `rule` and `lots` are there if this platform wrote it."""

    election: Election
    meta: Mapping[str, str]
    selected: Mapping[str, str]
    rule: Rule | None = None
    lots: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass
class _Lines:
    """Lines of a stream with a limit on their length."""

    stream: TextIO
    number: int = 0

    def __iter__(self) -> Iterator[str]:
        while True:
            try:
                line = self.stream.readline(LONGEST_LINE + 1)
            except UnicodeDecodeError:
                raise PabulibUnreadable(f"After line {self.number} the file is not UTF-8 text.") from None
            if not line:
                return
            self.number += 1
            if len(line) > LONGEST_LINE:
                raise PabulibUnreadable(f"Line {self.number} is too long.")
            yield line


@dataclass
class _Reader:
    """The tables of a file, one after the other."""

    lines: _Lines
    rows: Iterator[list[str]] = field(init=False)
    part: str = ""

    def __post_init__(self) -> None:
        self.rows = csv.reader(iter(self.lines), delimiter=";")

    def bad(self, why: str) -> PabulibUnreadable:
        return PabulibUnreadable(f"Line {self.lines.number}: {why}")

    def next_row(self) -> list[str] | None:
        while True:
            try:
                row = next(self.rows, None)
            except csv.Error:
                raise self.bad("a cell is too long, or a quote is not closed.") from None
            if row is None or any(cell and not cell.isspace() for cell in row):
                return row

    def columns(self) -> list[str]:
        row = self.next_row()
        if row is None:
            raise self.bad(f"the part {self.part} has no columns.")
        return [cell.strip().lower() for cell in row]

    def table(self, columns: Sequence[str], *, wider: bool = False) -> Iterator[list[str]]:
        """Give each row up to the next part, filled up to the number of columns."""
        width = len(columns)
        while (row := self.next_row()) is not None:
            if len(row) == 1 or not any(row[1:]):
                name = row[0].strip().upper()
                if name in ("META", "PROJECTS", "VOTES"):
                    self.part = name
                    return
            if not wider and len(row) > width and any(row[width:]):
                raise self.bad("there are more cells than columns.")
            yield row + [""] * (width - len(row))
        self.part = ""


def read_pb(stream: TextIO) -> PabulibFile:
    """Give the election that a `.pb` file holds. Raises PabulibUnreadable with the line and the reason.

    Open it with `encoding="utf-8-sig", newline=""`. Amounts have at most two decimals.
    """
    reader = _Reader(_Lines(stream))
    first = reader.next_row()
    if first is None or first[0].strip().lstrip("\ufeff").upper() != "META":
        raise PabulibUnreadable("Line 1: a .pb file begins with the word META.")
    reader.part = "META"
    meta = _meta(reader)
    budget = amount(meta.get("budget", ""))
    if budget is None:
        raise PabulibUnreadable("In META the budget is missing or is not an amount.")
    kind = KINDS.get(meta.get("vote_type", "").lower())
    if kind is None:
        raise PabulibUnreadable("In META the vote_type is missing or is none of: " + ", ".join(KINDS) + ".")
    if reader.part != "PROJECTS":
        raise reader.bad("after META comes the part PROJECTS.")
    projects, selected = _projects(reader)
    if reader.part != "VOTES":
        raise reader.bad("after PROJECTS comes the part VOTES.")
    if meta.get("moothall_kind") in tuple(Kind):
        kind = Kind(meta["moothall_kind"])
    places = meta.get("max_length", "") if kind is Kind.RANKING else ""
    votes = _Votes(reader, {project.id for project in projects}, kind)
    try:
        election = make_election(
            projects, budget, votes, kind=kind, places=int(places) if re.fullmatch(r"[1-9]\d{0,5}", places) else 0
        )
    except NotCountable as fault:
        raise reader.bad(_lower(str(fault))) from None
    except csv.Error:
        raise reader.bad("a cell is too long, or a quote is not closed.") from None
    if reader.part:
        raise reader.bad(f"the part {reader.part} comes twice.")
    notices = [
        f"The file says it holds {said} {what}; it holds {held}."
        for said, what, held in (
            (meta.get("num_votes"), "ballots", election.turnout),
            (meta.get("num_projects"), "projects", len(projects)),
        )
        if said and said != str(held)
    ]
    return PabulibFile(election, meta, selected, _own_rule(meta), _own_lots(meta), tuple(notices))


def _meta(reader: _Reader) -> dict[str, str]:
    meta: dict[str, str] = {}
    for row in reader.table(reader.columns(), wider=True):
        if len(meta) >= MOST_META:
            raise reader.bad("META is too long.")
        if len(row) > 1:
            while len(row) > 2 and not row[-1]:
                row.pop()
            meta[row[0].strip().lower()] = ";".join(row[1:]).strip()  # a text with semicolons and no quotes
    return meta


def _projects(reader: _Reader) -> tuple[list[Project], dict[str, str]]:
    columns = reader.columns()
    if "project_id" not in columns or "cost" not in columns:
        raise reader.bad("PROJECTS needs the columns project_id and cost.")
    id_at, cost_at = columns.index("project_id"), columns.index("cost")
    name_at = columns.index("name") if "name" in columns else None
    selected_at = columns.index("selected") if "selected" in columns else None
    projects: dict[str, Project] = {}
    selected: dict[str, str] = {}
    for row in reader.table(columns):
        id = row[id_at].strip()
        cost = amount(row[cost_at])
        if not id or "," in id:
            raise reader.bad("a project needs an id without commas.")
        if id in projects:
            raise reader.bad(f"there are two projects with the id {id[:60]}.")
        if cost is None:
            raise reader.bad(f"the cost of {id[:60]} is not an amount with at most two decimals.")
        if len(projects) >= MOST_PROJECTS:
            raise reader.bad("there are too many projects.")
        projects[id] = Project(id, cost, row[name_at] if name_at is not None else "")
        if selected_at is not None:
            selected[id] = row[selected_at].strip()
    return list(projects.values()), selected


class _Votes:
    """The ballots of a file, read as they are asked for."""

    def __init__(self, reader: _Reader, known: set[str], kind: Kind) -> None:
        self.reader, self.known, self.kind = reader, known, kind

    def __iter__(self) -> Iterator[tuple[Sequence[str] | Mapping[str, int], int]]:
        reader, known = self.reader, self.known
        columns = reader.columns()
        if "vote" not in columns:
            raise reader.bad("VOTES needs the column vote.")
        vote_at = columns.index("vote")
        with_points = self.kind in (Kind.POINTS, Kind.SCORES)
        if with_points and "points" not in columns:
            raise reader.bad("ballots of points need the column points.")
        points_at = columns.index("points") if with_points else 0
        read = 0
        for row in reader.table(columns):
            cell = row[vote_at]
            chosen = cell.split(",") if cell else []
            if not known.issuperset(chosen):
                chosen = [each.strip() for each in chosen if each.strip()]
                for each in chosen:
                    if each not in known:
                        raise reader.bad(f"a ballot chooses {each[:60]}, which is not among the projects.")
            read += len(chosen) + 1
            if read > MOST_CHOICES:
                raise reader.bad("there are too many ballots.")
            yield (self._pointed(chosen, row[points_at]) if with_points else chosen), 1

    def _pointed(self, chosen: Sequence[str], cell: str) -> dict[str, int]:
        given = [each.strip() for each in cell.split(",")] if cell.strip() else []
        if len(given) != len(chosen):
            raise self.reader.bad("a ballot does not give points for each of its projects.")
        points: dict[str, int] = {}
        for id, each in zip(chosen, given, strict=True):
            if not (found := re.fullmatch(r"(\d{1,7})(?:\.0{1,30})?", each, re.ASCII)) or int(found[1]) > MOST_POINTS:
                raise self.reader.bad("points must be whole numbers, and not below nought.")
            if id in points:
                raise self.reader.bad("a ballot gives points to one project twice.")
            points[id] = int(found[1])
        return points


def amount(text: str) -> int | None:
    """Give an amount in hundredths: "12", "12.5", "12,50". None for anything else, or for finer parts."""
    found = AMOUNT.match(text.strip())
    if not found:
        return None
    parts = (found[2] or found[3] or "").rstrip("0")
    return None if len(parts) > 2 else int(found[1]) * 100 + int((parts + "00")[:2])


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _own_rule(meta: Mapping[str, str]) -> Rule | None:
    if "moothall_rule" not in meta:
        return None
    try:
        return Rule.from_record(json.loads(meta["moothall_rule"]))
    except (ValueError, TypeError, RecursionError):
        raise PabulibUnreadable("In META the moothall_rule cannot be read.") from None


def _own_lots(meta: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(each.strip() for each in meta.get("moothall_lots", "").split(",") if each.strip())


# --- writing ---------------------------------------------------------------------------------------


def pb_lines(
    *,
    budget_pence: int,
    projects: Sequence[Project],
    ballots: Iterable[tuple[Sequence[str] | Mapping[str, int], int]],
    turnout: int,
    kind: Kind = Kind.APPROVAL,
    places: int = 0,
    meta: Mapping[str, str] | None = None,
    rule: Rule | None = None,
    lots: Sequence[str] = (),
    funded: Collection[str] | None = None,
    leave_out: Collection[str] = (),
) -> Iterator[str]:
    """Give an election as a `.pb` file, line by line: no more than one ballot is held in memory.

    `turnout` stands in the head, so it is asked for beforehand and checked at the end (ValueError).
    Ballots are numbered as they come; give them in an order that says nothing. `leave_out` takes
    projects off the list and off every ballot: what withdrew, or what another tool would treat
    otherwise.
    """
    kept = [project for project in projects if project.id not in leave_out]
    for project in kept:
        if not project.id or "," in project.id or project.id != project.id.strip():
            raise ValueError("A project's id may hold no comma and no space at its ends.")
    said = {
        **(meta or {}),
        "num_projects": str(len(kept)),
        "num_votes": str(turnout),
        "budget": _in_units(budget_pence),
        "vote_type": TYPES[kind],
        "moothall_kind": kind.value,
    }
    if kind is Kind.RANKING:
        said["max_length"] = str(places)
    if rule is not None:
        said |= {"rule": rule.method.value, "moothall_rule": canonical(rule.record())}
    if lots:
        said["moothall_lots"] = ",".join(lots)
    yield "META\n"
    for row in (("key", "value"), *said.items()):
        yield _row(row)
    yield "PROJECTS\n"
    yield _row(["project_id", "cost", "name"] + ([] if funded is None else ["selected"]))
    for project in kept:
        chosen = [] if funded is None else ["1" if project.id in funded else "0"]
        yield _row([project.id, _in_units(project.cost_pence), project.name, *chosen])
    yield "VOTES\n"
    pointed = kind in (Kind.POINTS, Kind.SCORES)
    yield "voter_id;vote;points\n" if pointed else "voter_id;vote\n"
    plain = not any(re.search(r'[;"\r\n]', project.id) for project in kept)
    voter = 0
    for choices, times in ballots:
        if leave_out:
            choices = (
                {id: n for id, n in choices.items() if id not in leave_out}
                if isinstance(choices, Mapping)
                else [id for id in choices if id not in leave_out]
            )
        cells = [",".join(choices)]
        if isinstance(choices, Mapping):
            cells.append(",".join(map(str, choices.values())))
        for _ in range(times):
            voter += 1
            yield ";".join([str(voter), *cells]) + "\n" if plain else _row([str(voter), *cells])
    if voter != turnout:
        raise ValueError(f"{turnout} ballots were promised and {voter} came.")


def write_pb(write: Callable[[str], Any], **election: Any) -> None:
    """Write an election as a `.pb` file, line by line; what it takes is what `pb_lines` takes."""
    for line in pb_lines(**election):
        write(line)


def _row(cells: Sequence[str]) -> str:
    held = StringIO()
    csv.writer(held, delimiter=";", lineterminator="\n").writerow(cells)
    return held.getvalue()


def _in_units(pence: int) -> str:
    whole, part = divmod(pence, 100)
    return f"{whole}.{part:02d}" if part else str(whole)
