"""The front doors in a real browser: nothing refused by the policy, nothing axe objects to."""

from __future__ import annotations

import pytest

from tests.cms.factories import make_board_page, make_news, make_picture
from tests.eyes import broken_rules
from tests.factories import make_activity, make_board, make_role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def places(live_server, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    board = make_board("Thornbridge Town")
    page = make_board_page(board)
    picture = make_picture(page.collection)
    page = make_board_page(
        board,
        hero_text="A market town that looks after its own.",
        body=[
            *page.body.raw_data,
            {"type": "text", "value": "<h2>Come and see us</h2><p>We meet <b>every month</b>.</p>"},
            {
                "type": "picture",
                "value": {
                    "picture": {"image": picture.pk, "decorative": False, "alt_text": "The hall"},
                    "caption": "Our hall",
                },
            },
            {"type": "quote", "value": {"words": "The best cake in the county.", "who": "A visitor"}},
            {
                "type": "next_meeting",
                "value": {
                    "heading": "",
                    "title": "Winter meeting",
                    "starts_at": "2030-01-10T19:00:00Z",
                    "where": "Town Hall",
                    "getting_there": "Level entrance",
                },
            },
            {
                "type": "call_to_action",
                "value": {
                    "title": "Join in",
                    "text": "All welcome",
                    "button": "Ideas",
                    "page": None,
                    "address": "/open/",
                },
            },
        ],
    )
    chair = make_role("chair", board)
    chair.display_name = "Ada Fenwick"
    chair.save()
    make_activity(board, "poll", "Swings or benches?", summary="Tell us which comes first.")
    for number in range(14):
        make_news(page, f"Story {number}", picture=picture)
    return [
        "/",
        "/boards/thornbridge-town/",
        "/boards/thornbridge-town/news/",
        "/boards/thornbridge-town/news/story-3/",
        "/about/",
    ]


@pytest.mark.parametrize("width", [320])
def test_the_front_doors_are_clean(places, live_server, open_browser, width):
    page = open_browser(width=width)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    outside: list[str] = []
    page.on(
        "request", lambda asked: None if asked.url.startswith((live_server.url, "data:")) else outside.append(asked.url)
    )
    for address in places:
        page.goto(live_server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert broken_rules(page) == [], address
    assert not complaints
    assert not outside


def test_the_desks_first_screen_is_clean(places, live_server, open_browser, client):
    from boards.places.models import Board

    officer = make_role("coordinator", Board.objects.get())
    client.force_login(officer)
    page = open_browser()
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
    page.goto(f"{live_server.url}/desk/")
    page.get_by_role("heading", name="What needs you").wait_for()
    assert broken_rules(page, context=".needs-you") == []
