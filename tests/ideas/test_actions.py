"""Sending, backing and answering: who may, how often, and who is told."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from wagtail.models import ModelLogEntry

from engagement.activities.models import Audience, TakingPart
from engagement.ideas import actions, queries
from engagement.ideas.actions.proposing import TAKEN_ADDRESSES
from engagement.ideas.models import Backing, Idea, StatusChange
from engagement.moderation.actions import decide
from engagement.notifications.models import Message
from tests.conftest import in_days
from tests.factories import make_need, make_person
from tests.ideas.factories import make_call, make_idea

WORDS = {"title": "Benches by the river", "text": "Somewhere to sit on the way home."}


def test_an_idea_waits_to_be_read_and_its_writer_took_part(board, stranger, now):
    call = make_call(board)

    idea = actions.propose(call=call, author=stranger, now=now, **WORDS)

    assert idea.state == Idea.State.PENDING
    assert not Idea.objects.shown().exists()
    assert TakingPart.objects.filter(activity=call.activity, person=stranger).count() == 1


def test_a_call_may_show_ideas_at_once(board, stranger, now):
    idea = actions.propose(call=make_call(board, shows_at_once=True), author=stranger, now=now, **WORDS)

    assert idea.is_shown


@pytest.mark.parametrize(
    "facts",
    [{"closes_at": in_days(-0.1)}, {"opens_at": in_days(1)}, {"is_draft": True}],
    ids=["closed", "not open yet", "draft"],
)
def test_nothing_is_kept_while_a_call_is_not_open(board, stranger, now, facts):
    call = make_call(board, **facts)

    with pytest.raises(actions.IdeaRefused):
        actions.propose(call=call, author=stranger, now=now, **WORDS)
    assert not Idea.objects.exists()


def test_the_closing_moment_itself_is_too_late_and_the_one_before_is_not(board, stranger, now):
    call = make_call(board, closes_at=in_days(1))
    closes_at = call.activity.closes_at

    actions.propose(call=call, author=stranger, now=closes_at - timedelta(microseconds=1), **WORDS)
    with pytest.raises(actions.IdeaRefused):
        actions.propose(call=call, author=stranger, now=closes_at, **WORDS)


@pytest.mark.parametrize("audience", [Audience.SAYS_LOCAL, Audience.EMAIL])
def test_a_call_for_local_people_takes_theirs_and_not_the_neighbours(board, resident, neighbour, now, audience):
    call = make_call(board, audience=audience)

    actions.propose(call=call, author=resident, now=now, **WORDS)
    with pytest.raises(actions.IdeaRefused, match="live, work or study"):
        actions.propose(call=call, author=neighbour, now=now, **WORDS)


def test_nobody_floods_a_call(board, stranger, now):
    call = make_call(board)
    for _ in range(actions.MOST_A_DAY):
        actions.propose(call=call, author=stranger, now=now, **WORDS)

    with pytest.raises(actions.IdeaRefused, match="tomorrow"):
        actions.propose(call=call, author=stranger, now=now, **WORDS)
    actions.propose(call=call, author=stranger, now=now + timedelta(days=1, minutes=1), **WORDS)


@pytest.mark.parametrize("title", ["Benches by the river", "أفكار للحي", "propose", "---", "map", "x" * 100])
def test_each_idea_gets_an_address_of_its_own(board, stranger, now, title):
    call = make_call(board)
    ideas = [actions.propose(call=call, author=stranger, now=now, title=title, text="Words.") for _ in range(3)]

    slugs = {idea.slug for idea in ideas}
    assert len(slugs) == 3
    assert not slugs & TAKEN_ADDRESSES


def test_a_point_is_kept_to_the_nearest_hundred_metres(board, stranger, now):
    idea = actions.propose(
        call=make_call(board), author=stranger, now=now, latitude=54.50012, longitude=1.90049, **WORDS
    )
    idea.refresh_from_db()

    assert (float(idea.latitude), float(idea.longitude)) != (54.50012, 1.90049)
    assert abs(float(idea.latitude) - 54.50012) < 0.0006


# --- backing -----------------------------------------------------------------------------------


def test_backing_counts_once_and_can_be_taken_back(board, stranger, now):
    idea = make_idea(make_call(board))

    assert actions.back(idea=idea, person=stranger, now=now)
    assert not actions.back(idea=idea, person=stranger, now=now)
    idea.refresh_from_db()
    assert idea.backers == 1
    assert actions.take_back(idea=idea, person=stranger, now=now)
    assert not actions.take_back(idea=idea, person=stranger, now=now)
    idea.refresh_from_db()
    assert idea.backers == 0


def test_a_writer_does_not_back_their_own_idea(board, stranger, now):
    with pytest.raises(actions.IdeaRefused, match="your own"):
        actions.back(idea=make_idea(make_call(board), author=stranger), person=stranger, now=now)


@pytest.mark.parametrize("state", ["pending", "hidden"])
def test_what_is_not_shown_cannot_be_backed(board, stranger, now, state):
    with pytest.raises(actions.IdeaRefused):
        actions.back(idea=make_idea(make_call(board), state=state), person=stranger, now=now)


def test_after_closing_the_count_stands(board, stranger, now):
    idea = make_idea(make_call(board))
    actions.back(idea=idea, person=stranger, now=now)

    later = idea.call.activity.closes_at
    with pytest.raises(actions.IdeaRefused):
        actions.take_back(idea=idea, person=stranger, now=later)
    with pytest.raises(actions.IdeaRefused):
        actions.back(idea=idea, person=make_person(), now=later)
    idea.refresh_from_db()
    assert idea.backers == Backing.objects.count() == 1


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_backing_from_many_windows_at_once_counts_each_person_once(board, now):
    idea = make_idea(make_call(board))
    people = [make_person() for _ in range(3)]
    answers, faults = [], []
    ready = threading.Barrier(12)

    def press(person):
        try:
            ready.wait()
            answers.append(actions.back(idea=Idea.objects.get(pk=idea.pk), person=person, now=now))
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(people[n % 3],)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not faults
    assert sorted(answers) == [False] * 9 + [True] * 3
    idea.refresh_from_db()
    assert idea.backers == Backing.objects.filter(idea=idea).count() == 3
    connection.close()


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_two_hundred_backings_of_one_person_count_one(board, stranger):
    idea = make_idea(make_call(board))
    address = idea.get_absolute_url() + "back/"
    cookies = []
    for _each in range(10):
        client = Client()
        client.force_login(stranger)
        cookies.append(client.cookies.copy())
    ready = threading.Barrier(50)

    def post(number: int) -> int:
        try:
            client = Client(raise_request_exception=False)
            client.cookies = cookies[number % 10].copy()
            ready.wait(timeout=60)
            return client.post(address).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        answers = [status for _round in range(4) for status in pool.map(post, range(50))]

    assert answers == [302] * 200
    idea.refresh_from_db()
    assert idea.backers == Backing.objects.count() == 1


# --- the answer --------------------------------------------------------------------------------


def test_an_answer_reaches_the_writer_and_each_backer_once(board, coordinator, now):
    writer, backer = make_person(), make_person()
    idea = make_idea(make_call(board), author=writer)
    actions.back(idea=idea, person=backer, now=now)

    change = actions.answer(idea=idea, to="in_plan", words="We will try it in May.", by=coordinator, now=now)

    told = Message.objects.filter(kind="ideas.answer")
    assert sorted(message.to_id for message in told) == sorted([writer.pk, backer.pk])
    assert all("We will try it in May." in message.body for message in told)
    assert (change.was, change.became) == ("received", "in_plan")
    idea.refresh_from_db()
    assert idea.status == "in_plan"
    entry = ModelLogEntry.objects.get(action="ideas.answer")
    assert entry.data["before"] == "received"
    assert entry.data["after"] == "in_plan"


def test_an_answer_needs_words_a_shown_idea_and_a_move_that_is_allowed(board, coordinator, now):
    idea = make_idea(make_call(board), status="done")

    with pytest.raises(actions.IdeaRefused, match="words"):
        actions.answer(idea=idea, to="done", words="  ", by=coordinator, now=now)
    with pytest.raises(actions.IdeaRefused, match="cannot become"):
        actions.answer(idea=idea, to="in_plan", words="Why", by=coordinator, now=now)
    with pytest.raises(actions.IdeaRefused, match="moment ago"):
        actions.answer(idea=idea, to="done", words="Why", by=coordinator, now=now, seen_as="received")
    Idea.objects.update(state="pending")
    with pytest.raises(actions.IdeaRefused, match="shown"):
        actions.answer(idea=idea, to="done", words="Why", by=coordinator, now=now)
    assert not StatusChange.objects.exists()


def test_only_the_boards_own_officers_answer(board, other_coordinator, staff, resident, now):
    idea = make_idea(make_call(board))

    for person in (other_coordinator, staff, resident):
        with pytest.raises(actions.IdeaRefused):
            actions.answer(idea=idea, to="done", words="Done.", by=person, now=now)


def test_a_writer_hears_that_their_idea_is_shown_or_why_it_is_not(board, coordinator, stranger, now):
    idea = make_idea(make_call(board), author=stranger, state="pending")

    decide(item=idea, to="shown", reason="fine", by=coordinator, now=now)
    decide(item=idea, to="hidden", reason="personal", words="Leave out the name.", by=coordinator, now=now)

    shown, hidden = Message.objects.filter(to=stranger).order_by("pk")
    assert "on the wall" in shown.subject
    assert "has not agreed" in hidden.body
    assert "Leave out the name." in hidden.body


# --- written down for someone, and calls -------------------------------------------------------


def test_an_idea_on_paper_has_the_same_standing_and_no_account_is_needed(board, coordinator, now):
    idea = actions.write_down(call=make_call(board), by=coordinator, channel="paper", now=now, **WORDS)

    assert idea.author is None
    assert idea.state == "pending"
    decide(item=idea, to="shown", reason="fine", by=coordinator, now=now)
    assert not Message.objects.exists()


def test_another_boards_coordinator_writes_nothing_down_and_opens_no_call(board, other_coordinator, now):
    call = make_call(board)

    with pytest.raises(actions.IdeaRefused):
        actions.write_down(call=call, by=other_coordinator, channel="phone", now=now, **WORDS)
    with pytest.raises(actions.IdeaRefused):
        actions.open_call(board=board, question="Q?", opens_at=now, closes_at=None, audience=0, by=other_coordinator)
    with pytest.raises(actions.IdeaRefused):
        actions.change_call(call=call, by=other_coordinator, question="Mine now?")


def test_who_may_take_part_is_fixed_once_someone_has(board, coordinator, stranger, now):
    call = make_call(board)
    actions.change_call(call=call, by=coordinator, audience=Audience.EMAIL)
    actions.change_call(call=call, by=coordinator, audience=Audience.ANYONE)
    actions.propose(call=call, author=stranger, now=now, **WORDS)

    with pytest.raises(actions.IdeaRefused, match="taken part"):
        actions.change_call(call=call, by=coordinator, audience=Audience.EMAIL)
    with pytest.raises(actions.IdeaRefused, match="draft"):
        actions.change_call(call=call, by=coordinator, is_draft=True)


def test_a_standing_call_never_closes(board, coordinator, now):
    call = actions.open_call(
        board=board, question="Any idea?", opens_at=now, closes_at=None, audience=0, by=coordinator, is_draft=False,
        needs=[make_need(board)],
    )  # fmt: skip

    assert call.is_standing
    assert call.activity.is_open(now + timedelta(days=4000))


# --- queries for other rooms -------------------------------------------------------------------


def test_people_to_tell_are_writers_and_backers_each_once(board, next_board, stranger, now):
    call, elsewhere = make_call(board), make_call(next_board)
    writer = make_person()
    idea = make_idea(call, author=writer)
    make_idea(call, author=writer, state="hidden")
    make_idea(elsewhere)
    actions.back(idea=idea, person=stranger, now=now)

    assert set(queries.people_to_tell([call])) == {writer, stranger}
    assert queries.people_to_tell([call]).count() == 2


def test_my_ideas_hold_all_of_mine_and_my_backing_only_what_is_shown(board, stranger, now):
    call = make_call(board)
    mine = make_idea(call, author=stranger, state="hidden")
    backed = make_idea(call)
    actions.back(idea=backed, person=stranger, now=now)

    assert list(queries.ideas_of_person(stranger)) == [mine]
    assert list(queries.ideas_backed_by(stranger)) == [backed]
    Idea.objects.filter(pk=backed.pk).update(state="hidden")
    assert not queries.ideas_backed_by(stranger)


def test_unanswered_are_the_shown_ideas_of_boards_one_answers_for(board, coordinator, other_coordinator, staff):
    call = make_call(board)
    make_idea(call)
    make_idea(call, state="pending")
    make_idea(call, status="done")

    assert queries.unanswered_count(coordinator) == 1
    assert queries.unanswered_count(other_coordinator) == 0
    assert queries.unanswered_count(staff) == 0
