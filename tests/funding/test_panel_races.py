"""Real threads on a real database: no cost promised twice over, no criteria changed under a score, one decision."""

from __future__ import annotations

import pytest

from engagement.funding import panel_queries
from engagement.funding.actions.assessing import PanelRefused, close_scoring, decide, save_criteria
from engagement.funding.actions.pipeline import PipelineRefused, answer_offer, offer, pledge
from engagement.funding.models import (
    Assessment,
    Contribution,
    Funder,
    Panel,
    PanelChoice,
    Pledge,
    Proposal,
    Score,
    SharedCost,
    Stream,
)
from tests.factories import make_board, make_role
from tests.funding.factories import NOW, make_proposal, make_round
from tests.funding.panel_factories import (
    CRITERIA,
    GUIDANCE,
    SCORING,
    make_funder,
    make_panel_round,
    make_panellists,
    make_sheet,
)
from tests.funding.test_races import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.serial]


@pytest.fixture
def town(transactional_db):
    return make_board("Thornbridge Town")


def test_twelve_funders_at_once_never_promise_more_than_is_asked(town):
    proposal = make_proposal(make_round(town), cost_pence=500_00)
    Proposal.objects.update(state="shown")
    people = [make_funder(f"Fund {n}") for n in range(12)]

    def promise(person):
        funder = Funder.objects.select_related("organisation").get(organisation__roles__person=person)
        return lambda: pledge(proposal=proposal, funder=funder, amount_pence=120_00, conditions="", by=person, now=NOW)

    done = at_once([promise(person) for person in people])

    assert sum(isinstance(each, Pledge) for each in done) == 4, done
    assert sum(isinstance(each, PipelineRefused) for each in done) == 8, done
    assert sum(Pledge.objects.standing().values_list("amount_pence", flat=True)) == 480_00
    assert SharedCost.objects.get().pledged_pence == 480_00


def test_one_offer_answered_from_ten_screens_is_in_the_pot_once(town):
    stream, person, officer = make_round(town).stream, make_funder(), make_role("coordinator", town)
    before = Stream.objects.get().allocated_pence
    made = offer(stream=stream, funder=Funder.objects.get(), amount_pence=500_00, conditions="", by=person, now=NOW)

    done = at_once([lambda: answer_offer(offer=made, take_in=True, words="", by=officer, now=NOW) for _ in range(10)])

    assert sum(each is None for each in done) == 1, done
    assert Contribution.objects.count() == 1
    assert Stream.objects.get().allocated_pence == before + 500_00


def test_criteria_changed_in_the_moment_of_the_first_score_are_either_before_it_or_refused(town):
    people = make_panellists(town, 8)
    round, panel = make_panel_round(town, people=people)
    proposal = make_proposal(round)
    other = [{"name": "All", "weight": 100, "guidance": GUIDANCE}]
    acts = [lambda p=p: make_sheet(panel, proposal, p, 3, 3) for p in people]
    acts.insert(4, lambda: save_criteria(round=round, criteria=other, shows_interests="name", by=None))
    done = at_once(acts)

    panel = Panel.objects.get()
    criteria = panel_queries.criteria_of(panel)
    held = {each.name for each in criteria}
    assert panel.started_at is None or panel.criteria_digest == panel_queries.criteria_digest(criteria)
    assert isinstance(done[4], PanelRefused) is (held == {each["name"] for each in CRITERIA})
    kept = set(Score.objects.values_list("criterion_id", flat=True))
    assert kept <= {each.pk for each in criteria}
    assert Assessment.objects.standing().count() == sum(isinstance(each, Assessment) for each in done)


def test_one_decision_written_from_ten_screens_stands_once(town):
    people = make_panellists(town)
    round, panel = make_panel_round(town, people=people)
    proposals = [make_proposal(round) for _ in range(3)]
    make_sheet(panel, proposals[0], people[0], 3, 3)
    close_scoring(panel=panel, by=people[0], now=SCORING)
    choices = [(each, True, "") for each in proposals]
    done = at_once(
        [lambda: decide(panel=panel, choices=choices, words="Panel", by=people[0], now=SCORING) for _ in range(10)]
    )

    assert sum(isinstance(each, PanelRefused) for each in done) == 9, done
    assert PanelChoice.objects.count() == 3
