"""A rush of ballots at closing, and the same rush with the server and PostgreSQL killed in the middle of it.

Both stop by themselves. `rush` compares casting a five-project ballot with a bare view that
inserts one row, asked by the same means in the same run. `kill_test` runs on a PostgreSQL of its
own (own_postgres), kills every server process and then PostgreSQL with -9, three times, and then
counts: each ballot that was acknowledged must be in the count, once, and nobody twice.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

ROOT = Path(__file__).resolve().parents[2]
VOTERS = int(os.environ.get("BENCH_VOTERS", "50000"))
PROPOSALS = 40
CHOICES = 5
CONNECTIONS = 8
RUSH_SECONDS = 12.0
STEADY_SECONDS = 8.0
KILLS = 3


@dataclass
class Voter:
    cookie: str
    ticks: list[int]
    receipt: UUID = field(default_factory=uuid4)


def prepare(voters: int, *, hours: float = 2) -> tuple[Any, list[Voter], str]:
    """Give a round whose voting is open, its prepared voters (signed in, each with a ballot), and where to post."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.models import Session
    from django.core.cache import cache

    from boards.people.models import Person, Standing
    from tests.factories import make_board
    from tests.funding.factories import dates_around, make_money, make_round

    board = make_board("Rush Hill", wards=("Rush Hill",))
    now = datetime.now(UTC)
    dates = {**dates_around(now, "voting"), "closes_at": now + timedelta(hours=hours)}
    stream = make_money(board, allocated_pence=1_000_000_00)
    round = make_round(
        board, stream=stream, title="Rush", budget_pence=20_000_00, least_ticks=3,
        costs=tuple(500_00 + 37_00 * n for n in range(PROPOSALS)), **dates,
    )  # fmt: skip
    store = import_module(settings.SESSION_ENGINE).SessionStore
    chance = random.Random(7)
    ready: list[Voter] = []
    for start in range(0, voters, 5000):
        size = min(5000, voters - start)
        people = [Person(email=f"ballot{start + at}@example.org", password="!unusable") for at in range(size)]
        people = Person.objects.bulk_create(people)
        Standing.objects.bulk_create([Standing(person=each, board=board, reason="lives") for each in people])
        sessions, keep_until = [], now + timedelta(days=1)
        for person in people:
            session = store()
            key = session._get_new_session_key() if start == 0 and not sessions else uuid4().hex
            data = {
                SESSION_KEY: str(person.pk),
                BACKEND_SESSION_KEY: "boards.people.backends.SignInBackend",
                HASH_SESSION_KEY: person.get_session_auth_hash(),
            }
            sessions.append(Session(session_key=key, session_data=session.encode(data), expire_date=keep_until))
            ticks = sorted(chance.sample(range(1, PROPOSALS + 1), CHOICES))
            ready.append(Voter(f"{settings.SESSION_COOKIE_NAME}={key}", ticks))
        Session.objects.bulk_create(sessions)
        # Signing in leaves the session in the cache as well.
        cache.set_many(
            {store.cache_key_prefix + each.session_key: store().decode(each.session_data) for each in sessions}
        )
    return round, ready, round.address("thanks")


def body_of(voter: Voter) -> bytes:
    fields = [("ticks", str(number)) for number in voter.ticks] + [("form_token", str(voter.receipt))]
    return urlencode(fields).encode()


def headers_of(voter: Voter) -> dict[str, str]:
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": voter.cookie,
        "Sec-Fetch-Site": "same-origin",
    }


class Caster(threading.Thread):
    """One connection that casts one ballot after another and keeps what was acknowledged."""

    def __init__(self, port: int, path: str, share: Iterator[Voter], until: float, *, patient: bool = False) -> None:
        super().__init__(daemon=True)
        self.port, self.path, self.share, self.until, self.patient = port, path, share, until, patient
        self.waits: list[float] = []
        self.acknowledged: list[Voter] = []
        self.unsure: list[Voter] = []
        self.refused = 0

    def run(self) -> None:
        connection: http.client.HTTPConnection | None = None
        for voter in self.share:
            if time.perf_counter() > self.until:
                break
            began = time.perf_counter()
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
                connection.request("POST", self.path, body=body_of(voter), headers=headers_of(voter))
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                if not self.patient:
                    self.refused += 1
                self.unsure.append(voter)
                connection = None
                time.sleep(0.05)
                continue
            self.waits.append(time.perf_counter() - began)
            if answer.status == 200:
                self.acknowledged.append(voter)
            else:
                self.unsure.append(voter)
                self.refused += not (self.patient and answer.status in (500, 502, 503))
                time.sleep(0.02 if self.patient else 0)
        if connection:
            connection.close()


def cast_all(port: int, path: str, voters: list[Voter], seconds: float, *, patient: bool = False) -> list[Caster]:
    until = time.perf_counter() + seconds
    casters = [Caster(port, path, iter(voters[at::CONNECTIONS]), until, patient=patient) for at in range(CONNECTIONS)]
    for caster in casters:
        caster.start()
    return casters


def steady(port: int, path: str, voters: list[Voter], a_second: float, seconds: float) -> tuple[list[float], int]:
    """Cast at a given rate, each ballot at its own moment whether or not the one before is back; give waits, refused."""
    waits: list[float] = []
    refused = 0
    lock = threading.Lock()
    began = time.perf_counter()
    turn = iter(range(min(len(voters), int(a_second * seconds))))

    def work() -> None:
        nonlocal refused
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        while True:
            with lock:
                at = next(turn, None)
            if at is None:
                break
            due = began + at / a_second
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.request("POST", path, body=body_of(voters[at]), headers=headers_of(voters[at]))
            answer = connection.getresponse()
            answer.read()
            with lock:
                waits.append(time.perf_counter() - due)
                refused += answer.status != 200
        connection.close()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(CONNECTIONS * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds * 4 + 30)
    return waits, refused


def percentile(waits: list[float], share: float) -> float:
    """In milliseconds."""
    return sorted(waits)[max(0, int(len(waits) * share) - 1)] * 1000 if waits else 0.0


def rush(port: int, insert_a_second: float, signed_in_a_second: float) -> list[str]:
    """Give the lines of the report: the rate of casting beside both yardsticks, and waits at 70% of it."""
    print(f"Preparing {VOTERS:,} voters", flush=True)
    round, voters, path = prepare(VOTERS)
    rushing, later = voters[64 : VOTERS * 2 // 3], voters[VOTERS * 2 // 3 :]
    for caster in cast_all(port, path, voters[:64], 10):
        caster.join()
    print("The rush", flush=True)
    began = time.perf_counter()
    casters = cast_all(port, path, rushing, RUSH_SECONDS)
    for caster in casters:
        caster.join()
    took = time.perf_counter() - began
    cast = sum(len(caster.acknowledged) for caster in casters)
    refused = sum(caster.refused for caster in casters)
    rate = cast / took
    waits, late_refused = steady(port, path, later, rate * 0.7, STEADY_SECONDS)
    marks = round.roll.count()
    wanted = 64 + cast + len(waits)
    return [
        f"| casting a five-project ballot, {VOTERS:,} voters prepared | {rate:.0f} a second | "
        f"{rate / insert_a_second:.2f} of the bare insert, {rate / signed_in_a_second:.2f} of it as an ordinary view | "
        f"{refused} refused |",
        f"| the same at 70% of that rate | p95 {percentile(waits, 0.95):.0f} ms | "
        f"p99 {percentile(waits, 0.99):.0f} ms | {late_refused} refused |",
        f"| marks on the roll | {marks:,} | {wanted:,} acknowledged | {'equal' if marks == wanted else 'NOT EQUAL'} |",
    ]


class Server:
    """The production server, which may be killed."""

    def __init__(self, env: dict[str, str], port: int) -> None:
        self.env, self.port = {**env, "PORT": str(port)}, port
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "site/moothall/server.py", "moothall.wsgi"],
            cwd=ROOT,
            env=self.env,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        if self.process is None:
            return
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in [self.process.pid, *map(int, children)]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait(timeout=30)
        self.process = None

    def wait(self) -> float:
        """Give how long it took until it answers."""
        began = time.perf_counter()
        while time.perf_counter() - began < 60:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/healthy/")
                if connection.getresponse().status == 200:
                    return time.perf_counter() - began
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.05)
        raise RuntimeError("The server did not come back.")


def killed_in_the_middle(port: int, env: dict[str, str], postgres: Any, voters_wanted: int) -> list[str]:
    """Give the lines of the report after the kills and the count."""
    from django.db import connection

    from engagement.funding.actions.counting import count_round
    from engagement.funding.models import Ballot, FundingRound

    round, voters, path = prepare(voters_wanted)
    server = Server(env, port)
    server.start()
    server.wait()
    print(f"Casting, with {KILLS} kills of the server and {KILLS} of PostgreSQL", flush=True)
    seconds = KILLS * 12.0
    casters = cast_all(port, path, voters, seconds, patient=True)
    back: list[float] = []
    for _ in range(KILLS):
        time.sleep(3)
        server.kill()
        server.start()
        back.append(server.wait())
        time.sleep(3)
        connection.close()
        postgres.kill()
        postgres.start()
        back.append(server.wait())
    for caster in casters:
        caster.join()
    acknowledged = [voter for caster in casters for voter in caster.acknowledged]
    unsure = [voter for caster in casters for voter in caster.unsure]
    refused = sum(caster.refused for caster in casters)
    server.kill()
    connection.close()
    held = FundingRound.objects.select_related("activity__board", "stream__pot").get(pk=round.pk)
    closes_at = held.activity.closes_at
    assert closes_at is not None
    count_round(round=held, by=None, now=closes_at)
    receipts = set(Ballot.objects.filter(round=held).values_list("receipt", flat=True))
    lost = [voter for voter in acknowledged if voter.receipt not in receipts]
    invented = receipts - {voter.receipt for voter in (*acknowledged, *unsure)}
    ballots = Ballot.objects.filter(round=held).count()
    return [
        f"| ballots acknowledged through {2 * KILLS} kills | {len(acknowledged):,} | in the count {ballots:,} | "
        f"lost {len(lost)}, invented {len(invented)}, twice {ballots - len(receipts)}, refused {refused} |",
        f"| back after a kill, at most | {max(back):.1f} s | | |",
    ]


def kill_test(port: int, pg_port: int, voters: int = 20_000) -> list[str]:
    """Run the kill test in a process of its own, on a PostgreSQL of its own; give the lines of its report."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), str(port), str(pg_port), str(voters)],
        cwd=ROOT,
        check=False,
        stdout=subprocess.PIPE,
        text=True,
        timeout=600,
    )
    return [line for line in done.stdout.splitlines() if line.startswith("|")] or ["| kill test | did not finish | | |"]


def main() -> int:
    port, pg_port, voters = (int(given) for given in sys.argv[1:4])
    sys.path[:0] = [str(ROOT / "site"), str(ROOT)]
    from tests.bench.own_postgres import OwnPostgres

    postgres = OwnPostgres(pg_port)
    postgres.start()
    env = {
        **os.environ,
        "DATABASE_URL": postgres.url,
        "REDIS_URL": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/13"),
        "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "moothall.settings",
        "MOOTHALL_VAR": str(ROOT / "var" / "bench-kill"),
        "PROCESSES": "2",
        "THREADS": "4",
        "LOG_LEVEL": "CRITICAL",
    }
    os.environ.update(env)
    try:
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=env, check=True)
        import django

        django.setup()
        for line in killed_in_the_middle(port, env, postgres, voters):
            print(line, flush=True)
    finally:
        postgres.remove()
    return 0


if __name__ == "__main__":
    sys.exit(main())
