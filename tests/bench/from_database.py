"""A count of 100,000 ballots from the rows of the database to the result, in a process of its own on one core.

`python tests/bench/from_database.py`, with DATABASE_URL set to a database that may be filled.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[2]
VOTERS = 100_000
sys.path[:0] = [path for path in (str(ROOT / "site"), str(ROOT)) if path not in sys.path]


def fill() -> int:
    """Make a round with 150 proposals and its opened ballots; give its number."""
    from engagement.funding.models import Ballot
    from tests.bench.counting import ballots, costs
    from tests.factories import make_board
    from tests.funding.factories import dates_around, make_money, make_round

    asked = costs()
    board = make_board("Count Hill", wards=("Count Hill",))
    stream = make_money(board, allocated_pence=sum(asked))
    round = make_round(
        board, stream=stream, title="Count", budget_pence=sum(asked) // 4, costs=tuple(asked), rule="equal_shares",
        **dates_around(datetime.now(UTC), "to_count"),
    )  # fmt: skip
    rows: list[Ballot] = []
    for ticks in ballots(VOTERS):
        rows.append(Ballot(receipt=uuid4(), round=round, marks=[[number, 1] for number in ticks]))
        if len(rows) == 5_000:
            Ballot.objects.bulk_create(rows)
            rows = []
    Ballot.objects.bulk_create(rows)
    return round.pk


def count(pk: int) -> dict[str, float]:
    """Give the seconds of reading, to the result of equal shares, and of the whole published file; and the peak in MB.

    As the action counts: with the collector resting.
    """
    from engagement.funding.actions.counting import collector_resting, count_inputs
    from engagement.funding.models import FundingRound
    from engagement.funding.rules import count_file
    from engagement.funding.rules.counting import election_of
    from engagement.rules.counting import Method, Rule, recount_method
    from tests.bench.counting import peak_mb

    round = FundingRound.objects.select_related("activity__board").get(pk=pk)
    with collector_resting():
        began = time.perf_counter()
        inputs = count_inputs(round) | {"lots": list(range(1, 151))}
        election = election_of(inputs)
        read = time.perf_counter()
        words = [str(number) for number in range(1, 151)]
        made = recount_method(election, Rule.from_record(inputs["rule"]), Method.EQUAL_SHARES, words, referee=False)  # type: ignore[arg-type]
        counted = time.perf_counter()
        used = peak_mb()
        assert made.funded
        file = count_file(inputs)
        filed = time.perf_counter()
    assert '"status":"settled"' in file
    return {
        "read": read - began,
        "result": counted - began,
        "file": filed - counted,
        "peak_mb": used,
        "file_mb": peak_mb(),
    }


def measure() -> list[str]:
    """Give the lines of the report. Fills the database that DATABASE_URL names."""
    pk = fill()
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), str(pk)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return [
        f"| 100,000 ballots x 150 from the database to the result of equal shares | {found['result']:.2f} s "
        f"(asked: under 2) | of it reading {found['read']:.2f} s | {found['peak_mb']:.0f} MB (asked: under 400) |",
        f"| the whole published file of them: both rules, each with its referee, digests | {found['file']:.2f} s | | "
        f"{found['file_mb']:.0f} MB |",
    ]


def main() -> int:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    import django

    django.setup()
    print(json.dumps(count(int(sys.argv[1]))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
