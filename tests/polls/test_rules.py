"""Plain arithmetic: what a ranking may be, what places are worth, and where the middle lies."""

import statistics

from hypothesis import given
from hypothesis import strategies as st

from engagement.polls.rules import (
    Fault,
    Spread,
    fault_of_ranking,
    points,
    points_for,
    read_back,
    spread_of,
    steps_of,
    written_down,
)

counts = st.lists(st.integers(0, 40), min_size=2, max_size=11)


def test_a_ranking_starts_at_one_and_leaves_nothing_out():
    assert fault_of_ranking([1, 2, 3], least=1, most=3) is None
    assert fault_of_ranking([2, 1], least=1, most=3) is None
    assert fault_of_ranking([], least=1, most=3) == Fault("few", 0)
    assert fault_of_ranking([1], least=2, most=3) == Fault("few", 1)
    assert fault_of_ranking([1, 1, 2], least=1, most=3) == Fault("twice", 1)
    assert fault_of_ranking([1, 3], least=1, most=3) == Fault("gap", 2)
    assert fault_of_ranking([1, 4], least=1, most=3) == Fault("outside", 4)
    assert fault_of_ranking([0, 1], least=1, most=3) == Fault("outside", 0)


@given(st.permutations(range(1, 7)), st.integers(1, 6))
def test_any_order_of_the_first_places_is_a_ranking(order, least):
    places = [place for place in order if place <= max(least, 4)]
    assert fault_of_ranking(places, least=least, most=6) is None


def test_points_fall_by_one_a_place_down_to_one():
    assert [points_for(place, most=3) for place in (1, 2, 3)] == [3, 2, 1]
    assert points({1: 4, 3: 2}, most=3) == 14


def test_a_scale_of_eleven_is_nought_to_ten_and_others_begin_at_one():
    assert list(steps_of(11)) == list(range(11))
    assert list(steps_of(2)) == [1, 2]
    assert list(steps_of(10)) == list(range(1, 11))


def test_the_middle_of_a_scale():
    assert spread_of([0, 0, 0]) is None
    assert spread_of([0, 3, 0, 0, 1]) == Spread(low=1, high=1, from_=1, to=1)
    assert spread_of([2, 0, 2]) == Spread(low=0, high=2, from_=0, to=2), "Nobody is in between"
    assert spread_of([1, 1, 1, 1]) == Spread(low=1, high=2, from_=0, to=2)


@given(counts)
def test_the_median_is_that_of_the_answers_lined_up(votes):
    answers = [step for step, count in enumerate(votes) for _each in range(count)]
    spread = spread_of(votes)
    if not answers:
        assert spread is None
        return
    assert (spread.low, spread.high) == (statistics.median_low(answers), statistics.median_high(answers))
    assert spread.from_ <= spread.low <= spread.high <= spread.to or spread.low != spread.high


@given(st.dictionaries(st.integers(1, 20), st.integers(1, 10)))
def test_a_vote_written_down_reads_back_and_is_as_long_as_any_other(marks):
    choices = list(range(1, 21))
    written = written_down(marks, choices)
    assert read_back(written, choices) == marks
    assert len(written) == len(written_down({}, choices))
