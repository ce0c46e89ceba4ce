"""A grant in the thread of a need: the award, then what its group says came of it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from engagement.funding.actions import offers
from engagement.funding.actions.awards import award_round, record_report
from engagement.funding.models import Award, Proposal
from engagement.moderation.models import Moderated
from engagement.outcomes.models import Loop
from engagement.outcomes.queries import steps_for_need
from tests.factories import make_need
from tests.funding.factories import AFTER, make_counted, make_round, make_vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(board):
    return make_need(board)


@pytest.fixture
def award(board, coordinator, need):
    round = make_round(board, costs=(100_00,))
    make_vote(round, 1)
    make_counted(round)
    [made] = award_round(round=round, words="Board", by=coordinator, now=AFTER)
    loop = Loop.objects.create(
        board=board, title="Swings", slug="swings", asked="?", said="Swings.", did="We paid.", published_at=AFTER
    )
    loop.needs.add(need)
    loop.awards.add(made)
    return made


def labels(need):
    return [step.label for step in steps_for_need(need, timezone.now())]


def report(award, by, *, publish):
    record_report(
        award=award, did="Two swings stand.", spent_pence=1, people_helped=None, on=AFTER.date(), publish=publish, by=by, now=AFTER
    )  # fmt: skip


def test_a_report_joins_the_thread_once_it_is_published(award, need, coordinator):
    report(award, coordinator, publish=False)
    assert "What the group says" not in labels(need)

    report(award, coordinator, publish=True)

    assert labels(need)[1:] == ["Award", "What the group says"]


def test_a_declined_grant_and_one_whose_words_were_taken_down_are_no_steps(award, need, coordinator):
    offers.offer(award=award, answer_by=AFTER.date(), by=coordinator, now=AFTER)
    offers.decline(award=Award.objects.get(), reason="By letter", by=coordinator, now=AFTER)
    assert "Award" not in labels(need)

    offers.reopen(award=Award.objects.get(), reason="Again", by=coordinator, now=AFTER)
    assert "Award" in labels(need)
    Proposal.objects.update(state=Moderated.State.HIDDEN)
    assert "Award" not in labels(need)
