"""Kept pages: quick for readers, and never stale, personal or shared where they may not be."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.factories import make_board, make_person

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


def test_what_was_posted_since_shows(monkeypatch):
    from moothall import page_cache

    monkeypatch.setattr(page_cache, "LEAST_SECONDS", 0.0)
    make_board("Thornbridge Town")
    Client().get("/boards/")
    make_board("Mere and Marsh", wards=("Dunmarsh",))
    Client().post("/find/", {"q": "nowhere"})

    assert b"Mere and Marsh" in Client().get("/boards/").content


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
