"""How long a wall of 100,000 ideas with a million backings takes: its pages, its search, and likes while typing.

`measure()` fills the database that DATABASE_URL names and gives the lines of the report. By hand:

    DATABASE_URL=postgres://… python tests/bench/ideas.py

Each page is made anew and stands beside the bare view asked the same way: from the server of
`make bench`, by hand in this process.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from urllib.parse import quote, quote_plus

ROOT = Path(__file__).resolve().parents[2]
IDEAS = int(os.environ.get("BENCH_IDEAS", "100000"))
BACKINGS_EACH = 10
QUESTION = "What would make this hill a better place?"
PEOPLE = 20_000
LOOKS = 40
sys.path[:0] = [path for path in (str(ROOT / "site"), str(ROOT)) if path not in sys.path]

from django.test import Client, RequestFactory  # noqa: E402

from tests.bench.bare import bare as yardstick  # noqa: E402 - sets the site up

THINGS = [
    "bench",
    "seat",
    "crossing",
    "path",
    "light",
    "café",
    "bus",
    "shelter",
    "garden",
    "orchard",
    "pond",
    "swing",
    "library",
    "market",
    "hall",
    "choir",
    "workshop",
    "kitchen",
    "bin",
    "tree",
    "hedge",
    "wall",
    "bridge",
    "ramp",
    "toilet",
    "fountain",
    "mural",
    "statue",
    "sign",
    "map",
    "clock",
    "noticeboard",
    "pavement",
    "kerb",
    "gate",
    "fence",
    "track",
    "pitch",
    "court",
    "rink",
    "pool",
    "gym",
    "club",
    "class",
    "lesson",
    "walk",
    "ride",
    "trip",
    "fair",
    "fête",
    "festival",
    "parade",
    "film",
    "play",
    "band",
    "concert",
    "exhibition",
]
ABOUT = [
    "new",
    "warm",
    "quiet",
    "safe",
    "open",
    "free",
    "late",
    "early",
    "shared",
    "covered",
    "accessible",
    "bright",
    "wild",
    "local",
    "monthly",
    "weekly",
    "summer",
    "winter",
]
WHERE = [
    "by the river",
    "behind the school",
    "on the high street",
    "at the old bank",
    "near the station",
    "in the park",
    "by the war memorial",
    "at the library",
    "on the green",
    "under the bridge",
    "by the surgery",
    "at the church hall",
    "along the canal",
    "on Mill Lane",
    "at the bus station",
    "by the allotments",
    "on the estate",
    "in the town hall",
    "at the sports ground",
    "by the ford",
]


def title_of(random: Random) -> str:
    first, second = random.sample(THINGS, 2)
    shapes = (
        f"A {random.choice(ABOUT)} {first} {random.choice(WHERE)}",
        f"{first.capitalize()} and {second} {random.choice(WHERE)}",
        f"More {random.choice(ABOUT)} {first}s",
        f"Mend the {first} {random.choice(WHERE)}",
        f"A {first} for the {second} {random.choice(WHERE)}",
    )
    return random.choice(shapes)[:100]


def fill():
    """Make a call with IDEAS shown ideas and ten backings each, most of them on the map."""
    from django.db import connection

    from boards.people.models import Person
    from engagement.ideas.models import Idea, IdeasCall
    from engagement.ideas.rules import folded
    from tests.factories import make_board, make_postcode
    from tests.ideas.factories import make_call

    if known := IdeasCall.objects.filter(question=QUESTION).select_related("activity__board").first():
        return known
    random = Random(8)
    board = make_board("Hill of Ideas", wards=tuple(f"Part {n}" for n in range(12)))
    make_postcode("XX5 5XX", board)
    wards = list(board.areas.wards())
    call = make_call(board, QUESTION)
    Person.objects.bulk_create((Person(email=f"backer-{n}@example.org") for n in range(PEOPLE)), batch_size=5000)
    now, batch = datetime.now(UTC), []
    for n in range(IDEAS):
        title = title_of(random)
        text = " ".join(f"{title_of(random)}." for _ in range(6))
        batch.append(
            Idea(
                call=call,
                title=title,
                slug=f"idea-{n}",
                text=text,
                state="shown",
                place=random.choice(wards),
                latitude=f"{54.4 + random.random() / 5:.5f}",
                longitude=f"{1.8 + random.random() / 5:.5f}",
                status=random.choice(Idea.Status.values),
                sent_at=now - timedelta(minutes=n),
                backers=BACKINGS_EACH,
                comments=n % 7,
                search_title=folded(title),
                search_text=folded(f"{title} {text}"),
            )
        )
        if len(batch) == 5000:
            Idea.objects.bulk_create(batch)
            batch.clear()
    Idea.objects.bulk_create(batch)
    first = Person.objects.filter(email="backer-0@example.org").values_list("pk", flat=True).get()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ideas_backing (idea_id, person_id, backed_at) "
            "SELECT idea.id, %s + (idea.id * 7 + step.n * 1009) %% %s, now() "
            "FROM ideas_idea idea, generate_series(0, %s) step(n) WHERE idea.call_id = %s",
            [first, PEOPLE, BACKINGS_EACH - 1, call.pk],
        )
        # As PostgreSQL does by itself a minute later.
        for table in ("ideas_idea", "ideas_backing", "people_person"):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
    return call


def waits_of(asks) -> tuple[float, float]:
    """Give the middle and the 95th in a hundred of how long each of these took, in milliseconds."""
    waits = []
    for ask in asks:
        began = time.perf_counter()
        ask()
        waits.append((time.perf_counter() - began) * 1000)
    waits.sort()
    return waits[len(waits) // 2], waits[int(len(waits) * 0.95) - 1]


def getter(port: int | None) -> Callable[[str], None]:
    """Give what asks for a page: over one connection to the server on `port`, or in this process.

    A cookie of ours means a fresh page: this is what a page costs to make.
    """
    if port is None:
        client = Client(SERVER_NAME="localhost")
        client.cookies["fresh"] = "1"

        def ask(path: str) -> int:
            if path.startswith("/bench/"):
                return int(yardstick.get_response(RequestFactory().get(path)).status_code)
            return int(client.get(path).status_code)

    else:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)

        def ask(path: str) -> int:
            connection.request("GET", path, headers={"Cookie": "fresh=1", "Host": f"localhost:{port}"})
            answer = connection.getresponse()
            answer.read()
            return answer.status

    def get(path: str) -> None:
        status = ask(path)
        if status != 200:
            raise SystemExit(f"{path} answered {status}")

    return get


def measure(port: int | None = None) -> list[str]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from engagement.ideas import queries

    print(f"{IDEAS} ideas with {IDEAS * BACKINGS_EACH} backings", flush=True)
    call = fill()
    random = Random(9)
    get, here = getter(port), getter(None)
    address = call.get_absolute_url()
    ward = call.activity.board.areas.wards()[3].code
    kinds: dict[str, Callable[[], str]] = {
        "wall, shuffled": lambda: address,
        "wall, page 40": lambda: f"{address}?page=40",
        "wall, most backed": lambda: f"{address}?sort=backed",
        "wall, most discussed": lambda: f"{address}?sort=discussed",
        "wall, near a postcode": lambda: f"{address}?near=XX5+5XX",
        "wall, one ward and status": lambda: f"{address}?ward={ward}&status=in_plan",
        "search, one word": lambda: f"{address}?q={quote(random.choice(THINGS))}",
        "search, three words": lambda: f"{address}?q={quote_plus(' '.join(title_of(random).split()[:3]))}",
        "map": lambda: f"{address}map/",
    }
    for path in kinds.values():
        get(path())
    bare, _late = waits_of([lambda: get("/bench/bare/")] * LOOKS * 3)
    lines = [
        f"{IDEAS:,} ideas shown in one call, {IDEAS * BACKINGS_EACH:,} backings. One reader at a time; the bare view, asked "
        f"the same way, took {bare:.2f} ms.",
        "",
        "| What | p50 ms | p95 ms | times the bare view | queries |",
        "|---|---|---|---|---|",
    ]
    for name, path in kinds.items():
        with CaptureQueriesContext(connection) as asked:
            here(path())
        paths = [path() for _ in range(LOOKS)]
        middle, late = waits_of([lambda path=path: get(path) for path in paths])
        lines.append(f"| {name} | {middle:.0f} | {late:.0f} | {middle / bare:.0f} | {len(asked)} |")
        print(lines[-1], flush=True)
    titles = [title_of(random) for _ in range(LOOKS * 2)]
    similar = f"{address}similar/?title="
    with CaptureQueriesContext(connection) as asked:
        queries.similar(call, titles[0])
    middle, late = waits_of([lambda title=title: get(similar + quote_plus(title)) for title in titles])
    lines.append(f"| likes of a name being typed | {middle:.0f} | {late:.0f} | {middle / bare:.0f} | {len(asked)} |")
    print(lines[-1], flush=True)
    return lines


if __name__ == "__main__":
    print("\n".join(measure()))
