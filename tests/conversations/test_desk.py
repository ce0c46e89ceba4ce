"""What a board's officers do: set up, add statements, hide, look at results, close and take copies."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.internal.userkit import user_id_to_str
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from engagement.conversations.actions.results import work_out
from engagement.conversations.models import Conversation, KeptResults, Statement
from engagement.moderation.models import Decision
from tests.conversations.factories import make_answers, make_conversation, make_statement, two_camps
from tests.factories import make_need, make_role

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
TYPED = {
    "question": "What about the square?",
    "summary": "In short.",
    "background": "The square was laid in 1890.",
    "statements": "It needs trees.\n\nCars should go.\n",
    "takes_statements": "on",
    "opens_at": "1 October 2026 9am",
    "closes_at": "1 October 2031 5pm",
    "audience": "0",
    "results_show": "after_closing",
    "least_in_group": "5",
}


def at(name, *keys):
    return reverse(f"conversations_desk:{name}", args=keys)


@pytest.fixture
def desk(client, coordinator):
    client.force_login(coordinator)
    return client


def test_a_coordinator_sets_one_up_as_a_draft_and_publishes_it(desk, board):
    need = make_need(board)

    page = desk.post(at("new"), {**TYPED, "board": board.pk, "needs": [need.pk]}, follow=True)

    conversation = Conversation.objects.get()
    assert "The conversation is kept." in page.text
    assert conversation.activity.is_draft
    assert list(conversation.activity.needs.all()) == [need]
    assert list(conversation.statements.values_list("text", flat=True)) == ["It needs trees.", "Cars should go."]
    more = {**TYPED, "statements": "It is fine.", "published": "on"}
    desk.post(at("edit", conversation.pk), more)
    conversation.activity.refresh_from_db()
    assert not conversation.activity.is_draft
    assert conversation.statements.count() == 3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"closes_at": "1 September 2026 9am"}, "Closing must come after opening."),
        ({"statements": "x" * 141}, "Statement 1 has 141 letters"),
        ({"statements": "", "published": "on"}, "Put in a few statements"),
        ({"least_in_group": "4"}, "5 or more"),
        ({"question": ""}, "Answer this question."),
        ({"opens_at": "soon"}, ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(desk, board, wrong, said):
    page = desk.post(at("new"), {**TYPED, "board": board.pk, **wrong})

    assert page.status_code == 200
    assert said in page.text
    assert "The square was laid in 1890." in page.text
    assert not Conversation.objects.exists()


def test_only_own_boards_are_offered_and_listed(desk, board, next_board):
    make_conversation(next_board, "Theirs?")
    make_conversation(board, "Ours?")

    page = desk.get(at("conversations"))
    assert "Ours?" in page.text
    assert "Theirs?" not in page.text
    assert "Mere and Marsh" not in desk.get(at("new")).text
    refused = desk.post(at("new"), {**TYPED, "board": next_board.pk})
    assert refused.status_code == 200
    assert Conversation.objects.count() == 2


def test_statements_are_seen_with_their_state_and_one_is_hidden_with_a_reason(desk, board):
    conversation = make_conversation(board)
    statement = make_statement(conversation, "Bob did it.")
    make_statement(conversation, "Waits.", author=None, is_the_boards=False, state="pending")

    assert "Waits." in desk.get(at("statements", conversation.pk), {"state": "pending"}).text
    assert "Bob did it." not in desk.get(at("statements", conversation.pk), {"state": "pending"}).text
    unsaid = desk.post(at("hide", conversation.pk, statement.pk), {"seen_as": "shown"})
    assert "There is a problem" in unsaid.text
    desk.post(at("hide", conversation.pk, statement.pk), {"reason": "personal", "seen_as": "shown"})

    statement.refresh_from_db()
    assert statement.state == "hidden"
    assert Decision.objects.get().reason == "personal"


def test_a_statement_waits_in_the_queue_of_its_board_and_of_no_other(desk, board, other_coordinator, client):
    make_statement(make_conversation(board), "Read me first.", author=None, is_the_boards=False, state="pending")

    assert "Read me first." in desk.get(reverse("moderation_desk:queue")).text
    client.force_login(other_coordinator)
    assert "Read me first." not in client.get(reverse("moderation_desk:queue")).text


def test_an_officer_sees_results_before_everyone_does(desk, board, client):
    conversation = make_conversation(board, statements=12, results_show="after_closing")
    assert "Results come once five people have answered." in desk.get(at("results", conversation.pk)).text
    make_answers(conversation, two_camps(40, 12))

    page = desk.get(at("results", conversation.pk))

    assert "40 people answered." in page.text
    assert "A: 24, B: 16" in page.text


def test_one_is_closed_early_its_last_results_come_and_the_log_says_who(
    desk, board, coordinator, django_capture_on_commit_callbacks
):
    conversation = make_conversation(board, statements=8)
    make_answers(conversation, two_camps(20, 8))

    assert "Nobody can answer any more" in desk.get(at("close", conversation.pk)).text
    with django_capture_on_commit_callbacks(execute=True):
        page = desk.post(at("close", conversation.pk), follow=True)

    assert "is closed" in page.text
    assert KeptResults.objects.get().is_final
    assert ModelLogEntry.objects.get(action="conversations.close").user == coordinator
    again = desk.post(at("close", conversation.pk), follow=True)
    assert "Only an open conversation can be closed early." in again.text


def freshly(client, person):
    session = client.session
    session["account_authentication_methods_user"] = user_id_to_str(person)
    session["account_authentication_methods"] = [{"method": "code", "at": time.time()}]
    session.save()


def test_a_copy_needs_a_fresh_sign_in_and_is_logged(desk, board, coordinator):
    conversation = make_conversation(board, statements=8)
    make_answers(conversation, two_camps(20, 8))
    work_out(conversation, now=NOW)
    address = at("copies", conversation.pk)

    assert "Sign in again first" in desk.get(address).text
    assert not desk.post(address, {"shape": "answers"}).streaming
    assert not ModelLogEntry.objects.filter(action="conversations.copy").exists()
    freshly(desk, coordinator)
    taken = [desk.post(address, {"shape": shape}) for shape in ("statements", "answers")]

    assert [len(b"".join(each.streaming_content).decode().strip().splitlines()) for each in taken] == [9, 21]
    assert [entry.data["shape"] for entry in ModelLogEntry.objects.filter(action="conversations.copy").order_by("pk")] == [
        "statements", "answers",
    ]  # fmt: skip
    assert "Choose which copy to take." in desk.post(address, {}).text


def test_a_chair_reads_and_changes_nothing(client, board):
    conversation = make_conversation(board, statements=2)
    client.force_login(make_role("chair", board))

    assert client.get(at("statements", conversation.pk)).status_code == 200
    assert client.get(at("results", conversation.pk)).status_code == 200
    for name in ("edit", "close", "copies"):
        assert client.post(at(name, conversation.pk), {}).status_code in (302, 403)
    assert client.get(at("hide", conversation.pk, Statement.objects.first().pk)).status_code in (302, 403)
    conversation.activity.refresh_from_db()
    assert conversation.activity.closes_at > NOW + timedelta(days=1)


@pytest.mark.parametrize("many", [3, 60])
def test_no_screen_asks_much_of_the_database(desk, board, many):
    for _each in range(min(many, 30)):
        conversation = make_conversation(board)
    for _each in range(many):
        make_statement(conversation)
    make_answers(conversation, two_camps(10, many))
    work_out(conversation, now=NOW)

    for address in (
        at("conversations"),
        *(at(name, conversation.pk) for name in ("edit", "statements", "results", "close")),
    ):
        desk.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(address).status_code == 200
        assert len(captured) <= 15, (address, len(captured))
