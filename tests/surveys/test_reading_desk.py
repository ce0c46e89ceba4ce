"""An officer reads a survey: all of its numbers, its free text one by one, and takes copies; nobody else does."""

from __future__ import annotations

import csv
import io
import time
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import uuid4

import openpyxl
import pytest
from allauth.account.internal.userkit import user_id_to_str
from django.utils import timezone
from wagtail.models import ModelLogEntry

from engagement.evidence.actions import recording
from engagement.evidence.models import Consent, Evidence, EvidenceLink
from engagement.moderation.models import Decision
from engagement.surveys.actions import exporting
from engagement.surveys.actions.taking_back import drop_words
from engagement.surveys.models import Copy, Passage, Response, Words
from tests.factories import make_need, make_role
from tests.surveys.asking import page, question, schema
from tests.surveys.everything import answer, forty
from tests.surveys.factories import make_response, make_survey

pytestmark = pytest.mark.django_db

ASKS = schema(
    page("p1", question("q1", "one_choice", "Which?"), question("w", "long_text", "What should change?")),
    page(
        "p2",
        question("agree", "consent", "You may count my words."),
        question("cite", "consent", "You may quote me.", scope="quote"),
    ),
)


@pytest.fixture
def survey(board):
    return make_survey(board, ASKS, title="The park", slug="the-park")


def written(survey, text="The swings are broken. We want new ones.", **fields):
    answers = {"q1": "a", "w": text, "agree": True, "cite": True, **fields.pop("answers", {})}
    response = make_response(survey, answers, **fields)
    return Words.objects.create(survey=survey, response=response, question="w", label="What should change?", text=text)


def sign_in(client, person, at=None):
    """As someone who has just shown who they are."""
    client.force_login(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": at or time.time()}]
    session["account_authentication_methods_user"] = user_id_to_str(person)
    session.save()
    return client


@pytest.fixture
def desk(client, coordinator):
    return sign_in(client, coordinator)


def at(survey, rest=""):
    return f"/desk/survey-answers/{survey.pk}/{rest}"


# --- results


def test_an_officer_sees_every_number(desk, survey):
    make_response(survey, {"q1": "a"})
    make_response(survey, {"q1": "c"})
    make_response(survey, {}, state="draft", reached="p2")

    text = desk.get(at(survey)).content.decode()

    assert "2 people answered." in text
    assert "under 5" not in text
    assert "Came this far" in text


def test_an_officer_may_cross_questions_while_the_survey_is_open(desk, survey):
    make_response(survey, {"q1": "a", "agree": True})

    answered = desk.get(at(survey, "?question=q1&by=agree"))

    assert answered.context["table"].cells["a", "yes"] == 1
    assert answered.context["table"].base == 1


def test_a_survey_nobody_answered_says_so(desk, survey):
    assert "No answers yet." in desk.get(at(survey)).content.decode()
    assert "Nobody has written anything yet." in desk.get(at(survey, "words/")).content.decode()


@pytest.mark.parametrize("rest", ["", "words/", "copies/"])
def test_another_boards_survey_does_not_exist(client, other_coordinator, survey, rest):
    client.force_login(other_coordinator)

    assert client.get(at(survey, rest)).status_code == 404


@pytest.mark.parametrize("rest", ["", "words/", "copies/"])
def test_residents_have_no_door_here(client, resident, survey, rest):
    client.force_login(resident)

    assert client.get(at(survey, rest)).status_code in (302, 403)


@pytest.mark.parametrize("rest", ["", "?question=q1&by=agree", "words/", "copies/"])
def test_fifteen_queries_and_no_more_for_ten_thousand(desk, survey, django_assert_max_num_queries, rest):
    def fill(many):
        made = Response.objects.bulk_create(
            Response(survey=survey, version=survey.current, state="sent", answers={"q1": "a", "agree": True, "w": "x"})
            for _ in range(many)
        )
        Words.objects.bulk_create(
            Words(survey=survey, response=each, question="w", label="What should change?", text="x") for each in made
        )

    fill(10)
    desk.get(at(survey))
    with django_assert_max_num_queries(15) as few:
        desk.get(at(survey, rest))
    fill(9_990)
    desk.get(at(survey))
    with django_assert_max_num_queries(15) as many:
        desk.get(at(survey, rest))
    assert len(many) - len(few) <= 2


# --- free text


def test_words_are_read_one_at_a_time_and_filtered(desk, survey):
    written(survey, "Swings", channel="paper")
    written(survey, "Benches")

    one = desk.get(at(survey, "words/"))
    paper = desk.get(at(survey, "words/?channel=paper"))
    some = desk.get(at(survey, "words/?words=bench"))
    nothing = desk.get(at(survey, "words/?words=zanzibar"))

    assert one.context["found"].paginator.count == 2
    assert paper.context["item"].text == "Swings"
    assert some.context["item"].text == "Benches"
    assert "There is nothing like that to read." in nothing.content.decode()


@pytest.mark.parametrize(("to", "reason", "state"), [("shown", "", "shown"), ("hidden", "personal", "hidden")])
def test_reading_is_a_decision_with_its_reason(desk, survey, to, reason, state):
    item = written(survey)

    desk.post(f"/desk/survey-answers/words/{item.pk}/decide/", {"to": to, "reason": reason})

    item.refresh_from_db()
    assert item.state == state
    assert Decision.objects.get().became == state


def test_hiding_needs_a_reason_and_says_so_at_the_field(desk, survey):
    item = written(survey)

    answered = desk.post(f"/desk/survey-answers/words/{item.pk}/decide/", {"to": "hidden", "reason": ""})

    assert answered.status_code == 422
    assert "Choose why it should not be shown." in answered.content.decode()
    item.refresh_from_db()
    assert item.state == "pending"


def send(desk, item, **given):
    given = {"text": "We want new ones.", "relation": "supports", "reason": "", "need": "", **given}
    return desk.post(f"/desk/survey-answers/words/{item.pk}/evidence/", given)


def test_a_passage_becomes_evidence_in_one_act_with_link_and_consent(desk, survey, board):
    need = make_need(board)
    item = written(survey, place=board.areas.get(), channel="phone")

    send(desk, item, need=need.pk, reason="They say so")

    passage = Passage.objects.select_related("evidence").get()
    evidence = passage.evidence
    assert (evidence.text, evidence.how, evidence.where) == ("We want new ones.", Evidence.How.CALL, board.areas.get())
    assert {(c.scope, c.wording, c.taken_by) for c in Consent.objects.all()} == {
        ("evidence", "You may count my words.", None),
        ("quote", "You may quote me.", None),
    }
    assert EvidenceLink.objects.get().need == need
    item.refresh_from_db()
    assert item.state == "shown"
    assert "surveys.passage" in ModelLogEntry.objects.values_list("action", flat=True)


def test_the_same_form_sent_twice_makes_one_piece_of_evidence(desk, survey):
    item, token = written(survey), str(uuid4())

    for _ in range(2):
        send(desk, item, form_token=token)

    assert Evidence.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "text", "says"),
    [
        ({"answers": {"agree": False}}, "We want new ones.", "did not agree"),
        ({}, "We want a swimming pool.", "Keep to their own words"),
        ({}, "", "This field is required"),
    ],
)
def test_what_may_not_become_evidence_is_refused_in_words(desk, survey, fields, text, says):
    item = written(survey, **fields)

    answered = send(desk, item, text=text)

    assert answered.status_code == 422
    assert says in answered.content.decode()
    assert not Evidence.objects.exists()
    item.refresh_from_db()
    assert item.state == "pending"


def test_words_withdrawn_here_are_withdrawn_as_evidence(desk, survey, now):
    item = written(survey)
    send(desk, item)

    drop_words(item, now=now)

    assert Evidence.objects.get().withdrawn_at is not None


def test_evidence_withdrawn_there_is_no_longer_read_here(desk, survey, coordinator, now):
    item = written(survey)
    send(desk, item)
    recording.withdraw(evidence=Evidence.objects.get(), by=coordinator, now=now)

    text = desk.get(at(survey, "words/")).content.decode()

    assert "We want new ones." not in text
    assert not Words.objects.shown().exists()


def test_a_passage_sent_by_mistake_is_taken_out_and_the_words_stay(desk, survey):
    item = written(survey)
    send(desk, item)

    desk.post(f"/desk/survey-answers/passages/{Passage.objects.get().pk}/out/")

    assert not Evidence.objects.counted().exists()
    assert "We want new ones." in desk.get(at(survey, "words/")).content.decode()


def test_staff_who_may_not_moderate_cannot_pass_unread_words_on(client, survey, staff):
    item = written(survey)
    client.force_login(staff)

    answered = send(client, item)

    assert answered.status_code == 422
    assert not Evidence.objects.exists()


def test_another_boards_words_cannot_be_touched(client, other_coordinator, survey):
    item = written(survey)
    client.force_login(other_coordinator)

    assert client.post(f"/desk/survey-answers/words/{item.pk}/decide/", {"to": "shown"}).status_code == 404
    assert send(client, item).status_code == 404


# --- copies


def rows_of(answered):
    text = b"".join(answered.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_csv_leaves_in_one_request_and_is_logged(desk, survey):
    make_response(survey, {"q1": "b", "w": "=1+1"})

    answered = desk.post(at(survey, "copies/"), {"shape": "csv", "cells": "words"})

    [row] = rows_of(answered)
    assert (row["q1"], row["w"]) == ("Benches", "'=1+1")
    assert "attachment" in answered["Content-Disposition"]
    [entry] = ModelLogEntry.objects.filter(action="surveys.export")
    assert entry.data == {"shape": "csv", "in_words": True, "rows": 1}


def test_without_a_fresh_sign_in_nothing_leaves(client, survey, coordinator):
    make_response(survey, {"q1": "b"})
    sign_in(client, coordinator, at=time.time() - 3600)

    answered = client.post(at(survey, "copies/"), {"shape": "csv", "cells": "words"})

    assert "Sign in again" in answered.content.decode()
    assert not ModelLogEntry.objects.filter(action="surveys.export").exists()
    led = client.post(at(survey, "copies/"), {"sign_in_again": "1"})
    assert led.status_code == 302
    assert f"/desk/survey-answers/{survey.pk}/copies/".replace("/", "%2F") in led["Location"]


def test_a_spreadsheet_is_made_by_a_worker_and_says_how_far_it_is(
    desk, survey, tmp_path, settings, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    for n in range(3):
        make_response(survey, {"q1": "b", "w": f"Word {n}"})

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(at(survey, "copies/"), {"shape": "xlsx", "cells": "words"})

    copy = Copy.objects.get()
    assert (copy.state, copy.rows, copy.done) == ("ready", 3, 3)
    assert "Take the spreadsheet" in desk.get(at(survey, "copies/")).content.decode()
    file = b"".join(desk.get(f"/desk/survey-answers/copies/{copy.pk}/").streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(file))["answers"]
    assert {row[-3].value for row in sheet.iter_rows(min_row=2)} == {"Word 0", "Word 1", "Word 2"}


@pytest.fixture
def made(desk, survey, tmp_path, settings, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    make_response(survey, {"q1": "b"})
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(at(survey, "copies/"), {"shape": "xlsx", "cells": "words"})
    return Copy.objects.get()


def test_a_link_belongs_to_the_session_that_asked(client, made, coordinator, board):
    from django.test import Client

    address = f"/desk/survey-answers/copies/{made.pk}/"
    assert client.get(address).status_code == 200
    again = sign_in(Client(), coordinator)
    assert again.get(address).status_code == 404
    colleague = sign_in(Client(), make_role("coordinator", board))
    assert colleague.get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_link_ends_and_its_file_goes(client, made, now):
    Copy.objects.update(ends_at=now - timedelta(seconds=1))
    assert client.get(f"/desk/survey-answers/copies/{made.pk}/").status_code == 404

    path = made.file.path
    assert exporting.drop_ended(now=now) == 1

    assert not Copy.objects.exists()
    assert not Path(path).exists()


def test_a_spreadsheet_that_fails_says_so(desk, survey, monkeypatch, django_capture_on_commit_callbacks):
    from engagement.surveys import exports

    monkeypatch.setattr(exports, "MOST_ROWS", 0)
    make_response(survey, {"q1": "b"})

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(at(survey, "copies/"), {"shape": "xlsx", "cells": "words"})

    assert Copy.objects.get().state == "failed"
    assert "Could not be made" in desk.get(at(survey, "copies/")).content.decode()


def test_asking_twice_while_one_is_being_made_gives_that_one(desk, survey, now):
    for _ in range(2):
        desk.post(at(survey, "copies/"), {"shape": "xlsx", "cells": "words"})

    assert Copy.objects.count() == 1
    Copy.objects.update(moved_at=now - timedelta(hours=1))
    assert "It stopped. Ask for it again." in desk.get(at(survey, "copies/")).content.decode()


def test_the_evidence_team_reads_and_takes_no_copy(client, board, survey):
    client.force_login(make_role("evidence_team", None))

    assert client.get(at(survey)).status_code == 200
    assert client.get(at(survey, "copies/")).status_code in (302, 403)


def test_forty_questions_of_every_kind_show_on_the_desk(desk, board):
    asks = forty()
    survey = make_survey(board, asks, title="All", slug="all")
    random = Random(1)
    for _ in range(30):
        make_response(survey, answer(asks, random), on=timezone.localdate())

    for number in range(1, 6):
        assert desk.get(at(survey, f"?page={number}")).status_code == 200
