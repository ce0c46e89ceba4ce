"""Odd things while votes come in: seen without a time or a choice, held by one, settled by two."""

from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from engagement.funding import queries
from engagement.funding.actions import watching
from engagement.funding.actions.counting import count_round
from engagement.funding.actions.refusals import CountRefused, Refused, VoteRefused
from engagement.funding.models import Ballot, Envelope, Hold, OddThing, RollEntry, ThrowawayDomain, Venue
from tests.factories import make_person, make_role
from tests.funding.factories import AFTER, VOTING_OPENS, make_counted, make_round, make_vote, make_voter

pytestmark = pytest.mark.django_db
NEAR = "203.0.113.7"


@pytest.fixture(autouse=True)
def nothing_counted_yet():
    cache.clear()


@pytest.fixture
def round(board):
    return make_round(board, costs=(400_00, 300_00))


@pytest.fixture
def second(board):
    return make_role("coordinator", board)


def post_vote(round, address, person=None, browser=None):
    browser = browser or Client(REMOTE_ADDR=address)
    browser.force_login(person or make_voter(round.board))
    with time_machine.travel(VOTING_OPENS, tick=False):
        answer = browser.post(
            round.address("thanks"), {"ticks": ["1"], "form_token": str(uuid4())}, REMOTE_ADDR=address
        )
    assert "Your vote is counted in" in answer.content.decode()
    return browser


def kinds(round):
    domains = ThrowawayDomain.objects.values_list("domain", flat=True)
    return {group.kind: group.times for group in queries.odd_groups(round, domains)}


def test_many_from_one_network_are_seen_and_few_are_not(round):
    for _ in range(4):
        post_vote(round, NEAR)
    assert "network" not in kinds(round)
    post_vote(round, NEAR)
    post_vote(round, "198.51.100.1")

    assert kinds(round)["network"] == 5
    assert all(NEAR not in envelope.network for envelope in Envelope.objects.all())


def test_several_voters_in_one_browser_are_seen(round):
    browser = post_vote(round, NEAR)
    post_vote(round, NEAR, browser=browser)
    post_vote(round, NEAR, browser=browser)

    assert kinds(round)["device"] == 2  # the first came before the browser had its number


def test_a_burst_is_seen_and_no_time_is_kept(round):
    for _ in range(15):
        post_vote(round, NEAR)

    assert OddThing.objects.get().kind == "burst"
    assert kinds(round)["burst"] == 1


def test_a_venue_is_no_odd_thing(round, board, coordinator):
    watching.add_venue(board=board, name="Harbour Library", network="203.0.113.0/28", by=coordinator)
    for _ in range(16):
        post_vote(round, NEAR)

    assert kinds(round) == {}
    assert {envelope.network for envelope in Envelope.objects.all()} == {""}
    with pytest.raises(Refused, match="not a network address"):
        watching.add_venue(board=board, name="x", network="the library", by=coordinator)


def test_a_home_network_of_the_newer_kind_counts_as_one(round):
    first = watching.came_from(round, "2001:db8:1:2::1", "")
    second = watching.came_from(round, "2001:db8:1:2:ffff::9", "")
    other = watching.came_from(round, "2001:db8:1:3::1", "")

    assert first == second != other
    assert watching.came_from(round, "not an address", "") == watching.NOWHERE


def test_another_round_gives_the_same_network_another_digest(round, board):
    other = make_round(board)

    assert watching.came_from(round, NEAR, "d").network != watching.came_from(other, NEAR, "d").network


def test_throw_away_mail_is_seen_by_a_list_that_can_be_changed(round, coordinator, board):
    make_vote(round, 1, person=make_person("a@mailinator.com", stands_in=board))
    make_vote(round, 1, person=make_person("b@odd.example", stands_in=board))
    watching.remove_domain(round=round, domain="odd.example", by=coordinator)
    watching.add_domain(round=round, domain="mailinator.com", by=coordinator)
    assert kinds(round)["mail"] == 1

    watching.add_domain(round=round, domain=" @Odd.example ", by=coordinator)
    assert kinds(round)["mail"] == 2
    watching.remove_domain(round=round, domain="mailinator.com", by=coordinator)
    assert kinds(round)["mail"] == 1
    assert not ThrowawayDomain.objects.filter(domain="mailinator.com").exists()


def test_postcodes_that_do_not_exist_are_noted(round):
    browser = Client(REMOTE_ADDR=NEAR)
    browser.force_login(make_person())
    with time_machine.travel(VOTING_OPENS, tick=False):
        for _ in range(5):
            browser.post(
                round.address("thanks"),
                {"ticks": ["1"], "form_token": str(uuid4()), "reason": "lives", "postcode": "ZZ9 9ZZ"},
            )

    assert kinds(round) == {"postcode": 5}


def test_one_officer_cannot_settle_a_vote_alone(round, coordinator, second):
    make_vote(round, 1)
    entries = [RollEntry.objects.get().pk]
    watching.hold_votes(round=round, entries=entries, reason="Six from one browser", by=coordinator, now=VOTING_OPENS)
    watching.propose_outcome(round=round, entries=entries, outcome="void", words="Not a real person", by=coordinator)

    with pytest.raises(Refused, match="Someone else"):
        watching.agree(round=round, entries=entries, by=coordinator, now=VOTING_OPENS)
    assert Hold.objects.get().outcome == ""
    with pytest.raises(IntegrityError), transaction.atomic():  # the database says so too
        Hold.objects.update(outcome="void", settled_by=coordinator)
    watching.agree(round=round, entries=entries, by=second, now=VOTING_OPENS)

    assert Hold.objects.get().outcome == "void"


def test_a_held_vote_stops_the_count_until_it_is_settled(round, coordinator, second):
    for _ in range(3):
        make_vote(round, 1)
    first, other, _third = RollEntry.objects.order_by("pk")
    for entry in (first, other):
        watching.hold_votes(round=round, entries=[entry.pk], reason="Odd", by=coordinator, now=AFTER)
    with pytest.raises(CountRefused, match="2 votes are held back"):
        make_counted(round, coordinator)
    watching.propose_outcome(round=round, entries=[first.pk], outcome="void", words="Invented", by=coordinator)
    watching.propose_outcome(round=round, entries=[other.pk], outcome="accepted", words="A family", by=coordinator)
    watching.agree(round=round, entries=[first.pk, other.pk], by=second, now=AFTER)

    count = count_round(round=round, by=coordinator, now=AFTER)

    assert queries.result_of(count.file)["ballots"] == Ballot.objects.count() == 2
    assert queries.set_aside(round) == 1
    assert queries.turnout_shown(round).total == 3
    assert not Envelope.objects.exists()
    assert not OddThing.objects.exists()


def test_totals_with_and_without_are_published(client, round, coordinator, second):
    for _ in range(3):
        make_vote(round, 1)
    entries = [RollEntry.objects.order_by("pk").first().pk]
    watching.hold_votes(round=round, entries=entries, reason="Odd", by=coordinator, now=AFTER)
    watching.propose_outcome(round=round, entries=entries, outcome="void", words="Invented", by=coordinator)
    watching.agree(round=round, entries=entries, by=second, now=AFTER)
    make_counted(round)

    with time_machine.travel(AFTER, tick=False):
        page = client.get(round.address("results")).content.decode()
    assert "2 people voted." in page
    assert "3 votes came in; 1 was set aside" in page


def test_a_vote_set_aside_cannot_be_sent_again_under_the_same_name(round, coordinator, second):
    voter = make_vote(round, 1)
    entries = [RollEntry.objects.get().pk]
    watching.hold_votes(round=round, entries=entries, reason="Odd", by=coordinator, now=VOTING_OPENS)
    make_vote(round, 2, person=voter)  # held is not settled: they may still change their mind
    watching.propose_outcome(round=round, entries=entries, outcome="void", words="Invented", by=coordinator)
    watching.agree(round=round, entries=entries, by=second, now=VOTING_OPENS)

    with pytest.raises(VoteRefused, match="set your vote aside"):
        make_vote(round, 1, person=voter)


def test_once_the_ballots_are_open_nothing_can_be_held(round, coordinator):
    make_vote(round, 1)
    make_counted(round)

    with pytest.raises(Refused, match="names are gone"):
        watching.hold_votes(round=round, entries=[RollEntry.objects.get().pk], reason="Odd", by=coordinator, now=AFTER)


def test_the_queue_at_the_desk_from_a_tick_to_two_names(client, round, board, coordinator, second, other_coordinator):
    for _ in range(5):
        post_vote(round, NEAR)
    address = reverse("funding_desk:odd_things", args=[round.pk])
    entry = str(RollEntry.objects.order_by("pk").first().pk)
    client.force_login(coordinator)
    assert "Several votes from one network" in client.get(address).content.decode()
    client.post(address, {"act": "hold", "entry": entry, "reason": ""})
    assert not Hold.objects.exists()
    client.post(address, {"act": "hold", "entry": [entry, "x", "9" * 30], "reason": "Five from one network"})
    client.post(address, {"act": "propose", "entry": entry, "outcome": "void", "words": "All sent at once"})
    client.post(address, {"act": "agree", "entry": entry})
    assert Hold.objects.get().outcome == ""
    client.force_login(second)
    client.post(address, {"act": "agree", "entry": entry})
    assert Hold.objects.get().outcome == "void"
    client.post(address, {"act": "venue", "name": "Library", "network": "203.0.113.7"})
    assert Venue.objects.get().board == board
    page = client.get(address).content.decode()
    assert "Five from one network" in page
    client.force_login(other_coordinator)
    assert client.get(address).status_code == 404


def test_a_hold_in_another_round_is_not_touched(round, board, coordinator):
    other = make_round(board, costs=(100_00,))
    make_vote(other, 1)

    changed = watching.hold_votes(
        round=round, entries=[RollEntry.objects.get().pk], reason="Odd", by=coordinator, now=VOTING_OPENS
    )

    assert changed == 0
