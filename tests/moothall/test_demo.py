"""The demo loads whole, once, and stays open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import shapely
from django.apps import apps
from django.db import connection, transaction
from django.test import override_settings
from shapely.geometry import Point, shape

from boards.people.models import Person
from boards.people.permissions import may
from boards.places.actions.reading import Problems, read_json
from boards.places.models import Area, Board, Postcode
from engagement.activities.models import Activity
from engagement.conversations.actions.results import work_out
from engagement.conversations.models import Conversation
from engagement.conversations.results import Results
from engagement.evidence.models import Evidence, Need
from engagement.funding import panel_queries as funding_panel
from engagement.funding import queries as funding
from engagement.funding.models import Award, FundingRound, LotsDrawn, Proposal, Report
from engagement.funding.rules import Stage
from engagement.ideas.models import Idea, IdeasCall
from engagement.notifications.models import Message
from engagement.outcomes.models import Loop
from engagement.polls.models import Kind, Poll
from engagement.polls.queries import results
from moothall.demo.loader import load
from moothall.demo.loader.funding import ballots_that_add_up
from moothall.demo.loader.reading import DATA, LONDON, board_files, day, moment

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

pytestmark = pytest.mark.once


def quiet(words: str) -> None: ...


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """Load it once for this file; each test then undoes only what it does itself."""
    with django_db_blocker.unblock(), override_settings(VAR=tmp_path_factory.mktemp("var")), transaction.atomic():
        load(now=NOW, say=quiet)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db):
    """The demo, as on the day it was loaded."""


def everything() -> dict[str, list[str]]:
    """Give every row of our own rooms, to compare."""
    rooms = {
        "places",
        "people",
        "activities",
        "evidence",
        "polls",
        "ideas",
        "conversations",
        "funding",
        "outcomes",
        "moderation",
        "cms",
    }
    rows = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.app_label in rooms:
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
                rows[model._meta.db_table] = sorted(map(repr, cursor.fetchall()))
    return rows


# --- the files -----------------------------------------------------------------------------------


def test_wards_share_their_edges_and_fill_the_district():
    wards = [shape(each["geometry"]) for each in features("wards")]
    [district] = [shape(each["geometry"]) for each in features("district")]

    assert len(wards) == 48
    assert all(ward.is_valid and ward.exterior.is_ccw for ward in wards)
    assert shapely.coverage_is_valid(wards)
    assert shapely.coverage_union_all(wards).equals(district)


def test_an_idea_stands_in_the_ward_it_names():
    wards = {each["properties"]["name"]: shape(each["geometry"]) for each in features("wards")}

    for file in board_files():
        for idea in file["ideas"]["items"]:
            latitude, longitude = idea["at"]
            assert wards[idea["place"]].contains(Point(longitude, latitude)), idea["title"]


def test_no_two_boards_say_the_same():
    quotes = [said["quote"] for file in board_files() for said in file["evidence"]]
    titles = [idea["title"] for file in board_files() for idea in file["ideas"]["items"]]

    assert len(set(quotes)) == len(quotes)
    assert len(set(titles)) == len(titles)


def test_invented_people_have_addresses_that_reach_nobody():
    addresses = [each["email"] for file in board_files() for each in file["people"]]

    assert all(address.endswith("@thornbridge.example") for address in addresses)
    assert len(set(addresses)) == len(addresses)


def test_a_day_is_counted_from_today_and_a_time_is_londons():
    before_the_clocks_change = datetime(2026, 10, 20, 12, tzinfo=UTC)

    assert day("-30d", NOW).isoformat() == "2026-10-24"
    assert moment("+12d 17:00", before_the_clocks_change).astimezone(UTC).hour == 17
    assert moment("+1d 17:00", before_the_clocks_change).astimezone(UTC).hour == 16
    with pytest.raises(ValueError, match="Write a day"):
        day("soon", NOW)


def test_ballots_are_dealt_so_that_votes_come_out_as_told():
    votes = {1: 7, 2: 7, 3: 5, 4: 2}

    ballots = ballots_that_add_up(votes, 7)

    assert {number: sum(number in ballot for ballot in ballots) for number in votes} == votes
    assert all(len(set(ballot)) == len(ballot) for ballot in ballots)
    assert min(map(len, ballots)) == 3


def features(name: str) -> list[dict]:
    return read_json(DATA / "geo" / f"{name}.geojson", Problems(name))["features"]


# --- the load ------------------------------------------------------------------------------------


def test_every_board_is_full(demo):
    assert Board.objects.count() == 16
    assert Area.objects.wards().count() == 48
    assert Postcode.objects.count() == 1529
    for board in Board.objects.all():
        assert {"chair", "coordinator"} <= set(board.roles.values_list("kind", flat=True)), board
        assert Need.objects.filter(board=board).count() >= 2
        assert Evidence.objects.filter(board=board).counted().count() >= 6
        assert Poll.objects.for_board(board).open_at(NOW).count() >= 1
        assert Poll.objects.for_board(board).closed_at(NOW).count() == 1
        assert IdeasCall.objects.for_board(board.slug).open_at(NOW).count() == 1
        assert Idea.objects.filter(call__activity__board=board).count() == 12
        assert Idea.objects.filter(call__activity__board=board).pending().count() == 2
        assert board.pots.get().streams.count() == 2
        assert Loop.objects.filter(board=board).published().count() >= 2


def test_every_kind_of_poll_is_somewhere_and_its_counts_add_up_to_the_roll(demo):
    assert set(Poll.objects.values_list("kind", flat=True)) == set(Kind.values)
    for poll in Poll.objects.select_related("activity"):
        assert results(poll).base == poll.activity.taking_part.count(), poll
        assert poll.choices.count() >= 2


def test_rounds_stand_where_their_files_say(demo):
    stands = {
        "draft": Stage.DRAFT,
        "open-for-proposals": Stage.PROPOSALS,
        "voting": Stage.VOTING,
        "counted": Stage.COUNTED,
        "in-review": Stage.REVIEW,
        "awarded": Stage.AWARDED,
        "reported": Stage.AWARDED,
    }

    for file in board_files():
        round = FundingRound.objects.for_board(file.slug).get()
        assert round.stage(NOW) is stands[file["round"]["stage"]], file.name
        reports = Report.objects.filter(award__proposal__round=round)
        assert reports.exists() == (file["round"]["stage"] == "reported")


def test_the_count_gives_each_proposal_the_votes_its_file_tells(demo):
    for file in board_files():
        told = {each["title"]: each["votes"] for each in file["round"]["proposals"] if "votes" in each}
        if not told:
            continue
        round = FundingRound.objects.for_board(file.slug).get()
        ballots = list(round.ballots.values_list("marks", flat=True))
        counted = {
            proposal.title: sum(any(mark[0] == proposal.number for mark in marks) for marks in ballots)
            for proposal in round.proposals.on_ballot()
        }
        assert counted == told, file.name


def test_a_tie_on_the_levels_was_drawn_in_public(demo):
    drawn = LotsDrawn.objects.get()
    round = drawn.round

    titles = [proposal.title for proposal in funding.funded_proposals(round)]

    assert round.activity.board.slug == "windle-levels"
    assert "Cornets for all" in titles
    assert "The long table" not in titles
    assert round.counts.count() == 2


def test_the_ledger_adds_up(demo):
    assert not funding.streams_out_of_balance()
    assert all(award.amount_pence == award.proposal.cost_pence for award in Award.objects.select_related("proposal"))


def test_who_spoke_first_finds_the_answer(demo):
    resident = Person.objects.get(email="resident@thornbridge.example")

    assert Evidence.objects.reachable().filter(contact=resident).exists()
    assert Idea.objects.filter(author=resident).exists()


def test_one_rounds_panel_is_at_work_and_two_funders_share_its_ramp(demo):
    ramp = Proposal.objects.get(title="A wooden ramp by the Shingle Café")

    assert ramp.assessments.standing().count() == 2
    [interest] = funding_panel.interests_of(Proposal.objects.get(title="Beach school in winter"))
    assert interest.who == "Partner, Gullhaven Pavilion Trust"
    assert ramp.funder_interests.count() == 2
    assert [(pledge.amount_pence, str(pledge.funder)) for pledge in ramp.pledges.all()] == [
        (1_500_00, "Thornbridge Community Fund")
    ]


def test_the_demos_coordinator_looks_after_one_board(demo):
    coordinator = Person.objects.get(email="coordinator@thornbridge.example")

    theirs = [board.slug for board in Board.objects.all() if may(coordinator, "moderate", board)]

    assert theirs == ["thornbridge-town"]


def test_the_crowd_cannot_sign_in_and_nobody_is_written_to(demo):
    crowd = Person.objects.filter(email__endswith="@crowd.thornbridge.example")

    assert crowd.exists()
    assert not crowd.filter(is_active=True).exists()
    assert not Message.objects.filter(sent_at__isnull=True).exists()


def test_a_second_load_changes_nothing(demo):
    before = everything()

    load(now=NOW + timedelta(hours=3), say=quiet)

    assert everything() == before


def test_open_stays_open_on_a_later_day(demo):
    open_now = set(Activity.objects.open_at(NOW).values_list("pk", flat=True))
    later = NOW + timedelta(days=200)
    assert not Activity.objects.open_at(later).exists()
    closed = Activity.objects.closed_at(NOW)
    before = sorted(closed.values_list("pk", "opens_at", "closes_at"))

    load(now=later, say=quiet)

    assert set(Activity.objects.open_at(later).values_list("pk", flat=True)) == open_now
    assert sorted(closed.values_list("pk", "opens_at", "closes_at")) == before
    again = everything()
    load(now=later, say=quiet)
    assert everything() == again


def test_a_vote_can_still_be_counted_after_it_was_moved_on(demo):
    from engagement.funding.actions.counting import count_round

    later = NOW + timedelta(days=40)
    load(now=later, say=quiet)
    round = FundingRound.objects.for_board("thornbridge-town").select_related("activity").get()
    coordinator = Person.objects.get(email="coordinator@thornbridge.example")
    assert round.stage(later) is Stage.VOTING

    count = count_round(round=round, by=coordinator, now=round.activity.closes_at + timedelta(hours=1))

    assert count.is_settled or funding.tie_of(round)
    assert round.ballots.count() == 99


def test_a_deadline_keeps_its_hour_in_london_when_it_moves_over_a_change_of_clocks(demo):
    load(now=NOW + timedelta(days=150), say=quiet)  # from winter time into summer time

    for call in IdeasCall.objects.select_related("activity"):
        assert call.activity.closes_at.astimezone(LONDON).hour == 17


def test_what_happened_is_told_in_the_order_in_which_it_happened(demo):
    for round in FundingRound.objects.filter(awarded_at__isnull=False).select_related("activity"):
        times = [
            round.activity.opens_at, round.proposals_close_at, round.voting_opens_at, round.activity.closes_at,
            round.opened_at, round.awarded_at,
        ]  # fmt: skip
        assert all(earlier <= after for earlier, after in pairwise(times)), round
        assert round.awarded_at < NOW


def test_the_conversation_shows_the_groups_that_the_code_found(demo):
    conversation = Conversation.objects.get()
    kept = conversation.kept_results
    told = Results(conversation, kept)

    assert conversation.activity.is_open(NOW)
    assert kept.people > 40
    assert len(told.letters) == 2
    assert {"There should be somewhere to sit that costs nothing."} <= {each.text for each in told.agreed}
    assert {"There should be no cars in the market place at all."} <= {each.text for each in told.divides}
    assert {"A canopy over the stalls is worth more than new paving."} <= {each.text for each in told.unsure}
    assert conversation.statements.pending().count() == 2
    again = work_out(conversation, now=NOW)
    assert (again.found, again.digest) == (kept.found, kept.digest)
