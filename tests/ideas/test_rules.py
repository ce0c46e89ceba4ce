"""Plain rules: the path of an idea, its square on the map, everyone's turn."""

from datetime import date, timedelta
from math import cos, radians

from hypothesis import given
from hypothesis import strategies as st

from engagement.ideas.models import Idea
from engagement.ideas.rules import DECK, MOVES, folded, may_move, reference, search_words, snapped, turn_of


def test_every_status_has_a_way_on_and_none_leads_back_to_received():
    assert set(MOVES) == set(Idea.Status.values)
    assert all(MOVES.values())
    assert not any("received" in ways for ways in MOVES.values())


def test_what_was_not_taken_up_can_be_looked_at_again_but_not_declared_done():
    assert may_move("not_taken_up", "being_looked_at")
    assert not may_move("not_taken_up", "done")
    assert not may_move("nowhere", "done")


@given(latitude=st.floats(49, 61), longitude=st.floats(-8, 2))
def test_a_point_moves_less_than_a_square_and_snapping_again_leaves_it(latitude, longitude):
    north, east = snapped(latitude, longitude)

    assert abs(north - latitude) * 111_320 <= 51
    assert abs(east - longitude) * 111_320 * cos(radians(latitude)) <= 52
    again = snapped(north, east)
    assert abs(again[0] - north) < 0.00002
    assert abs(again[1] - east) < 0.00002


@given(day=st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_the_days_turn_is_a_shuffle_that_loses_no_card(day):
    turn = turn_of(day)

    assert 0 < turn < DECK
    cards = range(1, 2000)
    assert len({card * turn % DECK for card in cards}) == len(cards)


def test_tomorrow_has_another_order():
    cards = list(range(1, 1_000_000, 9_973))
    today = date(2026, 11, 23)

    def order(day):
        return sorted(cards, key=lambda card: card * turn_of(day) % DECK)

    assert order(today) != order(today + timedelta(days=1))
    assert order(today) == order(today)


@given(typed=st.text(max_size=500))
def test_search_words_are_few_short_and_folded(typed):
    words = search_words(typed)

    assert len(words) <= 6
    assert all(0 < len(word) <= 40 for word in words)
    assert len(set(words)) == len(words)


def test_search_finds_a_cafe_with_or_without_its_accent():
    assert folded("Café") in folded("The CAFE by the quay")


def test_references_are_eight_letters_that_cannot_be_misread():
    assert reference(2**40 - 1) == "ZZZZ-ZZZZ"
    assert not set("ILOU") & set(reference(123_456_789_012))
