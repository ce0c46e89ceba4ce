"""Figures put together, and codes that can be read out."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from engagement.evidence.rules import LETTERS, Part, code_from, in_a_hundred, in_fours, normal_code, put_together

shares = st.decimals(min_value="0.0001", max_value=1, places=4)
counts = st.integers(0, 1_000_000).map(Decimal)


def test_counts_of_wards_are_added_each_by_its_share():
    assert put_together([Part(Decimal(100)), Part(Decimal(40), Decimal("0.25"))], is_count=True) == 110


def test_scores_are_weighted_by_the_people_each_ward_brings():
    parts = [Part(Decimal(10), people=3000), Part(Decimal(20), people=1000)]
    assert put_together(parts, is_count=False) == Decimal("12.50")


def test_a_score_is_not_averaged_where_a_ward_has_no_known_population():
    assert put_together([Part(Decimal(10), people=3000), Part(Decimal(20))], is_count=False) is None


@given(st.lists(st.builds(Part, counts, shares, st.integers(1, 50_000)), min_size=1, max_size=12))
def test_a_weighted_mean_lies_between_the_lowest_and_the_highest(parts):
    mean = put_together(parts, is_count=False)
    values = [part.value for part in parts]
    assert mean is not None
    assert min(values) <= mean <= max(values)


@given(st.lists(st.builds(Part, counts), min_size=1, max_size=12))
def test_whole_wards_add_up_exactly(parts):
    assert put_together(parts, is_count=True) == sum(part.value for part in parts)


@given(counts, counts)
def test_a_share_in_a_hundred_is_never_outside_nought_to_a_hundred(part, whole):
    share = in_a_hundred(part, whole)
    assert share is None or 0 <= share <= 100


@given(st.integers(0, 2**60 - 1))
def test_a_code_is_known_again_however_it_was_typed(number):
    code = code_from(number, length=12)
    assert normal_code(in_fours(code).lower()) == code
    assert normal_code(" ".join(code).replace("0", "o").replace("1", "l")) == code


@given(st.text(max_size=80))
def test_nothing_typed_breaks_the_reading_of_a_code(typed):
    code = normal_code(typed)
    assert code is None or (len(code) == 12 and set(code) <= set(LETTERS))
