"""Deadlines without a year, and references to read out over the telephone."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagement.activities.rules import LETTERS, normal_reference, reference, with_year


@pytest.mark.parametrize(
    ("typed", "today", "meant"),
    [
        ("30 October 23:59", date(2026, 11, 23), "30 October 2027 23:59"),
        ("30 October 23:59", date(2026, 10, 30), "30 October 2026 23:59"),
        ("Friday 27th November at 5pm", date(2026, 11, 23), "27 November 2026 5pm"),
        ("1 dec 9.30am", date(2026, 11, 23), "1 December 2026 9.30am"),
        ("29 February 12:00", date(2026, 11, 23), "29 February 2028 12:00"),
        ("29 February 12:00", date(2096, 3, 1), "29 February 2104 12:00"),
    ],
)
def test_a_day_without_a_year_is_the_next_one_to_come(typed, today, meant):
    assert with_year(typed, today) == meant


@pytest.mark.parametrize("typed", ["30 October 2026 23:59", "31 June 10:00", "30 Brumaire 10:00", "soon", "", "9" * 80])
def test_what_is_not_a_day_without_a_year_is_left_as_it_was(typed):
    assert with_year(typed, date(2026, 11, 23)) == typed


@given(st.text(max_size=80))
def test_no_text_at_all_breaks_the_reading_of_a_deadline(typed):
    assert isinstance(with_year(typed, date(2026, 11, 23)), str)


@given(st.integers(0, 2**50 - 1))
def test_a_reference_is_read_back_however_it_is_typed(number):
    given_out = reference(number)

    assert set(given_out) <= set(LETTERS) | {"-"}
    assert normal_reference(given_out.lower().replace("-", " ")) == given_out
    assert normal_reference(given_out.replace("0", "o").replace("1", "l")) == given_out


@given(st.integers(0, 2**50 - 1), st.integers(0, 2**50 - 1))
def test_two_numbers_never_share_a_reference(one, other):
    assert (reference(one) == reference(other)) == (one == other)
