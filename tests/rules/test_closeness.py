"""What would have changed an outcome: each answer is tried by counting again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from engagement.rules.counting import Method, Rule, Start, Stop, Tie, TopUp, recount_method
from engagement.rules.counting.closeness import budget_to_win, closeness, cost_to_win
from engagement.rules.counting.referee import Exact
from engagement.rules.counting.ties import TieOrder
from tests.rules.test_counting import election, elections

RULE = Rule(method=Method.EQUAL_SHARES, unit_pence=1, start=Start.EXACT, top_up=TopUp.NONE, ties=(Tie.ID,))
EQUAL = Method.EQUAL_SHARES


@settings(max_examples=80, deadline=None)
@given(elections())
def test_the_votes_asked_for_have_it_bought_and_one_fewer_do_not(held):
    costs, ballots, budget, kind = held
    counted = election(
        costs, [*ballots, list(costs) if kind == "approval" else dict.fromkeys(costs, 1)], budget, kind=kind
    )
    rule = replace(RULE, stop=Stop.AT_ONCE)
    made = recount_method(counted, rule, EQUAL)
    projects = [p for p in range(len(counted.projects)) if counted.projects[p].cost_pence <= budget]
    number = {project.id: at for at, project in enumerate(counted.projects)}

    for near in closeness(counted, rule, made):
        assert 0 <= near.support_percent <= 99
        if near.more_votes > 10**6:
            continue
        for more, wins in ((near.more_votes, True), (near.more_votes - 1, False)):
            asked = counted if not more else counted.with_votes(number[near.project], more)
            run = Exact(asked, rule, TieOrder(asked, rule, ()), projects).run(made.share_pence)
            assert (number[near.project] in run.order) is wins


def test_a_loser_can_be_told_how_near_it_came_and_where_the_money_went():
    """Ten pence each: the four who chose both pay 8 each for the first, and could as well have paid for the second."""
    counted = election({"1": 32, "2": 25, "3": 30}, [["1", "2"]] * 4 + [["3"]] * 3, 70)
    made = recount_method(counted, replace(RULE, stop=Stop.AT_ONCE), EQUAL)
    [near] = [each for each in closeness(counted, replace(RULE, stop=Stop.AT_ONCE), made) if each.project == "2"]

    assert "2" not in made.funded
    assert [(went.project, went.pence, went.voters) for went in near.went_to] == [("1", 32, 4)]
    assert near.support_percent == 99  # the tie it lost: never all of it
    assert near.more_votes >= 1


@pytest.mark.parametrize("method", list(Method))
def test_the_cost_and_the_budget_found_do_fund_it(method):
    counted = election({"1": 60, "2": 55}, [["1"]] * 6 + [["2"]] * 4, 100)
    rule = replace(RULE, stop=Stop.EXHAUSTIVE)

    cost = cost_to_win(counted, rule, method, "2", to_pence=1)
    budget = budget_to_win(counted, rule, method, "2", to_pence=1)

    assert cost == 40
    assert budget == 115
    for changed in (counted.with_changes(cost_pence={1: cost}), counted.with_changes(budget_pence=budget)):
        assert "2" in recount_method(changed, rule, method).funded
    assert "2" not in recount_method(counted.with_changes(cost_pence={1: cost + 1}), rule, method).funded


def test_no_budget_funds_what_nobody_chose():
    counted = election({"1": 60, "2": 55}, [["1"]] * 6, 100)

    assert budget_to_win(counted, RULE, EQUAL, "2") is None
    assert cost_to_win(counted, RULE, EQUAL, "2") is None
