"""A mark for paper made by mistake: taken back until the count, where the numbers can still balance."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse
from wagtail.models import ModelLogEntry

from engagement.activities.models import TakingPart
from engagement.funding.actions import codes, paper
from engagement.funding.actions.counting import count_round
from engagement.funding.actions.refusals import Refused
from engagement.funding.actions.taking_back import take_back_hand_in
from engagement.funding.models import Ballot, PaperMark, PaperSheet, RollEntry, VotingCode
from tests.factories import make_role
from tests.funding.factories import AFTER, VOTING_OPENS, make_round, make_vote, make_voter
from tests.funding.test_paper import handed_in, key, keyed, printed

NOW = VOTING_OPENS


@pytest.fixture
def round(board):
    return make_round(board, costs=(400_00, 300_00))


@pytest.fixture
def officers(board):
    return [make_role("coordinator", board) for _ in range(3)]


def take_back(round, officers, *, became="another", sheet=None, now=NOW, by=None, reason="The wrong Mrs Smith", **who):
    take_back_hand_in(
        round=round, by=by or officers[0], now=now, reason=reason, became=became,
        batch=sheet.batch_id if sheet else None, number=sheet.number if sheet else "", **who,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["account", "code", "reference"])
@pytest.mark.parametrize("became", ["unused", "spoiled"])
def test_the_roll_is_as_it_was_and_the_sheet_is_accounted_for(board, round, officers, way, became):
    _batch, _numbers = printed(round, officers)
    [code] = codes.make_codes(round=round, size=1, purpose="Letters", by=None)[1]
    found = codes.find_code(round, code)
    voter = make_voter(board)
    who = {"account": {"person": voter}, "code": {"code": found}, "reference": {"reference": "TH 12"}}[way]
    handed_in(round, officers, **who)
    handed_in(round, officers, reference="TH 99")
    sheet = PaperSheet.objects.get()

    take_back(round, officers, became=became, sheet=sheet, **who)

    sheet.refresh_from_db()
    assert (sheet.state, sheet.spoiled) == {"unused": ("unused", ""), "spoiled": ("spoiled", "replaced")}[became]
    assert RollEntry.objects.count() == PaperMark.objects.count() == TakingPart.objects.count() == 1
    assert VotingCode.objects.get().state == "issued"
    with pytest.raises(Refused, match="no mark"):
        take_back(round, officers, became=became, sheet=sheet, **who)
    if way != "reference":  # and they can vote on the site now
        make_vote(round, 1, **({"code": found} if way == "code" else who))
    assert handed_in(round, officers, reference="TH 12")


@pytest.mark.django_db
@pytest.mark.parametrize("rule", ["paper", "neither"])
def test_what_they_had_cast_on_the_site_counts_again(board, officers, rule):
    round = make_round(board, costs=(400_00, 300_00), both_ways=rule)
    voter = make_vote(round, 1, channel="kiosk")
    _batch, _numbers = printed(round, officers)
    handed_in(round, officers, person=voter)
    sheet = PaperSheet.objects.get()
    if rule == "neither":
        paper.say_what_became(batch=sheet.batch, numbers=[sheet.number], state="aside", by=officers[0], now=NOW)

    take_back(round, officers, became="unused", sheet=sheet, person=voter)

    assert RollEntry.objects.get().channel == "kiosk"
    count_round(round=round, by=officers[0], now=AFTER)
    assert [ballot.ticks for ballot in Ballot.objects.all()] == [[1]]


@pytest.mark.django_db
def test_a_sheet_in_the_box_stays_there_for_whoever_is_marked_for_it_first(board, round, officers):
    batch, [number] = printed(round, officers)
    wrong = make_voter(board)
    handed_in(round, officers, person=wrong)
    key(batch, number, 2, by=officers[0])  # keyed once: it was in the box

    for more in ({}, {"became": "unused", "sheet": PaperSheet.objects.get()}):
        with pytest.raises(Refused, match=r"not balance|was in the box"):
            take_back(round, officers, person=wrong, **more)
    assert PaperMark.objects.count() == 1
    handed_in(round, officers, reference="TH 12")
    take_back(round, officers, person=wrong)
    key(batch, number, 2, by=officers[1])
    make_vote(round, 1, person=wrong)
    count_round(round=round, by=officers[0], now=AFTER)

    assert sorted(ballot.ticks for ballot in Ballot.objects.all()) == [[1], [2]]


@pytest.mark.django_db
def test_it_needs_a_reason_and_a_role_and_ends_at_the_count(round, officers, other_coordinator):
    batch, [number] = printed(round, officers)
    handed_in(round, officers, reference="TH 12")
    keyed(batch, number, 2, officers=officers)

    with pytest.raises(Refused, match="Say why"):
        take_back(round, officers, reference="TH 12", reason=" ")
    with pytest.raises(Refused, match="role"):
        take_back(round, officers, reference="TH 12", by=other_coordinator)
    count_round(round=round, by=officers[0], now=AFTER)
    round.refresh_from_db()
    with pytest.raises(Refused, match="opened"):
        take_back(round, officers, reference="TH 12", now=AFTER)


@pytest.mark.django_db
def test_the_log_has_the_reason_and_neither_voter_nor_sheet(board, round, officers):
    _batch, [number] = printed(round, officers)
    voter = make_voter(board)
    handed_in(round, officers, person=voter)

    take_back(round, officers, became="unused", sheet=PaperSheet.objects.get(), person=voter)

    [logged] = ModelLogEntry.objects.filter(action="funding.take_back_hand_in")
    assert logged.user == officers[0]
    assert logged.data["reason"] == "The wrong Mrs Smith"
    assert set(logged.data) == {"reason", "sheet", "set_aside", "board"}
    assert number not in str(logged.data)


@pytest.mark.django_db
def test_a_mark_is_taken_back_at_the_desk_with_its_errors_at_the_field(
    client, round, officers, django_assert_max_num_queries
):
    batch, [number] = printed(round, officers)
    handed_in(round, officers, reference="TH 12")
    address = reverse("funding_desk:take_back_paper", args=[round.pk])
    client.force_login(officers[0])
    with time_machine.travel(NOW, tick=False):
        assert address in client.get(reverse("funding_desk:paper", args=[round.pk])).content.decode()
        good = {"reference": "th12", "became": "unused", "batch": batch.pk, "number": number, "reason": "She kept it"}
        for change, said in (
            ({"reference": ""}, "only one"),
            ({"number": ""}, "Give the sheet number"),
            ({"batch": ""}, "Choose the batch"),
            ({"number": "123456"}, "not a whole sheet number"),
            ({"became": "another"}, "must not be named here"),
            ({"reason": ""}, "This field is required"),
            ({"reference": "TH 13"}, "no mark for paper"),
        ):
            answer = client.post(address, {**good, **change}).content.decode()
            assert said in answer, change
            assert "She kept it" in answer or "reason" in change
        with django_assert_max_num_queries(15):
            client.get(address)
        done = client.post(address, good, follow=True).content.decode()
    assert "off the roll" in done
    assert not RollEntry.objects.exists()
    assert PaperSheet.objects.get().state == "unused"
