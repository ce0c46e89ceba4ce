"""The page with the receipt is made once for all; nobody ever meets what is another's."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine

from boards.people.models import Standing
from components.templatetags.components import london
from engagement.funding import ballot_box
from engagement.funding.actions.codes import make_codes
from engagement.funding.rules import receipt_in_words
from tests.factories import make_role
from tests.funding.factories import VOTING_OPENS, make_round, make_voter

pytestmark = pytest.mark.django_db


@pytest.fixture
def round(board):
    return make_round(board, costs=(400_00, 300_00, 500_00))


def cast(client, round, **more):
    """Give the page with the receipt, and the page with that receipt taken out."""
    token = uuid4()
    with time_machine.travel(VOTING_OPENS, tick=False):
        answer = client.post(
            round.address("thanks"), {"ticks": ["1"], "form_token": str(token), **more.pop("form", {})}, **more
        )
    words = receipt_in_words(token)
    page = answer.content.decode()
    assert page.count(words) == 1
    assert "no-store" in answer["Cache-Control"]
    return page, page.replace(words, "")


def cast_as(client, round, person, **more):
    client.force_login(person)
    return cast(client, round, **more)


def kept_pages():
    return [half for kept in ballot_box._kept.values() for halves in kept.pages.values() for half in halves]


def test_every_voter_gets_the_same_page_but_for_the_receipt(round, client):
    _page, first = cast_as(client, round, make_voter(round.board))
    _page, second = cast_as(client, round, make_voter(round.board))

    assert first == second
    assert "Keep this receipt" in first
    assert "Sign out" in first


def test_no_receipt_is_ever_kept(round, client):
    token = UUID(int=7)
    client.force_login(make_voter(round.board))
    with time_machine.travel(VOTING_OPENS, tick=False):
        page = client.post(round.address("thanks"), {"ticks": ["1"], "form_token": str(token)}).content

    assert receipt_in_words(token).encode() in page
    assert len(kept_pages()) == 2
    assert not any(receipt_in_words(token).encode() in half for half in kept_pages())


def test_an_officer_s_way_to_the_desk_is_on_their_own_page_alone(round, client):
    officer = make_role("coordinator", round.board)
    Standing.objects.create(person=officer, board=round.board, reason="lives")

    _page, before = cast_as(client, round, officer)
    _page, resident = cast_as(client, round, make_voter(round.board))
    _page, after = cast_as(client, round, officer)

    assert "/desk/" not in resident
    assert before == after


def test_a_message_that_waits_is_shown_to_its_reader_alone(round, client):
    reader = make_voter(round.board)
    cast_as(client, round, reader)
    client.post("/me/details/", {"display_name": "Ana"})
    told, _same = cast(client, round)
    other, _same = cast_as(client, round, make_voter(round.board))

    assert "Changed." in told
    assert "Changed." not in other


def test_each_language_has_a_page_of_its_own(round, client):
    english, _same = cast_as(client, round, make_voter(round.board))
    welsh, _same = cast_as(client, round, make_voter(round.board), headers={"accept-language": "cy"})
    again, _same = cast_as(client, round, make_voter(round.board))

    assert 'lang="cy"' in welsh
    assert 'lang="en-gb"' in english
    assert 'lang="en-gb"' in again


def test_whoever_votes_with_a_code_and_no_account_is_not_offered_to_sign_out(round, client):
    codes = make_codes(round=round, size=2, purpose="Letters", by=None)[1]
    _page, signed_in = cast_as(client, round, make_voter(round.board), form={"code": codes[0]})
    client.logout()

    _page, stranger = cast(client, round, form={"code": codes[1]})

    assert "Sign out" in signed_in
    assert "Sign out" not in stranger


def test_a_closing_time_that_moved_a_moment_ago_is_on_the_next_page(round, client):
    cast_as(client, round, make_voter(round.board))
    round.activity.closes_at = VOTING_OPENS + timedelta(hours=3)
    round.activity.save(update_fields=["closes_at"])

    page, _same = cast_as(client, round, make_voter(round.board))

    assert london(round.activity.closes_at) in page
