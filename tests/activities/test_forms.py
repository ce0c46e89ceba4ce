"""Where someone stands, and deadlines typed in London time."""

from datetime import UTC, datetime

import pytest
import time_machine
from django import forms
from django.contrib.auth.models import AnonymousUser

from engagement.activities import actions
from engagement.activities.forms import LondonField, StandingForm
from engagement.activities.models import Audience
from tests.factories import make_activity, make_postcode


class Asking(StandingForm):
    what = forms.CharField()


def sent(activity, person, **typed):
    return Asking({"what": "Swings", **typed}, activity=activity, person=person)


@pytest.fixture
def local_poll(board):
    return make_activity(board, "poll", audience=Audience.SAYS_LOCAL)


def test_anyone_may_take_part_without_saying_where_they_live(board):
    activity = make_activity(board, "poll", audience=Audience.ANYONE)

    form = sent(activity, AnonymousUser())

    assert form.is_valid()
    assert not form.asks_standing
    assert form.kept_standing() == {}


def test_what_we_ask_comes_first_and_where_they_live_last(local_poll):
    assert list(sent(local_poll, AnonymousUser()).fields) == ["what", "reason", "postcode"]


def test_only_the_ward_is_kept_of_a_postcode(local_poll, board):
    postcode = make_postcode("XX1 1AA", board)

    form = sent(local_poll, AnonymousUser(), reason="lives", postcode=" xx1-1aa")

    assert form.is_valid(), form.errors
    assert form.area == postcode.ward
    assert form.kept_standing() == {"reason": "lives", "area": postcode.ward_id}


def test_a_postcode_of_the_next_board_is_told_the_next_way_in(local_poll, next_board):
    make_postcode("XX2 2BB", next_board)

    form = sent(local_poll, AnonymousUser(), reason="lives", postcode="XX2 2BB")

    assert "That postcode is not in Thornbridge Town." in form.errors["postcode"][0]
    assert "ask at a library" in form.errors["postcode"][0]


def test_a_postcode_we_do_not_know_is_told_the_next_way_in(local_poll):
    form = sent(local_poll, AnonymousUser(), reason="works", postcode="XX9 9ZZ")

    assert "We cannot find that postcode." in form.errors["postcode"][0]


@pytest.mark.parametrize("typed", ["", "XX1", "\x00", "\ud800", "9" * 5000, "=1+1", "XX1 1AA XX1 1AA"])
def test_an_odd_postcode_is_a_sentence_and_never_a_fault(local_poll, typed):
    form = sent(local_poll, AnonymousUser(), reason="lives", postcode=typed)

    assert form.errors["postcode"]


def test_someone_whose_standing_we_know_is_not_asked_again(local_poll, resident):
    assert not sent(local_poll, resident).asks_standing


def test_a_neighbours_standing_counts_on_their_own_board_only(local_poll, neighbour):
    assert sent(local_poll, neighbour).asks_standing


def test_a_standing_that_has_ended_is_asked_for_again(local_poll, resident):
    resident.standings.update(until=datetime(2020, 1, 1, tzinfo=UTC).date())

    assert sent(local_poll, resident).asks_standing


def test_what_was_kept_becomes_a_standing_after_sign_in(local_poll, board, stranger):
    ward = make_postcode("XX1 1AA", board).ward

    standing = actions.say_what_was_kept(person=stranger, board=board, kept={"reason": "studies", "area": ward.pk})

    assert (standing.reason, standing.area) == ("studies", ward)
    assert not sent(local_poll, stranger).asks_standing


@pytest.mark.parametrize(
    "kept", [{}, {"reason": "owns", "area": 1}, {"reason": "lives", "area": "1"}, {"reason": "lives", "area": -5}]
)
def test_nothing_odd_in_a_session_becomes_a_standing(board, stranger, kept):
    assert actions.say_what_was_kept(person=stranger, board=board, kept=kept) is None


# --- deadlines -----------------------------------------------------------------------------------


@time_machine.travel(datetime(2026, 10, 1, 12, tzinfo=UTC))
@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("30 October 23:59", datetime(2026, 10, 30, 23, 59, tzinfo=UTC)),
        ("24 October 23:59", datetime(2026, 10, 24, 22, 59, tzinfo=UTC)),  # still summer time
        ("30 June 2027 5pm", datetime(2027, 6, 30, 16, 0, tzinfo=UTC)),
        ("29 February 2028 23:59", datetime(2028, 2, 29, 23, 59, tzinfo=UTC)),
        ("2026-10-30T23:59", datetime(2026, 10, 30, 23, 59, tzinfo=UTC)),
    ],
)
def test_a_typed_deadline_means_london(typed, moment):
    assert LondonField().clean(typed) == moment


def test_a_time_that_happens_twice_takes_the_first_and_says_so():
    field = LondonField()

    assert field.clean("25 October 2026 01:30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "happens twice" in str(field.note)
    assert field.clean("25 October 2026 02:30") == datetime(2026, 10, 25, 2, 30, tzinfo=UTC)
    assert not field.note


def test_a_time_that_does_not_exist_is_refused_in_words():
    with pytest.raises(forms.ValidationError, match="does not happen"):
        LondonField().clean("28 March 2027 01:30")


@pytest.mark.parametrize(
    "typed", ["29 February 2027 12:00", "soon", "30/10", "99:99", "\x00", "1" * 5000, "30 October 25:00"]
)
def test_an_odd_deadline_is_refused_in_words(typed):
    with pytest.raises(forms.ValidationError):
        LondonField().clean(typed)
