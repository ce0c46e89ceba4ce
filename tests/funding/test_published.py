"""The published set and what is worked out once when a count is published."""

import csv
import io
import json
from hashlib import sha256

import pytest
import time_machine
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from engagement.funding import published
from engagement.funding.models import Ballot, Count, FundingRound
from engagement.funding.rules import reserves
from tests.funding.factories import AFTER, make_counted, make_round, make_vote

costs_of = st.dictionaries(st.integers(1, 9), st.integers(1, 500), min_size=1)


@given(costs_of, st.data())
def test_a_reserve_is_the_first_in_line_that_the_money_pays_for(costs, data):
    numbers = data.draw(st.permutations(list(costs)))
    cut = data.draw(st.integers(0, len(numbers)))
    funded, line = numbers[:cut], numbers[cut:]
    left = data.draw(st.integers(0, 300))

    found = reserves(line=line, costs_pence=costs, funded=funded, left_pence=left)

    assert [each.number for each in found] == [n for n in line if n in {each.number for each in found}]
    for out in funded:
        fits = [n for n in line if costs[n] <= left + costs[out]]
        takes = [each.number for each in found if out in each.if_one_of]
        assert takes == fits[:1]
    assert all(each.more_pence == max(0, costs[each.number] - left) for each in found)
    assert bool(found) is bool(line)


def test_a_reserve_that_shuts_another_out_waits_for_that_one():
    found = reserves(line=[3], costs_pence={1: 10, 2: 10, 3: 5}, funded=[1, 2], left_pence=0, exclusive=[[1, 3]])

    assert [(each.number, each.if_one_of) for each in found] == [(3, (1,))]


@pytest.fixture
def counted(board):
    round = make_round(board, costs=(600_00, 500_00, 300_00), least_ticks=1, rule="equal_shares", budget_pence=1000_00)
    for ticks in ((1, 2), (1, 2), (1, 2), (1,), (3,), (2, 3)):
        make_vote(round, *ticks)
    make_counted(round)
    return FundingRound.objects.select_related("activity__board", "stream__pot").get(pk=round.pk)


def read(client, round, name):
    with time_machine.travel(AFTER, tick=False):
        answer = client.get(round.address(name))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.django_db
def test_the_files_are_those_whose_digests_the_page_and_the_list_of_sums_give(client, counted):
    sums = read(client, counted, "sums").decode()
    files = published.summary_of(counted.counts.get())["files"]

    for name, address in published.FILES.items():
        held = read(client, counted, address)
        assert files[name] == {"bytes": len(held), "sha256": sha256(held).hexdigest()}
        assert f"{files[name]['sha256']}  {name}\n" in sums
    assert counted.rules_digest in sums


@pytest.mark.django_db
def test_a_strangers_recount_of_the_ballots_file_gives_the_winners_of_the_page(client, counted, tmp_path, capsys):
    file = tmp_path / "ballots.pb"
    file.write_bytes(read(client, counted, "ballots_pb"))

    call_command("recount", str(file), "--json")

    made = json.loads(capsys.readouterr().out)
    result = published.summary_of(counted.counts.get())["result"]
    assert [int(id) for id in made["funded"]] == result["funded"]
    assert made["left_pence"] == result["left_pence"]
    assert made["rule"] == "equal-shares"


@pytest.mark.django_db
def test_no_file_of_ballots_says_where_when_or_who(client, counted, board):
    rows = list(csv.reader(io.StringIO(read(client, counted, "ballots").decode())))
    plain = read(client, counted, "ballots_pb").decode()

    assert rows[0] == ["receipt", "ticks"]
    assert len(rows) == 1 + Ballot.objects.count()
    assert rows[1:] == sorted(rows[1:])
    assert plain.splitlines()[plain.splitlines().index("VOTES") + 1] == "voter_id;vote"
    assert "web" not in plain.split("VOTES")[1]


@pytest.mark.django_db
def test_the_files_leave_in_pieces_and_never_whole(client, counted):
    for name in ("ballots", "ballots_pb"):
        with time_machine.travel(AFTER, tick=False):
            assert client.get(counted.address(name)).streaming, name


@pytest.mark.django_db
def test_what_would_have_changed_it_is_kept_with_the_count_and_is_true(counted, board):
    summary = counted.counts.get().summary
    lost = [n for n in (1, 2, 3) if n not in summary["result"]["funded"]]

    assert lost
    assert set(summary["what_if"]) == set(map(str, lost))
    near = summary["what_if"][str(lost[0])]
    again = make_round(
        board,
        costs=tuple(near["cost_pence"] if n == lost[0] else c for n, c in ((1, 600_00), (2, 500_00), (3, 300_00))),
        rule="equal_shares",
        budget_pence=1000_00,
        least_ticks=1,
    )
    for ticks in ((1, 2), (1, 2), (1, 2), (1,), (3,), (2, 3)):
        make_vote(again, *ticks)
    assert lost[0] in make_counted(again).summary["result"]["funded"]


@pytest.mark.django_db
def test_turnout_by_channel_hides_what_could_single_someone_out(counted):
    [[channel, people]] = counted.counts.get().summary["turnout"]["channels"]

    assert (channel, people) == ("web", 6)


@pytest.mark.django_db
def test_a_count_from_before_there_were_summaries_is_read_from_its_file(counted):
    kept = counted.counts.get().summary
    Count.objects.update(summary={})

    assert published.summary_of(counted.counts.get())["result"] == kept["result"]


@pytest.mark.django_db
def test_the_results_of_a_hundred_and_fifty_proposals_are_light_and_read_no_count_file(
    client, board, django_assert_max_num_queries
):
    round = make_round(board, costs=(90_00,) * 150, least_ticks=1)
    for first in (1, 40, 80, 120):
        make_vote(round, *range(first, first + 30))
    make_counted(round)
    with time_machine.travel(AFTER, tick=False):
        client.get(round.address("results"))
        for name in ("results", "working"):
            with django_assert_max_num_queries(10) as asked:
                answer = client.get(round.address(name))
            assert len(answer.content) < 100_000, name
            assert not any('"funding_count"."file",' in query["sql"] for query in asked.captured_queries)
