"""Counting, stages and sealing: promises over any input, and published results."""

import io
import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement.funding.rules import (
    PLAIN_BYTES,
    CountFileUnreadable,
    Dates,
    Facts,
    Funded,
    Method,
    NotABallot,
    Rule,
    Stage,
    TieToBreak,
    Why,
    canonical,
    count_file,
    dates_in_order,
    digest,
    fund_by_support,
    pack,
    receipt_from_words,
    receipt_in_words,
    recount,
    stage_at,
    unpack,
    work_through,
    write_ballots,
)
from engagement.rules.counting import Method as Counting
from engagement.rules.counting import recount_method
from engagement.rules.counting.pabulib import read_pb
from tests.conftest import SHARED

any_proposals = st.dictionaries(
    st.integers(1, 30).map(str), st.tuples(st.integers(0, 6), st.integers(1, 400_000)), max_size=12
)


def split(proposals):
    return {p: v for p, (v, _) in proposals.items()}, {p: c for p, (_, c) in proposals.items()}


def test_a_tie_the_pot_cannot_cover_is_handed_back():
    votes = {"swings": 9, "benches": 9}
    costs_pence = {"swings": 800_00, "benches": 700_00}

    result = fund_by_support(votes, costs_pence, pot_pence=1000_00)

    assert result == TieToBreak(frozenset({"swings", "benches"}), left_pence=1000_00)


def test_the_order_drawn_decides_the_tie_and_nothing_else():
    votes = {"swings": 9, "benches": 9, "path": 10}
    costs_pence = {"swings": 800_00, "benches": 700_00, "path": 100_00}

    result = fund_by_support(votes, costs_pence, 1000_00, lots=["benches", "swings"])

    assert result == Funded(("path", "benches"), left_pence=200_00)


def test_equal_votes_that_all_fit_are_no_tie():
    assert fund_by_support({"1": 4, "2": 4}, {"1": 50, "2": 50}, 100) == Funded(("1", "2"), 0)


def test_a_proposal_that_no_longer_fits_is_passed_over_for_one_that_does():
    result = fund_by_support({"1": 9, "2": 8, "3": 7}, {"1": 60, "2": 50, "3": 40}, 100)

    assert result == Funded(("1", "3"), 0)


def test_a_proposal_without_votes_is_never_funded_though_it_fits():
    steps, _ = work_through({"1": 0}, {"1": 1}, 100)

    assert [step.why for step in steps] == [Why.NO_VOTES]


def test_everybodys_favourite_that_is_dearer_than_the_pot_stops_nothing():
    result = fund_by_support({"1": 99, "2": 1}, {"1": 101, "2": 100}, 100)

    assert result == Funded(("2",), 0)


def test_a_cost_equal_to_the_pot_is_funded():
    assert fund_by_support({"1": 1}, {"1": 14200}, 14200) == Funded(("1",), 0)


@pytest.mark.parametrize("pot", [0, 100])
def test_no_proposals_and_no_pot_are_answers_too(pot):
    assert fund_by_support({}, {}, pot) == Funded((), pot)


@given(proposals=any_proposals, pot_pence=st.integers(0, 1_000_000), seed=st.randoms())
def test_the_pot_is_never_overspent_and_its_money_is_all_accounted_for(proposals, pot_pence, seed):
    votes, costs = split(proposals)
    lots = sorted(votes)
    seed.shuffle(lots)

    result = fund_by_support(votes, costs, pot_pence, lots=lots)

    assert isinstance(result, Funded)
    spent = sum(costs[p] for p in result.funded)
    assert spent + result.left_pence == pot_pence
    assert result.left_pence >= 0
    assert all(votes[p] > 0 for p in result.funded)


@given(proposals=any_proposals, pot_pence=st.integers(0, 1_000_000), seed=st.randoms())
def test_the_order_in_which_proposals_are_listed_changes_nothing(proposals, pot_pence, seed):
    votes, costs = split(proposals)
    shuffled = list(votes)
    seed.shuffle(shuffled)

    assert fund_by_support(votes, costs, pot_pence) == fund_by_support(
        {p: votes[p] for p in shuffled}, costs, pot_pence
    )


@given(proposals=any_proposals, pot_pence=st.integers(1, 1_000_000), k=st.integers(2, 50))
def test_the_same_money_in_smaller_coins_funds_the_same(proposals, pot_pence, k):
    votes, costs = split(proposals)
    lots = sorted(votes)

    once = fund_by_support(votes, costs, pot_pence, lots=lots)
    scaled = fund_by_support(votes, {p: c * k for p, c in costs.items()}, pot_pence * k, lots=lots)

    assert once.funded == scaled.funded
    assert Fraction(scaled.left_pence, k) == once.left_pence


@given(proposals=any_proposals, pot_pence=st.integers(0, 1_000_000))
def test_whoever_is_left_out_had_no_more_votes_than_one_it_could_have_replaced(proposals, pot_pence):
    """Nobody with fewer votes took money that a proposal with more votes needed."""
    votes, costs = split(proposals)
    lots = sorted(votes)

    steps, _ = work_through(votes, costs, pot_pence, lots=lots)
    funded = {s.proposal for s in steps if s.why is Why.FUNDED}

    for step in steps:
        if step.why is Why.NOT_ENOUGH_LEFT:
            above = sum(costs[p] for p in funded if votes[p] > step.votes)
            assert above + step.cost_pence > pot_pence


def expected_elections():
    path = SHARED / "data" / "pabulib" / "expected.json"
    return json.loads(path.read_text())["elections"] if path.exists() else {}


def read_approvals(path):
    """Give votes, costs and the budget of an approval `.pb` file, in the file's own pence."""
    part, columns, meta, costs, votes = "", [], {}, {}, {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.strip() in ("META", "PROJECTS", "VOTES"):
            part, columns = line.strip(), []
            continue
        cells = line.split(";")
        if not columns:
            columns = cells
            continue
        row = dict(zip(columns, cells, strict=False))
        if part == "META":
            meta[cells[0]] = cells[1]
        elif part == "PROJECTS":
            costs[row["project_id"]] = round(Fraction(row["cost"]) * 100)
            votes[row["project_id"]] = 0
        else:
            for project in filter(None, row["vote"].split(",")):
                votes[project] += 1
    return meta, votes, costs


@pytest.mark.parametrize("name", sorted(n for n in expected_elections() if (SHARED / "data" / "pabulib" / n).exists()))
def test_real_elections_fund_the_winners_found_elsewhere(name):
    meta, votes, costs = read_approvals(SHARED / "data" / "pabulib" / name)
    if meta["vote_type"] != "approval":
        pytest.skip("Points and rankings are not counted by this rule.")
    budget = round(Fraction(meta["budget"].replace(",", ".")) * 100)
    lots = sorted(votes, key=lambda p: (costs[p], p))

    result = fund_by_support(votes, costs, budget, lots=lots)

    assert set(result.funded) == set(expected_elections()[name]["greedy_most_votes_skip"])


# --- the file


def inputs(**changes):
    return {
        "round": "Spring grants",
        "address": "/boards/x/funding/spring/",
        "rule": Rule(unit_pence=1).record(),
        "ballot": "approval",
        "budget_pence": 1000,
        "proposals": [
            {"number": 1, "title": "Swings", "cost_pence": 800, "withdrawn": False},
            {"number": 2, "title": "Café “é”", "cost_pence": 200, "withdrawn": False},
            {"number": 10, "title": "Gone", "cost_pence": 1, "withdrawn": True},
        ],
        "ballots": [{"ticks": [1, 2, 10], "times": 3}],
        "lots": [],
    } | changes


def test_a_count_can_be_run_again_byte_for_byte():
    text = count_file(inputs())

    assert recount(text) == text
    assert json.loads(text)["result"]["funded"] == [2, 1]


def test_a_result_changed_by_hand_comes_back_as_it_was():
    text = count_file(inputs())
    forged = text.replace('"funded":[2,1]', '"funded":[1]')

    assert forged != text
    assert recount(forged) == text


def test_a_count_in_the_first_form_can_still_be_checked():
    """The digest is that of a file made before the second form existed."""
    old = inputs(rule="most_support")
    del old["ballot"]
    text = canonical({"moothall_count": 1, "inputs": old})

    again = recount(text)

    assert digest(again) == "07c1d7a8cf4656ade2eeb9a41b5551d59240ec88558c8272e52b0ecb2474f87d"
    assert recount(again) == again


def test_both_methods_stand_side_by_side_and_the_one_named_decides():
    ballots = [{"ticks": [1], "times": 6}, {"ticks": [2, 3], "times": 4}]
    proposals = [
        {"number": n, "title": "", "cost_pence": c, "withdrawn": False} for n, c in ((1, 900), (2, 200), (3, 200))
    ]

    most, equal = (
        json.loads(
            count_file(inputs(rule=Rule(unit_pence=1, method=method).record(), ballots=ballots, proposals=proposals))
        )["result"]
        for method in Counting
    )

    assert most["funded"] == [1]
    assert equal["funded"] == [2, 3]
    assert most["most_votes"] == equal["most_votes"]
    assert most["equal_shares"] == equal["equal_shares"]


any_inputs = st.builds(
    lambda costs, gone, ballots, method, budget, lots, kind: {
        "round": "Spring; “grants”",
        "rule": Rule(method=method, unit_pence=1).record(),
        "ballot": kind,
        "places": 6,
        "budget_pence": budget,
        "proposals": [
            {"number": n, "title": f'"{n}"; and', "cost_pence": cost, "withdrawn": n in gone}
            for n, cost in enumerate(costs, 1)
        ],
        "ballots": [
            {"ticks": list(dict.fromkeys(1 + tick % len(costs) for tick in ticks)), "times": times}
            for ticks, times in ballots
        ],
        "lots": lots[: len(costs)] and sorted(range(1, len(costs) + 1), key=lambda n: lots[n - 1]),
    },
    st.lists(st.integers(1, 60), min_size=1, max_size=6),
    st.sets(st.integers(1, 3), max_size=2),
    st.lists(st.tuples(st.lists(st.integers(0, 5), max_size=4), st.integers(1, 3)), max_size=8),
    st.sampled_from(list(Counting)),
    st.integers(0, 150),
    st.permutations(range(6)),
    st.sampled_from(["approval", "ranking"]),
)


@settings(max_examples=120, deadline=None)
@given(any_inputs)
def test_a_stranger_gets_the_pages_winners_from_the_published_ballots(held):
    page = json.loads(count_file(held))["result"]
    out = io.StringIO(newline="")
    write_ballots(out.write, held)
    out.seek(0)

    found = read_pb(out)
    made = recount_method(found.election, found.rule, found.rule.method, found.lots)

    assert [int(id) for id in made.funded] == page["funded"]
    assert made.left_pence == page["left_pence"]
    assert found.election.turnout == page["ballots"]


def test_a_withdrawn_proposal_takes_no_money_and_its_ticks_harm_nobody():
    result = json.loads(count_file(inputs()))["result"]

    assert result["votes"] == {"1": 3, "2": 3}


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", "null", '{"moothall_count":1}', '{"moothall_count":2,"inputs":{}}', "[" * 5000]
    + [
        canonical({"moothall_count": form, "inputs": inputs(**change)})
        for form in (1, 2)
        for change in (
            {"budget_pence": "10"},
            {"budget_pence": True},
            {"ballots": [{"ticks": [9], "times": 1}]},
            {"ballots": [{"ticks": [1], "times": 0}]},
            {"ballots": {}},
            {"proposals": [{"number": 1, "cost_pence": 0, "withdrawn": False}]},
            {"proposals": [{"number": 1, "cost_pence": 1, "withdrawn": False}] * 2},
            {"lots": ["1"]},
        )
    ]
    + [
        canonical({"moothall_count": 2, "inputs": inputs(**change)})
        for change in (
            {"rule": "most_support"},
            {"rule": Rule().record() | {"method": "by-hand"}},
            {"rule": Rule().record() | {"unit_pence": 0}},
            {"ballot": "shouting"},
            {"ballot": "points"},
            {"ballot": "scores", "ballots": [{"points": [[1, 6]], "times": 1}]},
            {"ballot": "knapsack", "ballots": [{"ticks": [1, 2], "times": 1}], "budget_pence": 900},
            {"ballot": "ranking", "places": 1},
        )
    ],
)
def test_a_file_that_cannot_be_counted_is_refused_in_words(text):
    with pytest.raises(CountFileUnreadable, match=r"\w{4}"):
        recount(text)


# --- envelopes


@given(
    st.dictionaries(st.integers(1, 512), st.integers(1, 255), max_size=60),
    st.integers(0, 2**128 - 1),
    st.binary(min_size=32, max_size=32).map(bytes.hex),
    st.sampled_from(list(Method)),
)
def test_what_is_sealed_comes_out_the_same_and_always_has_one_size(marks, number, list_digest, method):
    plain = pack(receipt=UUID(int=number), list_digest=list_digest, method=method, marks=marks.items())

    assert len(plain) == PLAIN_BYTES
    opened = unpack(plain)
    assert opened.marks == tuple(sorted(marks.items()))
    assert (opened.receipt.int, opened.list_digest, opened.method) == (number, list_digest, method)


@given(st.sets(st.integers(1, 512), max_size=60), st.integers(0, 2**128 - 1))
def test_an_envelope_of_the_first_version_still_opens(ticks, number):
    bits = sum(1 << (tick - 1) for tick in ticks)
    plain = b"\x01" + UUID(int=number).bytes + b"\x07" * 32 + bits.to_bytes(64, "big")

    opened = unpack(plain)

    assert opened.marks == tuple((tick, 1) for tick in sorted(ticks))
    assert (opened.receipt.int, opened.list_digest, opened.method) == (number, "07" * 32, Method.APPROVAL)


@pytest.mark.parametrize(
    "plain", [b"", b"\x01", b"\x00" * PLAIN_BYTES, b"\x09" * PLAIN_BYTES, b"\x02\x09" + b"\x00" * (PLAIN_BYTES - 2)]
)
def test_bytes_that_are_no_ballot_are_refused(plain):
    with pytest.raises(NotABallot):
        unpack(plain)


@pytest.mark.parametrize("number", [0, 513, -1])
def test_a_number_that_fits_no_envelope_is_refused(number):
    with pytest.raises(ValueError, match="ballot"):
        pack(receipt=UUID(int=1), list_digest="00" * 32, method="approval", marks=[(number, 1)])


@pytest.mark.parametrize("value", [0, 256, -1])
def test_a_value_that_fits_no_envelope_is_refused(value):
    with pytest.raises(ValueError, match="ballot"):
        pack(receipt=UUID(int=1), list_digest="00" * 32, method="points", marks=[(1, value)])


@given(st.integers(0, 2**128 - 1))
def test_a_receipt_survives_being_copied_by_hand(number):
    words = receipt_in_words(UUID(int=number))

    assert receipt_from_words(words.lower().replace("-", " ").replace("0", "o")) == UUID(int=number)


@given(st.text(max_size=100))
def test_any_other_text_is_no_receipt(text):
    found = receipt_from_words(text)
    assert found is None or receipt_from_words(receipt_in_words(found)) == found


# --- stages

START = datetime(2026, 10, 1, 9, tzinfo=UTC)
DATES = Dates(START, START + timedelta(days=10), START + timedelta(days=12), START + timedelta(days=20))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("moment", "before", "at"),
    [
        (DATES.proposals_open_at, Stage.COMING, Stage.PROPOSALS),
        (DATES.proposals_close_at, Stage.PROPOSALS, Stage.CHECKS),
        (DATES.voting_opens_at, Stage.CHECKS, Stage.VOTING),
        (DATES.voting_closes_at, Stage.VOTING, Stage.TO_COUNT),
    ],
)
def test_a_stage_begins_at_its_second_and_not_before(moment, before, at):
    published = Facts(published=True)

    assert stage_at(DATES, published, moment - SECOND) is before
    assert stage_at(DATES, published, moment - timedelta(microseconds=1)) is before
    assert stage_at(DATES, published, moment) is at


@given(st.datetimes(timezones=st.just(UTC)), st.booleans(), st.booleans(), st.booleans())
def test_a_draft_is_a_draft_whatever_the_clock_says(now, opened, counted, awarded):
    assert stage_at(DATES, Facts(False, opened, counted, awarded), now) is Stage.DRAFT


def test_dates_out_of_order_are_seen():
    assert dates_in_order(DATES)
    assert not dates_in_order(Dates(START, START, START, START + SECOND))
    assert not dates_in_order(Dates(START, START + 2 * SECOND, START + SECOND, START + 3 * SECOND))
