"""The results as they are read: what is tied stands apart from what waits and from what was withdrawn."""

import re

import pytest
import time_machine

from engagement.funding.models import Proposal
from tests.funding.factories import AFTER, make_counted, make_round, make_vote

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def after_voting():
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def tied(board):
    round = make_round(board, costs=(600_00, 600_00, 300_00, 200_00))
    make_vote(round, 1, 2, 3)
    make_vote(round, 1, 2, 4)
    Proposal.objects.filter(round=round, number=4).update(standing=Proposal.Standing.WITHDRAWN)
    make_counted(round)
    return round


def headings(page: str) -> list[str]:
    return re.findall(r"<h2[^>]*>\s*([^<]+?)\s*</h2>", page)


def test_a_tie_is_told_before_what_waits_for_it_and_apart_from_what_was_withdrawn(client, tied):
    page = client.get(tied.address("results")).content.decode()

    told = [each for each in headings(page) if each in {"Tied: lots decide", "Not decided yet", "Withdrawn"}]
    assert told == ["Tied: lots decide", "Not decided yet", "Withdrawn"]
    assert "The board draws lots next." in page
    assert "The board awards the grants next." not in page


def test_the_working_of_a_tie_says_so_and_passes_nothing_over_that_was_not_reached(client, tied):
    page = client.get(tied.address("working")).content.decode()

    assert page.count("This way ends in a tie that only a lot could part.") == 2
    assert "passed over" not in page


def test_blank_ballots_are_told_only_where_there_were_some(client, board):
    for blank in (False, True):
        round = make_round(board, costs=(400_00,), allows_blank=True)
        make_vote(round, 1)
        if blank:
            make_vote(round, blank=True)
        make_counted(round)
        page = client.get(round.address("results")).content.decode()
        assert ("1 ballot was blank" in page) is blank
        assert "0 ballots" not in page
