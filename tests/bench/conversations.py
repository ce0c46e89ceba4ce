"""How long it takes to find the groups of opinion of a large conversation: 2,000 people, 300 statements.

Each row is measured in a process of its own on one core, beside `json.loads` of the same answers.
Run alone: `python tests/bench/conversations.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [path for path in (str(ROOT / "site"), str(ROOT)) if path not in sys.path]

if TYPE_CHECKING:
    from tests.bench.counting import Row

PEOPLE, STATEMENTS = 2_000, 300
MOST_SECONDS = 5
SHARES = {"a third of all statements answered": 1 / 3, "every statement answered": 1.0}


def answers(share: float) -> list[tuple[int, int, int]]:
    """Give made-up answers of people in three camps who also differ by themselves, in any order."""
    import numpy as np

    chance = np.random.default_rng(2026)
    statements = chance.normal(size=(STATEMENTS, 3))
    people = chance.normal(size=(PEOPLE, 3)) + 2 * np.eye(3)[chance.integers(0, 3, PEOPLE)]
    leaning = people @ statements.T + chance.normal(size=(PEOPLE, STATEMENTS))
    ways = np.where(np.abs(leaning) < 0.3, 0, np.sign(leaning)).astype(int)
    given = np.argwhere(chance.random((PEOPLE, STATEMENTS)) < share)
    chance.shuffle(given)
    return [(int(person), int(statement), int(ways[person, statement])) for person, statement in given]


def group(share: float) -> dict[str, float]:
    """Work the results out once, from rows as the database gives them to what is kept for the page."""
    from engagement.conversations.rules.opinion import opinion_of
    from engagement.conversations.rules.published import published
    from tests.bench.counting import best_of, peak_mb

    rows = answers(share)
    began = time.perf_counter()
    found = published(opinion_of(rows, statements=range(STATEMENTS), least=5))
    seconds = time.perf_counter() - began
    assert len(found["groups"]) >= 2
    assert found["people"] == PEOPLE
    used = peak_mb()
    text = json.dumps(rows)
    return {"seconds": seconds, "peak_mb": used, "yardstick": best_of(3, lambda: json.loads(text))}


def measure() -> list[Row]:
    from tests.bench.counting import Row

    rows = []
    for name, share in SHARES.items():
        done = subprocess.run(
            [sys.executable, str(Path(__file__).resolve()), str(share)],
            capture_output=True, text=True, check=True, cwd=ROOT,
        )  # fmt: skip
        found = json.loads(done.stdout)
        rows.append(
            Row(
                f"groups of opinion, {PEOPLE:,} people x {STATEMENTS} statements, {name}",
                found["seconds"],
                found["seconds"] / found["yardstick"],
                int(found["peak_mb"]),
                MOST_SECONDS,
            )
        )
    return rows


def main(arguments: list[str]) -> int:
    if arguments:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        print(json.dumps(group(float(arguments[0]))))
        return 0
    rows = measure()
    print(*(row.line() for row in rows), sep="\n")
    return 0 if all(row.kept for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
