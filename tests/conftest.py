"""The cast and the tools that every test may use.

The cast is always the same: a resident, a neighbour from the next board, a coordinator, a
stranger. Factories make a valid thing, so a test states only what matters.
"""

from __future__ import annotations

import fcntl
import gc
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from django.core.cache import cache

from engagement.funding import ballot_box
from moothall import page_cache
from tests import emptied
from tests.factories import make_board, make_person, make_role
from tests.find_browser import found as chromium_found
from tests.prepared import prepare
from tests.spread import FileWhereItLoadsOnce, begins_first

# Playwright keeps an event loop running in the thread that also asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# A busy machine is slow, and that says nothing of the promise tried.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")

emptied.install()

SHARED = Path(__file__).resolve().parents[2] / "shared"
IN_CI = bool(os.environ.get("CI"))


DESK = {
    "test_desk", "test_desk_money", "test_desk_proposals", "test_builder", "test_reading_desk", "test_pages", "test_views",
    "test_proposing", "test_queue", "test_ruling", "test_guarding",
}  # fmt: skip
"""Files that try what screens show. What they call is tried on every database, by the tests of the actions."""


WALKS = (
    "tests/odd/test_hostile_",
    "tests/odd/test_live_text.py::test_no_words_become_markup_on_any_page",
    "tests/odd/test_values.py::test_no_odd_value_in_any_field_of_any_form_breaks_it[administrator]",
    "tests/odd/test_values.py::test_no_odd_word_question_or_body_breaks_a_page[administrator]",
    "tests/odd/test_equal_posts.py::test_ten_equal_posts_of_any_form_store_one_thing[coordinator]",
    "tests/moderation/test_not_shown.py::test_no_screen_of_the_desk",
    "tests/moderation/test_not_shown.py::test_no_kept_page",
    "tests/moderation/test_not_shown.py::test_no_link",
)
"""Minutes each: `make walks` runs them, so that the whole run stays under its twenty minutes."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test that asks no database says the same beside each, and so do the desk's screens: they run once."""
    asks = {"db", "transactional_db", "live_server", "client", "admin_client"}
    if item.get_closest_marker("django_db") is None and not asks & {*getattr(item, "fixturenames", ())}:
        item.add_marker("once")
    if item.nodeid.startswith(WALKS):
        item.add_marker("walk")
    if item.path.stem in DESK and item.get_closest_marker("browser") is None:
        item.add_marker("once")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not begins_first(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    return FileWhereItLoadsOnce(config, log)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded now stays to the end: looking through it for rubbish again and again took a sixth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def alone_with_its_threads(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let one test with real threads run at a time: two of fifty take more connections than a server grants."""
    if request.node.get_closest_marker("serial") is None:
        yield
        return
    with (Path(tempfile.gettempdir()) / f"moothall-tests-with-threads-{os.getuid()}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None, django_db_blocker) -> bool:
    """Each run begins with a fresh copy of the tables, and leaves it to be written over by the next."""
    with django_db_blocker.unblock():
        prepare()
    return True


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Tries, kept pages and kept rounds of one test are not another's."""
    cache.clear()
    ballot_box.forget()
    page_cache.forget()


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def board(db):
    return make_board("Thornbridge Town")


@pytest.fixture
def next_board(db):
    return make_board("Mere and Marsh")


@pytest.fixture
def resident(board):
    return make_person("resident@example.org", stands_in=board)


@pytest.fixture
def neighbour(next_board):
    return make_person("neighbour@example.org", stands_in=next_board)


@pytest.fixture
def coordinator(board):
    return make_role("coordinator", board, email="coordinator@example.org")


@pytest.fixture
def other_coordinator(next_board):
    return make_role("coordinator", next_board, email="other.coordinator@example.org")


@pytest.fixture
def staff(db):
    return make_role("staff", None, email="staff@example.org")


@pytest.fixture
def stranger(db):
    return make_person("stranger@example.org")


def in_days(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


# --- the browser -----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """An installed Chromium, driven by Playwright. `make test` installs one where there is none."""
    from playwright.sync_api import sync_playwright

    found = chromium_found()
    if not found:
        message = "No Chromium found. Install one (on Debian: apt-get install chromium) or set CHROMIUM to its path."
        if IN_CI:
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium):
    """Give a function that opens a new visitor's browser: `page = open_browser(width=320, javascript=False)`."""
    contexts = []

    def opened(*, width: int = 1280, height: int = 900, javascript: bool = True, **options: object):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=javascript, locale="en-GB", **options
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
