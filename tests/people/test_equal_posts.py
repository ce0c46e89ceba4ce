"""A desk form sent twice acts once; one that was refused may be sent again."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from boards.people.models import SentForm
from engagement.ideas.models import IdeasCall
from tests.factories import make_board, make_role

ADDRESS = "/desk/ideas/calls/new/"
WORDS = {"question": "What would help?", "summary": "", "opens_at": "30 October 2026 9am", "audience": "1"}


def opened(client, **words):
    """Open the form as a browser would, and give what sending it sends."""
    page = client.get(ADDRESS).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    board = re.search(r'<option value="(\d+)"', page)[1]
    return {"csrfmiddlewaretoken": token, "board": board, **WORDS, **words}


@pytest.fixture
def at_desk(db, board, coordinator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(coordinator)
    return client


def test_the_second_click_leads_where_the_first_led(at_desk):
    form = opened(at_desk)

    first, second = at_desk.post(ADDRESS, form), at_desk.post(ADDRESS, form)

    assert first.status_code == 302
    assert second["Location"] == first["Location"]
    assert IdeasCall.objects.count() == 1


def test_the_same_words_from_the_page_opened_again_are_another_act(at_desk):
    at_desk.post(ADDRESS, opened(at_desk))
    at_desk.post(ADDRESS, opened(at_desk))

    assert IdeasCall.objects.count() == 2


def test_other_words_from_one_page_are_another_act(at_desk):
    form = opened(at_desk)
    at_desk.post(ADDRESS, form)
    at_desk.post(ADDRESS, {**form, "question": "And in winter?"})

    assert IdeasCall.objects.count() == 2


def test_what_was_refused_is_asked_again(at_desk):
    form = opened(at_desk, question="")

    assert at_desk.post(ADDRESS, form).status_code == 200
    assert at_desk.post(ADDRESS, form).status_code == 200
    assert not SentForm.objects.exists()


def test_one_that_is_still_being_done_is_not_done_again(at_desk, monkeypatch):
    monkeypatch.setattr("boards.people.equal_posts.WAITS_SECONDS", 0)
    form = opened(at_desk)
    at_desk.post(ADDRESS, form)
    SentForm.objects.update(answer="")  # as while the first is running

    again = at_desk.post(ADDRESS, form)

    assert again.status_code == 409
    assert "This was sent twice" in again.content.decode()
    assert IdeasCall.objects.count() == 1


def test_another_officers_equal_post_is_their_own(at_desk, board):
    form = opened(at_desk)
    at_desk.post(ADDRESS, form)
    other = Client()
    other.force_login(make_role("coordinator", board, email="second@example.org"))
    other.post(ADDRESS, form)

    assert IdeasCall.objects.count() == 2


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_ten_at_the_same_moment_store_one():
    board = make_board()
    officer = make_role("coordinator", board)
    client = Client()
    client.force_login(officer)
    form = opened(client)

    def post(_number):
        own = Client()
        own.cookies = client.cookies.copy()
        try:
            return own.post(ADDRESS, form)["Location"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        led = list(pool.map(post, range(10)))

    assert len(set(led)) == 1
    assert IdeasCall.objects.count() == 1
