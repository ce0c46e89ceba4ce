"""Sending an idea one thing a page: nothing typed is lost on the way, and likes are offered before the work begins."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from engagement.evidence.models import Theme
from engagement.ideas.forms import PAGES
from engagement.ideas.models import Idea
from engagement.ideas.rules import snapped
from tests.factories import make_need, make_postcode
from tests.ideas.factories import make_call, make_idea


class Fields(HTMLParser):
    """Reads the first form of a page that holds an idea: what it would send, and what a person sees."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.seen: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and name:
            self.sent[name] = given.get("value") or ""
            if given.get("type") != "hidden":
                self.seen.append(name)
        elif tag in ("textarea", "select") and name:
            self.seen.append(name)
            self.sent.setdefault(name, "")
            self.text = name if tag == "textarea" else ""
        elif tag == "option" and "selected" in given and self.seen:
            self.sent[self.seen[-1]] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.text:
            self.sent[self.text] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.text = ""


def fields_of(answer) -> Fields:
    found = Fields()
    found.feed(answer.content.decode().partition("<main")[2])
    return found


@pytest.fixture
def call(board):
    call = make_call(board)
    call.activity.needs.add(make_need(board))
    call.themes.add(Theme.objects.create(code="t1", label="Green places"))
    return call


def go_on(client, answer, address, go="next", **typed: str):
    here = fields_of(answer)
    return client.post(address, here.sent | typed | {"go": go})


def test_each_page_asks_one_thing_and_carries_the_rest(client, board, call):
    make_postcode("XX1 1AA", board)
    address = call.get_absolute_url() + "propose/"
    answer = client.get(address)
    typed = {
        "title": {"title": "Benches"}, "text": {"text": "Somewhere to sit."},
        "place": {"place_postcode": "XX1 1AA", "place_words": "By the ford"},
        "who_it_helps": {"who_it_helps": "My nan", "cost_guess_pence": "300"},
        "name_shown": {"name_shown": "Ada"},
    }  # fmt: skip
    for page, names in PAGES.items():
        here = fields_of(answer)
        asked = {name for name in here.seen if name in {n for each in PAGES.values() for n in each}}
        assert asked <= set(names), page
        first = next(name for name in typed if name in here.seen)
        answer = go_on(client, answer, address, **typed[first])
    assert "Check your idea" in answer.content.decode()
    for said in ("Benches", "Somewhere to sit.", "XX1 1AA", "By the ford", "My nan", "£300", "Ada"):
        assert said in answer.content.decode()
    assert not Idea.objects.exists(), "nothing is kept until it is sent"


def test_going_back_keeps_what_was_typed_and_finds_no_fault(client, call):
    address = call.get_absolute_url() + "propose/"
    answer = go_on(client, client.get(address), address, title="Benches")
    answer = go_on(client, answer, address, go="back", text="Half a thought")

    here = fields_of(answer)
    assert here.sent["title"] == "Benches"
    assert here.sent["text"] == "Half a thought"
    assert "There is a problem" not in answer.content.decode()


def test_a_page_left_empty_says_so_there_and_not_before(client, call):
    address = call.get_absolute_url() + "propose/"
    answer = go_on(client, client.get(address), address, title="")
    page = answer.content.decode()
    assert "There is a problem" in page
    assert "title" in fields_of(answer).seen
    answer = go_on(client, answer, address, title="Benches")
    assert "There is a problem" not in answer.content.decode()


def test_a_like_idea_is_offered_right_after_the_name_and_one_can_say_mine_is_different(client, call):
    other = make_idea(call, "Benches along the river walk")
    address = call.get_absolute_url() + "propose/"
    answer = go_on(client, client.get(address), address, title="Benches on the river walk")

    page = answer.content.decode()
    assert "Is it one of these?" in page
    assert other.get_absolute_url() + "back/" in page
    answer = go_on(client, answer, address, go="different")
    assert "text" in fields_of(answer).seen
    assert fields_of(answer).sent["title"] == "Benches on the river walk"


def test_changing_one_answer_leads_to_its_page(client, call):
    address = call.get_absolute_url() + "propose/"
    sent = fields_of(client.get(address)).sent | {"title": "Benches", "text": "To sit.", "step": "change", "go": "more"}
    answer = client.post(address, sent)
    assert "who_it_helps" in fields_of(answer).seen


def test_a_point_pressed_on_the_map_is_snapped_to_100_metres_and_gives_the_ward(client, board, call, stranger):
    client.force_login(stranger)
    ward = board.areas.wards()[0]
    square = [[1.9, 54.5], [1.92, 54.5], [1.92, 54.52], [1.9, 54.52], [1.9, 54.5]]
    ward.boundary = {"type": "Polygon", "coordinates": [square]}
    ward.save()
    address = call.get_absolute_url() + "propose/"
    sent = fields_of(client.get(address)).sent | {"title": "Benches", "text": "To sit.", "step": "send"}
    client.post(address, sent | {"latitude": "54.5112345", "longitude": "1.9054321"})

    idea = Idea.objects.get()
    assert idea.place == ward
    assert (float(idea.latitude), float(idea.longitude)) == snapped(54.5112345, 1.9054321)


@pytest.mark.parametrize("point", [("0", "0"), ("91", "0"), ("nan", "1"), ("inf", "1"), ("51.5", "")])
def test_a_point_that_is_no_place_of_the_board_is_refused_or_left_out_and_nothing_is_lost(
    client, call, stranger, point
):
    client.force_login(stranger)
    address = call.get_absolute_url() + "propose/"
    sent = fields_of(client.get(address)).sent | {"title": "Benches", "text": "To sit.", "step": "send"}
    answer = client.post(address, sent | {"latitude": point[0], "longitude": point[1]})
    if answer.status_code == 302:
        assert Idea.objects.get().latitude is None
    else:
        assert "There is a problem" in answer.content.decode()
        assert "Benches" in answer.content.decode()


@pytest.mark.parametrize(
    "odd", [{"step": "no-such"}, {"step": "name", "go": "x" * 5000}, {"step": "change", "go": "no"}]
)
def test_odd_steps_get_a_page(client, call, odd):
    address = call.get_absolute_url() + "propose/"
    sent = fields_of(client.get(address)).sent | {"title": "Benches", "text": "To sit."}
    assert client.post(address, sent | odd).status_code == 200
