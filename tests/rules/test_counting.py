"""The count: promises over any input, checked against sums done on paper."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engagement.rules.counting import (
    Disagreement,
    Kind,
    Method,
    NotCountable,
    Project,
    Reads,
    Reason,
    Rule,
    Start,
    Status,
    Stop,
    Tie,
    TopUp,
    Worth,
    count,
    make_election,
    recount_method,
)
from engagement.rules.counting.equal_shares import CannotTell, EqualShares
from engagement.rules.counting.fairness import claims
from engagement.rules.counting.plain import counted_plainly
from engagement.rules.counting.raising import Raising
from engagement.rules.counting.referee import Exact
from engagement.rules.counting.ties import TieOrder
from tests.rules.oracle import one_run, with_raises

EQUAL, MOST = Method.EQUAL_SHARES, Method.MOST_VOTES
PLAIN = Rule(method=EQUAL, unit_pence=1, start=Start.EXACT, stop=Stop.AT_ONCE, top_up=TopUp.NONE, ties=(Tie.ID,))


def election(costs, ballots, budget, *, kind=Kind.APPROVAL, **more):
    """Costs by id; ballots as lists (or dicts of points), each cast once or given as (ballot, times)."""
    cast = [each if isinstance(each, tuple) else (each, 1) for each in ballots]
    return make_election([Project(id, cost) for id, cost in costs.items()], budget, cast, kind=kind, **more)


def reasons(made):
    return {step.project: step.reason for step in made.steps}


costs_of_some = st.lists(
    st.one_of(st.integers(1, 60), st.sampled_from([10, 20, 30, 31, 7])), min_size=1, max_size=6
).map(lambda costs: {str(n): cost for n, cost in enumerate(costs, 1)})


@st.composite
def elections(draw, kind=None, most_ballots=10):
    costs = draw(costs_of_some)
    kind = kind or draw(st.sampled_from([Kind.APPROVAL, Kind.POINTS]))
    ids = st.sampled_from(sorted(costs))
    ballot = st.lists(ids, unique=True) if kind is Kind.APPROVAL else st.dictionaries(ids, st.integers(1, 4))
    ballots = draw(st.lists(ballot, max_size=most_ballots))
    budget = draw(st.one_of(st.integers(0, sum(costs.values()) + 5), st.just(sum(costs.values()))))
    return costs, ballots, budget, kind


rules = st.builds(
    Rule,
    method=st.sampled_from(list(Method)),
    unit_pence=st.sampled_from([1, 1, 5]),
    start=st.sampled_from(list(Start)),
    step_pence=st.sampled_from([0, 1, 3, 500]),
    stop=st.sampled_from(list(Stop)),
    top_up=st.sampled_from(list(TopUp)),
    ties=st.sampled_from([(Tie.ID,), (Tie.COST, Tie.VOTES, Tie.ID), (Tie.COST, Tie.VOTES, Tie.LOT)]),
    least_votes=st.sampled_from([0, 0, 2]),
    vote_floor=st.booleans(),
    exclusive=st.sampled_from([(), (), (("1", "2"),), (("1", "2", "3"), ("3", "4"))]),
    worth=st.sampled_from(list(Worth)),
    reads=st.sampled_from(list(Reads)),
)


# --- against paper ---------------------------------------------------------------------------------


@settings(max_examples=250, deadline=None)
@given(elections(), rules, st.randoms())
def test_equal_shares_buys_what_plain_fractions_buy(held, rule, chance):
    costs, ballots, budget, kind = held
    rule = replace(rule, least_votes=0, vote_floor=False, exclusive=(), top_up=TopUp.NONE, reads=Reads.AS_CAST)
    lots = sorted(costs)
    chance.shuffle(lots)
    full = [ballot if isinstance(ballot, dict) else dict.fromkeys(ballot, 1) for ballot in ballots if ballot]
    assume(full)
    votes = {p: sum(p in ballot for ballot in full) for p in costs}
    order = {
        (Tie.ID,): lambda p: p,
        (Tie.COST, Tie.VOTES, Tie.ID): lambda p: (costs[p], -votes[p], p),
        (Tie.COST, Tie.VOTES, Tie.LOT): lambda p: (costs[p], -votes[p], lots.index(p)),
    }[rule.ties]
    flat = rule.worth is Worth.VOTES or (kind is Kind.POINTS and rule.worth is Worth.AS_CAST)
    fitting = {p: cost for p, cost in costs.items() if cost <= budget}
    share, step = rule.start_share(budget, len(full)), rule.step(budget, len(full))
    worth, first = (lambda p: 1 if flat else costs[p]), (lambda tied: min(tied, key=order))
    if rule.stop is Stop.AT_ONCE:
        expected, raises = one_run(fitting, full, share, worth, first), 0
    else:
        expected, raises = with_raises(
            fitting, full, budget, share, step, worth, first, exhaustive=rule.stop is Stop.EXHAUSTIVE, most=150
        )
    assume(expected is not None)

    made = recount_method(election(costs, ballots, budget, kind=kind), rule, EQUAL, lots)

    assert [each.project for each in made.rounds] == expected
    assert made.raises == raises


@settings(max_examples=150, deadline=None)
@given(elections(), st.integers(0, 400), st.integers(1, 7))
def test_the_engine_and_the_referee_buy_the_same_round_by_round(held, share, parts):
    costs, ballots, budget, kind = held
    counted = election(costs, ballots, budget, kind=kind)
    projects = [p for p in range(len(counted.projects)) if counted.supporters[p]]
    order = TieOrder(counted, PLAIN, ())
    at = Fraction(share, parts)
    fast = EqualShares(counted, PLAIN, order, projects, at)

    exact = Exact(counted, PLAIN, order, projects).run(at)

    try:
        found = fast.run(at)
    except CannotTell:
        return  # it may always say so, and must where rounding could decide: see the next tests
    assert found.order == exact.order


@settings(max_examples=100, deadline=None)
@given(elections(), st.integers(1, 200))
def test_each_purchase_is_paid_in_full_by_supporters_who_pay_alike_or_all_they_have(held, share):
    costs, ballots, budget, kind = held
    counted = election(costs, ballots, budget, kind=kind)
    projects = [p for p in range(len(counted.projects)) if counted.supporters[p]]
    referee = Exact(counted, PLAIN, TieOrder(counted, PLAIN, ()), projects)
    run = referee.run(Fraction(share))
    held_by = [Fraction(share)] * len(counted.weights)

    rates = []
    for bought in referee.purchases:
        paid = 0
        points = counted.points_for(bought.project)
        for at, row in enumerate(counted.chosen_by(bought.project).tolist()):
            asked = bought.price * (1 if points is None else int(points[at]))
            theirs = min(held_by[row], asked)
            held_by[row] -= theirs
            paid += theirs * int(counted.weights[row])
        assert paid == counted.projects[bought.project].cost_pence
        rates.append(run.rounds[len(rates)].rate)
    assert rates == sorted(rates)  # each purchase gives its supporters no more for their money than the one before
    assert all(money >= 0 for money in held_by)


# --- what never happens ----------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(elections(), rules, st.randoms())
def test_no_count_overspends_or_funds_what_nobody_chose(held, rule, chance):
    costs, ballots, budget, kind = held
    lots = sorted(costs)
    chance.shuffle(lots)
    counted = election(costs, ballots, budget, kind=kind)

    both = count(counted, rule, lots)

    for made in (both.most_votes, both.equal_shares):
        assert made.status is Status.SETTLED
        assert sum(costs[p] for p in made.funded) + made.left_pence == budget
        assert made.left_pence >= 0
        assert all(any(p in ballot for ballot in ballots) for p in made.funded)
        assert sorted(step.project for step in made.steps) == sorted(costs)
        assert not any(len(set(each) & set(made.funded)) > 1 for each in rule.exclusive)


def relabelled(held, names):
    costs, ballots, budget, kind = held
    return (
        {names[p]: cost for p, cost in costs.items()},
        [
            {names[p]: n for p, n in ballot.items()} if isinstance(ballot, dict) else [names[p] for p in ballot]
            for ballot in ballots
        ],
        budget,
        kind,
    )


@settings(max_examples=100, deadline=None)
@given(elections(), rules, st.randoms())
def test_other_names_another_order_and_other_groups_change_nothing(held, rule, chance):
    costs, ballots, budget, kind = held
    rule = replace(rule, ties=(Tie.COST, Tie.VOTES, Tie.LOT), exclusive=())
    lots = sorted(costs)
    chance.shuffle(lots)
    names = dict(zip(sorted(costs), chance.sample(["9", "10", "b", "B", "é", "7;8"], len(costs)), strict=True))
    other = relabelled(held, names)
    listed = list(other[0].items())
    chance.shuffle(listed)
    cast = list(other[1])
    chance.shuffle(cast)

    before = count(election(costs, ballots, budget, kind=kind), rule, lots)
    after = count(election(dict(listed), cast, budget, kind=kind), rule, [names[p] for p in lots])

    for method in Method:
        assert [names[p] for p in before.of(method).funded if p] == list(after.of(method).funded)


@settings(max_examples=100, deadline=None)
@given(elections(), rules, st.integers(1, 4))
def test_blank_ballots_change_nothing_but_turnout(held, rule, blanks):
    costs, ballots, budget, kind = held
    blank = {} if kind is Kind.POINTS else []
    lots = sorted(costs)

    before = count(election(costs, ballots, budget, kind=kind), rule, lots)
    counted = election(costs, [*ballots, (blank, blanks)], budget, kind=kind)
    after = count(counted, rule, lots)

    assert after == before
    assert counted.turnout == len(ballots) + blanks


@settings(max_examples=100, deadline=None)
@given(elections(), st.integers(2, 5))
def test_every_ballot_twice_and_every_sum_in_smaller_coins_fund_the_same(held, k):
    costs, ballots, budget, kind = held
    rule = replace(PLAIN, top_up=TopUp.MOST_VOTES)

    once = recount_method(election(costs, ballots, budget, kind=kind), rule, EQUAL)
    doubled = recount_method(election(costs, [(ballot, k) for ballot in ballots], budget, kind=kind), rule, EQUAL)
    smaller = recount_method(
        election({p: cost * k for p, cost in costs.items()}, ballots, budget * k, kind=kind), rule, EQUAL
    )

    assert once.funded == doubled.funded == smaller.funded


@settings(max_examples=150, deadline=None)
@given(elections(kind=Kind.APPROVAL), st.sampled_from(list(Stop)), st.booleans())
def test_equal_shares_leaves_nobody_with_a_claim(held, stop, top_up):
    costs, ballots, budget, kind = held
    rule = replace(PLAIN, stop=stop, top_up=TopUp.MOST_VOTES if top_up else TopUp.NONE)

    made = recount_method(election(costs, ballots, budget, kind=kind), rule, EQUAL)

    assert made.fairness.claims == ()


@settings(max_examples=80, deadline=None)
@given(elections(kind=Kind.APPROVAL), st.integers(1, 40))
def test_a_dearer_loser_stays_a_loser_at_the_same_share(held, dearer):
    costs, ballots, budget, kind = held
    assume(any(ballots))
    projects = list(range(len(costs)))
    counted = election(costs, [*ballots, list(costs)], budget, kind=kind)
    at = Fraction(budget, counted.voters)
    lost = set(projects) - set(Exact(counted, PLAIN, TieOrder(counted, PLAIN, ()), projects).run(at).order)

    for p in lost:
        changed = counted.with_changes(cost_pence={p: counted.projects[p].cost_pence + dearer})
        assert p not in Exact(changed, PLAIN, TieOrder(changed, PLAIN, ()), projects).run(at).order


# --- cases -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize(
    ("costs", "ballots", "budget", "funded"),
    [
        ({}, [], 0, ()),
        ({}, [[]], 100, ()),
        ({"1": 50}, [], 100, ()),
        ({"1": 50}, [[]] * 9, 100, ()),
        ({"1": 50}, [["1"]], 0, ()),
        ({"1": 50}, [["1"]], 100, ("1",)),
        ({"1": 142}, [["1"]] * 142, 142, ("1",)),
        ({"1": 14200}, [["1"]] * 142, 14200, ("1",)),
        ({"1": 10000}, [["1"]] * 3, 10000, ("1",)),
        ({"1": 10**12}, [(["1"], 10**5)], 10**12, ("1",)),
        ({"1": 101}, [["1"]], 100, ()),
        ({"1": 40, "2": 60, "3": 10}, [["1", "2"]], 100, ("1", "2")),
        ({"1": 0, "2": 0}, [["1"]], 100, ("1",)),
    ],
    ids=[
        "nothing",
        "no projects",
        "no ballots",
        "all blank",
        "no money",
        "one of each",
        "a pound each",
        "cost is the budget",
        "thirds",
        "very large",
        "too dear",
        "no votes though it fits",
        "free",
    ],
)
def test_edges_come_out_the_same_under_both_methods(method, costs, ballots, budget, funded):
    made = recount_method(election(costs, ballots, budget), Rule(method=method, unit_pence=1), method)

    assert tuple(sorted(made.funded)) == funded


def test_everybodys_favourite_that_is_dearer_than_the_budget_stops_nothing():
    counted = election({"1": 101, "2": 60, "3": 40}, [["1", "2"]] * 9 + [["1", "3"]], 100)

    both = count(counted, Rule(unit_pence=1))

    assert set(both.most_votes.funded) == set(both.equal_shares.funded) == {"2", "3"}
    assert reasons(both.equal_shares)["1"] is Reason.DEARER_THAN_THE_BUDGET


def test_an_exact_fit_after_purchases_that_do_not_divide_is_bought():
    """Seven share 10 in three parts: thirds of a penny must not be lost on the way."""
    counted = election({"1": 4, "2": 3}, [["1", "2"]] * 7, 7)

    assert recount_method(counted, PLAIN, EQUAL).funded == ("1", "2")


def test_a_part_of_the_voters_who_can_just_pay_do_pay():
    costs = {"1": 4, "2": 3, "3": 1}
    counted = election(costs, [["1", "2"]] * 7 + [["3"]] * 3, 10)

    made = recount_method(counted, PLAIN, EQUAL)

    assert set(made.funded) == {"1", "2", "3"}
    with pytest.raises(CannotTell):  # sevenths of four are no whole number of units, and not one unit may be lost
        EqualShares(counted, PLAIN, TieOrder(counted, PLAIN, ()), [0, 1, 2], Fraction(64)).run(Fraction(1))


def test_a_project_on_a_ballot_twice_counts_once_and_one_not_listed_is_refused():
    assert election({"1": 5}, [["1", "1"]], 5).supporters == (1,)
    with pytest.raises(NotCountable, match="not on the list"):
        election({"1": 5}, [["2"]], 5)


def test_what_withdrew_has_no_votes_and_a_ballot_for_nothing_else_is_blank():
    counted = election({"1": 5}, [["1", "2"], ["2"]], 5, withdrawn=["2"])

    assert (counted.supporters, counted.voters, counted.blank) == ((1,), 1, 1)


@pytest.mark.parametrize("cost", [-1, 1.5, "5", True, 10**18])
def test_a_cost_that_is_no_whole_sum_is_refused(cost):
    with pytest.raises(NotCountable, match="cost"):
        election({"1": cost}, [], 5)


@pytest.mark.parametrize("times", [0, -1, 1.5, True, 1 << 40])
def test_a_ballot_cast_no_sensible_number_of_times_is_refused(times):
    with pytest.raises(NotCountable, match="ballot"):
        election({"1": 5}, [(["1"], times)], 5)


@pytest.mark.parametrize("kind", [Kind.APPROVAL, Kind.POINTS])
@pytest.mark.parametrize("step", [0, 1, 10**17])
def test_sums_at_the_edge_of_what_is_allowed_are_still_exact(kind, step):
    """A country's voters and more money than there is: the engine cannot tell, the exact count can."""
    most = 10**17
    ballots = [(["1", "2"], 1 << 27), (["3"], 1 << 26)]
    if kind is Kind.POINTS:
        ballots = [(dict.fromkeys(ballot, 1_000_000), times) for ballot, times in ballots]
    counted = election({"1": most // 3, "2": most // 3, "3": most // 3 + 1}, ballots, most, kind=kind)
    rule = Rule(method=EQUAL, unit_pence=1, step_pence=step, ties=(Tie.ID,))

    made = recount_method(counted, rule, EQUAL)

    assert set(made.funded) == {"1", "2", "3"}
    assert made.left_pence == most - 2 * (most // 3) - (most // 3 + 1)


@pytest.mark.parametrize(
    ("kind", "ballot", "match"),
    [
        (Kind.KNAPSACK, ["1", "2"], "more than the budget"),
        (Kind.SCORES, {"1": 6}, "0 to 5"),
        (Kind.POINTS, {"1": -1}, "whole numbers"),
        (Kind.POINTS, ["1"], "how many"),
    ],
)
def test_a_ballot_against_its_own_rules_is_refused(kind, ballot, match):
    with pytest.raises(NotCountable, match=match):
        election({"1": 60, "2": 60}, [ballot], 100, kind=kind)


def test_a_ranking_gives_k_points_for_the_first_and_one_for_the_last():
    counted = election({"1": 5, "2": 5, "3": 5}, [["3", "1"], ["3"]], 9, kind=Kind.RANKING, places=3)

    assert counted.scores == (2, 0, 6)
    assert counted.supporters == (1, 0, 2)
    assert recount_method(counted, Rule(), MOST).funded == ("3",)


def test_behind_one_that_withdrew_the_others_on_a_ranking_move_up():
    counted = election({"1": 5, "2": 5}, [["3", "1", "2"]], 9, kind=Kind.RANKING, places=3, withdrawn=["3"])

    assert counted.scores == (3, 2)


def test_a_ballot_may_not_rank_more_than_it_may():
    with pytest.raises(NotCountable, match="ranks 3"):
        election({"1": 5, "2": 5, "3": 5}, [["1", "2", "3"]], 9, kind=Kind.RANKING, places=2)


def test_points_decide_by_points_and_read_as_ticks_by_ballots():
    counted = election({"1": 9, "2": 9}, [{"1": 10}, {"2": 1}, {"2": 1}], 10, kind=Kind.POINTS)

    assert recount_method(counted, Rule(), MOST).funded == ("1",)
    assert recount_method(counted, Rule(reads=Reads.APPROVALS), MOST).funded == ("2",)


# --- ties ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", list(Method))
def test_a_tie_without_a_lot_stops_the_count_and_names_the_tied(method):
    counted = election({"9": 60, "10": 60, "2": 10}, [["9"], ["10"], ["2"]] * 2, 100)

    made = recount_method(counted, Rule(method=method, unit_pence=1), method)

    assert made.status is Status.TIE
    assert set(made.tie_between) == {"9", "10"}


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("lots", [["9", "10"], ["10", "9"]])
def test_the_lot_decides_a_tie(method, lots):
    counted = election({"9": 60, "10": 60, "2": 10}, [["9"], ["10"], ["2"]] * 2, 100)

    made = recount_method(counted, Rule(method=method, unit_pence=1), method, lots)

    assert set(made.funded) == {lots[0], "2"}


@pytest.mark.parametrize("method", list(Method))
def test_equals_that_can_all_be_paid_for_are_no_tie(method):
    counted = election({"1": 50, "2": 50}, [["1", "2"], ["1"], ["2"]], 100)

    assert set(recount_method(counted, Rule(unit_pence=1), method).funded) == {"1", "2"}


def test_a_tie_on_the_way_that_no_lot_could_make_matter_stops_nothing():
    """At the first share the voter of both can pay for one of them only; further up, for both."""
    counted = election({"1": 50, "2": 50}, [["1", "2"], ["1"], ["2"]], 110)
    rule = Rule(unit_pence=1, top_up=TopUp.NONE)

    made = [recount_method(counted, rule, EQUAL, lots) for lots in ([], ["1", "2"], ["2", "1"])]

    assert [set(each.funded) for each in made] == [{"1", "2"}] * 3
    assert made[0].status is Status.SETTLED


def test_equals_that_share_a_voter_who_can_pay_for_one_only_are_a_tie():
    counted = election({"1": 60, "2": 60}, [["1", "2"]] * 3, 100)

    made = recount_method(counted, Rule(unit_pence=1), EQUAL)

    assert set(made.tie_between) == {"1", "2"}
    assert recount_method(counted, Rule(unit_pence=1), EQUAL, ["2", "1"]).funded == ("2",)


def test_between_equals_the_cheaper_comes_first_and_then_the_one_with_more_votes():
    cheaper = election({"1": 60, "2": 50}, [["1"], ["2"]], 100)
    assert recount_method(cheaper, Rule(), MOST).funded == ("2",)

    more_votes = election({"1": 60, "2": 60}, [{"1": 2}, {"2": 1}, {"2": 1}], 100, kind=Kind.POINTS)
    assert recount_method(more_votes, Rule(), MOST).funded == ("2",)


def test_a_tie_of_three_is_settled_by_one_order():
    counted = election({"1": 40, "2": 40, "3": 40}, [["1"], ["2"], ["3"]], 100)

    made = recount_method(counted, Rule(), MOST, ["3", "1", "2"])

    assert made.funded == ("3", "1")
    assert reasons(made)["2"] is Reason.LOST_THE_LOT


def test_a_tie_in_the_top_up_stops_the_count_too():
    rule = Rule(method=EQUAL, unit_pence=1, start=Start.EXACT, stop=Stop.AT_ONCE)
    counted = election({"1": 30, "2": 60, "3": 60}, [["1"]] * 3 + [["2"], ["3"]], 100)

    made = recount_method(counted, rule, EQUAL)

    assert set(made.tie_between) == {"2", "3"}
    assert "1" in made.funded


def test_ids_are_ordered_as_text_where_an_outside_list_asks_for_it():
    counted = election({"9": 60, "10": 60}, [["9"], ["10"]], 100)

    assert recount_method(counted, Rule(ties=(Tie.ID,)), MOST).funded == ("10",)


# --- the fine print --------------------------------------------------------------------------------


def test_raising_shares_stops_before_it_overspends_or_when_nothing_more_fits_and_says_which():
    costs = {"1": 50, "2": 60}
    ballots = [["1"]] * 5 + [["2"]] * 4

    fits = recount_method(election(costs, ballots, 100), replace(PLAIN, stop=Stop.EXHAUSTIVE), EQUAL)
    over = recount_method(election(costs, ballots, 100), replace(PLAIN, stop=Stop.OVERSPENDING), EQUAL)
    all_ = recount_method(election(costs, ballots, 110), replace(PLAIN, stop=Stop.OVERSPENDING), EQUAL)

    assert (fits.stopped, fits.funded) == ("nothing_more_fits", ("1",))
    assert (over.stopped, over.funded) == ("next_overspends", ("1",))
    assert over.overspending.spent_pence == 110
    assert (all_.stopped, set(all_.funded)) == ("all_funded", {"1", "2"})


def test_a_step_larger_than_the_share_and_a_start_at_nought_both_end():
    counted = election({"1": 6, "2": 2}, [["1"]] * 9 + [["2"]], 8)

    assert recount_method(counted, Rule(method=EQUAL, unit_pence=100, step_pence=1000), EQUAL).left_pence >= 0
    assert set(recount_method(counted, Rule(method=EQUAL, unit_pence=1, step_pence=1), EQUAL).funded) == {"1", "2"}


def test_a_lonely_voters_dear_project_does_not_make_the_count_go_on_for_ever():
    counted = election({"1": 10**9, "2": 5}, [(["2"], 10**5), ["1"]], 2 * 10**9)

    made = recount_method(counted, replace(PLAIN, stop=Stop.OVERSPENDING, step_pence=1), EQUAL)

    assert set(made.funded) == {"1", "2"}
    assert made.raises > 10**8


def test_more_money_each_can_mean_fewer_winners_and_the_count_follows_step_by_step():
    """Every single step is what a leap stands for, also where the outcome goes back and forth."""
    costs = {"1": 9, "2": 13, "3": 4, "4": 6}
    ballots = [["1", "2"], ["1", "3"], ["2", "4"], ["3", "4", "2"], ["1"]]
    counted = election(costs, ballots, 40)
    rule = replace(PLAIN, stop=Stop.OVERSPENDING, step_pence=1)
    raising = Raising(counted, rule, TieOrder(counted, rule, ()), list(range(4)))

    raised = raising.raise_shares()

    for stretch in raised.stretches:
        share = stretch.first
        while share <= stretch.last:
            assert raising.exact.run(share).order == stretch.order
            share += 1


def test_the_vote_floor_and_the_least_votes_take_projects_out_with_their_reason():
    counted = election({"1": 90, "2": 10}, [["1"]] + [["2"]] * 9, 100)

    floor = recount_method(counted, Rule(vote_floor=True), MOST)  # 1 of 10 votes for 90 of 3 x 100
    least = recount_method(counted, Rule(least_votes=2), MOST)

    assert reasons(floor)["1"] is Reason.BELOW_VOTE_FLOOR
    assert reasons(least)["1"] is Reason.BELOW_LEAST_VOTES
    assert floor.funded == least.funded == ("2",)


@pytest.mark.parametrize("method", list(Method))
def test_of_projects_that_exclude_each_other_one_is_funded_and_the_other_says_why(method):
    counted = election({"1": 10, "2": 10, "3": 10}, [["1", "2", "3"]] * 2 + [["1"], ["1"], ["2"]], 100)

    made = recount_method(counted, Rule(unit_pence=1, exclusive=(("1", "2"),)), method)

    assert set(made.funded) == {"1", "3"}
    [step] = [step for step in made.steps if step.project == "2"]
    assert (step.reason, step.because_of) == (Reason.CONFLICTS, "1")


def test_how_many_votes_a_loser_fell_short_by_is_just_enough():
    costs = {"1": 60, "2": 50, "3": 40}
    ballots = [["1"]] * 9 + [["2"]] * 5 + [["3"]] * 4
    made = recount_method(election(costs, ballots, 100), Rule(), MOST)
    [step] = [step for step in made.steps if step.project == "2"]

    assert step.votes_short == 4  # nine votes, and it is the cheaper of the two
    with_them = [*ballots, *[["2"]] * step.votes_short]
    one_less = [*ballots, *[["2"]] * (step.votes_short - 1)]
    assert "2" in recount_method(election(costs, with_them, 100), Rule(), MOST).funded
    assert "2" not in recount_method(election(costs, one_less, 100), Rule(), MOST).funded


@settings(max_examples=150, deadline=None)
@given(elections(kind=Kind.APPROVAL))
def test_the_votes_a_loser_fell_short_by_always_fund_it(held):
    costs, ballots, budget, kind = held
    lots = sorted(costs)
    made = recount_method(election(costs, ballots, budget, kind=kind), Rule(), MOST, lots)

    for step in made.steps:
        if step.votes_short is not None:
            more = [*ballots, ([step.project], step.votes_short)]
            assert step.project in recount_method(election(costs, more, budget), Rule(), MOST, lots).funded


def test_the_claims_of_an_unfair_outcome_are_found_and_can_be_read():
    """Six of ten choose 1 and take all; four together entitled to 40 want 2 for 40, and got nothing."""
    counted = election({"1": 90, "2": 40}, [["1"]] * 6 + [["2"]] * 4, 100)

    [claim] = recount_method(counted, Rule(), MOST).fairness.claims

    assert (claim.project, claim.people, claim.entitled_pence, claim.most_got_pence) == ("2", 4, 40, 0)
    assert claims(counted, [1]) == ()


def test_fairness_figures_of_a_small_vote_are_as_on_paper():
    counted = election({"1": 60, "2": 40}, [["1"], ["1", "2"], ["3"], ["1"]], 100, withdrawn=["3"])

    figures = recount_method(counted, Rule(), MOST).fairness

    assert figures.voters == 3
    assert figures.chosen == (0, 2, 1, 0)
    assert figures.average_chosen_thousandths == 1333
    assert figures.own_share_thousandths == 733  # 60, 100 and 60 of 100
    assert figures.gini_thousandths == 121  # (2 * (60 + 120 + 300) - 4 * 220) / (3 * 220)


# --- the record and the referee ----------------------------------------------------------------------


@given(rules)
def test_a_rule_survives_being_written_down(rule):
    record = json.loads(json.dumps(rule.record()))

    assert Rule.from_record(record) == rule
    assert Rule.from_record(record).digest() == rule.digest()


@pytest.mark.parametrize(
    "change",
    [
        {"unit_pence": 0},
        {"unit_pence": 1.5},
        {"step_pence": 10**30},
        {"more": 1},
        {"ties": "cost"},
        {"exclusive": [1]},
        {"stop": "x"},
    ],
)
def test_an_odd_rule_is_refused(change):
    with pytest.raises(ValueError, match=r"\w"):
        Rule.from_record(Rule().record() | change)


def test_a_count_that_the_referee_does_not_confirm_is_never_given(monkeypatch):
    honest = EqualShares.run

    def crooked(self, share, earlier=None):
        run = honest(self, share, earlier)
        return replace(run, rounds=run.rounds[::-1])

    monkeypatch.setattr(EqualShares, "run", crooked)
    counted = election({"1": 60, "2": 20}, [["1", "2"]] * 3 + [["1"]] * 2, 100)

    with pytest.raises(Disagreement):
        recount_method(counted, PLAIN, EQUAL)


def test_a_leap_that_is_not_proved_is_caught_by_the_referee():
    counted = election({"1": 60, "2": 30}, [["1"]] * 3 + [["2"]], 100)
    rule = replace(PLAIN, stop=Stop.EXHAUSTIVE, step_pence=1)
    raising = Raising(counted, rule, TieOrder(counted, rule, ()), [0, 1])
    raised = raising.raise_shares()
    assert raised.raises > 2

    with pytest.raises(Disagreement):
        raising.check(replace(raised, visited=(raised.visited[0], raised.visited[-1])))


def test_the_same_bytes_come_from_another_python_with_another_hash_seed():
    code = (
        "from tests.rules.test_counting import bytes_of_a_count as b; import sys; sys.stdout.buffer.write(b().encode())"
    )
    root = Path(__file__).resolve().parents[2]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": f"{root}:{root / 'site'}", "PATH": ""},
            capture_output=True,
            check=True,
        ).stdout.decode()
        for seed in ("1", "77")
    }

    assert outputs == {bytes_of_a_count()}


def bytes_of_a_count() -> str:
    """Give a count of a hundred made-up ballots, worked out without chance."""
    costs = {str(n): 700 + n * n * 37 % 900 for n in range(1, 14)}
    ballots = [[str(1 + (i * i + i * j * 5) % 13) for j in range(1 + i % 5)] for i in range(100)]
    counted = election(costs, ballots, 6000)
    return json.dumps(counted_plainly(count(counted, Rule(unit_pence=1), sorted(costs)), counted))
