"""Coming back with a code: what was recorded, put right, taken back, and what came of it."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from wagtail.models import ModelLogEntry

from engagement.activities.models import Audience, TakingPart
from engagement.evidence.actions import recording
from engagement.evidence.models import Evidence
from engagement.moderation.actions import decide
from engagement.moderation.queries import the_items, waiting, waiting_count
from engagement.surveys.models import Passage, Response, Upload, Words
from engagement.surveys.queries import code_digest
from tests.factories import make_board, make_need, make_role
from tests.surveys.asking import page, question, schema
from tests.surveys.factories import make_response, make_survey
from tests.surveys.test_answering import Visitor, words_on

pytestmark = pytest.mark.django_db
WITH_FILE = schema(page("p1", question("pic", "file", "A picture?"), question("wish", label="What should change?")))


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path):
    cache.clear()
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def board():
    return make_board()


@pytest.fixture
def survey(board):
    return make_survey(board, audience=Audience.ANYONE)


def sent_with_code(survey):
    """Someone who answered, and the address their code leads to."""
    visitor = Visitor(survey)
    html = visitor.answer_all().content.decode()
    return visitor, re.search(r"/s/[0-9A-Z-]+/", html)[0]


def make_evidence_of(words, board):
    evidence, _code = recording.record(
        board=board, text=words.text, how="online", heard_on=timezone.localdate(), voices=1,
        scopes=["evidence", "quote"], now=timezone.now(), by=None,
    )  # fmt: skip
    Passage.objects.create(words=words, evidence=evidence)
    return evidence


def correct(elsewhere, slip):
    """Begin to put answers right; give the hidden fields of the check page that follows."""
    token = re.search(r'name="form_token" value="([^"]+)"', elsewhere.get(slip).content.decode())[1]
    answer = elsewhere.post(slip + "correct/", {"form_token": token})
    assert answer.url.endswith("/check/")
    return token


def test_the_code_shows_what_was_recorded_and_what_came_of_it(survey, board):
    need = make_need(board, "Somewhere to play")
    survey.activity.needs.add(need)
    _visitor, slip = sent_with_code(survey)
    answer = Client().get(slip)

    assert "A slide" in words_on(answer)
    assert "Somewhere to play" in words_on(answer)
    assert "no-store" in answer["Cache-Control"]


def test_answers_are_put_right_and_changed_words_are_read_again(survey):
    _visitor, slip = sent_with_code(survey)
    Words.objects.update(state="shown")
    evidence = make_evidence_of(Words.objects.get(), survey.activity.board)
    elsewhere = Visitor(survey)
    correct(elsewhere.client, slip)
    sent = elsewhere.hidden(elsewhere.get("page/p3/?change=1"))
    assert elsewhere.post("page/p3/", {**sent, "wish": "A swing"}).url == elsewhere.at("check/")
    assert Response.objects.sent().get().answers["wish"] == "A slide"
    done = elsewhere.post("check/", {}, follow=True)

    assert "Your answers are put right" in words_on(done)
    response = Response.objects.get()
    assert response.answers == {"uses": "no", "wish": "A swing"}
    assert response.corrected_on == timezone.localdate()
    assert (Words.objects.get().text, Words.objects.get().state) == ("A swing", "pending")
    evidence.refresh_from_db()
    assert evidence.withdrawn_at is not None
    assert TakingPart.objects.count() == 1


def test_words_that_stay_as_they_were_are_not_read_twice(survey):
    _visitor, slip = sent_with_code(survey)
    Words.objects.update(state="shown")
    elsewhere = Visitor(survey)
    correct(elsewhere.client, slip)
    elsewhere.post("check/", {})

    assert Words.objects.get().state == "shown"


def test_a_corrected_set_is_checked_like_the_first(survey):
    _visitor, slip = sent_with_code(survey)
    elsewhere = Visitor(survey)
    correct(elsewhere.client, slip)
    sent = elsewhere.hidden(elsewhere.get("page/p1/?change=1"))

    assert elsewhere.post("page/p1/", {**sent, "uses": "perhaps"}).status_code == 422
    assert elsewhere.post("page/p1/", {**sent}).status_code == 422
    assert Response.objects.sent().get().answers["uses"] == "no"


def test_after_closing_answers_stay_as_they_are_but_can_be_taken_back(survey):
    _visitor, slip = sent_with_code(survey)
    survey.activity.closes_at = timezone.now()
    survey.activity.save()
    answer = Client().get(slip)

    assert "the answers no longer change" in words_on(answer)
    assert Client().post(slip + "correct/", {"form_token": "6a0b3c1e-0000-4000-8000-000000000000"}).status_code == 409
    assert Client().post(slip + "take-back/", {"sure": "on"}).status_code == 302
    assert not Response.objects.sent().exists()


def test_what_someone_else_wrote_down_can_be_put_right_after_closing(survey):
    code = "0123456789AB"
    make_response(survey, {"uses": "no"}, channel="paper", code_digest=code_digest(code))
    survey.activity.closes_at = timezone.now() - timedelta(days=1)
    survey.activity.opens_at = timezone.now() - timedelta(days=9)
    survey.activity.save()
    elsewhere = Visitor(survey)
    correct(elsewhere.client, f"/s/{code}/")
    sent = elsewhere.hidden(elsewhere.get("page/p3/?change=1"))
    elsewhere.post("page/p3/", {**sent, "wish": "A bench"})
    elsewhere.post("check/", {})

    assert Response.objects.get().answers == {"uses": "no", "wish": "A bench"}


def test_what_is_taken_back_is_gone_from_everywhere_at_once(survey):
    visitor, slip = sent_with_code(survey)
    Words.objects.update(state="shown")
    evidence = make_evidence_of(Words.objects.get(), survey.activity.board)
    assert Client().post(slip + "take-back/", {}).status_code == 422
    done = Client().post(slip + "take-back/", {"sure": "on"}, follow=True)

    assert "Your answers are gone" in words_on(done)
    response = Response.objects.get()
    assert (response.state, response.answers, response.code_digest) == ("withdrawn", {}, None)
    assert not Words.objects.exists()
    assert not TakingPart.objects.exists()
    evidence.refresh_from_db()
    assert (evidence.withdrawn_at is not None, evidence.text) == (True, "(withdrawn)")
    assert not Evidence.objects.counted().exists()
    assert Client().get(slip).status_code == 404
    assert ModelLogEntry.objects.filter(action="surveys.withdraw").count() == 1
    # They may answer again.
    assert "form_token" in visitor.get().content.decode()


def test_evidence_that_is_withdrawn_hides_the_words_it_came_from(survey):
    sent_with_code(survey)
    Words.objects.update(state="shown")
    evidence = make_evidence_of(Words.objects.get(), survey.activity.board)
    assert Words.objects.shown().exists()
    recording.withdraw(evidence=evidence, by=None, now=timezone.now())

    assert not Words.objects.shown().exists()


# --- files ---------------------------------------------------------------------------------------


def picture(side=40, **saved):
    held = BytesIO()
    Image.new("RGB", (side, side), "green").save(held, "JPEG", **saved)
    return held.getvalue()


def photo_with_place():
    exif = Image.Exif()
    exif[0x010F] = "Camera of Sam"
    exif.get_ifd(0x8825)[2] = (54.0, 30.0, 0.0)
    return picture(exif=exif)


def hand_in(survey, content, name="sam.jpg", **answers):
    visitor = Visitor(survey)
    visitor.start()
    return visitor, visitor.fill("p1", {"pic": SimpleUploadedFile(name, content), **answers})


def test_a_photo_is_kept_without_where_it_was_taken_and_outside_the_web_root(board):
    survey = make_survey(board, WITH_FILE, audience=Audience.ANYONE)
    visitor, answer = hand_in(survey, photo_with_place(), wish="A slide")
    assert answer.url == visitor.at("check/")
    visitor.send()
    upload = Upload.objects.get()
    kept = Path(upload.file.path).read_bytes()

    assert b"Camera of Sam" not in kept
    assert not Image.open(BytesIO(kept)).getexif()
    assert "sam" not in upload.file.name
    assert Response.objects.get().answers["pic"] == upload.public_id
    assert Client().get(f"/media/{upload.file.name}").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.jpg", "Send a photo"),
        (b"<html><script>alert(1)</script>", "a.pdf", "Send a photo"),
        (b"%PDF-1.7 cut short", "a.pdf", "cannot be opened"),
        (b"", "a.jpg", "empty"),
        (b"\xff\xd8\xff" + b"0" * 200, "a.jpg", "cannot be opened"),
        (b"%PDF-1.7" + b"0" * (10 * 1024 * 1024 + 1), "a.pdf", "too large"),
    ],
)
def test_another_file_is_refused_in_words_with_everything_else_kept(board, content, name, says):
    survey = make_survey(board, WITH_FILE, audience=Audience.ANYONE)
    _visitor, answer = hand_in(survey, content, name, wish="A slide")

    assert answer.status_code == 422
    assert says in words_on(answer)
    assert 'value="A slide"' in answer.content.decode()
    assert not Upload.objects.exists()


def test_a_picture_of_a_hundred_million_dots_is_refused_before_it_is_opened(board):
    held = BytesIO()
    Image.new("1", (10_000, 10_000)).save(held, "PNG")
    survey = make_survey(board, WITH_FILE, audience=Audience.ANYONE)
    _visitor, answer = hand_in(survey, held.getvalue())

    assert answer.status_code == 422
    assert "too large" in words_on(answer)


def test_a_file_stays_where_another_answer_is_wrong_and_can_be_taken_out(board):
    asks = schema(page("p1", question("pic", "file", "A picture?"), question("mail", "email", "E-mail?")))
    survey = make_survey(board, asks, audience=Audience.ANYONE)
    visitor, answer = hand_in(survey, picture(), mail="nowhere")
    assert answer.status_code == 422
    assert "We have your file" in words_on(answer)
    first = Upload.objects.get()
    assert visitor.fill("p1", {"mail": "sam@example.org"}).status_code == 302
    assert Response.objects.get().answers["pic"] == first.public_id
    visitor.fill("p1", {"mail": "sam@example.org", "pic__remove": "yes"})

    assert not Upload.objects.exists()
    assert "pic" not in Response.objects.get().answers


def test_a_file_is_for_the_boards_officers_alone_and_each_opening_is_logged(board):
    survey = make_survey(board, WITH_FILE, audience=Audience.ANYONE)
    visitor, _answer = hand_in(survey, picture(), wish="x")
    address = visitor.at(f"files/{Upload.objects.get().public_id}/")
    officer = Client()
    officer.force_login(make_role("coordinator", board))
    assert officer.get(address).status_code == 404  # it is not sent yet
    visitor.send()
    other = Client()
    other.force_login(make_role("coordinator", make_board("Mere")))
    answer = officer.get(address)

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert other.get(address).status_code == 404
    assert Client().get(address).status_code in (302, 403)
    assert ModelLogEntry.objects.filter(action="surveys.open_file").count() == 1


def test_a_withdrawn_file_is_gone_from_the_disk(board, django_capture_on_commit_callbacks):
    survey = make_survey(board, WITH_FILE, audience=Audience.ANYONE)
    visitor, _answer = hand_in(survey, picture(), wish="x")
    slip = re.search(r"/s/[0-9A-Z-]+/", visitor.send().content.decode())[0]
    path = Path(Upload.objects.get().file.path)
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        Client().post(slip + "take-back/", {"sure": "on"})

    assert not path.exists()


def test_a_log_line_holds_no_code():
    from moothall.logged import without_codes

    line = without_codes(
        None, "info", {"request": "GET /s/7K2M-9QX4-TB3F/take-back/", "event": "Not Found: /s/7K2M9QX4TB3F/"}
    )

    assert line == {"request": "GET /s/…/take-back/", "event": "Not Found: /s/…/"}


def test_words_wait_in_the_boards_queue_until_an_officer_shows_them(survey, board):
    Visitor(survey).answer_all()
    officer = make_role("coordinator", board)
    words = Words.objects.get()
    assert [(item.moderated_words(), item.moderated_title()) for item in the_things(officer)] == [
        ("A slide", "What should change?")
    ]
    decide(item=words, to=Words.State.SHOWN, reason="fine", by=officer, now=timezone.now())

    assert waiting_count(officer) == 0
    assert [each.text for each in Words.objects.shown()] == ["A slide"]


def the_things(officer):
    return [queued.item for queued in the_items(waiting(officer))]
