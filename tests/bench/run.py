"""`make bench`: the promises of speed, measured in one run and written to docs/benchmarks.md.

Starts the production server (two processes) on a PostgreSQL of its own, fills it, and asks each
page in turn with a bounded number of requests. Every figure stands beside a bare Django view that
returns 2 KB, or one that inserts one row, asked in the same run by the same means: the ratio is
what counts, not the seconds of this machine. Writes have a second yardstick: the same one row
inserted by an ordinary view of the site, behind its middleware, for someone signed in. Then come
a rush like the last minute before a poll closes (rush), one of ballots in a grant round, with the
server and PostgreSQL killed in the middle (ballots), how long a count takes (from_database,
counting) and groups of opinion (conversations), a large survey's results and copies (surveys),
and a wall of 100,000 ideas (ideas). BENCH_ONLY=pages stops after the pages, BENCH_VOTERS makes the rush smaller.
"""

from __future__ import annotations

import http.client
import os
import platform
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.fill import Filled

ROOT = Path(__file__).resolve().parents[2]
PORT = int(os.environ.get("BENCH_PORT", "8765"))
BASE = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
NAME = "moothall_bench"
LOAD = os.getloadavg()
READERS = 8
READS = 2000
WRITES = 800
BLOCKS = 5
Request = tuple[str, str, bytes, dict[str, str]]
ONLY = os.environ.get("BENCH_ONLY", "")
INSERT = "bare insert, one row, no middleware"
SIGNED_IN = "insert one row as an ordinary view, signed in"


@dataclass
class Measured:
    name: str
    a_second: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    failed: int
    queries: int | None = None
    ratio: float = 1.0
    ratio_signed_in: float | None = None


def server_cpu(pids: list[int]) -> float:
    """Seconds of processor time that these processes have used."""
    tick = os.sysconf("SC_CLK_TCK")
    used = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        used += int(fields[11]) + int(fields[12])
    return used / tick


def ask(requests: list[Request], pids: list[int], name: str) -> Measured:
    """Send requests from READERS connections that stay open; give the rates and waits."""
    waits: list[float] = []
    failed = 0

    def reader(share: list[Request]) -> tuple[list[float], int]:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        own, bad = [], 0
        for method, path, body, headers in share:
            began = time.perf_counter()
            connection.request(method, path, body=body or None, headers=headers)
            answer = connection.getresponse()
            answer.read()
            own.append(time.perf_counter() - began)
            bad += answer.status >= 400
        connection.close()
        return own, bad

    shares = [requests[at::READERS] for at in range(READERS)]
    cpu = server_cpu(pids)
    began = time.perf_counter()
    with ThreadPoolExecutor(READERS) as pool:
        for own, bad in pool.map(reader, shares):
            waits += own
            failed += bad
    took = time.perf_counter() - began
    cpu = server_cpu(pids) - cpu
    waits.sort()
    return Measured(
        name,
        len(waits) / took,
        statistics.median(waits) * 1000,
        waits[int(len(waits) * 0.95) - 1] * 1000,
        cpu / len(waits) * 1000,
        failed,
    )


def gets(path: str, count: int = READS, **headers: str) -> list[Request]:
    return [("GET", path, b"", headers)] * count


def main() -> int:
    import psycopg

    with psycopg.connect(BASE, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{NAME}"')
    url = BASE.rsplit("/", 1)[0] + "/" + NAME
    env = {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/14"),
        "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}:{ROOT / 'tests'}",
        "DJANGO_SETTINGS_MODULE": "moothall.settings",
        "MOOTHALL_VAR": str(ROOT / "var" / "bench"),
        "PORT": str(PORT),
        "PROCESSES": "2",
        "THREADS": "4",
        "LOG_LEVEL": "CRITICAL",
    }
    os.environ.update(env)
    sys.path[:0] = [str(ROOT / "site"), str(ROOT)]
    print("Making the tables", flush=True)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=env, check=True)
    import django

    django.setup()
    from tests.bench import ballots, bare, conversations, counting, fill, from_database, ideas, rush, surveys  # noqa: F401 - bare names an address

    print("Filling it: 1,000 ideas, 10,000 votes", flush=True)
    filled = fill.everything()
    log = (ROOT / "var" / "bench" / "server.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "site/moothall/server.py", "tests.bench.bare:application"],
        cwd=ROOT,
        env={**env, "LOG_LEVEL": "INFO"},  # as in production: one line a request
        stderr=log,
    )
    try:
        wait_for_server()
        workers = children_of(server.pid)
        rows = measure(filled, workers)
        print("A rush, 25 seconds", flush=True)
        rushed = rush.rush(filled, PORT)
        print(rushed.line(), flush=True)
        cast, counted, surveyed, walls = [], [], [], []
        if ONLY != "pages":
            rates = {row.name: row.a_second for row in rows}
            cast = ballots.rush(PORT, rates[INSERT], rates[SIGNED_IN])
            counted = from_database.measure()
            print("A survey of 100,000 answers, and a copy of 250,000: some minutes to fill", flush=True)
            surveyed = surveys.measure()
            walls = ideas.measure(PORT)
    finally:
        server.terminate()
        server.wait(timeout=30)
        with psycopg.connect(BASE, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')
    if ONLY != "pages":
        print("Killing the server and PostgreSQL in the middle of a rush", flush=True)
        cast += ballots.kill_test(PORT + 1, PORT + 2)
        print("Counting", flush=True)
        counted += [row.line() for row in counting.measure()]
        counted += [row.line() for row in conversations.measure()]
    report(rows, rushed.line(), cast, counted, surveyed, walls)
    return 0


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_for_server() -> None:
    for _ in range(100):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=2)
            connection.request("GET", "/healthy/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit("The server did not start.")


def beside(base: list[Request], wanted: list[Request], pids: list[int], name: str) -> tuple[Measured, float]:
    """Measure in BLOCKS turns, each next to one of the yardstick; give the median of their ratios.

    A machine is not equally fast from one second to the next: only what was asked side by side is compared.
    """
    turns, ratios = [], []
    for at in range(BLOCKS):
        yardstick = ask(base[at::BLOCKS], pids, "yardstick")
        turns.append(ask(wanted[at::BLOCKS], pids, name))
        ratios.append(turns[-1].a_second / yardstick.a_second)
    middle = sorted(turns, key=lambda turn: turn.a_second)[BLOCKS // 2]
    middle.failed = sum(turn.failed for turn in turns)
    return middle, statistics.median(ratios)


def measure(filled: Filled, workers: list[int]) -> list[Measured]:
    for path in ["/bench/bare/", *filled.pages.values()]:
        ask(gets(path, 16), workers, "warm-up")
    rows = [ask(gets("/bench/bare/"), workers, "bare view, 2 KB")]
    for name, path in filled.pages.items():
        kept, kept.ratio = beside(gets("/bench/bare/"), gets(path), workers, f"{name}, kept page")
        # A cookie of ours means a fresh page: this is what a page costs to make.
        anew = gets(path, READS // 8, Cookie="fresh=1")
        fresh, fresh.ratio = beside(gets("/bench/bare/"), anew, workers, f"{name}, made anew")
        fresh.queries = queries_of(("GET", path, b"", {"Cookie": "fresh=1"}))
        rows += [kept, fresh]
    bare = [("POST", "/bench/insert/", b"", {})] * WRITES
    rows.append(ask(bare, workers, INSERT))
    posts = filled.posts(2 * WRITES + 1)
    signed_in = posts[SIGNED_IN]
    for name, requests in posts.items():
        queries = queries_of(requests.pop())
        done, done.ratio = beside(bare, requests[:WRITES], workers, name)
        if name != SIGNED_IN:
            _again, done.ratio_signed_in = beside(signed_in[:WRITES], requests[WRITES:], workers, name)
        done.queries = queries
        rows.append(done)
    print(*table(rows), sep="\n", flush=True)
    return rows


def queries_of(request: Request) -> int:
    """Count what one request asks of the database, BEGIN and COMMIT included, by asking it in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    method, path, body, headers = request
    kind = headers.get("Content-Type", "application/octet-stream")
    client = Client(SERVER_NAME="localhost", headers={k: v for k, v in headers.items() if k != "Content-Type"})
    with CaptureQueriesContext(connection) as captured:
        answer = client.generic(method, path, body, content_type=kind)
    if answer.status_code >= 400:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return len(captured)


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


MADE_BY_HAND = "<!-- What it means: written by hand, kept by `make bench`. -->"


def table(rows: list[Measured]) -> list[str]:
    return [
        "| What | Requests a second | p50 ms | p95 ms | Processor ms a request | Queries | Ratio | Ratio, signed in | Refused |",
        "|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {row.name} | {row.a_second:.0f} | {row.p50_ms:.1f} | {row.p95_ms:.1f} | {row.cpu_ms:.1f} | "
            f"{'' if row.queries is None else row.queries} | {row.ratio:.2f} | "
            f"{'' if row.ratio_signed_in is None else f'{row.ratio_signed_in:.2f}'} | {row.failed} |"
            for row in rows
        ),
    ]


def report(
    rows: list[Measured], rush: str, cast: list[str], counted: list[str], surveyed: list[str], walls: list[str]
) -> None:
    lines = [
        "# Benchmarks",
        "",
        "Made by `make bench`: the production server with two processes on PostgreSQL, asked over eight connections on the",
        "same machine. The ratio is to the bare view (reads) or the bare insert (writes), asked by turns with it; the second ratio of",
        "a write is to the same one row, inserted by an ordinary view of this site for someone signed in. Queries are those",
        "of one request, BEGIN and COMMIT included.",
        "",
        f"{datetime.now(UTC):%d %B %Y}; {os.cpu_count()} cores, {processor()}; Python {platform.python_version()}; "
        f"other work on the machine as it began: load {LOAD[0]:.1f}.",
        "",
        *table(rows),
    ]
    lines += ["", "## A rush at closing", "", rush, ""]
    if cast:
        lines += ["## A grant round at closing", "", "| What | | | |", "|---|---|---|---|", *cast, ""]
    if counted:
        lines += ["## A count, on one core", "", "| What | Took | Beside | Memory |", "|---|---|---|---|", *counted, ""]
    if surveyed:
        lines += ["## A survey", "", "| What | | | |", "|---|---|---|---|", *surveyed, ""]
    if walls:
        lines += ["## A wall of ideas", "", *walls, ""]
    text = "\n".join(lines)
    print(text)
    kept = ROOT / "docs" / "benchmarks.md"
    _made, mark, by_hand = kept.read_text().partition(MADE_BY_HAND)
    kept.write_text(text + (f"\n{mark}{by_hand}" if mark else ""))


if __name__ == "__main__":
    sys.exit(main())
