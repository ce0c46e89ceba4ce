"""Questions and answers on a proposal: private, with a last day, and everyone told."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from wagtail.models import ModelLogEntry

from boards.people.models import Membership, Organisation
from engagement.funding.actions.proposals import put_on_ballot, refuse, reopen, shortlist
from engagement.funding.actions.refusals import Refused
from engagement.funding.actions.talk import answer, ask_group, remind, usual_day
from engagement.funding.models import FundingRound, Proposal, Question
from engagement.notifications.models import Message
from tests.factories import make_person
from tests.funding.factories import OPENS, VOTING_OPENS, make_proposal, make_round

pytestmark = pytest.mark.django_db
NOW = OPENS + timedelta(days=1)


@pytest.fixture
def lead(db):
    return make_person("lead@example.org")


@pytest.fixture
def proposal(board, lead):
    return make_proposal(make_round(board), lead=lead, title="Swings by the moat")


def ask(proposal, by, **more):
    return ask_group(proposal=proposal, words="Which street is it in?", by=by, now=NOW, **more)


def at(moment):
    return time_machine.travel(moment, tick=False)


def test_an_answer_brings_the_proposal_back_and_tells_the_officer(client, proposal, coordinator, lead):
    question = ask(proposal, coordinator)
    client.force_login(lead)
    address = proposal.round.address("talk", proposal.slug)
    with at(NOW):
        page = client.get(address).content.decode()
        assert "Which street is it in?" in page
        assert "Please answer by Monday 9 November 2026" in page
        for _ in range(3):
            client.post(address, {"question": question.pk, "words": "Castle Lane."})

    proposal.refresh_from_db()
    question.refresh_from_db()
    assert proposal.standing == Proposal.Standing.SUBMITTED
    assert question.answer == "Castle Lane."
    assert Message.objects.filter(to=coordinator, subject__contains="An answer about").count() == 1
    assert Message.objects.filter(to=lead, subject__contains="A question about").count() == 1
    assert ModelLogEntry.objects.filter(action="funding.answer").count() == 1


def test_the_thread_is_for_the_group_and_the_boards_officers_only(
    client, proposal, coordinator, other_coordinator, neighbour, lead
):
    put_on_ballot(proposal=proposal, by=coordinator, now=NOW)
    ask(proposal, coordinator)
    colleague = make_person("colleague@example.org")
    proposal.organisation = Organisation.objects.create(name="Castle Green Tenants")
    proposal.save()
    Membership.objects.create(organisation=proposal.organisation, person=colleague, joined_on=NOW.date())
    address = proposal.round.address("talk", proposal.slug)

    def opens(person):
        client.force_login(person)
        return client.get(address).status_code

    assert [opens(p) for p in (lead, colleague, coordinator, other_coordinator, neighbour)] == [200, 200, 200, 404, 404]
    client.force_login(neighbour)
    assert "Which street" not in client.get(proposal.get_absolute_url()).content.decode()
    assert client.post(address, {"words": "x"}).status_code == 404


def test_a_question_has_a_last_day_before_voting_opens(proposal, coordinator):
    round = proposal.round
    assert usual_day(round, NOW) == (NOW + timedelta(days=7)).date()
    assert usual_day(round, VOTING_OPENS - timedelta(days=2)) == VOTING_OPENS.date()
    with pytest.raises(Refused, match="gone by"):
        ask(proposal, coordinator, answer_by=(NOW - timedelta(days=1)).date())
    with pytest.raises(Refused, match="Voting opens before that"):
        ask(proposal, coordinator, answer_by=(VOTING_OPENS + timedelta(days=1)).date())


def test_a_late_answer_is_taken_until_the_list_is_fixed_and_not_after(proposal, coordinator, lead):
    question = ask(proposal, coordinator)
    late = VOTING_OPENS - timedelta(microseconds=1)
    assert Question.objects.overdue_on(late.date()).count() == 1
    with pytest.raises(Refused, match="too late"):
        answer(question=question, words="Castle Lane.", by=lead, now=VOTING_OPENS)

    answer(question=question, words="Castle Lane.", by=lead, now=late)

    assert not Question.objects.waiting().exists()


def test_one_question_waits_at_a_time_and_a_decision_closes_it(proposal, coordinator, lead):
    first = ask(proposal, coordinator)
    second = ask_group(proposal=proposal, words="And when?", by=coordinator, now=NOW)
    with pytest.raises(Refused, match="answered or taken back"):
        answer(question=first, words="x", by=lead, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.create(proposal=proposal, words="x", asked_at=NOW, answer_by=second.answer_by)
    put_on_ballot(proposal=proposal, by=coordinator, now=NOW)

    assert not Question.objects.waiting().exists()
    with pytest.raises(Refused, match="No question waits"):
        answer(question=second, words="x", by=lead, now=NOW)


def test_nobody_else_answers_for_the_group(proposal, coordinator, neighbour):
    question = ask(proposal, coordinator)

    with pytest.raises(Refused, match="Only people of the group"):
        answer(question=question, words="x", by=neighbour, now=NOW)


def test_a_group_is_reminded_once_on_the_last_days(proposal, coordinator, lead):
    question = ask(proposal, coordinator)
    day_before = NOW + timedelta(days=6)

    assert remind(now=NOW) == 0
    assert [remind(now=day_before) for _ in range(2)] == [1, 0]
    answer(question=question, words="Castle Lane.", by=lead, now=day_before)
    assert remind(now=day_before + timedelta(days=1)) == 0


@pytest.mark.parametrize("act", ["approve", "refuse"])
def test_a_decision_can_be_taken_back_while_the_list_is_open(client, proposal, coordinator, lead, act):
    client.force_login(coordinator)
    page = reverse("funding_desk:proposal", args=[proposal.pk])
    with at(NOW):
        client.post(page, {"act": act, "words": "Outside the area."})
        client.post(page, {"act": "reopen"})

    proposal.refresh_from_db()
    assert proposal.standing == Proposal.Standing.SUBMITTED
    assert proposal.number is None
    assert proposal.standing_words == ""
    assert Message.objects.filter(to=lead, subject__contains="being checked again").count() == 1
    with pytest.raises(Refused, match="fixed once voting opens"):
        reopen(proposal=proposal, by=coordinator, now=VOTING_OPENS)


def test_a_shortlist_is_only_for_rounds_in_which_a_panel_has_a_say(proposal, coordinator):
    with pytest.raises(Refused, match="vote alone decides"):
        shortlist(proposal=proposal, by=coordinator, now=NOW)
    FundingRound.objects.filter(pk=proposal.round_id).update(combines=FundingRound.Combines.PANEL_SHORTLISTS)
    shortlist(proposal=proposal, by=coordinator, now=NOW)

    with pytest.raises(Refused, match="makes the shortlist"):  # what the officer notes is not what the panel decides
        put_on_ballot(proposal=proposal, by=coordinator, now=NOW)
    assert Proposal.objects.get().standing == Proposal.Standing.SHORTLISTED


def test_refusing_still_needs_words(proposal, coordinator):
    with pytest.raises(Refused, match="Write the words"):
        refuse(proposal=proposal, words=" ", by=coordinator, now=NOW)
