"""The last minute before a poll closes (PROMISES 24), pressed into 25 seconds.

Voters open the poll, vote and read the thanks. Of the promise's 300 in 60 s, 100 come in the last
five seconds: 20 voters, so 60 requests, a second. Those are all here, and the others at their own
rate for twenty seconds and not for 55: 173 voters. 20 pages a second are read beside them. A wait
is counted from the moment a request was due, so a server that falls behind is seen to.
"""

from __future__ import annotations

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from tests.bench.fill import Filled

EARLY, LATE = 20.0, 5.0
LATE_VOTERS = 100
EARLY_VOTERS = round((300 - LATE_VOTERS) * EARLY / (60 - LATE))
VOTERS = EARLY_VOTERS + LATE_VOTERS
READS_A_SECOND = 20
P95_SECONDS, P99_SECONDS = 0.5, 1.5


@dataclass
class Rushed:
    waits: list[float]
    """Seconds, shortest first."""
    errors: int
    last_rate: float
    """Requests a second that were due in the last five seconds, reads included."""

    @property
    def p95(self) -> float:
        return self.waits[int(len(self.waits) * 0.95) - 1]

    @property
    def p99(self) -> float:
        return self.waits[int(len(self.waits) * 0.99) - 1]

    @property
    def kept(self) -> bool:
        return self.p95 < P95_SECONDS and self.p99 < P99_SECONDS and not self.errors

    def line(self) -> str:
        return (
            f"{VOTERS} voters in {EARLY + LATE:.0f} s, {self.last_rate:.0f} requests a second in the last {LATE:.0f} s, "
            f"{READS_A_SECOND} reads a second beside them: {len(self.waits)} requests, p95 {self.p95 * 1000:.0f} ms "
            f"(asked: under 500), p99 {self.p99 * 1000:.0f} ms (asked: under 1500), {self.errors} errors. "
            + ("Reached." if self.kept else "**Not reached.**")
        )


def due_times() -> list[float]:
    """Give when each voter comes, in seconds from the start."""
    early = [at * EARLY / EARLY_VOTERS for at in range(EARLY_VOTERS)]
    return early + [EARLY + at * LATE / LATE_VOTERS for at in range(LATE_VOTERS)]


def rush(filled: Filled, port: int) -> Rushed:
    """Let them come, and give how long each waited."""
    cookies = filled.voters(VOTERS, name="rush")
    poll = filled.poll.get_absolute_url()
    ballot = urlencode({"choice": filled.choice.pk}).encode()
    waits: list[float] = []
    errors: list[str] = []
    began = time.perf_counter() + 0.5

    def ask(connection: http.client.HTTPConnection, due: float, *request: object) -> str:
        """Ask once, count the wait, and give where the answer leads."""
        time.sleep(max(0.0, due - time.perf_counter()))
        try:
            connection.request(*request)  # type: ignore[arg-type]
            answer = connection.getresponse()
            body = answer.read()
        except OSError as fault:
            errors.append(repr(fault))
            return ""
        waits.append(time.perf_counter() - due)
        if answer.status not in (200, 302):
            errors.append(f"{answer.status} {request[1]}")
        if answer.status == 302 and body != b"Your vote is counted.":
            errors.append(f"not counted: {body[:80]!r}")
        return answer.headers.get("Location", "")

    def voter(due: float, cookie: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        own = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        ask(connection, began + due, "GET", poll, None, own)
        typed = {**own, "Content-Type": "application/x-www-form-urlencoded"}
        thanks = ask(connection, time.perf_counter(), "POST", poll + "vote/", ballot, typed)
        if thanks:
            ask(connection, time.perf_counter(), "GET", thanks, None, own)
        connection.close()

    def reader(due: float, path: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        ask(connection, began + due, "GET", path, None, {})
        connection.close()

    pages = cycle(filled.pages.values())
    reads = [at / READS_A_SECOND for at in range(int((EARLY + LATE) * READS_A_SECOND))]
    coming = [(due, voter, cookie) for due, cookie in zip(due_times(), cookies, strict=True)]
    coming += [(due, reader, next(pages)) for due in reads]
    with ThreadPoolExecutor(100) as pool:
        done = [pool.submit(act, due, what) for due, act, what in sorted(coming, key=lambda one: one[0])]
    for each in done:
        each.result()
    for error in errors[:5]:
        print(error)
    last = 3 * LATE_VOTERS / LATE + READS_A_SECOND
    return Rushed(sorted(waits), len(errors), last)
