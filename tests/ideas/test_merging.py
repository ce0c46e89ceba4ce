"""Bringing a duplicate into another idea: nothing is lost, nobody counts twice, and it can be undone."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections
from django.urls import reverse

from engagement.ideas import actions, queries
from engagement.ideas.models import Backing, Comment, Idea, Merging
from engagement.notifications.models import Message
from tests.factories import make_person
from tests.ideas.factories import make_call, make_idea


@pytest.fixture
def two(board):
    call = make_call(board)
    return make_idea(call, "Benches by the river"), make_idea(call, "Seats along the river")


def backed_by(idea: Idea, *people, now) -> None:
    for person in people:
        assert actions.back(idea=idea, person=person, now=now)


def test_someone_who_backs_both_counts_once_and_each_idea_has_its_own_again_when_undone(two, coordinator, now):
    one, other = two
    both, only_one, only_other = make_person(), make_person(), make_person()
    backed_by(one, both, only_one, now=now)
    backed_by(other, both, only_other, now=now)

    merging = actions.bring_into(duplicate=one, into=other, by=coordinator, now=now)

    other.refresh_from_db()
    one.refresh_from_db()
    assert (other.backers, one.merged_into_id) == (3, other.pk)
    assert Backing.objects.count() == 4, "no backing is lost or moved"

    actions.take_apart(merging=merging, by=coordinator, now=now)
    other.refresh_from_db()
    one.refresh_from_db()
    assert (one.backers, other.backers, one.merged_into_id) == (2, 2, None)


def test_backing_the_one_that_stands_for_both_is_already_counted_for_whoever_backs_the_other(two, coordinator, now):
    one, other = two
    person = make_person()
    backed_by(one, person, now=now)
    actions.bring_into(duplicate=one, into=other, by=coordinator, now=now)

    assert not actions.back(idea=Idea.objects.get(pk=other.pk), person=person, now=now)
    assert Idea.objects.get(pk=other.pk).backers == 1
    assert actions.take_back(idea=Idea.objects.get(pk=other.pk), person=person, now=now)
    assert Idea.objects.get(pk=other.pk).backers == 0


def test_backing_a_page_opened_before_the_merging_counts_for_the_one_that_stands_for_both(two, coordinator, now):
    one, other = two
    as_it_was = Idea.objects.select_related("call__activity__board").get(pk=one.pk)
    actions.bring_into(duplicate=one, into=other, by=coordinator, now=now)

    assert actions.back(idea=as_it_was, person=make_person(), now=now)

    assert Idea.objects.get(pk=other.pk).backers == 1
    assert Idea.objects.get(pk=one.pk).backers == 0


def test_what_had_been_brought_in_comes_along_and_goes_back(board, coordinator, now):
    call = make_call(board)
    first, second, third = (make_idea(call, f"Idea {n}") for n in range(3))
    actions.bring_into(duplicate=first, into=second, by=coordinator, now=now)
    merging = actions.bring_into(duplicate=second, into=third, by=coordinator, now=now)
    assert {idea.merged_into_id for idea in Idea.objects.filter(pk__in=[first.pk, second.pk])} == {third.pk}

    actions.take_apart(merging=merging, by=coordinator, now=now)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.merged_into_id, second.merged_into_id) == (second.pk, None)


def test_a_merging_is_undone_once_and_only_by_the_boards_own_officers(two, coordinator, other_coordinator, now):
    one, other = two
    with pytest.raises(actions.IdeaRefused):
        actions.bring_into(duplicate=one, into=other, by=other_coordinator, now=now)
    merging = actions.bring_into(duplicate=one, into=other, by=coordinator, now=now)
    with pytest.raises(actions.IdeaRefused):
        actions.take_apart(merging=merging, by=other_coordinator, now=now)
    actions.take_apart(merging=merging, by=coordinator, now=now)
    with pytest.raises(actions.IdeaRefused):
        actions.take_apart(merging=merging, by=coordinator, now=now)


@pytest.mark.parametrize("state", ["pending", "hidden"])
def test_only_what_is_shown_on_one_board_is_brought_together(board, next_board, coordinator, now, state):
    call = make_call(board)
    shown, unseen = make_idea(call), make_idea(call, state=state)
    elsewhere = make_idea(make_call(next_board))
    for duplicate, into in ((shown, unseen), (unseen, shown), (shown, elsewhere), (shown, shown)):
        with pytest.raises(actions.IdeaRefused):
            actions.bring_into(duplicate=duplicate, into=into, by=coordinator, now=now)
    assert not Merging.objects.exists()


def test_the_duplicate_leaves_the_wall_and_its_page_points_to_the_other(client, two, coordinator, now):
    one, other = two
    actions.bring_into(duplicate=one, into=other, by=coordinator, now=now)

    wall = client.get(one.call.get_absolute_url()).content.decode()
    assert one.title not in wall
    assert other.title in wall
    page = client.get(one.get_absolute_url()).content.decode()
    assert "Brought into another idea" in page
    assert other.get_absolute_url() in page
    assert one.get_absolute_url() in client.get(other.get_absolute_url()).content.decode()
    assert client.get(one.get_absolute_url() + "back/")["Location"] == other.get_absolute_url()


def test_both_writers_are_told_of_the_merging_and_of_every_answer(two, coordinator, now):
    one, other = two
    actions.bring_into(duplicate=one, into=other, by=coordinator, now=now)
    other.refresh_from_db()
    actions.answer(idea=other, to="in_plan", words="Next spring.", by=coordinator, now=now)

    for writer in (one.author, other.author):
        kinds = list(Message.objects.filter(to=writer).order_by("pk").values_list("kind", flat=True))
        assert kinds == ["ideas.merging", "ideas.answer"]


def test_comments_stand_below_the_one_that_stands_for_both(two, coordinator, now):
    one, other = two
    Comment.objects.create(idea=one, stance="for", text="My nan needs one.", state="shown")
    merging = actions.bring_into(duplicate=one, into=other, by=coordinator, now=now)
    assert Idea.objects.get(pk=other.pk).comments == 1
    assert [c.text for c in queries.comments_of(other)] == ["My nan needs one."]
    actions.take_apart(merging=merging, by=coordinator, now=now)
    assert Idea.objects.get(pk=other.pk).comments == 0


def test_a_coordinator_brings_together_and_takes_apart_from_the_desk(client, two, coordinator):
    one, other = two
    client.force_login(coordinator)
    screen = reverse("ideas_desk:bring_into", args=[one.pk])

    assert other.title in client.get(screen).content.decode(), "what sounds alike is offered"
    assert other.title in client.get(screen, {"q": "seats"}).content.decode()
    answer = client.post(screen + "?q=seats", {"into": other.pk})
    assert answer.status_code == 302
    merging = Merging.objects.get()
    assert "Take apart again" in client.get(reverse("ideas_desk:idea", args=[other.pk])).content.decode()
    client.post(reverse("ideas_desk:take_apart", args=[merging.pk]))
    assert Idea.objects.get(pk=one.pk).merged_into_id is None


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_backings_during_a_merging_are_each_counted_once(board, coordinator, now):
    call = make_call(board)
    one, other = make_idea(call, "Benches by the river"), make_idea(call, "Seats along the river")
    people = [make_person() for _ in range(12)]
    begin, faults = threading.Barrier(13), []

    def run(act) -> None:
        try:
            begin.wait()
            act()
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    def backing(person, first, second):
        def act() -> None:
            for idea in (first, second):
                actions.back(
                    idea=Idea.objects.select_related("call__activity__board").get(pk=idea.pk), person=person, now=now
                )

        return act

    acts = [backing(person, *((one, other) if n % 2 else (other, one))) for n, person in enumerate(people)]
    acts.append(lambda: actions.bring_into(duplicate=one, into=other, by=coordinator, now=now))
    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not faults
    assert Idea.objects.get(pk=other.pk).backers == queries.backers_counted(other) == len(people)
    connection.close()
