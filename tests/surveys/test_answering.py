"""Answering a survey without a script: page by page, kept, checked, sent once, found again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from engagement.activities.models import Audience, TakingPart
from engagement.surveys.actions import answering
from engagement.surveys.actions.drafting import drop_old_drafts
from engagement.surveys.actions.refusals import Refused
from engagement.surveys.models import EqualityAnswer, Response, SurveyVersion, Words
from tests.factories import make_board, make_need, make_person, make_postcode
from tests.surveys.asking import choices, page, question, schema
from tests.surveys.factories import make_response, make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def board():
    return make_board()


@pytest.fixture
def survey(board):
    return make_survey(board, audience=Audience.ANYONE)


class Visitor:
    """Someone with a browser and no script: sends what the page's own form holds."""

    def __init__(self, survey, person=None):
        self.client, self.survey = Client(), survey
        if person is not None:
            self.client.force_login(person)

    def at(self, end=""):
        return self.survey.get_absolute_url() + end

    def get(self, end="", **kwargs):
        return self.client.get(self.at(end), **kwargs)

    def post(self, end, data, **kwargs):
        return self.client.post(self.at(end), data, **kwargs)

    def start(self):
        token = re.search(r'name="form_token" value="([^"]+)"', self.get().content.decode())[1]
        return self.post("start/", {"form_token": token})

    def hidden(self, answer):
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode()))

    def fill(self, page_id, answers, **more):
        """Open a page and send it with these answers."""
        sent = self.hidden(self.get(f"page/{page_id}/"))
        return self.post(f"page/{page_id}/", {**sent, **answers, **more})

    def send(self, **data):
        return self.post("check/", data, follow=True)

    def answer_all(self):
        """Start, say no, write a wish, and send."""
        self.start()
        self.fill("p1", {"uses": "no"})
        self.fill("p3", {"wish": "A slide"})
        return self.send()


def words_on(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# --- the way through -----------------------------------------------------------------------------


def test_the_introduction_says_how_long_it_is_and_sets_no_cookie(survey):
    visitor = Visitor(survey)
    answer = visitor.get()

    assert "There are up to 4 questions" in words_on(answer)
    assert not answer.cookies


def test_someone_who_says_no_passes_over_the_second_page(survey):
    visitor = Visitor(survey)

    assert visitor.start().url == visitor.at("page/p1/")
    assert visitor.fill("p1", {"uses": "no"}).url == visitor.at("page/p3/")
    assert visitor.fill("p3", {"wish": "A slide"}).url == visitor.at("check/")
    assert "A slide" in words_on(visitor.get("check/"))
    done = visitor.send()

    assert "Your answers are in" in words_on(done)
    response = Response.objects.get()
    assert (response.state, response.answers) == ("sent", {"uses": "no", "wish": "A slide"})
    assert response.person is None
    assert response.on == timezone.localdate()


def test_an_error_is_said_at_the_field_and_above_with_everything_kept(survey):
    visitor = Visitor(survey)
    visitor.start()
    visitor.fill("p1", {"uses": "yes"})
    answer = visitor.fill("p2", {"often": "c"})
    html = answer.content.decode()

    assert answer.status_code == 422
    assert html.count("Say what the other is") == 2
    assert 'href="#id_often_other"' in html
    assert re.search(r'value="c" checked', html)
    assert "<title>Error:" in html


def test_what_an_answer_brings_out_is_asked_before_going_on(survey):
    visitor = Visitor(survey)
    visitor.start()
    visitor.fill("p1", {"uses": "yes"})
    first = visitor.fill("p2", {"often": "a"})

    assert first.status_code == 200
    assert "brought out one more question" in words_on(first)
    sent = visitor.hidden(first)
    assert visitor.post("page/p2/", {**sent, "often": "a", "best": "The trees"}).url == visitor.at("page/p3/")
    assert Response.objects.get().answers["best"] == "The trees"


def test_a_question_that_waits_is_in_the_page_for_the_script_and_asks_nothing_without_it(survey):
    visitor = Visitor(survey)
    visitor.start()
    visitor.fill("p1", {"uses": "yes"})
    html = visitor.get("page/p2/").content.decode()

    assert re.search(r"<template data-waits>.*What do you like best", html, re.S)
    assert 'name="shown" value="often"' in html


def test_an_answer_to_a_hidden_question_is_not_kept(survey):
    visitor = Visitor(survey)
    visitor.start()
    visitor.fill("p1", {"uses": "yes"})
    visitor.fill("p2", {"often": "b", "best": "Smuggled in"})
    visitor.fill("p3", {"wish": ""})
    visitor.send()

    assert Response.objects.get().answers == {"uses": "yes", "often": "b"}


def test_changing_an_answer_at_the_check_leads_back_to_it(survey):
    visitor = Visitor(survey)
    visitor.start()
    visitor.fill("p1", {"uses": "no"})
    visitor.fill("p3", {"wish": "A slide"})
    assert "page/p3/?change=1" in visitor.get("check/").content.decode()
    sent = visitor.hidden(visitor.get("page/p3/?change=1"))

    assert visitor.post("page/p3/", {**sent, "wish": "Two slides"}).url == visitor.at("check/")


def test_a_changed_mind_that_brings_out_a_page_leads_there_and_drops_nothing_typed(survey):
    visitor = Visitor(survey)
    visitor.start()
    visitor.fill("p1", {"uses": "yes"})
    visitor.fill("p2", {"often": "b"})
    visitor.fill("p3", {"wish": "A slide"})
    sent = visitor.hidden(visitor.get("page/p1/?change=1"))
    visitor.post("page/p1/", {**sent, "uses": "no"})
    assert "How often" not in words_on(visitor.get("check/"))
    visitor.post("page/p1/", {**sent, "uses": "yes"})

    assert "Every week" in words_on(visitor.get("check/"))


def test_back_keeps_what_was_typed_even_where_it_does_not_fit(survey):
    visitor = Visitor(survey)
    visitor.start()
    visitor.fill("p1", {"uses": "yes"})
    back = visitor.fill("p2", {"often": "c"}, go="back")

    assert back.url == visitor.at("page/p1/")
    assert re.search(r'value="c" checked', visitor.get("page/p2/").content.decode())


def test_a_page_cannot_be_passed_by_its_address(survey):
    visitor = Visitor(survey)
    visitor.start()

    assert visitor.get("check/").url == visitor.at("page/p1/")


def test_another_address_for_a_page_leads_back_on_the_way(survey):
    visitor = Visitor(survey)
    visitor.start()

    assert visitor.get("page/nowhere/").status_code == 302
    assert Visitor(survey).get("page/p1/").status_code == 404


# --- once ----------------------------------------------------------------------------------------


def test_ten_equal_posts_store_one_and_each_says_so(survey):
    visitor = Visitor(survey)
    visitor.start()
    visitor.fill("p1", {"uses": "no"})
    visitor.fill("p3", {"wish": "A slide"})
    token = visitor.hidden(visitor.get("check/"))["response"]
    answers = [visitor.post("check/", {"response": token}) for _ in range(10)]

    assert {answer.status_code for answer in answers} == {302}
    assert [b"already" in answer.content for answer in answers] == [False] + [True] * 9
    assert Response.objects.sent().count() == TakingPart.objects.count() == 1
    assert Words.objects.count() == 1


def test_starting_ten_times_from_one_page_begins_one(survey):
    visitor = Visitor(survey)
    token = re.search(r'name="form_token" value="([^"]+)"', visitor.get().content.decode())[1]
    for _ in range(10):
        Client().post(visitor.at("start/"), {"form_token": token})

    assert Response.objects.count() == 1


def test_one_browser_answers_once(survey):
    visitor = Visitor(survey)
    visitor.answer_all()
    reference = Response.objects.get().reference

    assert "Your answers are in" in words_on(visitor.get())
    assert not re.search(r'name="form_token"', visitor.get().content.decode())
    # A second draft that was begun elsewhere and is sent from the same browser is the first one's.
    draft = Response.objects.create(survey=survey, version=survey.current, answers={"uses": "no"})
    again = visitor.post("check/", {"response": draft.token.hex})
    assert reference in again.url
    assert Response.objects.sent().count() == 1


def test_the_same_form_with_other_contents_after_sending_changes_nothing(survey):
    visitor = Visitor(survey)
    visitor.answer_all()
    token = Response.objects.get().token.hex
    late = visitor.post("page/p3/", {"response": token, "wish": "Something else", "shown": "wish"})

    assert "already" in late.url
    assert Response.objects.get().answers["wish"] == "A slide"


# --- coming back ---------------------------------------------------------------------------------


def test_a_session_that_ends_loses_nothing(survey):
    visitor = Visitor(survey)
    visitor.start()
    visitor.fill("p1", {"uses": "no"})
    sent = visitor.hidden(visitor.get("page/p3/"))
    visitor.client.cookies.clear()

    assert visitor.post("page/p3/", {**sent, "wish": "A slide"}).url == visitor.at("check/")
    assert "A slide" in words_on(visitor.get("check/"))


def test_saved_answers_are_found_on_another_device_with_the_code(survey):
    visitor = Visitor(survey)
    visitor.start()
    visitor.fill("p1", {"uses": "yes"})
    assert visitor.fill("p2", {"often": "c"}, go="save").url == visitor.at("save/")
    code = re.search(r"/s/([0-9A-Z-]+)/", visitor.get("save/").content.decode())[1]

    elsewhere = Visitor(survey)
    found = elsewhere.client.post("/s/", {"code": code.lower().replace("-", " ")}, follow=True)

    assert found.redirect_chain[-1][0] == visitor.at("page/p2/")
    assert re.search(r'value="c" checked', found.content.decode())
    assert code.replace("-", "") not in str(Response.objects.values().get())


def test_wrong_codes_are_limited(survey):
    client = Client()
    codes = [f"{n:012d}" for n in range(12)]

    assert [client.post("/s/", {"code": code}).status_code for code in codes[:10]] == [422] * 10
    assert client.post("/s/", {"code": codes[10]}).status_code == 429
    assert client.get(f"/s/{codes[11]}/").status_code == 429


def test_answers_that_were_never_sent_are_forgotten_in_time(survey):
    now = timezone.now()
    kept = make_response(survey, {"uses": "no"}, state="draft")
    make_response(survey, {"uses": "no"}, state="draft", on=timezone.localdate() - timedelta(days=181))
    sent = make_response(survey, {"uses": "no"}, on=timezone.localdate() - timedelta(days=181))

    assert drop_old_drafts(now=now) == 1
    assert set(Response.objects.all()) == {kept, sent}
    survey.activity.opens_at, survey.activity.closes_at = now - timedelta(days=40), now - timedelta(days=15)
    survey.activity.save()
    assert drop_old_drafts(now=now) == 1
    assert list(Response.objects.all()) == [sent]


# --- closing -------------------------------------------------------------------------------------


def test_it_is_taken_to_the_last_second_and_not_after(survey, time_machine):
    visitor = Visitor(survey)
    visitor.start()
    visitor.fill("p1", {"uses": "no"})
    visitor.fill("p3", {"wish": "A slide"})
    closes = survey.activity.closes_at.replace(microsecond=0)
    survey.activity.closes_at = closes
    survey.activity.save()
    time_machine.move_to(closes, tick=False)
    late = visitor.post("check/", {})

    assert late.status_code == 409
    assert "so they were not counted" in words_on(late)
    time_machine.move_to(closes - timedelta(microseconds=1), tick=False)
    assert visitor.post("check/", {}).status_code == 302
    assert Response.objects.sent().count() == 1


def test_a_survey_that_is_not_open_is_not_begun(board):
    survey = make_survey(board, opens_at=timezone.now() + timedelta(days=1), audience=Audience.ANYONE)
    visitor = Visitor(survey)

    assert "form_token" not in visitor.get().content.decode()
    assert visitor.post("start/", {"form_token": "6a0b3c1e-0000-4000-8000-000000000000"}).status_code == 409
    assert not Response.objects.exists()


def test_a_draft_survey_is_not_there(board):
    survey = make_survey(board, is_draft=True, audience=Audience.ANYONE)

    assert Visitor(survey).get().status_code == 404


# --- the ladder ----------------------------------------------------------------------------------


def test_on_the_second_rung_a_postcode_of_the_board_is_asked_last(board):
    survey = make_survey(board, audience=Audience.SAYS_LOCAL)
    make_postcode("HP10 0AA", board)
    visitor = Visitor(survey)
    visitor.start()
    visitor.fill("p1", {"uses": "no"})
    visitor.fill("p3", {"wish": "A slide"})

    assert visitor.post("check/", {}).status_code == 422
    assert "Your answers are in" in words_on(visitor.send(reason="lives", postcode="HP10 0AA"))
    response = Response.objects.get()
    assert response.place == board.areas.wards()[0]
    assert response.person is None
    assert "HP10" not in str(Response.objects.values().get())


def test_where_an_account_is_needed_the_answers_wait_for_the_sign_in(board):
    survey = make_survey(board, audience=Audience.EMAIL)
    make_postcode("HP10 0AA", board)
    visitor = Visitor(survey)
    visitor.start()
    visitor.fill("p1", {"uses": "no"})
    visitor.fill("p3", {"wish": "A slide"})
    away = visitor.post("check/", {"reason": "lives", "postcode": "HP10 0AA"})
    assert away.url.startswith("/account/login/?next=")
    assert not Response.objects.sent().exists()

    person = make_person()
    visitor.client.force_login(person)
    done = visitor.get("finish/", follow=True)

    assert "Your answers are in" in words_on(done)
    assert Response.objects.get().person == person
    assert TakingPart.objects.get().person == person


def test_a_person_answers_once_on_two_devices(board):
    survey = make_survey(board, audience=Audience.EMAIL)
    person = make_person(stands_in=board)
    Visitor(survey, person).answer_all()
    second = Visitor(survey, person)

    assert "Your answers are in" in words_on(second.get())
    assert Response.objects.sent().count() == 1


def test_answers_begun_signed_in_go_on_after_signing_in_again(board):
    survey = make_survey(board, audience=Audience.EMAIL)
    person = make_person(stands_in=board)
    first = Visitor(survey, person)
    first.start()
    first.fill("p1", {"uses": "no"})
    second = Visitor(survey, person)

    assert second.start().url == second.at("page/p3/")
    stranger = Visitor(survey, make_person(stands_in=board))
    assert stranger.post("page/p3/", {"response": Response.objects.get().token.hex, "wish": "x"}).status_code == 404


# --- what is kept of it --------------------------------------------------------------------------


def test_words_wait_to_be_read_and_carry_no_time(survey):
    Visitor(survey).answer_all()
    words = Words.objects.get()

    assert (words.state, words.text, words.label) == ("pending", "A slide", "What should change?")
    assert (timezone.localtime(words.sent_at).hour, timezone.localtime(words.sent_at).minute) == (0, 0)
    assert not Words.objects.shown().exists()


def test_the_version_is_fixed_by_its_first_answer(survey):
    visitor = Visitor(survey)
    visitor.start()
    assert not SurveyVersion.objects.get().is_fixed
    visitor.fill("p1", {"uses": "no"})
    visitor.fill("p3", {"wish": ""})
    visitor.send()

    assert SurveyVersion.objects.get().first_answer_on == timezone.localdate()


def test_the_code_is_shown_once_and_the_reference_always(survey):
    visitor = Visitor(survey)
    done = visitor.answer_all()
    address = done.redirect_chain[-1][0]

    assert "Your slip code" in words_on(done)
    again = visitor.client.get(address)
    assert again.status_code == 200
    assert "Your slip code" not in words_on(again)
    assert Response.objects.get().reference in words_on(Client().get(address))


# --- the equality questions ----------------------------------------------------------------------


def test_the_equality_questions_come_after_and_are_kept_apart(board):
    survey = make_survey(board, audience=Audience.ANYONE, asks_equality=True)
    visitor = Visitor(survey)
    assert visitor.get("equality/").status_code == 302
    done = visitor.answer_all()
    assert "A few questions about you" in words_on(done)
    html = visitor.get("equality/").content.decode()
    assert "What is your ethnic group?" in html
    assert " checked" not in html
    answer = visitor.post("equality/", {"sex": "female", "health_condition": "no", "activity_restriction": "lot"})

    assert answer.url == visitor.at("equality/thanks/")
    kept = EqualityAnswer.objects.get()
    assert kept.answers == {"sex": "female", "health_condition": "no"}
    assert kept.on.weekday() == 0
    assert visitor.post("equality/", {"sex": "male"}).status_code == 302
    assert EqualityAnswer.objects.count() == 1


def test_equality_answers_are_not_in_the_order_they_came(board):
    from engagement.surveys.actions.equality import keep_equality

    survey = make_survey(board, asks_equality=True)
    for n in range(40):
        keep_equality(survey=survey, answers={"n": n}, mark=f"mark {n}", now=timezone.now())
    rows = [row.answers["n"] for row in EqualityAnswer.objects.raw("SELECT * FROM surveys_equalityanswer")]

    assert sorted(rows) == list(range(40))
    assert rows != list(range(40))
    assert not keep_equality(survey=survey, answers={"n": 99}, mark="mark 3", now=timezone.now())
    assert EqualityAnswer.objects.count() == 40


# --- every kind ----------------------------------------------------------------------------------

EVERY_KIND = schema(
    page(
        "p1",
        question("a", "short_text", "A short one"),
        question("b", "long_text", "A long one"),
        question("c", "number", "How many?", unit="£", decimals=2, least=0),
        question("d", "date", "When?"),
        question("e", "email", "E-mail?"),
        question("f", "postcode", "Postcode?"),
        question("g", "yes_no", "Yes?"),
        question("h", "one_choice", "One?", choices=choices("A", "B", "Other", other=True)),
        question(
            "i", "several", "Some?", choices=[*choices("A", "B", "C"), {"id": "x", "label": "None", "exclusive": True}]
        ),
        question("j", "drop_down", "From a list?", choices=choices("A", "B", "Other", other=True)),
        question("k", "scale", "How much?", steps=11, start=0, ends=["not at all", "very much"]),
        question("l", "faces", "How was it?"),
        question("m", "matrix", "Each of these?"),
        question("n", "ranking", "In which order?"),
        question("o", "points", "Share out", points=10),
        question("p", "place", "Where?"),
        question("q", "file", "A picture?"),
        question("r", "information", "Read this", help="It is short."),
        question("s", "consent", "You may quote me", scope="quote"),
    )
)
FILLED = {
    "a": "short", "b": "long\r\nlines", "c": "£3.50", "d__day": "3", "d__month": "2", "d__year": "2026",
    "e": "sam@example.org", "f": "hp100aa", "g": "yes", "h": "c", "h__other": "a swing", "i": ["a", "c"], "j": "b",
    "k": "0", "l": "4", "m__a": "c", "m__b": "a", "n__b": "1", "n__a": "2", "o__a": "4", "o__c": "6",
    "p__words": "By the well", "s": "yes",
}  # fmt: skip


def test_every_kind_is_drawn_filled_checked_and_told(board):
    survey = make_survey(board, EVERY_KIND, audience=Audience.ANYONE)
    visitor = Visitor(survey)
    visitor.start()
    html = visitor.get("page/p1/").content.decode()
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'\bfor="([^"]+)"', html)) <= set(ids)
    for told in re.findall(r'aria-describedby="([^"]+)"', html):
        assert set(told.split()) <= set(ids)

    assert visitor.fill("p1", FILLED).url == visitor.at("check/")
    check = words_on(visitor.get("check/"))
    for line in (
        "£3.5",
        "3 February 2026",
        "HP10 0AA",
        "Other: a swing",
        "0 (not at all)",
        "Paths: Good",
        "1. Benches",
    ):
        assert line in check
    visitor.send()
    answers = Response.objects.get().answers
    assert answers["n"] == ["b", "a"]
    assert answers["o"] == {"a": 4, "c": 6}
    assert answers["s"] is True
    assert set(Words.objects.values_list("question", flat=True)) == {"a", "b", "h__other", "p__words"}


@pytest.mark.parametrize("at", ["a", "b", "c", "d__day", "e", "f", "h", "i", "j", "k", "m__a", "n__a", "o__a"])
def test_nonsense_in_one_field_is_said_there_and_everything_else_stays(board, at):
    survey = make_survey(board, EVERY_KIND, audience=Audience.ANYONE)
    visitor = Visitor(survey)
    visitor.start()
    answer = visitor.fill("p1", {**FILLED, at: "ツ" * 3000})
    html = answer.content.decode()

    assert answer.status_code == 422
    assert html.count("govuk-error-message") == 1
    assert "sam@example.org" in html or at == "e"
    assert "By the well" in html


def test_a_million_letters_are_refused_at_the_field(board):
    survey = make_survey(board, EVERY_KIND, audience=Audience.ANYONE)
    visitor = Visitor(survey)
    visitor.start()
    answer = visitor.fill("p1", {**FILLED, "b": "x" * 1_000_000})

    assert answer.status_code == 422
    assert "Use 2000 characters or fewer" in words_on(answer)
    assert "By the well" in answer.content.decode()


def test_hidden_characters_are_refused_and_never_kept(board):
    survey = make_survey(board, EVERY_KIND, audience=Audience.ANYONE)
    visitor = Visitor(survey)
    visitor.start()
    answer = visitor.fill("p1", {**FILLED, "a": "one\x00two"})

    assert "hidden characters" in words_on(answer)
    assert "onetwo" in answer.content.decode()


# --- what it costs -------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [10, 10_000])
def test_every_page_takes_ten_queries_or_fewer_with_ten_answers_and_with_ten_thousand(
    board, django_assert_max_num_queries, many
):
    survey = make_survey(board, EVERY_KIND, audience=Audience.ANYONE)
    survey.activity.needs.add(make_need(board))
    Response.objects.bulk_create(
        [Response(survey=survey, version=survey.current, state="sent", answers={"g": "yes"}) for _ in range(many)]
    )
    visitor = Visitor(survey)
    visitor.start()
    for end in ("", "page/p1/"):
        with django_assert_max_num_queries(10):
            assert visitor.get(end).status_code == 200
    with django_assert_max_num_queries(10):
        assert visitor.client.get(f"/boards/{board.slug}/surveys/").status_code == 200
    visitor.fill("p1", FILLED)
    for end in ("check/", "save/"):
        with django_assert_max_num_queries(10):
            assert visitor.get(end).status_code == 200
    done = visitor.send()
    slip = re.search(r"/s/[0-9A-Z-]+/", done.content.decode())[0]
    for address in (done.redirect_chain[-1][0], slip, slip + "take-back/"):
        with django_assert_max_num_queries(10):
            assert visitor.client.get(address).status_code == 200


def test_answers_begun_by_one_person_are_not_sent_by_another(board):
    survey = make_survey(board, audience=Audience.EMAIL)
    one, other = make_person(stands_in=board), make_person(stands_in=board)
    draft = make_response(survey, {"uses": "no"}, state="draft", person=one)

    with pytest.raises(Refused):
        answering.send(response=draft, now=timezone.now(), person=other)
    assert Visitor(survey, other).post("check/", {"response": draft.token.hex}).status_code == 404
    assert not TakingPart.objects.exists()


def test_a_language_is_known_by_its_first_part(board):
    asks = schema(
        page("p1", question("a", label="Shown", show_if={"language": "en"})),
        page("p2", question("b", label="Not shown", show_if={"language": "cy"})),
    )
    visitor = Visitor(make_survey(board, asks, audience=Audience.ANYONE))
    visitor.start()

    assert visitor.fill("p1", {"a": "x"}).url == visitor.at("check/")


def test_the_list_names_what_is_open_and_what_has_closed(board):
    make_survey(board, title="Open one")
    make_survey(
        board,
        title="Closed one",
        opens_at=timezone.now() - timedelta(days=9),
        closes_at=timezone.now() - timedelta(days=1),
    )
    make_survey(board, title="Draft one", is_draft=True)
    words = words_on(Client().get(f"/boards/{board.slug}/surveys/"))

    assert "Open one" in words
    assert "Closed one" in words
    assert "Draft one" not in words
    assert "Open one" in words_on(Client().get(f"/boards/{board.slug}/activities/"))


def test_my_page_lists_a_survey_i_answered(board):
    survey = make_survey(board, audience=Audience.EMAIL, title="The park and you")
    visitor = Visitor(survey, make_person(stands_in=board))
    visitor.answer_all()

    assert "You took part: Survey" in words_on(visitor.client.get("/me/"))
