"""Whoever spoke is told what came of it, once."""

from __future__ import annotations

from datetime import date

import pytest
from django.core import mail

from boards.people.models import Person
from engagement.activities.models import TakingPart
from engagement.evidence.actions.recording import Bearing, record, withdraw
from engagement.notifications.models import Message
from engagement.outcomes import actions
from engagement.outcomes.models import Loop
from engagement.outcomes.queries import people_to_tell, thread_of
from tests.factories import make_activity, make_need, make_person, make_role

pytestmark = pytest.mark.django_db


def make_loop(board, **fields):
    given = {
        "title": "Lights by the ford",
        "slug": "lights-by-the-ford",
        "asked": "Where is it too dark?",
        "said": "By the ford.",
        "did": "Six lamps.",
        "did_not_because": "The far path: the owner said no.",
        **fields,
    }
    return Loop.objects.create(board=board, **given)


def spoke(board, coordinator, now, *, need=None, scopes=("evidence", "quote", "contact"), email="heard@example.org"):
    evidence, _code = record(
        board=board,
        text="I walk home in the dark",
        how="street_talk",
        heard_on=date(2026, 1, 2),
        voices=1,
        scopes=scopes,
        now=now,
        by=coordinator,
        contact=Person.objects.known_by(email) if "contact" in scopes else None,
        bears_on=[Bearing(need, "supports")] if need else [],
    )
    return evidence


def test_everyone_who_took_part_in_anything_linked_is_told_once(board, coordinator, resident, staff, now):
    need = make_need(board)
    spoke(board, coordinator, now, need=need, email=resident.email)
    poll = make_activity(board, "poll")
    TakingPart.objects.create(activity=poll, person=resident)
    other = make_person("voter@example.org")
    TakingPart.objects.create(activity=poll, person=other)
    loop = make_loop(board)
    loop.needs.add(need)
    loop.activities.add(poll)

    told = actions.publish(loop=loop, by=staff, now=now)

    assert told == 2
    assert set(Message.objects.values_list("to__email", flat=True)) == {resident.email, other.email}


def test_someone_who_did_not_agree_to_be_contacted_is_not_told(board, coordinator, now):
    need = make_need(board)
    spoke(board, coordinator, now, need=need, scopes=("evidence", "quote"))
    loop = make_loop(board)
    loop.needs.add(need)

    assert not people_to_tell(loop).exists()


def test_an_outcome_shows_the_words_it_answers_and_none_that_may_not_be_quoted(client, board, coordinator, now):
    loop = make_loop(board, published_at=now)
    loop.evidence.add(spoke(board, coordinator, now))
    closed = spoke(board, coordinator, now, scopes=("evidence",))
    closed.text = "Not to be shown"
    closed.save()
    loop.evidence.add(closed)

    page = client.get(loop.get_absolute_url()).content.decode()

    assert "I walk home in the dark" in page
    assert "Not to be shown" not in page


def test_what_is_under_way_does_not_look_done(client, board, now):
    make_loop(board, published_at=now, status="under_way")

    page = client.get("/outcomes/").content.decode()

    assert 'status-tag--waiting">Under way' in page
    assert "status-tag--done" not in page


def test_words_taken_back_lead_to_nobody(board, coordinator, now):
    need = make_need(board)
    evidence = spoke(board, coordinator, now, need=need)
    loop = make_loop(board)
    loop.needs.add(need)
    loop.evidence.add(evidence)
    withdraw(evidence=evidence, by=coordinator, now=now)

    assert not people_to_tell(loop).exists()


def test_publishing_twice_is_refused_and_tells_nobody_again(board, staff, resident, now):
    loop = make_loop(board)
    poll = make_activity(board, "poll")
    TakingPart.objects.create(activity=poll, person=resident)
    loop.activities.add(poll)
    actions.publish(loop=loop, by=staff, now=now)

    with pytest.raises(actions.OutcomeRefused):
        actions.publish(loop=loop, by=staff, now=now)
    assert Message.objects.count() == 1


def test_a_coordinator_may_not_publish_an_outcome(board, coordinator, now):
    with pytest.raises(actions.OutcomeRefused):
        actions.publish(loop=make_loop(board), by=coordinator, now=now)


@pytest.mark.django_db(transaction=True)
def test_the_message_leaves_after_the_commit_and_holds_the_answer(board, resident, now):
    staff = make_role("staff", None, email="staff@example.org")
    loop = make_loop(board)
    poll = make_activity(board, "poll")
    TakingPart.objects.create(activity=poll, person=resident)
    loop.activities.add(poll)

    actions.publish(loop=loop, by=staff, now=now)

    assert [message.to for message in mail.outbox] == [[resident.email]]
    assert "the owner said no" in mail.outbox[0].body
    assert loop.get_absolute_url() in mail.outbox[0].body


def test_a_resident_sees_the_thread_from_their_words_to_the_answer(board, coordinator, resident, staff, now):
    need = make_need(board, "Somewhere lit to walk")
    spoke(board, coordinator, now, need=need, email=resident.email)
    loop = make_loop(board)
    loop.needs.add(need)
    actions.publish(loop=loop, by=staff, now=now)

    spoken = thread_of(resident, now=now)[0]

    assert spoken.words == "I walk home in the dark"
    assert [step.title for step in spoken.steps] == ["Somewhere lit to walk", "Lights by the ford"]
    assert spoken.is_answered


def test_an_unpublished_outcome_is_a_404_to_residents_and_open_to_officers(client, board, resident, staff):
    loop = make_loop(board)

    client.force_login(resident)
    assert client.get(loop.get_absolute_url()).status_code == 404
    client.force_login(staff)
    assert client.get(loop.get_absolute_url()).status_code == 200


def test_me_asks_who_you_are_first(client):
    answer = client.get("/me/")

    assert answer.status_code == 302
    assert "/account/login/" in answer["Location"]
