"""Make a round with a panel that scores it, so that a test states only what matters."""

from __future__ import annotations

from datetime import datetime

from boards.people.models import Organisation, Person
from boards.places.models import Board
from engagement.funding import panel_queries, queries
from engagement.funding.actions.assessing import declare, save_criteria, save_scores, seat
from engagement.funding.models import Assessment, FundingRound, Panel, Proposal
from tests.factories import make_role
from tests.funding.factories import PROPOSALS_CLOSE, make_round

SCORING = PROPOSALS_CLOSE
"""The first moment of the checks: the panel scores."""
GUIDANCE = ["None", "Hardly", "A little", "Fairly", "Well", "Fully"]
CRITERIA = [
    {"name": "Answers a need", "weight": 60, "guidance": GUIDANCE},
    {"name": "Can be done", "weight": 40, "guidance": GUIDANCE},
]


def make_panel_round(board: Board, *, people: list[Person], combines: str = "panel_shortlists", **values: object):
    """Give a round and its panel; the first of the people takes the chair."""
    round = make_round(board, **values)
    round.combines = combines
    round.rules_digest = queries.rules_digest(round)
    round.save(update_fields=["combines", "rules_digest"])
    panel = make_panel(round, people=people)
    return round, panel


def make_panel(round: FundingRound, *, people: list[Person], shows_interests: str = "name") -> Panel:
    panel = save_criteria(round=round, criteria=CRITERIA, shows_interests=shows_interests, by=None)
    for number, person in enumerate(people):
        seat(round=round, person=person, is_chair=number == 0, by=None, now=round.activity.opens_at)
    return panel


def make_panellists(board: Board, size: int = 3) -> list[Person]:
    people = []
    for number in range(size):
        person = make_role("partner", board, email=f"panel{number}.{board.slug}@example.org")
        Person.objects.filter(pk=person.pk).update(display_name=f"Panellist {'ABCDEFGH'[number]}")
        people.append(Person.objects.get(pk=person.pk))
    return people


def make_sheet(
    panel: Panel, proposal: Proposal, person: Person, *scores: int, hand_in: bool = True, now: datetime = SCORING
) -> Assessment:
    """Say one has no interest, and score each criterion in order."""
    declare(panel=panel, proposal=proposal, person=person, has_interest=False, words="", now=now)
    criteria = panel_queries.criteria_of(panel)
    return save_scores(
        panel=panel,
        proposal=proposal,
        person=person,
        scores={each.pk: (score, f"Because of {score}") for each, score in zip(criteria, scores, strict=True)},
        hand_in=hand_in,
        now=now,
    )


def make_funder(name: str = "Moor Fund", *, board: Board | None = None, email: str = "", **fields: object) -> Person:
    """Give a partner of an organisation that funds, for one board or (no board) for all."""
    from engagement.funding.models import Funder

    organisation = Organisation.objects.create(name=name)
    Funder.objects.create(organisation=organisation, since="2026-04-01")
    return make_role("partner", board, email=email, organisation=organisation, **fields)
