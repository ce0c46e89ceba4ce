"""A poll in another site's page: no cookie, nothing that acts, and only these pages in anyone's frame."""

import json

import pytest
from django.test import Client

from engagement.activities.models import Audience
from engagement.polls.models import Tally
from tests.polls.factories import choice_of, make_poll

pytestmark = pytest.mark.django_db


def frame_of(poll):
    return poll.get_absolute_url() + "embed/"


def test_the_frame_sets_no_cookie_and_has_nothing_that_acts(client, board):
    poll = make_poll(board, audience=Audience.ANYONE)

    page = client.get(frame_of(poll))

    assert not page.cookies
    assert "What should the green have?" in page.text
    assert "<form" not in page.text
    assert f'href="{poll.get_absolute_url()}" target="_blank" rel="noopener"' in page.text


def test_only_these_pages_may_be_framed(client, board):
    poll = make_poll(board)

    framed, own = client.get(frame_of(poll)), client.get(poll.get_absolute_url())

    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert "unsafe" not in framed["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in own["Content-Security-Policy"]
    assert own["X-Frame-Options"] == "DENY"
    for answer in (framed, own):
        assert not [name for name in answer.headers if "Framed" in name], "the mark stays with us"


def test_a_kept_frame_may_be_framed_too_and_a_kept_page_may_not(client, board, settings, django_assert_num_queries):
    settings.PAGE_CACHE_SECONDS = 30
    poll = make_poll(board)
    for address in (frame_of(poll), poll.get_absolute_url()):
        client.get(address)

    with django_assert_num_queries(0):
        framed, own = client.get(frame_of(poll)), client.get(poll.get_absolute_url())

    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in own["Content-Security-Policy"]
    assert not [name for name in framed.headers if "Framed" in name]


def test_the_frame_shows_an_officer_no_more_than_a_stranger(client, board, coordinator):
    poll = make_poll(board, results_show="after_closing")
    Tally.objects.create(choice=choice_of(poll, "Trees"), channel="web", votes=98765)
    client.force_login(coordinator)

    assert "98,765" not in client.get(frame_of(poll)).text
    assert "98,765" not in client.get(poll.get_absolute_url() + "hall/").text
    assert "98,765" in client.get(poll.get_absolute_url() + "results/").text


def test_results_that_everyone_may_see_stand_in_the_frame(client, board):
    poll = make_poll(board, results_show="always")
    Tally.objects.create(choice=choice_of(poll, "Trees"), channel="web", votes=98765)

    assert "98,765" in client.get(frame_of(poll)).text


def test_a_draft_has_no_frame_not_for_its_officers_either(client, board, coordinator):
    poll = make_poll(board, is_draft=True)
    client.force_login(coordinator)
    assert client.get(frame_of(poll)).status_code == 404


def test_oembed_gives_what_to_paste(client, board, settings):
    settings.SITE_URL = "https://boards.example"
    poll = make_poll(board, question='Swings & "benches"?')

    answer = client.get("/oembed/", {"url": "https://boards.example" + poll.get_absolute_url(), "maxwidth": "400"})
    said = json.loads(answer.content)

    assert (said["version"], said["type"], said["width"], said["height"]) == ("1.0", "rich", 400, 420)
    assert f'<iframe src="https://boards.example{frame_of(poll)}"' in said["html"]
    assert "Swings &amp; &quot;benches&quot;?" in said["html"]
    assert '<script src="https://boards.example/embed.js" async></script>' in said["html"]
    assert not answer.cookies


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "https://elsewhere.example{path}", "https://boards.example@evil.example{path}", "ftp://boards.example{path}",
        "http://[::1", "https://boards.example/", "https://boards.example{path}vote/", "https://boards.example{path}\x00", "//boards.example{path}",
        "https://169.254.169.254/", "https://boards.example:80{path}", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_oembed_knows_our_polls_only_and_fetches_nothing(client, board, settings, monkeypatch, url):
    settings.SITE_URL = "https://boards.example"
    poll = make_poll(board)
    monkeypatch.setattr("socket.create_connection", lambda *given, **more: pytest.fail("it asked the network"))

    assert client.get("/oembed/", {"url": url.format(path=poll.get_absolute_url())}).status_code in (400, 404)


def test_oembed_of_a_draft_is_not_found_and_xml_is_not_made(client, board, settings):
    poll = make_poll(board, is_draft=True)
    assert client.get("/oembed/", {"url": settings.SITE_URL + poll.get_absolute_url()}).status_code == 404
    assert client.get("/oembed/", {"url": settings.SITE_URL, "format": "xml"}).status_code == 501


@pytest.mark.parametrize("size", ["", "x", "-1", "0", "9" * 5000, "٣٠٠", "1e3"])
def test_an_odd_width_is_no_fault(client, board, settings, size):
    poll = make_poll(board)
    answer = client.get(
        "/oembed/", {"url": settings.SITE_URL + poll.get_absolute_url(), "maxwidth": size, "maxheight": size}
    )
    assert 200 <= answer.json()["width"] <= 600


def test_the_script_for_the_height_stands_at_one_address(client):
    answer = client.get("/embed.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert b"event.origin !== ours" in answer.content
    assert not answer.cookies


def test_the_screen_in_a_hall_shows_the_question_the_address_and_how_many(client, board):
    poll = make_poll(board, audience=Audience.ANYONE)
    Client().post(poll.get_absolute_url() + "vote/", {"choice": choice_of(poll, "Trees").pk}, follow=True)
    spot = poll.activity.spots.create(name="Town hall")

    page = client.get(poll.get_absolute_url() + f"hall/?at={spot.code}")

    assert "<strong>1</strong> person has voted" in page.text
    assert f"/p/{spot.code}" in page.text
    assert "<svg" in page.text
    assert not page.cookies


@pytest.mark.parametrize("name", ["hall/", "embed/"])
def test_they_ask_few_questions(client, board, name, django_assert_max_num_queries):
    poll = make_poll(board, results_show="always", choices=[f"Choice {number}" for number in range(20)])
    for choice in poll.choices.all():
        Tally.objects.create(choice=choice, channel="web", votes=3)
    with django_assert_max_num_queries(10):
        client.get(poll.get_absolute_url() + name)
