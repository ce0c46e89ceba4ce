"""The desk's list of proposals, keying one for a group, and what a round asks of groups."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from boards.people.models import Organisation, Person
from engagement.activities.models import Channel
from engagement.funding import effort, words
from engagement.funding.actions.awards import award_round
from engagement.funding.actions.drafts import apply
from engagement.funding.actions.proposals import Keyed, propose, put_on_ballot, refuse
from engagement.funding.actions.refusals import Refused
from engagement.funding.actions.talk import answer, ask_group
from engagement.funding.forms import long_form
from engagement.funding.models import Proposal
from tests.factories import make_person
from tests.funding.factories import (
    AFTER,
    OPENS,
    PROPOSALS_CLOSE,
    VOTING_CLOSES,
    VOTING_OPENS,
    make_counted,
    make_proposal,
    make_round,
    make_vote,
)
from tests.funding.test_drafting import filled

pytestmark = pytest.mark.django_db
NOW = OPENS + timedelta(days=1)


@pytest.fixture
def round(board):
    return make_round(board, budget_pence=8000_00)


def at(moment):
    return time_machine.travel(moment, tick=False)


def desk(name, *args, **query):
    return reverse(f"funding_desk:{name}", args=args, query=query or None)


def long_one(round, number=1, **changes):
    answers = filled(
        round, project={"title": [f"Hoist {number}"]}, group={"number": [str(1_000_000 + number)]}, **changes
    )
    return apply(
        round=round, application=long_form.application_of(long_form.all_forms(answers, round)), lead=make_person(),
        now=NOW, minutes_asked=30,
    )  # fmt: skip


# --- the list ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Asked", "Answered", "Waiting", "Balloted", "Refused"]),
        ({"show": "asked"}, ["Asked"]),
        ({"show": "overdue"}, []),
        ({"show": "waiting"}, ["Answered", "Waiting"]),
        ({"show": "answered"}, ["Answered"]),
        ({"show": "on_ballot"}, ["Balloted"]),
        ({"show": "not_eligible"}, ["Refused"]),
        ({"q": "wait"}, ["Waiting"]),
        ({"sort": "dear"}, ["Refused", "Balloted", "Waiting", "Answered", "Asked"]),
        ({"sort": "title"}, ["Answered", "Asked", "Balloted", "Refused", "Waiting"]),
        ({"show": "nonsense", "sort": "__class__"}, ["Asked", "Answered", "Waiting", "Balloted", "Refused"]),
    ],
)
def test_an_officer_finds_proposals_by_where_they_stand_by_words_and_in_order(client, round, coordinator, query, found):
    made = {
        title: make_proposal(round, title=title, cost_pence=n * 100_00, lead=make_person())
        for n, title in enumerate(["Asked", "Answered", "Waiting", "Balloted", "Refused"], 1)
    }
    ask_group(proposal=made["Asked"], words="Where?", by=coordinator, now=NOW)
    question = ask_group(proposal=made["Answered"], words="Where?", by=coordinator, now=NOW)
    answer(question=question, words="Here.", by=made["Answered"].lead, now=NOW)
    put_on_ballot(proposal=made["Balloted"], by=coordinator, now=NOW)
    refuse(proposal=made["Refused"], words="No.", by=coordinator, now=NOW)
    client.force_login(coordinator)

    with at(NOW):
        answered = client.get(desk("proposals", round.pk, **query))

    assert [proposal.title for proposal, _glance, _question in answered.context["rows"]] == found


def test_a_question_nobody_answered_shows_as_overdue(client, round, coordinator):
    proposal = make_proposal(round, lead=make_person())
    ask_group(proposal=proposal, words="Where?", by=coordinator, now=NOW)
    client.force_login(coordinator)
    with at(NOW + timedelta(days=8)):
        page = client.get(desk("proposals", round.pk, show="overdue")).content.decode()

    assert proposal.title in page
    assert "No answer came by" in page


def test_the_checks_stand_in_the_list_and_in_words_beside_the_decision(client, round, coordinator):
    proposal = long_one(round)
    client.force_login(coordinator)
    with at(NOW):
        listed = client.get(desk("proposals", round.pk))
        page = client.get(desk("proposal", proposal.pk)).content.decode()

    [(_proposal, (fine, missing, look), _question)] = listed.context["rows"]
    assert (fine, missing, look) == (8, 2, 0)
    assert "2 missing" in listed.content.decode()
    assert "Children or adults at risk take part, and the group&#x27;s page has nothing" in page
    assert "Sailing club" in page


def test_another_boards_coordinator_sees_neither_list_nor_keying(client, round, other_coordinator):
    client.force_login(other_coordinator)

    assert client.get(desk("proposals", round.pk)).status_code == 404
    assert client.get(desk("key", round.pk)).status_code == 404


@pytest.mark.parametrize("query", ["page=abc", "q=%00", "q=" + "9" * 5000, "show[]=1", "sort=x&show=%F0%9F%92%A9"])
def test_odd_questions_do_not_break_the_list(client, round, coordinator, query):
    make_proposal(round)
    client.force_login(coordinator)

    assert client.get(desk("proposals", round.pk) + "?" + query).status_code < 500


def queries_of(client, address):
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_the_lists_cost_as_many_queries_with_many_rows_as_with_few(client, round, coordinator, board):
    client.force_login(coordinator)
    long_one(round)
    with at(NOW):
        few = queries_of(client, desk("proposals", round.pk))
        for number in range(2, 24):
            long_one(round, number)
        many = queries_of(client, desk("proposals", round.pk))
        one = queries_of(client, desk("proposal", Proposal.objects.first().pk))

    assert many <= few + 2
    # signing in, the desk's own frame and the roles come before the page's own questions
    assert many - frame_of_desk(client) <= 15
    assert one - frame_of_desk(client) <= 15


def frame_of_desk(client):
    """Count what Wagtail itself asks on a desk page with nothing on it."""
    return queries_of(client, reverse("wagtailadmin_account"))


def test_public_pages_of_the_form_keep_to_ten_queries(client, round, board):
    person = make_person("writer@example.org")
    client.force_login(person)
    first = long_one(round)
    Proposal.objects.update(state="shown", lead=person)
    from uuid import uuid4

    from engagement.funding.actions.drafts import start_draft

    draft = start_draft(key=uuid4(), round=round, by=person, now=NOW, answers=filled(round))
    with at(NOW):
        spent = {
            address: queries_of(client, address)
            for address in (
                round.address("apply"),
                round.address("questions"),
                round.address("start"),
                round.get_absolute_url(),
                first.get_absolute_url(),
                draft.get_absolute_url(),
                draft.get_absolute_url() + "people/",
                "/me/groups/",
            )
        }

    signed_in = 2  # the session and its person
    assert {address: n for address, n in spent.items() if n > 10 + signed_in} == {}


# --- keying ------------------------------------------------------------------------------------

BY_PHONE = {
    "channel": "phone",
    "came_at": "2 November 2026 10:00",
    "because": "They have no computer.",
    "title": "A tap",
    "summary": "Water by the gate.",
    "who_benefits": "Growers.",
    "group": "Gate Allotments",
    "what_1": "Tap",
    "cost_1": "40",
}


def test_a_coordinator_keys_a_proposal_that_came_by_phone(client, round, coordinator):
    client.force_login(coordinator)
    with at(OPENS + timedelta(days=3)):
        assert client.get(desk("key", round.pk)).status_code == 200
        empty = client.post(desk("key", round.pk), {**BY_PHONE, "because": ""}).content.decode()
        assert 'value="A tap"' in empty
        client.post(desk("key", round.pk), {**BY_PHONE, "email": "gate@example.org"})

    proposal = Proposal.objects.get()
    assert (proposal.channel, proposal.keyed_by, proposal.keyed_because) == (
        "phone",
        coordinator,
        "They have no computer.",
    )
    assert str(proposal.sent_on) == "2026-11-02"
    assert proposal.lead == Person.objects.get(email="gate@example.org")
    assert proposal.organisation == Organisation.objects.get(name="Gate Allotments")
    assert ModelLogEntry.objects.filter(action="funding.key", user=coordinator).count() == 1


@pytest.mark.parametrize(
    ("came_at", "now", "refused"),
    [
        (PROPOSALS_CLOSE - timedelta(microseconds=1), PROPOSALS_CLOSE + timedelta(days=1), ""),
        (PROPOSALS_CLOSE, PROPOSALS_CLOSE + timedelta(days=1), "outside the dates"),
        (OPENS - timedelta(microseconds=1), NOW, "outside the dates"),
        (NOW + timedelta(seconds=1), NOW, "later than now"),
        (NOW, VOTING_OPENS, "until voting opens"),
    ],
)
def test_what_is_keyed_keeps_to_the_dates_that_bind_everyone(round, coordinator, came_at, now, refused):
    def key():
        return propose(
            round=round, lead=None, title="A tap", group="Gate", summary="x", who_benefits="x", lines=[("Tap", 40_00)],
            keyed=Keyed(by=coordinator, channel=Channel.PAPER, because="On paper", came_at=came_at), now=now,
        )  # fmt: skip

    if refused:
        with pytest.raises(Refused, match=refused):
            key()
    else:
        assert key().channel == Channel.PAPER


# --- how much a round asks ---------------------------------------------------------------------


def test_the_hours_asked_for_each_thousand_pounds_stand_on_the_round_and_the_pot(client, board, coordinator):
    round = make_round(board, budget_pence=500_00)
    for number, cost in enumerate((500_00, 400_00), 1):
        proposal = propose(
            round=round, lead=None, title=f"T{number}", group="G", summary="x", who_benefits="x", lines=[("x", cost)],
            minutes_asked=45, now=NOW,
        )  # fmt: skip
        put_on_ballot(proposal=proposal, by=coordinator, now=NOW)
    assert effort.of_rounds([round.pk]).hours is None
    make_vote(round, 1)
    make_counted(round, coordinator)
    award_round(round=round, words="Board meeting", by=coordinator, now=AFTER)

    found = effort.of_rounds([round.pk])
    assert (found.forms, found.minutes, found.awarded_pence) == (2, 90, 500_00)
    assert found.hours == 3
    sentence = words.hours_asked(found)
    assert sentence == "For each £1,000 given, groups spent about 3 hours on forms: 2 forms were sent in."
    with at(VOTING_CLOSES + timedelta(days=1)):
        assert sentence in client.get(round.get_absolute_url()).content.decode()
        assert sentence in client.get(f"/boards/{board.slug}/funding/").content.decode()
