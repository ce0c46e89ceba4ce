"""A writer objects, and someone who did not make the decision looks again."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from engagement.ideas.models import Idea
from engagement.moderation import queries
from engagement.moderation.actions import DecisionRefused, ObjectionRefused, decide, hear, object_to, undo
from engagement.moderation.models import Decision, Objection
from engagement.notifications.models import Message
from tests.factories import make_role
from tests.ideas.factories import make_call, make_idea

pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden(board, coordinator, resident, now) -> Decision:
    idea = make_idea(make_call(board), "Words of mine", author=resident)
    return decide(item=idea, to="hidden", reason="off_topic", by=coordinator, now=now, words="Not about evenings.")


def address(decision: Decision) -> str:
    return reverse("moderation:object", args=[decision.pk])


def test_the_writer_objects_once_on_a_page_of_their_own(client, hidden, resident):
    client.force_login(resident)
    page = client.get(address(hidden))
    assert "Not about evenings." in page.content.decode()
    token = str(page.context["form"]["form_token"].value())
    empty = client.post(address(hidden), {"words": "", "form_token": token})
    assert empty.status_code == 422

    for _again in range(2):
        assert client.post(address(hidden), {"words": "It is.", "form_token": token}).status_code == 302

    assert Objection.objects.get().words == "It is."
    assert "We have your objection" in client.get(address(hidden)).content.decode()


def test_to_anyone_else_the_page_is_not_there(client, hidden, stranger, coordinator, now):
    assert client.get(address(hidden)).status_code == 302
    for person in (stranger, coordinator):
        client.force_login(person)
        assert client.get(address(hidden)).status_code == 404
        assert client.post(address(hidden), {"words": "x"}).status_code == 404
        with pytest.raises(ObjectionRefused):
            object_to(decision=hidden, by=person, words="x", now=now)
    assert client.get(address(hidden).replace(str(hidden.pk), "9" * 25)).status_code == 404


def test_nobody_objects_to_being_shown(hidden, coordinator, resident, now):
    shown = undo(decision=hidden, by=coordinator, now=now)
    with pytest.raises(ObjectionRefused):
        object_to(decision=shown, by=resident, words="x", now=now)


@pytest.fixture
def objection(hidden, resident, now) -> Objection:
    return object_to(decision=hidden, by=resident, words="It is about evenings.", now=now)


def test_whoever_decided_first_does_not_hear_it(client, objection, coordinator, now):
    with pytest.raises(DecisionRefused, match="someone else"):
        hear(objection=objection, outcome="stands", answer="No.", by=coordinator, now=now)
    assert queries.to_do(coordinator).counts["objections"] == 0
    client.force_login(coordinator)
    assert client.get(reverse("moderation_desk:hear", args=[objection.pk])).status_code in (302, 403)
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.update(decided_by=coordinator)


def test_the_council_gets_it_where_the_board_has_nobody_else(
    client, objection, staff, other_coordinator, resident, now
):
    assert queries.to_do(staff).counts["objections"] == 1
    assert queries.to_do(other_coordinator).counts["objections"] == 0
    with pytest.raises(DecisionRefused):
        hear(objection=objection, outcome="stands", answer="No.", by=other_coordinator, now=now)
    client.force_login(staff)
    page = client.get(reverse("moderation_desk:objections")).content.decode()
    assert "It is about evenings." in page
    where = reverse("moderation_desk:hear", args=[objection.pk])
    assert client.post(where, {"outcome": "put_right", "answer": ""}).status_code == 422

    client.post(where, {"outcome": "put_right", "answer": "You are right, it is."})

    assert Idea.objects.get().state == "shown"
    objection.refresh_from_db()
    assert (objection.outcome, objection.decided_by) == ("put_right", staff)
    told = Message.objects.get(kind="moderation.heard")
    assert told.to == resident
    assert "You are right, it is." in told.body
    client.force_login(resident)
    assert client.get(address(objection.decision)).status_code == 200


def test_a_second_officer_of_the_board_may_let_it_stand_in_words(board, objection, now):
    second = make_role("coordinator", board)
    with pytest.raises(DecisionRefused, match="words first"):
        hear(objection=objection, outcome="stands", answer=" ", by=second, now=now)

    hear(objection=objection, outcome="stands", answer="It names a neighbour.", by=second, now=now)

    assert Idea.objects.get().state == "hidden"
    assert "It names a neighbour." in Message.objects.get(kind="moderation.heard").body
    with pytest.raises(DecisionRefused, match="moment ago"):
        hear(objection=objection, outcome="put_right", answer="Sorry.", by=second, now=now)


def test_an_objection_decided_has_an_outcome_and_words(objection, staff, now):
    for change in ({"outcome": "stands"}, {"decided_at": now}, {"decided_at": now, "outcome": "stands"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Objection.objects.update(decided_by=staff, **change)


def test_staff_decide_nothing_else_on_that_board(board, objection, staff, now):
    other = make_idea(make_call(board), state="pending")
    with pytest.raises(DecisionRefused):
        decide(item=other, to="shown", reason="fine", by=staff, now=now)


def test_the_objections_page_asks_few_questions(
    client, board, resident, coordinator, staff, now, django_assert_max_num_queries
):
    call = make_call(board)
    for _ in range(8):
        idea = make_idea(call, author=resident)
        decision = decide(item=idea, to="hidden", reason="law", by=coordinator, now=now)
        object_to(decision=decision, by=resident, words="No.", now=now)
    client.force_login(staff)
    client.get(reverse("moderation_desk:objections"))
    with django_assert_max_num_queries(15):
        client.get(reverse("moderation_desk:objections"))
