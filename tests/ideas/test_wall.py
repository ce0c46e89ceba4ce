"""The wall: shuffled for each, near a place, by theme, how long an answer takes, and the same to take away."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from io import StringIO
from xml.etree import ElementTree

import pytest
from django.test import Client

from boards.people.hands import hand_of
from engagement.evidence.models import Theme
from engagement.ideas import actions, queries
from engagement.ideas.models import Comment, Idea
from engagement.ideas.rules import HANDS
from tests.factories import make_postcode
from tests.ideas.factories import make_call, make_idea, many_ideas

HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>'


@pytest.fixture
def call(board):
    return make_call(board)


def titles(page) -> list[str]:
    return [card["title"] for card in page.context["cards"]]


def test_two_visitors_are_dealt_different_orders_and_each_keeps_theirs_all_day(call):
    many_ideas(call, 30)
    orders = set()
    for n in range(12):
        visitor = Client(REMOTE_ADDR=f"192.0.2.{n}", HTTP_USER_AGENT=f"Browser {n}")
        first = titles(visitor.get(call.get_absolute_url()))
        assert titles(visitor.get(call.get_absolute_url())) == first
        more = titles(visitor.get(call.get_absolute_url(), {"page": 2}))
        assert not set(first) & set(more)
        orders.add(tuple(first))
    assert len(orders) > 6


def test_a_hand_says_nothing_of_the_visitor_and_sets_no_cookie(rf, call, client):
    hands = {hand_of(rf.get("/", REMOTE_ADDR=f"192.0.2.{n % 250}", HTTP_USER_AGENT=str(n)), HANDS) for n in range(400)}
    assert hands <= set(range(HANDS))
    assert len(hands) > HANDS // 2
    assert not client.get(call.get_absolute_url()).cookies


def test_near_a_postcode_the_nearest_come_first_with_how_far_they_are(client, board, call):
    place = make_postcode("XX1 1AA", board)
    latitude, longitude = float(place.latitude), float(place.longitude)
    make_idea(call, "Two kilometres off", latitude=f"{latitude + 0.018:.5f}", longitude=f"{longitude:.5f}")
    make_idea(call, "Round the corner", latitude=f"{latitude + 0.002:.5f}", longitude=f"{longitude:.5f}")
    make_idea(call, "Nowhere in particular")

    page = client.get(call.get_absolute_url(), {"near": "xx11aa"})

    assert titles(page) == ["Round the corner", "Two kilometres off"]
    assert "200 metres away" in page.content.decode()
    assert "2.0 km away" in page.content.decode()
    rows = client.get(call.get_absolute_url() + "map/", {"near": "XX1 1AA"}).context["rows"]
    assert [row["title"] for row in rows] == ["Round the corner", "Two kilometres off"]


@pytest.mark.parametrize("near", ["ZZ9 9ZZ", "nonsense", "x" * 500])
def test_a_postcode_we_do_not_know_is_said_and_every_idea_still_shows(client, call, near):
    make_idea(call, "Benches")
    page = client.get(call.get_absolute_url(), {"near": near})
    assert titles(page) == ["Benches"]
    assert "We cannot find that postcode" in page.content.decode()


def test_the_wall_narrows_by_theme_and_sorts_by_most_discussed(client, call):
    theme = Theme.objects.create(code="t1", label="Green places")
    call.themes.add(theme)
    quiet, loud = make_idea(call, "Quiet", theme=theme), make_idea(call, "Loud")
    Comment.objects.create(idea=loud, stance="for", text="Yes", state="shown")
    Idea.objects.filter(pk=loud.pk).update(comments=1)

    assert titles(client.get(call.get_absolute_url(), {"theme": "t1"})) == [quiet.title]
    assert titles(client.get(call.get_absolute_url(), {"sort": "discussed"})) == ["Loud", "Quiet"]
    assert titles(client.get(call.get_absolute_url(), {"theme": "no-such"})) == []


def test_silence_is_published_until_the_board_answers(client, call, coordinator, now):
    idea = make_idea(call, sent_at=now - timedelta(days=41))
    make_idea(call, "Hidden and old", state="hidden", sent_at=now - timedelta(days=400))
    page = client.get(call.get_absolute_url()).content.decode()
    assert "1 idea waits for an answer" in page
    assert "waited 41 days" in page
    assert "waited 41 days" in client.get(idea.get_absolute_url()).content.decode()

    actions.answer(idea=idea, to="being_looked_at", words="We have read it.", by=coordinator, now=now)

    assert "The board has answered every idea here." in client.get(call.get_absolute_url()).content.decode()


def test_a_standing_call_is_one_a_board_and_offered_first(client, board, coordinator, now):
    one = actions.open_any_time_call(board=board, by=coordinator, now=now)
    assert actions.open_any_time_call(board=board, by=coordinator, now=now) == one
    assert one.is_standing
    page = client.get(f"/boards/{board.slug}/ideas/").content.decode()
    assert "Suggest something any time" in page
    assert one.get_absolute_url() + "propose/" in page
    client.force_login(coordinator)
    assert "Open it for" not in client.get("/desk/ideas/calls/").content.decode()


# --- likes ---------------------------------------------------------------------------------------


def test_ideas_of_the_whole_board_that_say_the_same_are_offered_while_typing(client, board, next_board, call):
    other_call = make_call(board)
    same = make_idea(other_call, "Benches along the river walk")
    make_idea(make_call(next_board), "Benches along the river walk")
    make_idea(call, "Hidden benches along the river walk", state="hidden")
    make_idea(call, "A skate park")

    for typed in ("benches on the river walk", "Bench along river walk", "BENCHES ALONG THE RIVER"):
        assert queries.similar(call, typed) == [same], typed
    page = client.get(call.get_absolute_url() + "similar/", {"title": "benches on the river walk"}).content.decode()
    assert same.get_absolute_url() in page
    assert "skate" not in page
    assert (
        "Is it one of these" not in client.get(call.get_absolute_url() + "similar/", {"title": "be"}).content.decode()
    )


@pytest.mark.parametrize("odd", ["", " ", "%", "_%_", "'; drop table", "\u202e" * 50, "x" * 5000, "a b c d e f g"])
def test_odd_titles_find_nothing_and_break_nothing(client, call, odd):
    make_idea(call, "Benches along the river walk")
    assert client.get(call.get_absolute_url() + "similar/", {"title": odd}).status_code == 200


# --- to take away --------------------------------------------------------------------------------


@pytest.fixture
def mixed(call, stranger):
    point = {"latitude": "54.50000", "longitude": "1.90000"}
    shown = make_idea(call, HOSTILE, text="@SUM(1)", author=stranger, name_shown="+44", **point)
    for state in ("pending", "hidden"):
        make_idea(call, f"Secret {state}", text=f"Secret {state}", state=state, **point)
    return shown


def test_the_csv_holds_what_is_shown_and_starts_no_formula(client, call, mixed, stranger):
    answer = client.get(call.get_absolute_url() + "ideas.csv")
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(StringIO(text)))

    assert [row["reference"] for row in rows] == [mixed.reference]
    assert rows[0]["title"] == "'" + HOSTILE
    assert rows[0]["idea"] == "'@SUM(1)"
    assert rows[0]["name_shown"] == "'+44"
    assert "Secret" not in text
    assert stranger.email not in text


def test_the_geojson_holds_points_of_what_is_shown(client, call, mixed):
    answer = client.get(call.get_absolute_url() + "ideas.geojson")
    found = json.loads(b"".join(answer.streaming_content))
    assert answer["Content-Type"] == "application/geo+json"
    assert [each["id"] for each in found["features"]] == [mixed.reference]
    assert found["features"][0]["geometry"] == {"type": "Point", "coordinates": [1.9, 54.5]}


def test_the_feed_is_atom_and_holds_what_is_shown(client, call, mixed, stranger):
    answer = client.get(call.get_absolute_url() + "feed/")
    tree = ElementTree.fromstring(answer.content)
    atom = "{http://www.w3.org/2005/Atom}"
    assert [entry.findtext(f"{atom}title") for entry in tree.findall(f"{atom}entry")] == [HOSTILE]
    assert stranger.email not in answer.content.decode()
    assert "Secret" not in answer.content.decode()


def test_files_and_feeds_cost_the_same_for_ten_and_ten_thousand(client, call, django_assert_max_num_queries):
    many_ideas(call, 2000)
    for part in ("ideas.csv", "ideas.geojson"):
        with django_assert_max_num_queries(8):
            sum(len(piece) for piece in client.get(call.get_absolute_url() + part).streaming_content)
    with django_assert_max_num_queries(8):
        client.get(call.get_absolute_url() + "feed/")
