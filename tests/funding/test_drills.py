"""Invented voters, the truth of a round, a rehearsal closed by the clock."""

import csv
import json
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.core.management import CommandError, call_command
from django.test import Client

from engagement.funding.actions.drills import SALT
from engagement.funding.actions.refusals import VoteRefused
from engagement.funding.models import FundingRound, RollEntry
from tests.funding.factories import VOTING_OPENS, make_counted, make_round, make_vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def round(board):
    return make_round(board, title="Winter grants", costs=(400_00, 300_00))


def made(tmp_path, *arguments):
    file = tmp_path / "voters.csv"
    call_command("make_voters", arguments[0], arguments[1], str(file), *arguments[2:])
    assert file.stat().st_mode & 0o777 == 0o600
    return list(csv.DictReader(file.open()))


def at(moment):
    return time_machine.travel(moment, tick=False)


def test_invented_voters_sign_in_by_their_link_and_vote(round, tmp_path, capsys):
    with at(VOTING_OPENS):
        voters = made(tmp_path, f"{round.board.slug}/{round.slug}", "3")
        for voter in voters[:2]:
            browser = Client()
            answer = browser.get(voter["link"].removeprefix("http://localhost:8000"))
            assert answer["Location"] == round.address("vote")
            done = browser.post(
                round.address("thanks"), {"ticks": ["1"], "form_token": "6f1c1f4e-6a8f-4b53-9d2c-1e1f0a9d8c7b"}
            )
            assert "Your vote is counted in" in done.content.decode()
    capsys.readouterr()

    call_command("round_truth", f"{round.board.slug}/{round.slug}")
    told = json.loads(capsys.readouterr().out)

    assert told["voted"]["people"] == sorted(voter["email"] for voter in voters[:2])
    assert told["roll"] == 2
    assert told["tally"] is None


def test_the_truth_has_a_tally_only_after_the_count_and_never_joins_it(round, capsys):
    voters = [make_vote(round, 1), make_vote(round, 1, 2)]
    make_counted(round)

    call_command("round_truth", str(round.pk))
    told = json.loads(capsys.readouterr().out)

    assert told["tally"]["votes"] == {"1": 2, "2": 1}
    assert told["voted"]["people"] == sorted(voter.email for voter in voters)
    assert set(told["tally"]) == {"ballots", "votes", "funded", "left_pence", "count_sha256"}


def test_codes_of_a_drill_are_named_by_the_truth(round, tmp_path, capsys):
    with at(VOTING_OPENS):
        voters = made(tmp_path, str(round.pk), "2", "--codes")
        Client().post(
            round.address("thanks"),
            {"ticks": ["2"], "code": voters[0]["code"], "form_token": "6f1c1f4e-6a8f-4b53-9d2c-1e1f0a9d8c7b"},
        )
    capsys.readouterr()

    call_command("round_truth", str(round.pk))

    assert json.loads(capsys.readouterr().out)["voted"]["codes"] == [voters[0]["id"]]


def test_a_real_site_invents_no_voters_and_knows_no_links(round, tmp_path, settings, client):
    with at(VOTING_OPENS):
        link = made(tmp_path, str(round.pk), "1")[0]["link"].removeprefix("http://localhost:8000")
        settings.TESTING = settings.DEMO = settings.DRILLS = False

        with pytest.raises(CommandError, match="drill settings only"):
            call_command("make_voters", str(round.pk), 1, str(tmp_path / "more.csv"))
        assert client.get(link).status_code == 404
    assert not (tmp_path / "more.csv").exists()


def test_a_link_signs_in_nobody_but_invented_voters(round, client, coordinator):
    token = signing.dumps(coordinator.pk, salt=SALT)

    assert client.get(round.address("drill", token)).status_code == 404
    assert client.get(round.address("drill", "x" + token)).status_code == 404


@pytest.mark.parametrize("name", ["9999999", "no/such", "", "x" * 500])
def test_an_unknown_round_is_refused_in_words(name, db):
    with pytest.raises(CommandError, match="no round"):
        call_command("round_truth", name)


def test_only_a_rehearsal_closes_early_and_then_to_the_second(round, board):
    with at(VOTING_OPENS), pytest.raises(CommandError, match="not a rehearsal"):
        call_command("close_round", str(round.pk), "--in", "5")

    FundingRound.objects.filter(pk=round.pk).update(rehearses=make_round(board))
    with at(VOTING_OPENS):
        call_command("close_round", str(round.pk), "--in", "5")
    round = FundingRound.objects.select_related("activity__board", "stream__pot").get(pk=round.pk)
    closes_at = VOTING_OPENS + timedelta(seconds=5)
    make_vote(round, 1, now=closes_at - timedelta(seconds=1))
    with pytest.raises(VoteRefused):
        make_vote(round, 1, now=closes_at)

    assert make_counted(round).is_settled
    assert RollEntry.objects.count() == 1
