"""Answers made elsewhere come in whole or not at all, and the same file twice changes nothing."""

from __future__ import annotations

import csv
import io
from datetime import date
from random import Random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.models import ModelLogEntry

from engagement.activities.models import TakingPart
from engagement.surveys import exports
from engagement.surveys.actions import importing
from engagement.surveys.models import BroughtIn, Incoming, Response, Words
from engagement.surveys.rules import incoming as rules
from engagement.surveys.rules.schema import read_schema
from tests.factories import make_postcode
from tests.surveys.asking import choices, page, question, schema
from tests.surveys.everything import answer, forty
from tests.surveys.factories import make_response, make_survey
from tests.surveys.test_reading_desk import sign_in

pytestmark = pytest.mark.django_db

ASKS = schema(
    page(
        "p1",
        question(
            "often",
            "one_choice",
            "How often do you come?",
            choices=choices("Every day", "Every week", "Other", other=True),
        ),
        question("likes", "several", "What do you like?", choices=choices("Swings", "Trees, old and new", "Benches")),
        question("good", "scale", "How good is it?", steps=5),
        question("age", "number", "How old are you?"),
        question("change", "long_text", "What should change?", required=True),
    )
)
CITIZEN_SPACE = """Response ID,Date submitted,How often do you come?,What do you like? - Swings,"What do you like? - Trees, old and new",What do you like? - Benches,How good is it?,How old are you?,What should change?,IP address
ANON-1,2026-05-01 10:22:31,Every day,Swings,,Benches,4,"1,034",More swings,192.0.2.1
ANON-2,02/05/2026,Other: On Sundays,,"Trees, old and new",,5,,=2+2,192.0.2.2
ANON-3,2026-05-03,,,,,,33,,192.0.2.3
"""
QUALTRICS = """StartDate,EndDate,Status,Finished,ResponseId,Q1,Q2,Q3,Q5
Start Date,End Date,Response Type,Finished,Response ID,How often do you come?,What do you like?,How good is it?,What should change?
"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}","{""ImportId"":""status""}","{""ImportId"":""finished""}","{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}","{""ImportId"":""QID3""}","{""ImportId"":""QID5_TEXT""}"
2026-05-01 09:00:00,2026-05-01 09:05:00,IP Address,True,R_1,Every week,"Swings,Trees, old and new",5 (Good),Lights
2026-05-02 09:00:00,2026-05-02 09:05:00,IP Address,False,R_2,Every week,,,
2026-05-03 09:00:00,2026-05-03 09:05:00,IP Address,True,R_3,1,Benches,2,"Two
lines"
"""


@pytest.fixture
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def survey(board, files):
    return make_survey(board, ASKS, title="The park", slug="the-park")


@pytest.fixture
def desk(client, coordinator):
    return sign_in(client, coordinator)


def upload(text, name="answers.csv"):
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text, content_type="text/csv")


def kept(survey, text, by, now, **said):
    held = importing.keep_file(survey=survey, upload=upload(text), by=by, now=now)
    for name, value in said.items():
        setattr(held, name, value)
    held.save()
    return held


def test_the_columns_of_citizen_space_are_guessed(survey, coordinator, now):
    held = kept(survey, CITIZEN_SPACE, coordinator, now)

    assert held.targets == ["@id", "@on", "often", "likes.a", "likes.b", "likes.c", "good", "age", "change", ""]


def test_the_rows_of_citizen_space_come_in_as_they_were_answered(survey, coordinator, now):
    held = kept(survey, CITIZEN_SPACE, coordinator, now, channel="paper")

    report = importing.bring_in(incoming=held, by=coordinator, now=now)

    assert (report.new, report.already) == (3, 0)
    rows = {each.on: each for each in Response.objects.sent()}
    assert rows[date(2026, 5, 1)].answers == {
        "often": "a",
        "likes": ["a", "c"],
        "good": 4,
        "age": "1034",
        "change": "More swings",
    }
    assert rows[date(2026, 5, 2)].answers == {
        "often": "c",
        "often__other": "On Sundays",
        "likes": ["b"],
        "good": 5,
        "change": "=2+2",
    }
    assert rows[date(2026, 5, 3)].answers == {"age": "33"}
    assert {each.channel for each in rows.values()} == {"paper"}
    assert TakingPart.objects.filter(activity=survey.pk, channel="paper").count() == 3
    assert {(words.question, words.text, words.state) for words in Words.objects.all()} == {
        ("change", "More swings", "pending"), ("change", "=2+2", "pending"), ("often__other", "On Sundays", "pending"),
    }  # fmt: skip


def test_the_rows_of_qualtrics_come_in_without_its_headings_and_without_unfinished_ones(survey, coordinator, now):
    held = kept(survey, QUALTRICS, coordinator, now)
    assert held.targets == ["", "@on", "", "@finished", "@id", "often", "likes", "good", "change"]

    report = importing.bring_in(incoming=held, by=coordinator, now=now)

    assert (report.new, report.unfinished) == (2, 1)
    rows = {each.on: each.answers for each in Response.objects.sent()}
    assert rows[date(2026, 5, 1)] == {"often": "b", "likes": ["a", "b"], "good": 5, "change": "Lights"}
    assert rows[date(2026, 5, 3)] == {"often": "a", "likes": ["c"], "good": 2, "change": "Two\nlines"}


@pytest.mark.parametrize("text", [CITIZEN_SPACE, CITIZEN_SPACE.replace("Response ID", "Nothing")])
def test_the_same_file_twice_changes_nothing(survey, coordinator, now, text):
    importing.bring_in(incoming=kept(survey, text, coordinator, now), by=coordinator, now=now)
    before = list(Response.objects.order_by("pk").values_list("pk", "answers"))

    report = importing.bring_in(incoming=kept(survey, text, coordinator, now), by=coordinator, now=now)

    assert (report.new, report.already) == (0, 3)
    assert list(Response.objects.order_by("pk").values_list("pk", "answers")) == before


def test_two_people_who_said_the_same_are_two(survey, coordinator, now):
    text = "How old are you?\n33\n33\n"
    held = kept(survey, text, coordinator, now, on=date(2026, 5, 1))

    assert importing.bring_in(incoming=held, by=coordinator, now=now).new == 2
    again = kept(survey, text + "33\n", coordinator, now, on=date(2026, 5, 1))
    assert importing.bring_in(incoming=again, by=coordinator, now=now).new == 1


def test_a_row_that_came_before_with_other_answers_is_told(survey, coordinator, now):
    importing.bring_in(incoming=kept(survey, CITIZEN_SPACE, coordinator, now), by=coordinator, now=now)

    report = importing.look(kept(survey, CITIZEN_SPACE.replace("More swings", "Fewer swings"), coordinator, now))

    assert [(problem.row, problem.reason) for problem in report.problems] == [
        (2, "This row is here already, with other answers.")
    ]


def test_a_response_that_was_taken_back_does_not_come_again(survey, coordinator, now):
    importing.bring_in(incoming=kept(survey, CITIZEN_SPACE, coordinator, now), by=coordinator, now=now)
    TakingPart.objects.all().delete()
    Response.objects.update(state="withdrawn", answers={}, taking_part=None)

    assert importing.look(kept(survey, CITIZEN_SPACE, coordinator, now)).new == 0


WRONG = """Response ID,Date submitted,How often do you come?,What do you like? - Swings,How good is it?,How old are you?
1,2026-05-01,Hourly,,4,33
2,31/31/2026,Every day,,4,33
3,2026-05-01,Every day,perhaps,4,33
4,2026-05-01,Every day,,9,33
5,2026-05-01,Every day,,4,old
5,2026-05-01,Every day,,4,33
7,2026-05-01,Every day,,4,33,one too many
8,2999-05-01,Every day,,4,33
9,2026-05-01,Every day,,4,33
"""


def test_what_is_wrong_is_told_by_row_column_and_reason(survey, coordinator, now):
    held = kept(survey, WRONG, coordinator, now)

    report = importing.look(held)

    told = {(problem.row, problem.column) for problem in report.problems}
    assert told == {
        (2, "How often do you come?"), (3, "Date submitted"), (4, "What do you like? - Swings"), (5, "How good is it?"),
        (6, "How old are you?"), (7, "Response ID"), (8, ""), (9, "Date submitted"),
    }  # fmt: skip
    assert all(problem.reason for problem in report.problems)
    assert report.problems[0].reason == "“Hourly” is none of the choices."


def test_a_row_is_told_all_that_is_wrong_with_it(survey, coordinator, now):
    text = "Response ID,Date submitted,How often do you come?,How good is it?,How old are you?\n1,2026-05-01,Hourly,9,old\n"

    report = importing.look(kept(survey, text, coordinator, now))

    assert [problem.column for problem in report.problems] == [
        "How often do you come?",
        "How old are you?",
        "How good is it?",
    ]


def test_one_wrong_row_keeps_all_of_them_out(survey, coordinator, now):
    held = kept(survey, WRONG, coordinator, now)

    with pytest.raises(importing.ImportRefused):
        importing.bring_in(incoming=held, by=coordinator, now=now)

    assert not Response.objects.exists()
    assert not TakingPart.objects.exists()
    held.refresh_from_db()
    assert held.state == "waiting"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        ("Größe\n1\n".encode("latin-1"), "not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "not UTF-8"),
        (b"a;b\n1;2\n", "not parted by commas"),
        (b'a,b\n"open,2\n', "cannot be read as CSV"),
        (b"a,b\n\x00,2\n", "NUL"),
        ((",".join(f"c{n}" for n in range(300)) + "\n").encode(), "more than 200 columns"),
        (b"a\n" + b'"' + b"x" * 200_000 + b'"\n', "cannot be read as CSV"),
    ],
)
def test_what_is_no_table_is_refused_in_words(desk, survey, content, says):
    answered = desk.post(f"/desk/survey-answers/{survey.pk}/bring-in/", {"file": upload(content)})

    assert answered.status_code == 200
    assert says in answered.content.decode()
    assert not Incoming.objects.exists()


def test_postcodes_give_the_area_and_are_not_kept(survey, coordinator, now, board):
    make_postcode("ZZ1 1AA", board)
    text = "Postcode,How old are you?\nzz11aa,33\nZZ9 9ZZ,34\n,35\n"
    held = kept(survey, text, coordinator, now, on=date(2026, 5, 1))

    report = importing.bring_in(incoming=held, by=coordinator, now=now)

    assert report.without_area == 1
    places = dict(Response.objects.values_list("answers__age", "place__name"))
    assert {str(age): name for age, name in places.items()} == {"33": "Fenny Hale", "34": None, "35": None}


def test_channels_are_taken_from_the_file(survey, coordinator, now):
    text = "Channel,How old are you?\nOn paper,33\nphone,34\n,35\n"

    importing.bring_in(incoming=kept(survey, text, coordinator, now, on=date(2026, 5, 1)), by=coordinator, now=now)

    channels = {each.answers["age"]: each.channel for each in Response.objects.all()}
    assert channels == {"33": "paper", "34": "phone", "35": "web"}


@pytest.mark.parametrize("in_words", [True, False])
def test_our_own_copy_comes_in_elsewhere_as_it_left(board, next_board, coordinator, now, files, in_words):
    asks = forty(30)
    random = Random(9)
    here = make_survey(board, asks, title="Here", slug="here")
    for at in range(25):
        make_response(here, answer(asks, random), reference=f"R{at}", on=date(2026, 5, 1 + at))
    text = "".join(exports.as_csv(here, in_words=in_words))
    there = make_survey(board, asks, title="There", slug="there")

    held = kept(there, text, coordinator, now)
    report = importing.bring_in(incoming=held, by=coordinator, now=now)

    assert report.new == 25

    def stripped(value):
        # Our own rules keep no blanks at the ends, and no new lines in a short text.
        if isinstance(value, dict):
            return {name: stripped(each) for name, each in value.items()}
        return " ".join(value.split()) if isinstance(value, str) else value

    left = {each.on: stripped(each.answers) for each in Response.objects.filter(survey=here)}
    came = {each.on: stripped(each.answers) for each in Response.objects.filter(survey=there)}
    assert came == left


def test_an_import_can_be_taken_out_and_brought_in_again(desk, survey, coordinator, now):
    kept_already = make_response(survey, {"age": "50"})
    held = kept(survey, CITIZEN_SPACE, coordinator, now)
    importing.bring_in(incoming=held, by=coordinator, now=now)

    address = f"/desk/survey-answers/files/{held.pk}/take-out/"
    assert "3 answers came by this file." in desk.get(address).content.decode()
    desk.post(address)

    assert list(Response.objects.all()) == [kept_already]
    assert not TakingPart.objects.exists()
    assert not Words.objects.exists()
    assert importing.bring_in(incoming=kept(survey, CITIZEN_SPACE, coordinator, now), by=coordinator, now=now).new == 3
    assert {"surveys.import", "surveys.import_out"} <= set(ModelLogEntry.objects.values_list("action", flat=True))


# --- the screens


def test_a_file_is_looked_at_and_then_brought_in(desk, survey, files):
    sent = desk.post(f"/desk/survey-answers/{survey.pk}/bring-in/", {"file": upload(CITIZEN_SPACE)})
    held = Incoming.objects.get()
    assert sent["Location"] == f"/desk/survey-answers/files/{held.pk}/"
    shown = desk.get(sent["Location"])
    assert "More swings" in shown.content.decode()
    fields = {name: value for name, value in shown.context["form"].initial.items() if value}

    looked = desk.post(sent["Location"], {**fields, "look": "1"})
    assert "3 new answers fit." in looked.content.decode()
    assert not Response.objects.exists()

    done = desk.post(sent["Location"], {**fields, "bring_in": "1"})
    assert done.status_code == 302
    assert Response.objects.count() == BroughtIn.objects.count() == 3
    held.refresh_from_db()
    assert held.state == "in"
    assert desk.get(f"/desk/survey-answers/{survey.pk}/bring-in/").status_code == 200


def test_columns_that_cannot_be_right_are_refused_at_the_field(desk, survey, coordinator, now):
    held = kept(survey, CITIZEN_SPACE, coordinator, now)
    address = f"/desk/survey-answers/files/{held.pk}/"

    twice = desk.post(address, {"column_2": "often", "column_3": "often", "channel": "web", "on": "2026-05-01"})
    none = desk.post(address, {"column_0": "@id", "channel": "web", "on": "2026-05-01"})
    no_day = desk.post(address, {"column_2": "often", "channel": "web", "on": ""})
    both = desk.post(address, {"column_2": "likes", "column_3": "likes.a", "channel": "web", "on": "2026-05-01"})

    assert "Another column holds this already." in twice.content.decode()
    assert "Say of one column at least which question it answers." in none.content.decode()
    assert "No column holds the day." in no_day.content.decode()
    assert "Take either all of this question from one column" in both.content.decode()


def test_a_file_that_is_given_up_goes(desk, survey, coordinator, now, files):
    held = kept(survey, CITIZEN_SPACE, coordinator, now)
    path = files / held.file.name
    assert path.exists()

    desk.post(f"/desk/survey-answers/files/{held.pk}/give-up/")

    assert not path.exists()
    assert not Incoming.objects.exists()


def test_a_file_nobody_brought_in_goes_after_a_day(survey, coordinator, now):
    held = kept(survey, CITIZEN_SPACE, coordinator, now)
    assert importing.drop_waiting(now=now) == 0

    Incoming.objects.update(asked_at=now - importing.WAITS)

    assert importing.drop_waiting(now=now) == 1
    assert not Incoming.objects.filter(pk=held.pk).exists()


def test_another_boards_file_does_not_exist(client, other_coordinator, survey, coordinator, now):
    held = kept(survey, CITIZEN_SPACE, coordinator, now)
    client.force_login(other_coordinator)

    assert client.get(f"/desk/survey-answers/files/{held.pk}/").status_code == 404
    assert client.post(f"/desk/survey-answers/files/{held.pk}/give-up/").status_code == 404
    assert client.get(f"/desk/survey-answers/{survey.pk}/bring-in/").status_code == 404


# --- rules


def test_several_in_one_cell_may_hold_commas_of_their_own():
    pairs = (("a", "Swings"), ("b", "Trees, old and new"), ("c", "Trees"))

    assert rules.choices_in("Trees, old and new,Swings", pairs) == ["b", "a"]
    assert rules.choices_in("Trees; Swings", pairs) == ["c", "a"]
    assert rules.choices_in("1,2", pairs) == ["a", "b"]
    with pytest.raises(rules.Unreadable):
        rules.choices_in("Trees, ponds", pairs)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-05-01T10:00:00Z", date(2026, 5, 1)),
        ("1/5/2026 10:00", date(2026, 5, 1)),
        ("01.05.2026", date(2026, 5, 1)),
    ],
)
def test_days_are_read_with_the_day_first(text, day):
    assert rules.day_of(text) == day


@pytest.mark.parametrize("text", ["", "May", "2026-13-01", "31/02/2026", "20260501", "²0/1/2026"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(rules.Unreadable):
        rules.day_of(text)


def test_a_heading_with_a_slip_is_still_known():
    shape = read_schema(ASKS)

    assert rules.guess(["How often do you come ?", "What shuld change?"], ["", ""], rules.columns_for(shape)) == [
        "often",
        "change",
    ]


def test_a_file_is_read_a_row_at_a_time(survey, coordinator, now, monkeypatch):
    """What is held in memory after 600 rows of 2,400, and after 2,200."""
    import gc
    import tracemalloc

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Response ID", "Date submitted", "What should change?"])
    writer.writerows([n, "2026-05-01", f"{n} swings " * 20] for n in range(2_400))
    held = kept(survey, out.getvalue(), coordinator, now)
    seen, grown, all_of_them = [], [], importing.records

    def watched(file):
        for number, cells in all_of_them(file):
            if number in (600, 2_200):
                gc.collect()
                grown.append(tracemalloc.get_traced_memory()[0])
            seen.append(number)
            yield number, cells

    monkeypatch.setattr(importing, "records", watched)
    tracemalloc.start()
    try:
        report = importing.look(held)
    finally:
        tracemalloc.stop()

    assert report.new == 2_400
    assert grown[-1] - grown[-2] < 1_000_000
