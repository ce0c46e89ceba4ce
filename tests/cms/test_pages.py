"""The pages of the front door."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from wagtail.models import Page, Site

from boards.places.models import Board
from cms.actions import set_up_all, set_up_board_pages, set_up_site
from cms.models import BoardPage, HomePage, NewsPage, StandardPage
from tests.cms.factories import make_board_page, make_news, make_picture
from tests.conftest import in_days
from tests.factories import make_activity, make_board, make_need, make_role
from tests.funding.factories import make_money

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}"


def test_a_fresh_database_has_a_home_page_and_the_pages_in_the_footer(client):
    assert Site.objects.get(is_default_site=True).root_page.specific_class is HomePage
    for address in ("/", "/about/", "/privacy/", "/accessibility/", "/data/", "/how-it-works/", "/news/"):
        assert client.get(address).status_code == 200, address


def test_setting_up_again_changes_nothing(board, next_board):
    set_up_all()
    before = list(Page.objects.order_by("pk").values())

    set_up_site()
    set_up_all()
    call_command("set_up_pages", verbosity=0)

    assert list(Page.objects.order_by("pk").values()) == before


def test_a_board_that_is_renamed_takes_its_page_along(board, client):
    page = set_up_board_pages(board)
    make_news(page, "Old news")
    Board.objects.filter(pk=board.pk).update(name="New Name", slug="new-name")

    set_up_board_pages(Board.objects.get(pk=board.pk))

    assert "New Name" in client.get("/boards/new-name/").content.decode()
    assert client.get("/boards/new-name/news/old-news/").status_code == 200


def test_a_board_page_shows_its_people_and_what_is_open_and_nobody_elses(client, board, next_board):
    make_board_page(board)
    make_board_page(next_board)
    chair = make_role("chair", board, email="chair@example.org")
    chair.display_name = "Ada Chairing"
    chair.save()
    make_activity(board, "poll", "Swings or benches?")
    make_activity(board, "poll", "Not ready", is_draft=True)
    make_activity(next_board, "poll", "Another place's question")

    body = client.get(board.get_absolute_url()).content.decode()

    assert "Ada Chairing" in body
    assert "chair@example.org" not in body
    assert "Swings or benches?" in body
    assert "Not ready" not in body
    assert "Another place" not in body


def test_what_has_closed_is_no_longer_open(client, board):
    make_board_page(board)
    make_activity(board, "poll", "Closed a moment ago", opens_at=in_days(-3), closes_at=in_days(-0.00001))

    assert "Closed a moment ago" not in client.get(board.get_absolute_url()).content.decode()


def test_an_empty_board_page_says_why_each_part_is_empty(client, board):
    make_board_page(board)

    body = client.get(board.get_absolute_url()).content.decode()

    assert "Nothing is open just now" in body
    assert "No needs written down yet" in body
    assert "No pot has been set" in body
    assert "Nothing to report yet" in body


@pytest.mark.parametrize("rows", [1, 40])
def test_a_board_page_asks_ten_questions_at_most(
    client, board, rows, django_assert_max_num_queries, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    page = make_board_page(board)
    picture = make_picture(page.collection)
    page = make_board_page(board, hero_picture=picture)
    stream = make_money(board)
    for number in range(rows):
        make_need(board)
        make_money(board, name=f"Stream {number}") if number < 5 else None
    for number in range(rows):
        make_activity(board, "poll", f"Poll {number}")
        make_news(page, f"Story {number}", picture=picture)
    assert stream
    client.get(board.get_absolute_url())

    cache.clear()  # pictures too are read together, and not one by one
    client.get("/brand.css")
    with django_assert_max_num_queries(10):
        assert client.get(board.get_absolute_url()).status_code == 200
    with django_assert_max_num_queries(10):
        assert client.get("/").status_code == 200
    with django_assert_max_num_queries(10):
        assert client.get(f"{board.get_absolute_url()}news/").status_code == 200


def test_hostile_words_are_only_words(client, board):
    page = make_board_page(
        board,
        hero_text=HOSTILE,
        body=[
            {"type": "quote", "value": {"words": HOSTILE, "who": HOSTILE}},
            {"type": "news", "value": {"heading": HOSTILE}},
            {"type": "people", "value": {"heading": "", "telephone": HOSTILE, "email": "", "address": HOSTILE}},
            {
                "type": "call_to_action",
                "value": {"title": HOSTILE, "text": "", "button": "Go", "page": None, "address": "javascript:alert(1)"},
            },
        ],
    )
    story = make_news(page, "Story", intro=HOSTILE)
    NewsPage.objects.filter(pk=story.pk).update(title=HOSTILE)

    for address in (board.get_absolute_url(), f"{board.get_absolute_url()}news/", story.url, "/"):
        body = client.get(address).content.decode()
        assert "<script>alert" not in body, address
        assert "<img src=x" not in body, address
        assert "javascript:" not in body, address
        assert "14" not in body.partition("{{ 7")[2][:8], address


def test_a_draft_is_not_on_the_site(client, board):
    page = make_board_page(board)
    story = make_news(page, "Not yet", live=False)

    assert client.get(f"{board.get_absolute_url()}news/{story.slug}/").status_code == 404
    assert "Not yet" not in client.get(f"{board.get_absolute_url()}news/").content.decode()
    assert "Not yet" not in client.get("/").content.decode()


def test_a_board_nobody_set_up_is_not_found(client, board):
    assert client.get("/boards/nowhere-at-all/").status_code == 404
    assert client.get(board.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("page", ["abc", "0", "-1", "9" * 500, "1\x7f", ""])
def test_an_odd_page_number_shows_a_page(client, board, page):
    make_news(make_board_page(board))
    assert client.get(f"{board.get_absolute_url()}news/", {"page": page}).status_code == 200


def test_readers_get_no_cookie(client, board):
    make_board_page(board)
    for address in ("/", board.get_absolute_url(), "/about/"):
        assert not client.get(address).cookies, address


def test_an_officer_sees_a_preview_before_it_is_published(client, board, coordinator):
    page = make_board_page(board)
    page.hero_text = "Words nobody has seen yet"
    page.save_revision()
    client.force_login(coordinator)

    shown = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))

    assert "Words nobody has seen yet" in shown.content.decode()
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert "unsafe-inline" not in shown["Content-Security-Policy"]
    assert "Words nobody has seen yet" not in client.get(board.get_absolute_url()).content.decode()


def test_a_coordinator_edits_publishes_and_adds_news(client, board, coordinator):
    page = make_board_page(board)
    news = page.get_children().get(slug="news")
    client.force_login(coordinator)

    answer = client.post(
        reverse("wagtailadmin_pages:add", args=["cms", "newspage", news.pk]),
        {
            "title": "The hall reopens",
            "slug": "hall-reopens",
            "date": "2026-11-23",
            "intro": "After two years.",
            "picture": "",
            "body-count": "0",
            "action-publish": "1",
        },
    )

    assert answer.status_code == 302, answer.context["form"].errors
    assert client.get(f"{board.get_absolute_url()}news/hall-reopens/").status_code == 200


def test_a_page_of_words_cannot_take_a_rooms_address(client, board, coordinator):
    page = make_board_page(board)
    client.force_login(coordinator)

    answer = client.post(
        reverse("wagtailadmin_pages:add", args=["cms", "standardpage", page.pk]),
        {"title": "Polls", "slug": "news", "intro": "", "body-count": "0", "action-publish": "1"},
    )

    assert answer.status_code == 200
    assert not StandardPage.objects.child_of(page).exists()


@pytest.mark.parametrize("act", ["delete", "unpublish", "move", "copy"])
def test_nobody_but_an_engineer_takes_a_board_page_down(client, board, coordinator, staff, act):
    page = make_board_page(board)
    for officer in (coordinator, staff):
        client.force_login(officer)
        client.post(
            reverse(f"wagtailadmin_pages:{act}", args=[page.pk]),
            {"new_slug": "copied", "new_title": "Copied", "new_parent_page": page.get_parent().pk},
        )
        assert BoardPage.objects.live().count() == 1


def test_the_neighbours_board_page_stays_theirs(client, board, next_board, other_coordinator):
    page = make_board_page(board)
    make_board_page(next_board)
    client.force_login(other_coordinator)

    assert client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code in (302, 403, 404)


def test_many_boards_do_not_make_the_home_page_ask_more(client, django_assert_max_num_queries):
    for number in range(20):
        make_board_page(make_board(f"Board {number:02}", wards=()))
    client.get("/")
    with django_assert_max_num_queries(10):
        body = client.get("/").content.decode()
    assert body.count('href="/boards/board-') >= 20
    assert len(body) < 100_000


def test_news_can_be_followed_as_a_feed(client, board, django_assert_max_num_queries):
    page = make_board_page(board)
    make_news(page, "The hall reopens", intro="<b>At last</b>")
    make_news(page, "Not yet", live=False)
    client.get("/")

    with django_assert_max_num_queries(10):
        answer = client.get(f"{board.get_absolute_url()}news/feed/")

    body = answer.content.decode()
    assert answer["Content-Type"].startswith("application/atom+xml")
    assert "The hall reopens" in body
    assert f"{board.get_absolute_url()}news/the-hall-reopens/" in body
    assert "<b>At last" not in body
    assert "Not yet" not in body
    assert client.get("/news/feed/").status_code == 200
    assert client.get("/boards/nowhere/news/feed/").status_code == 404
