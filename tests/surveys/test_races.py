"""Answers sent many times at once: stored once, by real threads on both databases."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from engagement.activities.models import Audience, TakingPart
from engagement.surveys.actions import answering, slips
from engagement.surveys.actions.equality import keep_equality
from engagement.surveys.actions.refusals import Refused
from engagement.surveys.models import EqualityAnswer, Response, Words
from tests.factories import make_board, make_person
from tests.polls.test_actions import in_threads
from tests.surveys.factories import make_response, make_survey

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _no_limits(settings):
    cache.clear()
    settings.RATE_LIMITS_TIMES = 100


def test_two_hundred_posts_of_one_persons_answers_over_ten_sessions_store_one():
    board = make_board()
    survey = make_survey(board, audience=Audience.EMAIL)
    person = make_person(stands_in=board)
    drafts = [
        make_response(survey, {"uses": "no", "wish": f"Wish {n}"}, state="draft", person=person) for n in range(4)
    ]
    cookies = []
    for _each in range(10):
        client = Client()
        client.force_login(person)
        cookies.append(client.cookies.copy())

    def post(number):
        client = Client(raise_request_exception=False)
        client.cookies = cookies[number % 10].copy()
        answer = client.post(survey.address("check"), {"response": drafts[number % 4].token.hex})
        return answer.status_code, answer.content.decode()

    answers = [answer for _round in range(4) for answer in in_threads(50, post)]

    assert {status for status, _words in answers} == {302}
    said = [words for _status, words in answers]
    assert said.count("Your answers are in.") == 1
    assert said.count("Your answers are in already.") == 199
    assert Response.objects.sent().count() == TakingPart.objects.count() == Words.objects.count() == 1


def test_two_hundred_equal_posts_without_an_account_store_one():
    survey = make_survey(make_board(), audience=Audience.ANYONE)
    draft = make_response(survey, {"uses": "no"}, state="draft")
    device = "a" * 32

    def post(number):
        client = Client(raise_request_exception=False)
        client.cookies["device"] = device
        return client.post(survey.address("check"), {"response": draft.token.hex}).status_code

    assert {status for _round in range(4) for status in in_threads(50, post)} == {302}
    assert Response.objects.sent().count() == TakingPart.objects.count() == 1


def test_many_people_at_once_are_all_stored():
    board = make_board()
    survey = make_survey(board, audience=Audience.EMAIL)
    people = [make_person(f"v{n}@example.org", stands_in=board) for n in range(30)]
    drafts = [make_response(survey, {"uses": "no", "wish": f"W{n}"}, state="draft") for n in range(30)]

    def send(number):
        mine = Response.objects.select_related("survey__activity__board", "version").get(pk=drafts[number].pk)
        return answering.send(response=mine, now=timezone.now(), person=people[number]).stored_now

    assert all(in_threads(30, send))
    assert Response.objects.sent().count() == TakingPart.objects.count() == Words.objects.count() == 30
    assert survey.versions.get().first_answer_on == timezone.localdate()


def test_taken_back_and_put_right_at_once_is_taken_back():
    survey = make_survey(make_board(), audience=Audience.ANYONE)
    response = make_response(survey, {"uses": "no", "wish": "A slide"})
    draft = make_response(survey, {"uses": "no", "wish": "A swing"}, state="draft", corrects=response)

    def act(number):
        try:
            if number % 2:
                slips.withdraw(response=Response.objects.get(pk=response.pk), now=timezone.now())
            else:
                slips.send_correction(draft=draft, now=timezone.now())
        except (Refused, Response.DoesNotExist):
            return "refused"
        return "done"

    in_threads(10, act)
    response.refresh_from_db()

    assert (response.state, response.answers) == ("withdrawn", {})
    assert not Words.objects.exists()


def test_one_mark_keeps_one_set_of_equality_answers_and_none_is_lost_in_the_shuffle():
    survey = make_survey(make_board(), asks_equality=True)

    def keep(number):
        return keep_equality(survey=survey, answers={"n": number % 20}, mark=f"mark {number % 20}", now=timezone.now())

    kept = in_threads(40, keep)

    assert sum(kept) == 20
    assert sorted(row.answers["n"] for row in EqualityAnswer.objects.all()) == list(range(20))
