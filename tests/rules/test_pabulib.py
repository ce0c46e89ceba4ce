"""`.pb` files: read, refused with a reason, written, and counted with the winners found elsewhere."""

from __future__ import annotations

import io
import json
import time
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement.rules.counting import (
    Kind,
    Method,
    Project,
    Reads,
    Rule,
    Start,
    Stop,
    Tie,
    TopUp,
    Worth,
    make_election,
    recount_method,
)
from engagement.rules.counting.pabulib import PabulibUnreadable, read_pb, write_pb
from tests.conftest import SHARED

FOLDER = SHARED / "data" / "pabulib"
AS_LISTED = Rule(
    method=Method.EQUAL_SHARES, start=Start.EXACT, top_up=TopUp.NONE, ties=(Tie.ID,), reads=Reads.APPROVALS
)
LISTS = {
    "greedy_most_votes_skip": replace(AS_LISTED, method=Method.MOST_VOTES),
    "mes_cost_share_b_over_n": replace(AS_LISTED, stop=Stop.AT_ONCE),
    "mes_votes_utility_share_b_over_n": replace(AS_LISTED, stop=Stop.AT_ONCE, worth=Worth.VOTES),
    "mes_points_utility_share_b_over_n": replace(AS_LISTED, stop=Stop.AT_ONCE, reads=Reads.AS_CAST),
    "mes_cost_add1_step1pct_floor": AS_LISTED,
    "mes_cost_add1_step1pct_overspend_only": replace(AS_LISTED, stop=Stop.OVERSPENDING),
    "mes_cost_add1_step1_stop_exhaustive_or_before_overspend": replace(AS_LISTED, step_pence=100),
}


def expected() -> dict[str, dict]:
    path = FOLDER / "expected.json"
    return json.loads(path.read_text(encoding="utf-8"))["elections"] if path.exists() else {}


def read(text: str):
    return read_pb(io.StringIO(text, newline=""))


def read_real(name: str):
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as stream:
        return read_pb(stream)


@pytest.mark.parametrize(("name", "rule"), [(n, r) for n, held in expected().items() for r in LISTS if r in held])
def test_real_elections_have_the_winners_found_elsewhere(name, rule):
    wanted = expected()[name][rule]

    made = recount_method(read_real(name).election, LISTS[rule], LISTS[rule].method)

    if isinstance(wanted, list):
        assert list(made.funded) == wanted  # in the order in which they were bought
    else:
        assert sorted(made.funded) == sorted(wanted["winners"])
        assert made.raises == wanted["raises"]


@pytest.mark.parametrize("name", [n for n, held in expected().items() if "mes_cost_add1_step1pct_floor" in held])
def test_real_elections_topped_up_have_the_winners_found_elsewhere(name):
    wanted = expected()[name]
    figures = wanted["excluded_voters_and_ejr"]
    counted = read_real(name).election

    topped = recount_method(counted, replace(AS_LISTED, top_up=TopUp.MOST_VOTES), Method.EQUAL_SHARES)
    made = recount_method(counted, AS_LISTED, Method.EQUAL_SHARES)

    assert sorted(topped.funded) == sorted(wanted["mes_cost_add1_step1pct_floor"]["then_topup_by_votes"])
    assert made.fairness.average_chosen_thousandths == int(figures["avg_projects"] * 1000)
    assert made.fairness.gini_thousandths == int(figures["gini_cost"] * 1000)
    assert len(made.fairness.claims) == figures["ejr_plus_violations"] == 0
    assert made.fairness.chosen[0] == round(figures["excluded_share"] * counted.turnout)


def test_the_official_winners_of_a_city_that_used_equal_shares_come_out():
    held = expected().get("Poland_Swiecie_2023.pb")
    if held is None:
        pytest.skip("The shared elections are not here.")

    made = recount_method(read_real("Poland_Swiecie_2023.pb").election, Rule(vote_floor=True), Method.EQUAL_SHARES)

    assert sorted(made.funded) == sorted(held["official_selected"])


HEAD = "META\nkey;value\nbudget;100\nvote_type;{type}\nnum_projects;2\nnum_votes;{n}\nPROJECTS\n"
SMALL = (
    HEAD.format(type="approval", n=2) + "project_id;cost;name\n1;60;One\n2;40;Two\nVOTES\nvoter_id;vote\na;1,2\nb;2\n"
)


def test_a_small_file_is_read():
    held = read(SMALL)

    assert held.election.budget_pence == 100_00
    assert [project.cost_pence for project in held.election.projects] == [60_00, 40_00]
    assert held.election.supporters == (1, 2)
    assert held.notices == ()


@pytest.mark.parametrize(
    "text",
    [
        SMALL.replace("\n", "\r\n"),
        "\ufeff" + SMALL,
        SMALL.replace(";60;", ";60,00;").replace(";100\n", ";100.0\n"),
        SMALL.replace("a;1,2", 'a;"1,2"').replace("One", '"One"'),
        SMALL.replace("project_id;cost;name", "PROJECT_ID;Cost;name;selected;colour")
        .replace("One", "One;3;red")
        .replace("Two", "Two;null;"),
        SMALL.replace("voter_id;vote", "age;voter_id;vote;sex").replace("a;1,2", "40;a;1,2;F").replace("b;2", ";b;2;"),
        SMALL.replace("a;1,2", "a;1, 2 ,1"),
        SMALL.replace("\nVOTES", "\n\nVOTES").replace("META\n", "META\nexotic;thing\n").replace("key;value\n", ""),
        SMALL[:-1],
    ],
    ids=[
        "CRLF",
        "BOM",
        "comma decimals",
        "quotes",
        "columns",
        "more columns",
        "twice",
        "blank lines",
        "no last newline",
    ],
)
def test_other_ways_to_write_the_same_are_read_the_same(text):
    held, plain = read(text), read(SMALL)

    assert held.election.projects == plain.election.projects
    assert held.election.supporters == plain.election.supporters
    assert held.election.budget_pence == plain.election.budget_pence


def test_an_empty_vote_is_a_blank_ballot():
    held = read(SMALL.replace("b;2", "b;"))

    assert (held.election.turnout, held.election.blank) == (2, 1)


def test_choose_one_points_and_places_are_read():
    one = read(SMALL.replace("approval", "choose-1").replace("a;1,2", "a;1"))
    points = read(
        SMALL.replace("approval", "cumulative")
        .replace("voter_id;vote", "voter_id;vote;points")
        .replace("a;1,2", "a;1,2;7,3")
        .replace("b;2", "b;2;1.0")
    )
    places = read(SMALL.replace("approval", "ordinal\nmax_length;3").replace("a;1,2", "a;2,1"))

    assert one.election.supporters == (1, 1)
    assert points.election.scores == (7, 4)
    assert places.election.scores == (2, 6)


def test_a_file_that_was_cut_off_is_counted_with_a_notice():
    held = read(SMALL.replace("b;2\n", ""))

    assert held.notices == ("The file says it holds 2 ballots; it holds 1.",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Line 1: a .pb file begins"),
        ("hello", "Line 1: a .pb file begins"),
        ("META\n", "no columns"),
        ("META\nkey;value\nvote_type;approval\nPROJECTS\n", "budget is missing"),
        (SMALL.replace("approval", "shouting"), "vote_type"),
        (SMALL.replace("PROJECTS", "PROJECT"), "after META"),
        (SMALL.replace("VOTES", "VOTE;1").replace("vote\n", "vote;\n"), "Line 12: the cost of voter_id"),
        (SMALL[: SMALL.index("VOTES")], "after PROJECTS"),
        (SMALL.replace(";cost;", ";price;"), "project_id and cost"),
        (SMALL.replace(";60;", ";-60;"), "Line 9: the cost of 1"),
        (SMALL.replace(";60;", ";sixty;"), "Line 9: the cost of 1"),
        (SMALL.replace(";60;", ";1,000;"), "Line 9: the cost of 1"),
        (SMALL.replace(";60;", ";60.001;"), "Line 9: the cost of 1"),
        (SMALL.replace(";60;", ";1e9;"), "Line 9: the cost of 1"),
        (SMALL.replace(";60;", ";٦٠;"), "Line 9: the cost of 1"),
        (SMALL.replace(";60;", ";" + "9" * 5000 + ";"), "Line 9: the cost of 1"),
        (SMALL.replace("2;40", "1;40"), "Line 10: there are two projects"),
        (SMALL.replace("2;40", ";40"), "Line 10: a project needs an id"),
        (SMALL.replace("One", "One;more"), "Line 9: there are more cells"),
        (SMALL.replace("voter_id;vote", "voter_id;choice"), "the column vote"),
        (SMALL.replace("b;2", "b;3"), "Line 14: a ballot chooses 3"),
        (SMALL.replace("approval", "cumulative"), "the column points"),
        (SMALL + "META\n", "comes twice"),
        (SMALL.replace("b;2", "b;" + "2," * 600_000), "Line 14 is too long"),
        (SMALL.replace("One", '"' + "x" * 200_000), "a cell is too long"),
        (SMALL.replace("One", '"One'), "Line"),
        ("META\nkey;value\n" + "".join(f"k{n};v\n" for n in range(20_000)), "META is too long"),
    ],
)
def test_a_bad_file_is_refused_quickly_with_the_line_and_the_reason(text, reason):
    began = time.monotonic()

    with pytest.raises(PabulibUnreadable) as refused:
        read(text)

    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("points", ["7", "7,-1", "7,1.5", "7,x", "7,99999999"])
def test_points_that_are_none_are_refused(points):
    text = (
        SMALL.replace("approval", "cumulative")
        .replace("voter_id;vote", "voter_id;vote;points")
        .replace("a;1,2", f"a;1,2;{points}")
    )

    with pytest.raises(PabulibUnreadable, match="Line 13"):
        read(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_in_one_sentence(text):
    for each in (text, SMALL + text, HEAD.format(type="approval", n=1) + text):
        try:
            read(each)
        except PabulibUnreadable as refused:
            said = str(refused)
        else:
            said = "It was read."
        assert said.endswith(".")


# --- writing ---------------------------------------------------------------------------------------


def written(**more):
    out = io.StringIO(newline="")
    write_pb(out.write, **more)
    return out.getvalue()


names = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=40)
ids = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"], exclude_characters=","), min_size=1, max_size=9
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(ids, st.tuples(st.integers(0, 10**12), names), min_size=1, max_size=6), st.data())
def test_what_is_written_is_read_again_whatever_the_names_hold(listed, data):
    projects = [Project(id, cost, name) for id, (cost, name) in listed.items()]
    kind = data.draw(st.sampled_from([Kind.APPROVAL, Kind.RANKING, Kind.POINTS, Kind.SCORES]))
    some = st.sampled_from(sorted(listed))
    pointed = kind in (Kind.POINTS, Kind.SCORES)
    one = st.dictionaries(some, st.integers(1, 5)) if pointed else st.lists(some, unique=True)
    ballots = data.draw(st.lists(st.tuples(one, st.integers(1, 3)), max_size=6))
    rule = Rule(method=Method.EQUAL_SHARES, exclusive=((projects[0].id,),))
    before = make_election(projects, 5_000_07, ballots, kind=kind, places=6)

    held = read(
        written(
            budget_pence=5_000_07, projects=projects, ballots=ballots, turnout=before.turnout, kind=kind, places=6,
            rule=rule, lots=sorted(listed),
        )
    )  # fmt: skip

    assert held.election.projects == before.projects
    assert held.election.scores == before.scores
    assert (held.election.turnout, held.election.blank) == (before.turnout, before.blank)
    assert held.election.kind is kind
    assert held.rule == rule
    assert held.lots == tuple(sorted(listed))


def test_what_is_left_out_is_on_no_ballot():
    text = written(
        budget_pence=100,
        projects=[Project("1", 60), Project("2", 40)],
        ballots=[(["1", "2"], 1), (["2"], 1)],
        turnout=2,
        leave_out=["2"],
    )

    assert read(text).election.supporters == (1,)
    assert read(text).election.blank == 1


def test_a_wrong_turnout_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="promised"):
        written(budget_pence=1, projects=[Project("1", 1)], ballots=[(["1"], 1)], turnout=2)


def test_a_hundred_thousand_ballots_are_written_in_constant_memory():
    class Nowhere:
        size = 0

        def write(self, text):
            self.size += len(text)

    def peak(ballots):
        out = Nowhere()
        tracemalloc.start()
        write_pb(
            out.write,
            budget_pence=1,
            projects=[Project("1", 1), Project("2", 1)],
            ballots=((["1", "2"], 1) for _ in range(ballots)),
            turnout=ballots,
        )
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert out.size > ballots * 6
        return most

    assert peak(100_000) < peak(1_000) + 50_000
