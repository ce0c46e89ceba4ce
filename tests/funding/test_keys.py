"""A key split among three officers: any two open the ballots, and the server keeps neither key nor share."""

import re
from itertools import combinations

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from engagement.funding import queries
from engagement.funding.actions import ceremony, keys
from engagement.funding.actions.counting import count_round
from engagement.funding.actions.proposals import put_on_ballot
from engagement.funding.actions.refusals import CountRefused, Refused
from engagement.funding.actions.rounds import publish_round, save_round
from engagement.funding.models import Ballot, Envelope, FundingRound, KeyShare, KeyWrap
from engagement.funding.rules import PAIRS, Share, share_from_words
from tests.factories import make_role
from tests.funding.factories import (
    AFTER,
    BEFORE,
    VOTING_OPENS,
    make_counted,
    make_proposal,
    make_round,
    make_vote,
)
from tests.funding.test_voting import dump

pytestmark = pytest.mark.django_db


@pytest.fixture
def round(board):
    return make_round(board, published=False, key_kept="officers")


@pytest.fixture
def officers(board):
    return [make_role("coordinator", board), make_role("chair", board), make_role("coordinator", board)]


def hold(round, officers):
    ceremony.name_officers(round=round, officers=officers, by=officers[0], now=BEFORE)
    return [share_from_words(ceremony.take_share(round=round, officer=each, now=BEFORE)) for each in officers]


def reread(round):
    return FundingRound.objects.select_related("activity__board", "stream__pot").get(pk=round.pk)


def voted(round, officers, shares):
    ceremony.try_shares(round=round, shares=shares[:2], by=officers[1], now=BEFORE)
    publish_round(round=round, by=None, now=BEFORE)
    round = reread(round)

    put_on_ballot(proposal=make_proposal(round), by=officers[0], now=round.voting_opens_at.replace(hour=1))
    make_vote(round, 1, now=VOTING_OPENS)
    return reread(round)


@pytest.mark.parametrize("pair", PAIRS)
def test_any_two_shares_open_the_ballots(round, officers, pair):
    shares = hold(round, officers)
    round = voted(round, officers, shares)

    count = count_round(
        round=round, by=officers[0], now=AFTER, shares=[share for share in shares if share.place in pair]
    )

    assert queries.result_of(count.file)["votes"] == {"1": 1}
    assert Ballot.objects.get().ticks == [1]
    assert {bytes(wrap.wrapped) for wrap in KeyWrap.objects.all()} == {b""}  # the key is gone


def test_one_share_two_equal_ones_and_strange_ones_open_nothing(round, officers):
    shares = hold(round, officers)
    round = voted(round, officers, shares)
    strange = keys.make_share(2)[0]

    for given in (
        [],
        shares[:1],
        [shares[0], shares[0]],
        [shares[0], strange],
        [Share(3, shares[0].secret), shares[1]],
    ):
        with pytest.raises(CountRefused, match="not two of the three"):
            count_round(round=round, by=officers[0], now=AFTER, shares=given)

    assert Envelope.objects.count() == 1
    assert not Ballot.objects.exists()


def test_no_two_wraps_and_no_dump_give_the_key_or_a_share_away(round, officers, keys_folder):
    shares = hold(round, officers)
    ceremony.try_shares(round=round, shares=shares[:2], by=officers[1], now=BEFORE)

    kept = dump()
    for share in shares:
        assert share.secret.hex() not in kept
    assert not list(keys_folder.glob("*.key")) if keys_folder.exists() else True
    with pytest.raises(keys.KeyMissing):
        keys.opener(reread(round).public_key)


def test_a_round_is_not_published_before_two_shares_opened_a_test_ballot(round, officers):
    with pytest.raises(Refused, match="key ceremony"):
        publish_round(round=round, by=None, now=BEFORE)
    shares = hold(round, officers)
    with pytest.raises(Refused, match="key ceremony"):
        publish_round(round=round, by=None, now=BEFORE)
    ceremony.try_shares(round=round, shares=shares[1:], by=officers[0], now=BEFORE)
    publish_round(round=round, by=None, now=BEFORE)

    assert reread(round).public_key


def test_the_drill_for_a_lost_share_tries_every_pair_and_says_which(round, officers):
    shares = hold(round, officers)
    for pair in combinations(shares, 2):
        ceremony.try_shares(round=round, shares=pair, by=officers[2], now=BEFORE)

    assert KeyWrap.objects.filter(tested_on__isnull=False).count() == 3
    with pytest.raises(Refused, match="do not open a test ballot"):
        ceremony.try_shares(round=round, shares=shares[:1], by=officers[2], now=BEFORE)


def test_a_share_is_made_once_and_only_for_its_officer(round, officers, other_coordinator):
    hold(round, officers)

    for person, words in ((officers[0], "shown once"), (other_coordinator, "not one of the three")):
        with pytest.raises(Refused, match=words):
            ceremony.take_share(round=round, officer=person, now=BEFORE)


def test_beginning_again_makes_the_shares_taken_useless(round, officers):
    old = hold(round, officers)
    hold(round, officers)

    with pytest.raises(Refused, match="do not open"):
        ceremony.try_shares(round=round, shares=old[:2], by=officers[0], now=BEFORE)


def test_where_the_key_is_kept_is_part_of_the_seal_and_fixed_once_published(board, coordinator):
    round = make_round(board)

    with pytest.raises(Refused, match="fixed once"):
        save_round(board=board, values={"key_kept": "officers"}, by=coordinator, now=BEFORE, round=round)
    plain = queries.rules_digest(round)
    round.key_kept = "officers"
    assert queries.rules_digest(round) != plain


def test_the_ceremony_at_the_desk_from_three_names_to_the_count(client, round, officers):
    address = reverse("funding_desk:ceremony", args=[round.pk])
    lines = []
    with time_machine.travel(BEFORE, tick=False):
        client.force_login(officers[0])
        client.post(address, {f"officer_{n}": person.pk for n, person in enumerate(officers, 1)})
        assert KeyShare.objects.count() == 3
        for person in officers:
            client.force_login(person)
            assert "Take your share" in client.get(address).content.decode()
            shown = client.post(reverse("funding_desk:take_share", args=[round.pk]))
            assert "no-store" in shown["Cache-Control"]
            lines.append(re.search(r"SHARE: [0-9A-Z-]+", shown.content.decode())[0])
            again = client.get(address).content.decode()
            assert lines[-1] not in again
        wrong = client.post(address, {"text_1": lines[0], "text_2": "SHARE: 1-nonsense"}).content.decode()
        assert "no whole share" in wrong
        file = SimpleUploadedFile("share.txt", f"Keep it.\r\n{lines[0]}\r\n".encode())
        tried = client.post(address, {"file_1": file, "text_1": "", "text_2": lines[2]}, follow=True)
        assert "opened a test ballot" in tried.content.decode()
    round = reread(round)
    publish_round(round=round, by=None, now=BEFORE)

    put_on_ballot(proposal=make_proposal(reread(round)), by=officers[0], now=VOTING_OPENS.replace(hour=1))
    make_vote(reread(round), 1, now=VOTING_OPENS)
    client.force_login(officers[0])
    count = reverse("funding_desk:count", args=[round.pk])
    with time_machine.travel(AFTER, tick=False):
        assert "Two of the three officers" in client.get(count).content.decode()
        client.post(count, {"text_1": lines[0], "text_2": ""})
        assert not Ballot.objects.exists()
        client.post(count, {"text_1": lines[1], "text_2": lines[2]})
    assert Ballot.objects.count() == 1


def test_a_key_in_a_file_still_counts_without_shares(board):
    round = make_round(board, costs=(100_00,))
    make_vote(round, 1)

    assert queries.result_of(make_counted(round).file)["ballots"] == 1
