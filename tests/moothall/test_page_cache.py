"""Kept pages: quick for readers, and never stale, personal or shared where they may not be."""

from __future__ import annotations

import re
import time

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client, RequestFactory

from engagement.activities.models import Activity
from engagement.polls.models import Poll, Tally
from moothall import page_cache
from tests.factories import make_board, make_person, make_role
from tests.polls.factories import make_poll

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keep_pages(settings):
    settings.PAGE_CACHE_SECONDS = 30


def test_a_kept_page_costs_no_query(django_assert_num_queries):
    make_board()
    first = Client().get("/boards/")

    with django_assert_num_queries(0):
        second = Client().get("/boards/")
    assert second.content == first.content
    assert "Content-Security-Policy" in second


@pytest.fixture
def kept_for_no_second(monkeypatch):
    monkeypatch.setattr(page_cache, "LEAST_SECONDS", 0.0)


def test_what_was_published_since_shows(kept_for_no_second):
    board = make_board()
    poll = make_poll(board, title="First bus", closes_at=None)
    page = poll.activity.board.get_absolute_url() + "polls/"
    assert b"First bus" in Client().get(page).content
    officer = Client()
    officer.force_login(make_role("coordinator", board))

    put_right = {"what": "question", "became": "Which bus?", "why": "A slip"}
    officer.post(f"/desk/polls/put-right/{poll.pk}/", put_right)
    Activity.objects.filter(pk=poll.pk).update(title="Second bus")  # by whatever way: the mark is what counts

    assert Poll.objects.get().question == "Which bus?"
    assert b"Second bus" in Client().get(page).content


def kept_still(page):
    """Tell whether a kept page is given: what changes behind its back does not show."""
    Client().get(page)
    yield
    make_board("Mere and Marsh", wards=("Dunmarsh",))
    yield b"Mere and Marsh" not in Client().get(page).content


def test_a_post_that_wrote_nothing_drops_nothing(kept_for_no_second):
    make_board()
    still = kept_still("/boards/")
    next(still)
    Client().post("/find/", {"q": "nowhere"})
    assert next(still)


@pytest.mark.parametrize("first_vote", [True, False])
@pytest.mark.parametrize(("results_show", "kept"), [("after_closing", True), ("after_voting", True), ("always", False)])
def test_a_vote_drops_pages_only_where_its_result_shows(kept_for_no_second, results_show, kept, first_vote):
    board = make_board()
    poll = make_poll(board, results_show=results_show)
    if not first_vote:
        Tally.objects.bulk_create(Tally(choice=choice, channel="web") for choice in poll.choices.all())
    voter = Client()
    voter.force_login(make_person("voter@example.org", stands_in=board))
    still = kept_still("/boards/")
    next(still)

    voter.post(poll.get_absolute_url() + "vote/", {"choice": poll.choices.first().pk})

    assert Tally.objects.get(votes=1)
    assert next(still) == kept


def test_what_a_get_finishes_drops_pages_too(kept_for_no_second):
    """What was filled in before signing in is finished by a GET."""
    make_board()
    still = kept_still("/boards/")
    next(still)
    middleware = page_cache.PageCache(lambda request: make_board("Harrow Vale", wards=("Harrowby",)) and HttpResponse())
    request = RequestFactory().get("/boards/harrow-vale/ideas/a/finish/")
    request.COOKIES["session"] = "someone"
    middleware(request)
    assert not next(still)


def test_every_table_said_to_be_on_no_page_is_a_table():
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert tables >= page_cache.ON_NO_PAGE


def test_someone_signed_in_never_gets_a_kept_page_nor_leaves_one():
    make_board()
    client = Client()
    client.force_login(make_person("amira@example.org"))

    assert b"Sign out" in client.get("/boards/").content
    assert b"Sign out" not in Client().get("/boards/").content


def test_two_readers_never_share_a_form_that_is_sent_once():
    board = make_board()
    tokens = {
        re.search(rb'name="form_token" value="([^"]+)"', Client().get(f"{board.get_absolute_url()}tell-us/").content)[1]
        for _ in range(2)
    }

    assert len(tokens) == 2


def test_a_page_at_hand_asks_the_shared_cache_only_whether_anything_was_written(kept_for_no_second, monkeypatch):
    make_board()
    Client().get("/boards/")
    asked = []
    monkeypatch.setattr(page_cache.cache, "get_many", lambda keys: asked.append(keys) or {})

    assert Client().get("/boards/").status_code == 200
    assert asked == []


def test_what_another_process_wrote_drops_a_page_at_hand(kept_for_no_second):
    make_board()
    Client().get("/boards/")
    make_board("Mere and Marsh", wards=("Dunmarsh",))
    assert b"Mere and Marsh" not in Client().get("/boards/").content

    page_cache.cache.set(page_cache.LAST_WRITE, time.time(), 60)

    assert b"Mere and Marsh" in Client().get("/boards/").content


def test_a_page_another_process_made_is_taken_over():
    make_board()
    Client().get("/boards/")
    page_cache.forget()
    make_board("Mere and Marsh", wards=("Dunmarsh",))

    assert b"Mere and Marsh" not in Client().get("/boards/").content


def test_no_page_is_at_hand_longer_than_it_is_kept(settings, monkeypatch):
    make_board()
    Client().get("/boards/")
    make_board("Mere and Marsh", wards=("Dunmarsh",))
    now = time.time() + settings.PAGE_CACHE_SECONDS
    monkeypatch.setattr(page_cache.time, "time", lambda: now)

    assert b"Mere and Marsh" in Client().get("/boards/").content


def test_only_so_many_pages_are_at_hand(monkeypatch):
    monkeypatch.setattr(page_cache, "MOST_AT_HAND", 3)
    for at in range(5):
        Client().get(f"/boards/?page={at}")

    assert len(page_cache._at_hand) == 3
