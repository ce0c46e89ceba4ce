"""Each is asked what tells most, in an order of their own that does not change under their eyes."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from engagement.conversations.rules.order import Waiting, folded, luck, next_statement, weight

statements = st.lists(
    st.builds(
        Waiting,
        st.integers(1, 10_000),
        st.integers(0, 500),
        st.integers(0, 500),
        st.integers(0, 500),
        st.floats(0, 5),
    ),
    unique_by=lambda each: each.key,
    max_size=30,
)


@given(statements, st.integers(0, 2**31), st.randoms())
def test_the_order_in_which_statements_are_read_changes_nothing(waiting, seed, chance):
    shuffled = list(waiting)
    chance.shuffle(shuffled)

    assert next_statement(waiting, seed=seed) == next_statement(shuffled, seed=seed)


@given(statements, st.integers(0, 2**31))
def test_whoever_answers_what_they_are_asked_answers_each_once(waiting, seed):
    left, asked = list(waiting), []
    while (key := next_statement(left, seed=seed)) is not None:
        asked.append(key)
        left = [each for each in left if each.key != key]

    assert sorted(asked) == sorted(each.key for each in waiting)


@given(statements.filter(lambda found: len(found) > 1), st.integers(0, 2**31))
def test_what_comes_next_does_not_change_when_another_statement_goes(waiting, seed):
    drawn = next_statement(waiting, seed=seed)
    other = next(each for each in waiting if each.key != drawn)

    assert next_statement([each for each in waiting if each != other], seed=seed) == drawn


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.floats(0, 5))
def test_a_weight_is_always_above_nought(agrees, disagrees, passes, extremity):
    assert weight(Waiting(1, agrees, disagrees, passes, extremity)) > 0


def test_a_new_statement_comes_before_one_that_many_answered_and_that_before_one_that_many_passed():
    new, answered, passed = Waiting(1), Waiting(2, 40, 40, 5), Waiting(3, 5, 5, 75)

    first = Counter(next_statement([new, answered, passed], seed=seed) for seed in range(500))

    assert first[1] > 10 * first[2] > 10 * first[3]


def test_what_tells_opinions_apart_comes_sooner():
    assert weight(Waiting(1, 20, 20, 2, extremity=1.0)) > 3 * weight(Waiting(1, 20, 20, 2, extremity=0.0))


def test_people_begin_at_different_statements_in_proportion_to_their_weights():
    waiting = [Waiting(key) for key in range(1, 11)]

    first = Counter(next_statement(waiting, seed=seed) for seed in range(5_000))

    assert all(380 < first[key] < 620 for key in range(1, 11)), first  # 500 each, within six standard deviations


@given(st.integers(0, 2**31), st.integers(1, 2**62))
def test_luck_lies_between_nought_and_one(seed, key):
    assert 0 < luck(seed, key) < 1


def test_two_statements_are_alike_whatever_their_case_and_stops():
    assert folded(" More  benches! ") == folded("more benches.")
