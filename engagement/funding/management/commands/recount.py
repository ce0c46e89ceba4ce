"""Count a published count, or any `.pb` file, again."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from engagement.funding.rules import CountFileUnreadable, recount
from engagement.rules.counting import (
    Disagreement,
    Election,
    Kind,
    Method,
    MethodCount,
    Reads,
    Rule,
    Start,
    Status,
    Stop,
    Tie,
    TopUp,
    Worth,
    recount_method,
)
from engagement.rules.counting.pabulib import PabulibFile, PabulibUnreadable, amount, read_pb
from engagement.rules.counting.plain import method_plainly

MOST_BYTES = 2_000_000_000


class Command(BaseCommand):
    help = (
        "Count again. Takes a .pb file (any, not only ours) and says what is funded; or a published count.json, "
        "and prints the same file made afresh. Needs no database."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="A .pb file, a count.json from a results page, or - for standard input.")
        parser.add_argument("--check", action="store_true", help="For a count.json: print only whether both are equal.")
        parser.add_argument("--json", action="store_true", help="For a .pb file: print the result as JSON.")
        parser.add_argument("--rule", choices=list(Method), help="Which method. If left out: the file's own.")
        parser.add_argument(
            "--ties",
            help="Between equals: cost (cheaper, then more votes), id (ids as text), or a file with one id a line, "
            "first drawn first. If left out: cheaper, then more votes, then the lot in the file.",
        )
        parser.add_argument("--start", choices=list(Start), help="The first share: whole units of currency, or exact.")
        parser.add_argument("--unit", help="The unit that shares are counted in, such as 1 or 0.01.")
        parser.add_argument("--step", help="By how much shares are raised. If left out: a hundredth, in whole units.")
        parser.add_argument("--stop", choices=list(Stop), help="When shares are no longer raised.")
        parser.add_argument("--completion", choices=["add1", "none"], help="The same as --stop, in other tools' words.")
        parser.add_argument("--top-up", choices=list(TopUp), help="What happens to money that equal shares leave.")
        parser.add_argument("--worth", choices=list(Worth), help="What a funded choice is worth to a voter.")
        parser.add_argument(
            "--reads",
            choices=list(Reads),
            help="Read points and places as cast, or as ticks. If left out: as the file says; a ranked file from elsewhere as ticks.",
        )
        parser.add_argument("--least-votes", type=int, help="Votes that a project needs to take part.")
        parser.add_argument("--vote-floor", action="store_true", help="Leave out what has too few votes for its cost.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["file"] == "-":
                stream: TextIO = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline="")
                self.look(stream, options)
                return
            path = Path(options["file"])
            if path.stat().st_size > MOST_BYTES:
                raise CommandError("This file is too large to count.")
            with path.open(encoding="utf-8-sig", newline="") as stream:
                self.look(stream, options)
        except OSError as fault:
            raise CommandError(f"Cannot read this file: {fault.strerror}.") from None
        except UnicodeDecodeError:
            raise CommandError("This file is not UTF-8 text.") from None
        except (CountFileUnreadable, PabulibUnreadable) as fault:
            raise CommandError(str(fault)) from None
        except ValueError as fault:
            if "null byte" in str(fault):
                raise CommandError("Cannot read this file: its name is not a name.") from None
            raise

    def look(self, stream: TextIO, options: dict[str, Any]) -> None:
        """Tell our own count from a `.pb` file by its first letter."""
        start = stream.read(1)
        if start in ("{", "[", "") and options["rule"] is None:
            self.prove(start + stream.read(), options)
        else:
            self.count(_After(start, stream), options)  # type: ignore[arg-type]

    # --- our own count.json ------------------------------------------------------------------------

    def prove(self, text: str, options: dict[str, Any]) -> None:
        again = recount(text)
        if not options["check"]:
            sys.stdout.buffer.write(again.encode())
            sys.stdout.flush()
        if again != text:
            raise CommandError("The file and the count made afresh differ.")
        if options["check"]:
            self.stdout.write("Equal: the count made afresh gives the same file, byte for byte.")

    # --- a .pb file ---------------------------------------------------------------------------------

    def count(self, stream: TextIO, options: dict[str, Any]) -> None:
        held = read_pb(stream)
        rule, lots = self.rule(held, options)
        try:
            made = recount_method(held.election, rule, rule.method, lots)
        except Disagreement as fault:
            raise CommandError(f"The count and its referee disagree: {fault}") from None
        for notice in held.notices:
            self.stderr.write(notice)
        if options["json"]:
            plain = method_plainly(made, held.election)
            if made.method is Method.MOST_VOTES:
                plain["rounds"] = [step for step in plain["steps"] if step["project"] in made.funded]
            plain |= {
                "record": rule.record(),
                "turnout": held.election.turnout,
                "blank": held.election.blank,
            }
            self.stdout.write(json.dumps(plain, ensure_ascii=True, indent=1))
        else:
            self.say(made, held.election)
        if made.status is Status.TIE:
            tied = ", ".join(made.tie_between)
            raise CommandError(
                f"There is a tie between {tied}: draw lots and give the order with --ties FILE, or use --ties id."
            )

    def say(self, made: MethodCount, election: Election) -> None:
        names = {project.id: project for project in election.projects}
        for id in made.funded:
            self.stdout.write(f"{id}\t{_units(names[id].cost_pence)}\t{names[id].name}")
        self.stdout.write(f"Left: {_units(made.left_pence)}")
        if made.share_pence is not None:
            self.stdout.write(f"Share of each voter at the end: {_units(int(made.share_pence))} ({made.raises} raises)")

    def rule(self, held: PabulibFile, options: dict[str, Any]) -> tuple[Rule, tuple[str, ...]]:
        """Give the rule and the lots that the file and the options ask for."""
        # Places in a list from elsewhere were mostly given to be counted as ticks; ours says itself how it is read.
        ranked = held.election.kind is Kind.RANKING
        rule = held.rule or Rule(reads=Reads.APPROVALS if ranked else Reads.AS_CAST)
        lots = held.lots
        if options["rule"] is not None:
            rule = replace(rule, method=Method(options["rule"]))
        elif held.rule is None:
            raise CommandError("Say by which rule: --rule most-votes or --rule equal-shares.")
        if options["completion"] is not None:
            rule = replace(rule, stop=Stop.AT_ONCE if options["completion"] == "none" else Stop.EXHAUSTIVE)
        changes: dict[str, Any] = {}
        for name, kind in (("start", Start), ("stop", Stop), ("top_up", TopUp), ("worth", Worth), ("reads", Reads)):
            if options[name] is not None:
                changes[name] = kind(options[name])
        for name in ("unit", "step"):
            if options[name] is not None:
                pence = amount(options[name])
                if not pence:
                    raise CommandError(f"--{name} must be an amount above nought, with at most two decimals.")
                changes[f"{name}_pence"] = pence
        rule = replace(rule, **changes)
        if options["least_votes"] is not None:
            if options["least_votes"] < 0:
                raise CommandError("--least-votes must not be below nought.")
            rule = replace(rule, least_votes=options["least_votes"])
        if options["vote_floor"]:
            rule = replace(rule, vote_floor=True)
        ties = options["ties"]
        if ties == "cost":
            rule = replace(rule, ties=(Tie.COST, Tie.VOTES, Tie.LOT))
        elif ties == "id":
            rule = replace(rule, ties=(Tie.ID,))
        elif ties is not None:
            with Path(ties).open(encoding="utf-8-sig") as stream:
                lots = tuple(line.strip() for line in stream.read(10_000_000).splitlines() if line.strip())
            rule = replace(rule, ties=(Tie.LOT,))
        if held.election.kind is Kind.APPROVAL and rule.reads is Reads.APPROVALS:
            rule = replace(rule, reads=Reads.AS_CAST)
        return rule, lots


class _After:
    """A stream with the first letter put back."""

    def __init__(self, start: str, stream: TextIO) -> None:
        self.start, self.stream = start, stream

    def readline(self, most: int) -> str:
        if not self.start:
            return self.stream.readline(most)
        start, self.start = self.start, ""
        return start if start == "\n" else start + self.stream.readline(most - 1)


def _units(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02d}"
