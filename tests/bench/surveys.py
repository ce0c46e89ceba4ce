"""How long reading a survey takes: its page of results at 100,000 answers, and 250,000 answers taken out.

`measure()` fills the database that DATABASE_URL names and gives the lines of the report. By hand:

    DATABASE_URL=postgres://… python tests/bench/surveys.py fill
    DATABASE_URL=postgres://… python tests/bench/surveys.py results | csv | xlsx

Each is measured in a process of its own, so that the peak of memory is that of the one act.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = int(os.environ.get("BENCH_ANSWERS", "100000"))
TAKEN_OUT = int(os.environ.get("BENCH_TAKEN_OUT", "250000"))
LOOKS = 15
KINDS_OF_ANSWER = 400
sys.path[:0] = [path for path in (str(ROOT / "site"), str(ROOT)) if path not in sys.path]


def peak_mb() -> int:
    """Give the most this process has held, of its own: getrusage tells also what its parent held when it began."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def fill() -> None:
    """Make a closed survey of thirty questions with ANSWERS answers, and one of forty with TAKEN_OUT."""
    from engagement.surveys.models import EqualityAnswer, Response, week_of
    from tests.factories import make_area, make_board
    from tests.surveys.everything import answer, forty
    from tests.surveys.factories import make_survey

    board = make_board("Survey Hill", wards=tuple(f"Ward {n}" for n in range(12)))
    wards = [*board.areas.all(), make_area("Elsewhere"), None]
    now = datetime.now(UTC)
    for slug, questions, many in (("results", 30, ANSWERS), ("taken-out", 40, TAKEN_OUT)):
        asks = forty(questions)
        survey = make_survey(
            board, asks, title=slug, slug=slug, asks_equality=True, audience=0, results_show="always",
            opens_at=now - timedelta(days=60), closes_at=now - timedelta(days=1),
        )  # fmt: skip
        random = Random(4)
        kinds = [answer(asks, random) for _ in range(KINDS_OF_ANSWER)]
        rows: list[Response] = []
        for at in range(many):
            rows.append(
                Response(
                    survey=survey, version=survey.current, state="sent", answers=kinds[at % KINDS_OF_ANSWER],
                    channel=random.choice(["web", "web", "paper", "phone"]), place=random.choice(wards),
                    on=date(2026, 5, 1) + timedelta(days=at % 40),
                )
            )  # fmt: skip
            if len(rows) == 5_000 or at == many - 1:
                Response.objects.bulk_create(rows)
                rows = []
        if slug == "results":
            week = week_of(date(2026, 5, 1))
            EqualityAnswer.objects.bulk_create(
                (
                    EqualityAnswer(survey=survey, on=week, answers={"age_band": random.choice(["25-34", "65-74"])})
                    for _ in range(many)
                ),
                batch_size=5_000,
            )


def results() -> dict[str, float]:
    """Give milliseconds (the middle of LOOKS) of the page of results, uncached, and of what comes before it."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from engagement.surveys.actions.counting import count_what_changed, differs_from_answers
    from engagement.surveys.models import Response, Survey

    settings.PAGE_CACHE_SECONDS = 0
    settings.ALLOWED_HOSTS = ["*"]
    survey = Survey.objects.get(activity__slug="results")
    began = time.perf_counter()
    count_what_changed(survey)
    found = {"first_count_s": time.perf_counter() - began}
    client, address = Client(), "/boards/survey-hill/surveys/results/results/"
    for name, query in (
        ("page", ""), ("by_channel", "?question=q1&by=channel"), ("by_area", "?question=q2&by=area"),
        ("crossed", "?question=q1&by=q2"), ("crossed_table", "?question=q5.a&by=q3"),
    ):  # fmt: skip
        times = []
        for _ in range(LOOKS):
            began = time.perf_counter()
            answer = client.get(address + query)
            times.append(1000 * (time.perf_counter() - began))
            assert answer.status_code == 200
            assert b"people answered" in answer.content
        found[name] = median(times)
        found[f"{name}_most"] = max(times)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    found["queries"] = len(asked)
    times = []
    for _ in range(LOOKS):
        Response.objects.create(survey=survey, version=survey.current, state="sent", answers={"q1": "a"})
        began = time.perf_counter()
        client.get(address)
        times.append(1000 * (time.perf_counter() - began))
    found["after_one_more"] = median(times)
    began = time.perf_counter()
    assert not differs_from_answers(survey)
    found["all_afresh_s"] = time.perf_counter() - began
    return found


def taken_out(shape: str) -> dict[str, float]:
    """Give the seconds, the megabytes and the peak of memory of one copy of the forty questions."""
    from engagement.surveys import exports
    from engagement.surveys.models import Survey

    survey = Survey.objects.get(activity__slug="taken-out")
    before = peak_mb()
    began = time.perf_counter()
    size = 0
    if shape == "csv":
        for piece in exports.as_csv(survey, in_words=True):
            size += len(piece.encode())
    else:
        from tempfile import TemporaryFile

        with TemporaryFile() as file:
            exports.write_xlsx(exports.Sheet(survey, in_words=True), file, progress=lambda _done: None)
            size = file.tell()
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "mb": size / 1e6, "before_mb": before, "peak_mb": peak_mb()}


def child(*words: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), *words], capture_output=True, text=True, check=True, cwd=ROOT
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure() -> list[str]:
    """Give the lines of the report. Fills the database that DATABASE_URL names."""
    fill()
    shown, table, sheet = child("results"), child("csv"), child("xlsx")
    return [
        f"| page of results, {ANSWERS:,} answers x 30 questions, uncached | {shown['page']:.0f} ms (asked: under 300) | "
        f"{shown['queries']:.0f} queries | after one more answer {shown['after_one_more']:.0f} ms |",
        f"| the same with a question by way in, by area, by another question | {shown['by_channel']:.0f} ms, "
        f"{shown['by_area']:.0f} ms, {shown['crossed']:.0f} ms | | |",
        f"| counting them all for the first time | {shown['first_count_s']:.1f} s | | by a worker |",
        f"| {TAKEN_OUT:,} answers x 40 questions as CSV in one request | {table['seconds']:.0f} s, {table['mb']:.0f} MB | "
        f"| {table['peak_mb']:.0f} MB (asked: under 300) |",
        f"| the same as a spreadsheet, by a worker | {sheet['seconds']:.0f} s, {sheet['mb']:.0f} MB | "
        f"| {sheet['peak_mb']:.0f} MB |",
    ]


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moothall.settings")
    import django

    django.setup()
    match sys.argv[1:]:
        case ["fill"]:
            fill()
        case ["results"]:
            print(json.dumps(results()))
        case ["csv" | "xlsx" as shape]:
            print(json.dumps(taken_out(shape)))
        case _:
            print(__doc__)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
