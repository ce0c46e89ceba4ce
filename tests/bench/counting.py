"""How long a count takes: equal shares and its referee, most votes, and a million ballots as a `.pb` file.

Each row is measured in a process of its own on one core, beside a plain yardstick of the same run:
`json.loads` of the same ballots. The ratio is what counts, not the seconds of this machine.
Run alone: `python tests/bench/counting.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = 150
sys.path[:0] = [path for path in (str(ROOT / "site"), str(ROOT)) if path not in sys.path]


@dataclass
class Row:
    """One thing measured. `ratio` is to reading the same ballots as JSON; `peak_mb` is of the whole process."""

    name: str
    seconds: float
    ratio: float
    peak_mb: int
    most_seconds: float | None = None
    most_mb: int | None = None

    @property
    def kept(self) -> bool:
        """Say whether the promise of this row is kept."""
        return (self.most_seconds is None or self.seconds < self.most_seconds) and (
            self.most_mb is None or self.peak_mb < self.most_mb
        )

    def line(self) -> str:
        """Give the row of the report."""
        asked = "" if self.most_seconds is None else f" (asked: under {self.most_seconds:g})"
        most = "" if self.most_mb is None else f" (asked: under {self.most_mb})"
        return f"| {self.name} | {self.seconds:.2f} s{asked} | {self.ratio:.1f} x JSON | {self.peak_mb} MB{most} |"


def ballots(voters: int) -> Iterator[list[int]]:
    """Give made-up ballots, nearly all different: 4 to 10 of 150 projects, some of them far better liked."""
    import numpy as np

    chance = np.random.default_rng(2026)
    liked = chance.lognormal(0, 0.8, PROJECTS)
    liked /= liked.sum()
    left = voters
    while left:
        some = min(left, 10_000)
        left -= some
        sizes = chance.integers(4, 11, some).tolist()
        chosen = chance.choice(PROJECTS, sum(sizes), p=liked).tolist()
        at = 0
        for size in sizes:
            yield sorted({each + 1 for each in chosen[at : at + size]})
            at += size


def costs() -> list[int]:
    import numpy as np

    chance = np.random.default_rng(7)
    return [int(cost) for cost in (chance.lognormal(10.5, 0.8, PROJECTS) * 100)]


def best_of(times: int, work: Callable[[], object]) -> float:
    least = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - began)
    return least


def peak_mb() -> int:
    """Give the most this process has held, of its own: getrusage tells also what its parent held when it began."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


# --- what a child measures ---------------------------------------------------------------------------


def count(voters: int, method: str, *, referee: bool) -> dict[str, float]:
    """Load and count once. Memory is read before the yardstick, which needs its own."""
    from engagement.rules.counting import Method, Project, Rule, make_election, recount_method

    asked = costs()
    projects = [Project(str(n), cost) for n, cost in enumerate(asked, 1)]
    words = [str(n) for n in range(PROJECTS + 1)]
    held = [([words[n] for n in ballot], 1) for ballot in ballots(voters)]
    start_mb = peak_mb()
    lots = words[1:]
    began = time.perf_counter()
    election = make_election(projects, sum(asked) // 4, held)
    made = recount_method(election, Rule(method=Method(method)), Method(method), lots, referee=referee)
    seconds = time.perf_counter() - began
    used = peak_mb()
    assert made.funded
    return {"seconds": seconds, "peak_mb": used, "before_mb": start_mb, "yardstick": yardstick(voters)}


def from_the_inputs(voters: int) -> dict[str, float]:
    """Make the whole published file, from grouped ballots as the database gives them: both methods, both twice."""
    from collections import Counter

    from engagement.funding.rules import count_file
    from engagement.rules.counting import Method, Rule

    asked = costs()
    rows = [tuple(ballot) for ballot in ballots(voters)]
    began = time.perf_counter()
    grouped = Counter(rows)
    file = count_file(
        {
            "rule": Rule(method=Method.EQUAL_SHARES).record(),
            "ballot": "approval",
            "budget_pence": sum(asked) // 4,
            "proposals": [
                {"number": n, "title": "", "cost_pence": cost, "withdrawn": False} for n, cost in enumerate(asked, 1)
            ],
            "ballots": [{"ticks": list(ticks), "times": grouped[ticks]} for ticks in sorted(grouped)],
            "lots": list(range(1, PROJECTS + 1)),
        }
    )
    seconds = time.perf_counter() - began
    assert '"status":"settled"' in file
    return {"seconds": seconds, "peak_mb": peak_mb(), "yardstick": yardstick(voters)}


def referee_alone(voters: int) -> dict[str, float]:
    """Walk the way that the engine found, again and exactly."""
    from engagement.rules.counting import Method, Project, Rule, make_election
    from engagement.rules.counting.raising import Raising
    from engagement.rules.counting.taking_part import taken_out
    from engagement.rules.counting.ties import TieOrder

    asked = costs()
    words = [str(n) for n in range(PROJECTS + 1)]
    election = make_election(
        [Project(str(n), cost) for n, cost in enumerate(asked, 1)],
        sum(asked) // 4,
        (([words[n] for n in ballot], 1) for ballot in ballots(voters)),
    )
    rule = Rule(method=Method.EQUAL_SHARES)
    out = taken_out(election, rule)
    raising = Raising(election, rule, TieOrder(election, rule, words[1:]), [p for p in range(PROJECTS) if p not in out])
    raised = raising.raise_shares()
    seconds = best_of(1, lambda: raising.check(raised))
    return {"seconds": seconds, "peak_mb": peak_mb(), "yardstick": yardstick(voters)}


def export(voters: int) -> dict[str, float]:
    """Write ballots as a `.pb` file to nowhere, one after the other."""
    from engagement.rules.counting import Project
    from engagement.rules.counting.pabulib import write_pb

    asked = costs()
    words = [str(n) for n in range(PROJECTS + 1)]
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        began = time.perf_counter()
        write_pb(
            nowhere.write,
            budget_pence=sum(asked) // 4,
            projects=[Project(str(n), cost) for n, cost in enumerate(asked, 1)],
            ballots=(([words[n] for n in ballot], 1) for ballot in ballots(voters)),
            turnout=voters,
        )
        seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        "peak_mb": peak_mb(),
        "yardstick": yardstick(min(voters, 100_000)) * voters / min(voters, 100_000),
    }


def yardstick(voters: int) -> float:
    """Give the seconds that reading the same ballots as JSON takes."""
    text = json.dumps(list(ballots(min(voters, 100_000))))
    return best_of(3, lambda: json.loads(text)) * voters / min(voters, 100_000)


CHILDREN: dict[str, tuple[str, Callable[[], dict[str, float]], float | None, int | None]] = {
    "engine": (
        "equal shares with completion, 100,000 ballots x 150, load and count",
        lambda: count(100_000, "equal-shares", referee=False),
        2,
        400,
    ),
    "referee": ("the referee on the same", lambda: referee_alone(100_000), 10, 400),
    "both": (
        "load, equal shares and referee",
        lambda: count(100_000, "equal-shares", referee=True),
        None,
        400,
    ),
    "most": ("most votes on the same, load and count", lambda: count(100_000, "most-votes", referee=True), 1, 400),
    "file": ("the published file: both methods, referee, digest", lambda: from_the_inputs(100_000), None, None),
    "million": (
        "equal shares with completion, 1,000,000 ballots x 150, load and count",
        lambda: count(1_000_000, "equal-shares", referee=False),
        20,
        None,
    ),
    "million_both": (
        "the same with the referee",
        lambda: count(1_000_000, "equal-shares", referee=True),
        None,
        None,
    ),
    "export_little": ("1,000 ballots written as .pb", lambda: export(1_000), None, None),
    "export": ("1,000,000 ballots written as .pb", lambda: export(1_000_000), None, None),
}


def measure() -> list[Row]:
    """Give every row, each from a process of its own on one core."""
    rows = []
    for key, (name, _, most_seconds, most_mb) in CHILDREN.items():
        done = subprocess.run(
            [sys.executable, str(Path(__file__).resolve()), key], capture_output=True, text=True, check=True, cwd=ROOT
        )
        found = json.loads(done.stdout)
        rows.append(
            Row(
                name,
                found["seconds"],
                found["seconds"] / found["yardstick"],
                int(found["peak_mb"]),
                most_seconds,
                most_mb,
            )
        )
    return rows


def main(arguments: list[str]) -> int:
    if arguments:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        print(json.dumps(CHILDREN[arguments[0]][1]()))
        return 0
    rows = measure()
    for row in rows:
        promise = "" if row.most_seconds is None else f" (promised: under {row.most_seconds:g} s)"
        print(f"{row.name}: {row.seconds:.2f} s, {row.ratio:.1f} x JSON, {row.peak_mb} MB{promise}")
    print(json.dumps([asdict(row) for row in rows]))
    return 0 if all(row.kept for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
