"""Every sentence on a results page is derived from the count, whichever way decides."""

import json

import pytest

from engagement.funding import words
from engagement.funding.rules import Rule, count_file
from engagement.rules.counting import Method


def lines(costs, ballots, **fields):
    """Give title, status and reason by number, for a pot of £100."""
    file = count_file(
        {
            "rule": Rule(**({"unit_pence": 1} | fields)).record(),
            "ballot": "approval",
            "budget_pence": 100_00,
            "proposals": [
                {"number": n, "title": f"Title {n}", "group": "", "cost_pence": cost, "withdrawn": False}
                for n, cost in enumerate(costs, 1)
            ],
            "ballots": [{"ticks": ticks, "times": times} for ticks, times in ballots],
            "lots": [],
        }
    )
    return {line.number: (line.status, line.because) for line in words.results(json.loads(file), {})}


def test_most_votes_says_by_how_many_votes_a_proposal_fell_short():
    said = lines([60_00, 50_00, 40_00, 200_00, 10_00], [([1], 9), ([2, 4], 5), ([3], 4)])

    assert said[1][0] == said[3][0] == "Funded"
    assert said[2] == (
        "Not funded",
        "It cost £50 and only £40 was left when its turn came. It fell short by 4 votes.",
    )
    assert said[4][1] == "It cost more than the whole budget."
    assert said[5][1] == "Nobody voted for it."


def test_equal_shares_says_where_the_money_of_its_voters_went_and_what_was_left():
    said = lines([50_00, 60_00, 40_00, 90_00], [([1, 2], 6), ([3], 4), ([4], 1)], method=Method.EQUAL_SHARES)

    assert said[1] == ("Funded", "6 voters for it paid up to £8.34 each from their shares.")
    assert said[3] == ("Funded", "4 voters for it paid up to £10 each from their shares.")
    assert said[2][1].startswith("Its voters had paid for other choices and had £")
    assert "too few votes for its cost" in said[4][1]


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"least_votes": 5}, "fewer votes than this round asks for"),
        ({"vote_floor": True}, "too few votes for its cost"),
        ({"exclusive": (("1", "2"),)}, "It cannot be done beside “Title 1”, which is funded."),
    ],
)
def test_each_option_of_the_fine_print_has_its_sentence(fields, because):
    said = lines([10_00, 90_00], [([1], 9), ([2], 1)], **fields)

    assert said[2][0] == "Not funded"
    assert because in said[2][1]
