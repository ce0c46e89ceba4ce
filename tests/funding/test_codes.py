"""Voting codes: one vote each, with or without an account, and nothing to be had from a copy of the table."""

import csv
import io
import re
import time
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from allauth.account.internal.userkit import user_id_to_str
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from boards.people.models import Standing
from engagement.activities.models import Audience, TakingPart
from engagement.funding import queries
from engagement.funding.actions import codes as making
from engagement.funding.actions.refusals import Refused, VoteRefused
from engagement.funding.actions.voting import cast_vote
from engagement.funding.models import Ballot, CodeBatch, Envelope, OddThing, RollEntry, VotingCode
from engagement.funding.rules import code_from_words, code_in_words
from tests.factories import make_person
from tests.funding.factories import VOTING_CLOSES, VOTING_OPENS, make_counted, make_round, make_voter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_tries_yet():
    cache.clear()


@pytest.fixture
def round(board):
    return make_round(board, costs=(400_00, 300_00, 500_00), audience=Audience.CODE)


def make(round, size=1, **more):
    return making.make_codes(round=round, size=size, purpose="Letters to Quay ward", by=None, **more)[1]


def cast(round, code, *numbers, person=None, now=VOTING_OPENS):
    cast_vote(
        round=round,
        person=person,
        code=making.find_code(round, code),
        marks=[(n, 1) for n in numbers],
        receipt=uuid4(),
        now=now,
    )


def test_codes_are_kept_as_digests_that_nobody_can_read_back(round):
    [code] = make(round)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM funding_votingcode")
        stored = str(cursor.fetchall())
    assert code not in stored
    assert making.find_code(round, code).state == "issued"


def test_letters_outlive_a_change_of_the_secret_key(round, settings):
    [code] = make(round)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another " * 8

    assert making.find_code(round, code) is not None
    settings.SECRET_KEY_FALLBACKS = []
    assert making.find_code(round, code) is None


def test_a_code_votes_without_an_account_and_may_change_its_mind(round):
    [code] = make(round)

    cast(round, code, 1)
    cast(round, code, 2, 3)

    entry = RollEntry.objects.get()
    assert (entry.admitted_by, entry.person) == ("code", None)
    assert Envelope.objects.count() == TakingPart.objects.count() == 1
    make_counted(round)
    assert [ballot.ticks for ballot in Ballot.objects.all()] == [[2, 3]]


def test_who_signs_in_and_uses_a_code_votes_once_whichever_comes_first(board):
    round = make_round(board, costs=(400_00, 300_00))
    voter = make_voter(board)
    [code] = make(round)

    cast(round, code, 1)  # before signing in
    cast_vote(round=round, person=voter, marks=[(2, 1)], receipt=uuid4(), now=VOTING_OPENS)
    assert RollEntry.objects.count() == 2  # nobody can know yet
    cast(round, code, 1, 2, person=voter)

    entry = RollEntry.objects.get()
    assert (entry.person, entry.code.state) == (voter, "used")
    assert TakingPart.objects.count() == 1
    cast_vote(round=round, person=voter, marks=[(2, 1)], receipt=uuid4(), now=VOTING_OPENS)
    assert RollEntry.objects.count() == Envelope.objects.count() == 1
    make_counted(round)
    assert [ballot.ticks for ballot in Ballot.objects.all()] == [[2]]


def test_a_person_cannot_collect_codes(board):
    round = make_round(board, costs=(400_00,))
    voter = make_voter(board)
    first, second = make(round, 2)
    cast(round, first, 1, person=voter)

    with pytest.raises(VoteRefused, match="another code"):
        cast(round, second, 1, person=voter)

    assert RollEntry.objects.count() == 1


def test_who_voted_with_a_code_signed_in_changes_their_mind_without_it(round):
    voter = make_person()
    [code] = make(round)
    cast(round, code, 1, person=voter)

    cast_vote(round=round, person=voter, marks=[(2, 1)], receipt=uuid4(), now=VOTING_OPENS)

    assert RollEntry.objects.get().code is not None


def test_a_standing_shown_by_letter_needs_no_second_code(round, board):
    voter = make_voter(board)
    Standing.objects.filter(person=voter).update(shown=Standing.Shown.LETTER)

    cast_vote(round=round, person=voter, marks=[(2, 1)], receipt=uuid4(), now=VOTING_OPENS)

    assert RollEntry.objects.get().admitted_by == "account"


def test_test_cancelled_and_other_rounds_codes_do_not_vote(round, board, coordinator):
    other = make_round(board, costs=(100_00,))
    [trial] = make(round, is_test=True)
    [cancelled] = make(round)
    making.cancel_codes(batch=CodeBatch.objects.latest("pk"), words="Lost in the post", by=coordinator)

    for code, words in ((trial, "trying out"), (cancelled, "cancelled")):
        with pytest.raises(VoteRefused, match=words):
            cast(round, code, 1)
    [elsewhere] = make(other)
    assert making.find_code(round, elsewhere) is None
    with pytest.raises(VoteRefused, match="another vote"):
        cast_vote(
            round=round,
            code=making.find_code(other, elsewhere),
            marks=[(1, 1)],
            receipt=uuid4(),
            now=VOTING_OPENS,
        )
    assert not RollEntry.objects.exists()


def test_one_code_is_cancelled_and_the_others_of_its_batch_still_vote(round, coordinator):
    lost, kept = make(round, 2)
    batch = CodeBatch.objects.get()
    cast(round, kept, 1)

    with pytest.raises(Refused, match="has voted"):
        making.cancel_codes(batch=batch, words="Lost", code=kept, by=coordinator)
    assert making.cancel_codes(batch=batch, words="Lost", code=lost, by=coordinator) == 1

    assert VotingCode.objects.filter(state="used").count() == 1
    assert RollEntry.objects.count() == 1


def test_a_code_is_refused_at_the_closing_second(round):
    [code] = make(round)

    cast(round, code, 1, now=VOTING_CLOSES - timedelta(seconds=1))
    with pytest.raises(VoteRefused, match="not counted"):
        cast(round, code, 1, now=VOTING_CLOSES)


# --- on the pages


def at(moment):
    return time_machine.travel(moment, tick=False)


def choose(client, round, *numbers):
    return client.post(round.address("vote"), {"ticks": [str(n) for n in numbers]})


def send(client, round, code, *numbers, token=None, **more):
    given = {"ticks": [str(n) for n in numbers], "code": code, "form_token": str(token or uuid4()), **more}
    return client.post(round.address("thanks"), given)


def test_a_letter_leads_to_a_receipt_in_three_pages_without_an_account(client, round):
    [code] = make(round)
    with at(VOTING_OPENS):
        checked = client.get(choose(client, round, 1, 3)["Location"]).content.decode()
        assert "Your voting code" in checked
        done = send(client, round, code_in_words(code).lower(), 1, 3).content.decode()

    assert re.search(r"(?:[0-9A-Z]{5}-){5}[0-9A-Z]", done)
    assert RollEntry.objects.get().code.used_on is not None
    assert code not in done


def test_a_used_code_says_on_which_day_and_how_and_asks_before_it_replaces(client, round):
    [code] = make(round)
    with at(VOTING_OPENS):
        send(client, round, code, 1)
        again = send(Client(), round, code, 2).content.decode()
        assert "This code was used on" in again
        assert "20 November 2026" in again
        assert "On this site" in again
        assert 'name="again"' in again
        assert "Your vote is counted in" in send(Client(), round, code, 2, again="on").content.decode()

    make_counted(round)
    assert [ballot.ticks for ballot in Ballot.objects.all()] == [[2]]


def test_guessing_is_refused_by_the_twelfth_try_and_shuts_out_nobody_else(client, round):
    [code] = make(round)
    wrong = [code_in_words(each) for each in making.make_codes(round=round, size=1, purpose="x", by=None)[1]]
    VotingCode.objects.exclude(digest=making.digest_of(code)).delete()
    with at(VOTING_OPENS):
        answers = [send(client, round, wrong[0], 1).content.decode() for _ in range(11)]
        assert "do not know this code" in answers[0]
        assert "Too many wrong codes" in answers[-1]
        assert "Too many wrong codes" in send(client, round, code, 1).content.decode()
        elsewhere = Client(REMOTE_ADDR="198.51.100.7")
        assert "Your vote is counted in" in send(elsewhere, round, code, 1).content.decode()

    thing = OddThing.objects.get()
    assert (thing.kind, thing.times) == ("guessing", 10)
    assert "127.0.0.1" not in thing.about


def test_a_busy_library_is_not_shut_out_by_its_own_voters(client, round):
    codes = make(round, 15)
    with at(VOTING_OPENS):
        for code in codes:
            assert "Your vote is counted in" in send(Client(), round, code, 1).content.decode()


def test_a_slip_in_a_code_keeps_the_choices(client, round):
    with at(VOTING_OPENS):
        page = send(client, round, "ABCDEFGHJK", 1, 3).content.decode()

    assert "not a whole code" in page
    assert {int(n) for n in re.findall(r'name="ticks" value="(\d+)"', page)} == {1, 3}


# --- at the desk


def fresh(client, person, at=None):
    client.force_login(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": at or time.time()}]
    session["account_authentication_methods_user"] = user_id_to_str(person)
    session.save()


def test_codes_are_made_after_a_fresh_sign_in_and_shown_once(client, round, coordinator):
    address = reverse("funding_desk:codes", args=[round.pk])
    form = {"size": "3", "purpose": "Letters", "shape": "csv"}
    fresh(client, coordinator, at=time.time() - 16 * 60)
    assert "Sign in again" in client.get(address).content.decode()
    client.post(address, form)
    assert not CodeBatch.objects.exists()

    fresh(client, coordinator)
    rows = list(csv.DictReader(io.StringIO(client.post(address, form).content.decode())))
    listed = client.get(address).content.decode()

    assert len(rows) == 3
    for row in rows:
        code = code_from_words(row["code"])
        assert making.find_code(round, code) is not None
        assert row["link"].endswith(f"/vote/#code={code}")
        assert row["code"] not in listed


def test_another_boards_coordinator_makes_no_codes(client, round, other_coordinator):
    fresh(client, other_coordinator)
    answer = client.post(reverse("funding_desk:codes", args=[round.pk]), {"size": "1", "purpose": "x", "shape": "csv"})

    assert answer.status_code == 404
    assert queries.takes_codes(round) is False
