"""`manage.py recount`: any .pb file, no database, one sentence when it cannot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from engagement.rules.counting import Method, Project, Rule
from engagement.rules.counting.pabulib import write_pb
from tests.rules.test_pabulib import FOLDER, SMALL, expected

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.pb"
    path.write_text(SMALL, encoding="utf-8")
    return path


def recounted(path, *options):
    out = StringIO()
    call_command("recount", str(path), *options, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


@pytest.mark.parametrize("name", [n for n, held in expected().items() if "greedy_most_votes_skip" in held])
def test_a_stranger_gets_the_listed_winners_of_most_votes(name):
    made = recounted(FOLDER / name, "--rule", "most-votes", "--ties", "id")

    assert made["funded"] == expected()[name]["greedy_most_votes_skip"]
    assert made["rule"] == "most-votes"
    assert [each["project"] for each in made["rounds"]] == made["funded"]


@pytest.mark.parametrize("name", [n for n, held in expected().items() if "mes_cost_add1_step1pct_floor" in held])
def test_a_stranger_gets_the_listed_winners_of_equal_shares(name):
    common = ("--rule", "equal-shares", "--ties", "id", "--start", "exact")

    at_once = recounted(FOLDER / name, *common, "--completion", "none", "--top-up", "none")
    raised = recounted(FOLDER / name, *common)

    assert at_once["funded"] == expected()[name]["mes_cost_share_b_over_n"]
    assert sorted(raised["funded"]) == sorted(expected()[name]["mes_cost_add1_step1pct_floor"]["then_topup_by_votes"])


def test_it_needs_no_database_and_no_settings_of_a_site(small):
    done = subprocess.run(
        [sys.executable, "manage.py", "recount", str(small), "--rule", "equal-shares", "--json"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["funded"] == ["2", "1"]
    assert json.loads(done.stdout)["left_pence"] == 0


BAD = [b"", b"nonsense", b"\xff\xfe\x00", b"META\nkey;value\n", b"\x00" * 50, b"{}", b"[1"]


@pytest.mark.parametrize("content", BAD)
@pytest.mark.parametrize("options", [["--rule", "most-votes"], ["--rule", "equal-shares", "--json"], []])
def test_a_bad_file_is_refused_in_one_sentence(tmp_path, content, options):
    path = tmp_path / "bad.pb"
    path.write_bytes(content)
    out = StringIO()

    with pytest.raises(CommandError) as refused:
        call_command("recount", str(path), *options, stdout=out)

    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)
    assert out.getvalue() == ""


def test_a_bad_file_leaves_no_trace_and_a_code(tmp_path):
    path = tmp_path / "bad.pb"
    path.write_bytes(BAD[2])
    done = subprocess.run(
        [sys.executable, "manage.py", "recount", str(path), "--rule", "most-votes"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_file_that_is_not_there_is_said_plainly():
    with pytest.raises(CommandError, match="No such file"):
        call_command("recount", "/nowhere/at/all.pb", "--rule", "most-votes")


def test_without_a_rule_a_foreign_file_is_asked_for_one(small):
    with pytest.raises(CommandError, match="Say by which rule"):
        call_command("recount", str(small))


def test_our_own_file_names_its_rule_and_its_lots(tmp_path):
    path = tmp_path / "ours.pb"
    with path.open("w", encoding="utf-8", newline="") as out:
        write_pb(
            out.write,
            budget_pence=100_00,
            projects=[Project("9", 60_00), Project("10", 60_00)],
            ballots=[(["9"], 3), (["10"], 3)],
            turnout=6,
            rule=Rule(method=Method.EQUAL_SHARES),
            lots=["10", "9"],
        )

    assert recounted(path)["funded"] == ["10"]
    assert recounted(path)["rule"] == "equal-shares"


def test_a_tie_is_shown_and_the_command_does_not_end_as_if_all_were_well(tmp_path):
    path = tmp_path / "tie.pb"
    path.write_text(SMALL.replace(";40;", ";60;").replace("a;1,2", "a;1"), encoding="utf-8")
    order = tmp_path / "order.txt"
    order.write_text("2\n1\n", encoding="utf-8")
    out = StringIO()

    with pytest.raises(CommandError, match="tie between 1, 2"):
        call_command("recount", str(path), "--rule", "most-votes", "--json", stdout=out)

    assert json.loads(out.getvalue())["status"] == "tie"
    assert recounted(path, "--rule", "most-votes", "--ties", str(order))["funded"] == ["2"]
    assert recounted(path, "--rule", "most-votes", "--ties", "id")["funded"] == ["1"]


@pytest.mark.parametrize("option", [("--step", "-1"), ("--unit", "0"), ("--least-votes", "-2"), ("--ties", "/nowhere")])
def test_an_odd_option_is_said_plainly(small, option):
    with pytest.raises(CommandError, match=r"\w{4}"):
        call_command("recount", str(small), "--rule", "most-votes", *option)
