"""Kept counts are always what the answers say, whatever wrote the answers."""

from __future__ import annotations

import threading
from random import Random

import pytest
from django.db import connection

from engagement.surveys.actions import counting
from engagement.surveys.models import KeptCounts, KeptPart, Response, Survey, ToCount
from engagement.surveys.models.noting import drop, look_after_migrating
from tests.surveys.factories import make_response, make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(board):
    return make_survey(board)


def said(survey, key="uses", group=""):
    return counting.counts_now(survey).counts.get("said", {}).get(group, {}).get(key, {})


def test_a_survey_nobody_answered_has_no_counts(survey):
    found = counting.counts_now(survey)

    assert found.counts == {}
    assert found.is_whole


def test_each_way_of_writing_is_counted(survey):
    one = make_response(survey, {"uses": "yes"})
    Response.objects.bulk_create(
        Response(survey=survey, version=survey.current, state="sent", answers={"uses": "no"}) for _ in range(3)
    )
    assert said(survey) == {"": 4, "yes": 1, "no": 3}

    one.answers = {"uses": "unknown"}
    one.save()
    assert said(survey) == {"": 4, "unknown": 1, "no": 3}

    Response.objects.filter(pk=one.pk).update(channel="paper")
    assert said(survey, group="c:paper") == {"": 1, "unknown": 1}

    Response.objects.filter(pk=one.pk).update(state="withdrawn", answers={})
    assert said(survey) == {"": 3, "no": 3}

    Response.objects.exclude(pk=one.pk).first().delete()
    assert said(survey) == {"": 2, "no": 2}
    assert not counting.differs_from_answers(survey)


def test_a_draft_counts_only_as_far_as_it_came(survey):
    draft = make_response(survey, {"uses": "yes"}, state="draft", reached="p2")

    assert counting.counts_now(survey).counts == {"left": {"p2": 1}}
    Response.objects.filter(pk=draft.pk).update(typed={"q": ["half a wo"]})
    assert not ToCount.objects.exists()
    Response.objects.filter(pk=draft.pk).update(state="sent")
    assert said(survey) == {"": 1, "yes": 1}


def test_another_surveys_answers_are_not_counted_here(survey, board):
    make_response(make_survey(board, title="Another"), {"uses": "yes"})

    assert counting.counts_now(survey).counts == {}


def test_nothing_new_costs_two_queries(survey, django_assert_num_queries):
    make_response(survey, {"uses": "yes"})
    counting.counts_now(survey)

    with django_assert_num_queries(2):
        counting.counts_now(survey)


def test_one_change_counts_one_part_and_not_the_rest(survey, monkeypatch):
    Response.objects.bulk_create(
        Response(survey=survey, version=survey.current, state="sent", answers={"uses": "no"}) for _ in range(600)
    )
    counting.counts_now(survey)
    read, all_rows = [], counting.rows_of
    monkeypatch.setattr(
        counting, "rows_of", lambda survey, parts: (read.append(row) or row for row in all_rows(survey, parts))
    )

    make_response(survey, {"uses": "yes"})

    assert said(survey) == {"": 601, "yes": 1, "no": 600}
    assert len(read) < 30


def test_a_great_many_are_counted_by_a_worker_and_the_page_says_so(survey, monkeypatch):
    from engagement.surveys.tasks import count_survey

    asked = []
    monkeypatch.setattr(counting, "AT_ONCE", 5)
    monkeypatch.setattr(type(count_survey), "enqueue", lambda self, *args: asked.append(args))
    Response.objects.bulk_create(
        Response(survey=survey, version=survey.current, state="sent", answers={"uses": "no"}) for _ in range(9)
    )

    found = counting.counts_now(survey)
    counting.counts_now(survey)

    assert (found.is_whole, found.counts) == (False, {})
    assert asked == [(survey.pk,)]
    count_survey.func(survey.pk)
    assert said(survey) == {"": 9, "no": 9}


def test_the_timer_counts_what_waits_and_drops_notes_of_surveys_that_are_gone(survey, board):
    make_response(survey, {"uses": "yes"})
    gone = make_survey(board, title="Gone")
    make_response(gone, {})
    Response.objects.filter(survey=gone).delete()
    Survey.objects.filter(pk=gone.pk).update(current=None)
    gone.versions.all().delete()
    gone.activity.delete()

    assert counting.count_all_that_changed() == 1

    assert not ToCount.objects.exists()
    assert KeptCounts.objects.get().counts["sent"][""] == 1


@pytest.mark.parametrize("seed", range(5))
def test_after_any_course_of_writing_the_kept_counts_are_those_of_the_answers(survey, seed):
    random = Random(seed)
    for _ in range(40):
        held = list(Response.objects.values_list("pk", flat=True))
        act = random.choice(["new", "new", "change", "withdraw", "delete", "look"])
        answers = {"uses": random.choice(["yes", "no"]), "often": random.choice("abc")}
        if act == "new" or not held:
            make_response(
                survey, answers, channel=random.choice(["web", "paper"]), state=random.choice(["sent", "draft"])
            )
        elif act == "change":
            Response.objects.filter(pk=random.choice(held)).update(answers=answers)
        elif act == "withdraw":
            Response.objects.filter(pk=random.choice(held)).update(state="withdrawn")
        elif act == "delete":
            Response.objects.filter(pk=random.choice(held)).delete()
        else:
            counting.counts_now(survey)
    assert not counting.differs_from_answers(survey)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite drops a trigger with a table")
def test_triggers_lost_with_a_rebuilt_table_come_back_and_all_is_counted_afresh(survey):
    make_response(survey, {"uses": "yes"})
    counting.counts_now(survey)
    drop(connection)
    make_response(survey, {"uses": "yes"})
    assert said(survey)["yes"] == 1

    look_after_migrating(using="default")

    assert said(survey)["yes"] == 2
    make_response(survey, {"uses": "yes"})
    assert said(survey)["yes"] == 3


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_people_who_answer_while_others_count_are_all_counted(board):
    survey = make_survey(board)
    faults = []

    def run(act):
        try:
            for _ in range(15):
                act()
        except Exception as fault:  # told below
            faults.append(fault)
        finally:
            connection.close()

    answer = lambda: make_response(survey, {"uses": "yes"})  # noqa: E731
    count = lambda: counting.counts_now(survey)  # noqa: E731
    threads = [threading.Thread(target=run, args=(act,)) for act in (answer, answer, count, count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not faults
    assert said(survey) == {"": 30, "yes": 30}
    assert not counting.differs_from_answers(survey)
    assert KeptPart.objects.filter(survey=survey).exists()
