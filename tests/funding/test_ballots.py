"""What makes a ballot whole, codes without slips, shares of a key: rules that can be read aloud."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagement.funding.actions.counting import ballot_input
from engagement.funding.rules import (
    MOST_ORDERS,
    Fault,
    Method,
    Paper,
    Problem,
    Share,
    code_from_bits,
    code_from_words,
    code_in_words,
    count_file,
    in_the_order_of,
    points_given,
    problem_of,
    recount,
    share_from_words,
    share_in_words,
)
from engagement.funding.words import ballot_problem, how_to_vote, mark_in_words
from engagement.rules.counting import Rule

COSTS = {1: 400_00, 2: 300_00, 3: 500_00, 4: 200_00}


def paper(method, **rules):
    return Paper(method=Method(method), costs_pence=COSTS, **{"least": 2, "budget_pence": 1000_00, **rules})


WHOLE = [
    ("approval", {}, [(1, 1), (3, 1)]),
    ("approval", {"most": 2}, [(1, 1), (3, 1)]),
    ("knapsack", {}, [(1, 1), (2, 1)]),
    ("knapsack", {}, [(3, 1), (2, 1), (4, 1)]),  # to the last penny
    ("ranking", {"most": 3}, [(1, 2), (3, 1)]),
    ("points", {}, [(1, 9), (2, 1)]),
    ("scores", {}, [(1, 5), (2, 1)]),
]
BROKEN = [
    ("approval", {}, [(1, 1)], Problem(Fault.TOO_FEW, 2, 1)),
    ("approval", {}, [], Problem(Fault.TOO_FEW, 2, 0)),
    ("approval", {"most": 2}, [(1, 1), (2, 1), (3, 1)], Problem(Fault.TOO_MANY, 2, 3)),
    ("approval", {}, [(1, 1), (9, 1)], Problem(Fault.NOT_ON_THE_BALLOT)),
    ("approval", {}, [(1, 1), (1, 1)], Problem(Fault.NOT_ON_THE_BALLOT)),
    ("approval", {}, [(1, 2), (2, 1)], Problem(Fault.NO_SUCH_VALUE)),
    ("knapsack", {}, [(1, 1), (2, 1), (3, 1)], Problem(Fault.OVER_BUDGET, 1000_00, 1200_00)),
    ("ranking", {"most": 3}, [(1, 1), (2, 3)], Problem(Fault.PLACES_WITH_GAPS, 2)),
    ("ranking", {"most": 3}, [(1, 1), (2, 1)], Problem(Fault.PLACES_WITH_GAPS, 2)),
    ("ranking", {"most": 2}, [(1, 1), (2, 2), (3, 3)], Problem(Fault.TOO_MANY, 2, 3)),
    ("points", {}, [(1, 9), (2, 2)], Problem(Fault.TOO_MANY_POINTS, 10, 11)),
    ("points", {}, [(1, 8), (2, 1)], Problem(Fault.POINTS_LEFT, 10, 9)),
    ("points", {}, [(1, 10)], Problem(Fault.TOO_FEW, 2, 1)),
    ("scores", {}, [(1, 6), (2, 1)], Problem(Fault.NO_SUCH_SCORE, 5, 6)),
    ("scores", {}, [(1, 0), (2, 1)], Problem(Fault.NO_SUCH_VALUE)),
    ("points", {}, [(1, 256), (2, 1)], Problem(Fault.NO_SUCH_VALUE)),
]


@pytest.mark.parametrize(("method", "rules", "marks"), WHOLE)
def test_a_whole_ballot_is_taken(method, rules, marks):
    assert problem_of(paper(method, **rules), marks) is None


@pytest.mark.parametrize(("method", "rules", "marks", "problem"), BROKEN)
def test_a_broken_ballot_is_refused_in_a_sentence(method, rules, marks, problem):
    assert problem_of(paper(method, **rules), marks) == problem
    sentence = ballot_problem(problem, method)
    assert sentence.endswith(".")
    assert "%" not in sentence


@pytest.mark.parametrize("method", list(Method))
def test_a_blank_vote_is_taken_only_where_allowed_and_asked_for(method):
    allowed, not_allowed = paper(method, allows_blank=True), paper(method)

    assert problem_of(allowed, [], blank=True) is None
    assert problem_of(allowed, []).fault is Fault.TOO_FEW
    assert problem_of(allowed, [(1, 1)], blank=True).fault is Fault.BLANK_AND_CHOSEN
    assert problem_of(not_allowed, [], blank=True).fault is Fault.BLANK_NOT_ALLOWED


def test_no_more_is_asked_than_the_ballot_holds_or_the_budget_buys():
    assert paper("approval", least=9).least_here == 4
    assert paper("knapsack", least=4, budget_pence=600_00).least_here == 2
    assert paper("knapsack", least=4, budget_pence=1).least_here == 1


@pytest.mark.parametrize("method", list(Method))
def test_every_kind_of_ballot_says_what_to_do(method):
    said = how_to_vote(paper(method, most=3))

    assert len(said) >= 2
    assert all(sentence.endswith(".") and "%" not in sentence for sentence in said)
    assert mark_in_words(method, 2) == {
        "ranking": "Place 2", "points": "2 points", "scores": "Score 2 of 5",
    }.get(method, "")  # fmt: skip


# --- the order of the ballot


@given(st.integers(1, MOST_ORDERS), st.sets(st.integers(1, 512), max_size=60))
def test_a_voters_number_gives_one_order_of_the_same_list(seed, numbers):
    order = in_the_order_of(seed, numbers)

    assert sorted(order) == sorted(numbers)
    assert order == in_the_order_of(seed, reversed(order))


def test_each_proposal_is_first_for_about_as_many_voters():
    firsts = [in_the_order_of(seed, range(1, 6))[0] for seed in range(1, MOST_ORDERS + 1)]

    assert all(1800 < firsts.count(number) < 2200 for number in range(1, 6))
    assert in_the_order_of(4711, range(1, 6)) == [5, 1, 2, 4, 3]  # as anyone works it out again


# --- codes


@given(st.integers(0, 2**45 - 1))
def test_a_code_survives_being_copied_by_hand(bits):
    code = code_from_bits(bits)
    badly = code_in_words(code).lower().replace("0", "o").replace("1", "l").replace("-", " ")

    assert code_from_words(code_in_words(code)) == code_from_words(badly) == code


@given(st.integers(0, 2**45 - 1), st.integers(0, 9), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_every_single_slip_in_a_code_is_found(bits, place, letter):
    code = code_from_bits(bits)
    slipped = code[:place] + letter + code[place + 1 :]

    assert code_from_words(slipped) == (code if slipped == code else None)


@given(st.integers(0, 2**45 - 1), st.integers(0, 8))
def test_two_letters_that_changed_places_are_found(bits, place):
    code = code_from_bits(bits)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert code_from_words(swapped) == (code if swapped == code else None)


@pytest.mark.parametrize("typed", ["", "ABC", "UUUUUUUUUU", "é" * 10, "1" * 5000, "\x00" * 10])
def test_what_is_no_code_is_none(typed):
    assert code_from_words(typed) is None


# --- shares of a key


@given(st.sampled_from([1, 2, 3]), st.binary(min_size=32, max_size=32))
def test_a_share_survives_print_and_retyping(place, secret):
    line = share_in_words(Share(place, secret))
    letter = f"Keep this safe.\n\n{line.lower().replace('-', ' ')}\n\nThe board"

    assert share_from_words(letter) == Share(place, secret)


@given(st.binary(min_size=32, max_size=32), st.integers(9, 60))
def test_a_slip_in_a_share_is_found(secret, place):
    line = share_in_words(Share(2, secret))
    if line[place] == "-":
        return
    other = "7" if line[place] != "7" else "8"

    assert share_from_words(line[:place] + other + line[place + 1 :]) is None


# --- what the marks are worth


def test_the_first_place_is_worth_as_many_points_as_there_are_places():
    assert points_given(Method.RANKING, [(4, 1), (2, 3)], places=3) == ((4, 3), (2, 1))
    assert points_given(Method.POINTS, [(4, 7)], places=3) == ((4, 7),)


@pytest.mark.parametrize(
    ("kind", "scores"),
    [("ranking", {"1": 8, "2": 7}), ("points", {"1": 4, "2": 5}), ("scores", {"1": 4, "2": 5})],
)
def test_a_count_file_of_marks_can_be_counted_again(kind, scores):
    method = Method(kind)
    inputs = {
        "rule": Rule().record(),
        "ballot": kind,
        "places": 3,
        "budget_pence": 500_00,
        "proposals": [
            {"number": n, "title": "", "group": "", "cost_pence": 400_00, "withdrawn": False} for n in (1, 2)
        ],
        "ballots": [ballot_input(method, ((1, 1), (2, 2)), 2), ballot_input(method, ((1, 2), (2, 1)), 1)],
        "lots": [],
    }
    file = count_file(inputs)

    assert recount(file) == file
    assert json.loads(file)["result"]["votes"] == {"1": 3, "2": 3}
    assert json.loads(file)["result"]["scores"] == scores
