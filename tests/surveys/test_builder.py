"""A coordinator makes a survey on the desk, without any script, and two of them never undo each other."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from engagement.activities.models import Activity
from engagement.surveys.actions import building
from engagement.surveys.models import LibraryQuestion, Response, Survey, SurveyVersion
from engagement.surveys.rules.editing import question_of, seen
from tests.factories import make_role
from tests.surveys.building import PARK, ids, make_draft, make_published, settings_for

pytestmark = pytest.mark.django_db


def desk(name, *args):
    return reverse(f"surveys_desk:{name}", args=args)


@pytest.fixture
def park(board, coordinator):
    return make_draft(board, coordinator)


@pytest.fixture
def at_desk(client, coordinator):
    client.force_login(coordinator)
    return client


def labels(survey):
    schema = Survey.objects.get(pk=survey.pk).draft.schema
    return [[each["label"] for each in page["questions"]] for page in schema["pages"]]


FILLED = {
    "title": "What the park needs",
    "language": "en-gb",
    "opens_at": "1 January 2027 09:00",
    "closes_at": "1 February 2027 17:00",
    "audience": "0",
    "results_show": "after_closing",
    "takes_paper": "on",
}


def test_a_coordinator_makes_a_survey_from_nothing_to_published(at_desk, board):
    made = at_desk.post(desk("add"), FILLED)
    survey = Survey.objects.get()
    assert made["Location"] == desk("build", survey.pk)
    page = survey.draft.schema["pages"][0]["id"]

    first = at_desk.post(
        desk("add_question", survey.pk) + f"?page={page}&kind=one_choice",
        {
            "act": "save",
            "label": "Do you use the park?",
            "choices-count": "3",
            "choices-0-label": "Yes",
            "choices-1-label": "No",
            "choices-2-label": "",
            "show_if-count": "1",
        },
    )
    question = ids(Survey.objects.get())[0]
    assert first["Location"] == desk("build", survey.pk) + f"#{question}"
    second = at_desk.post(
        desk("add_question", survey.pk) + f"?page={page}&kind=long_text",
        {"act": "save", "label": "Why not?", "show_if-count": "1", "show_if-0-test": f"{question}|is|c3"},
    )
    assert second.status_code == 302
    asked = at_desk.get(desk("publish", survey.pk))
    published = at_desk.post(desk("publish", survey.pk), {"stamp": asked.context["draft"].stamp})

    assert published["Location"] == desk("survey", survey.pk)
    survey = Survey.objects.get()
    assert survey.current.number == 1
    assert not survey.activity.is_draft
    choices = survey.current.read.questions[question].choices
    assert [(choice.id, choice.label) for choice in choices] == [("c4", "Yes"), ("c5", "No")] or len(choices) == 2
    assert ModelLogEntry.objects.filter(action="surveys.publish").count() == 1


def test_a_form_with_a_slip_keeps_what_was_typed_and_says_where(at_desk, park):
    page = park.draft.schema["pages"][0]["id"]
    answer = at_desk.post(
        desk("add_question", park.pk) + f"?page={page}&kind=one_choice",
        {
            "act": "save",
            "label": "",
            "help": "Kept words",
            "choices-count": "2",
            "choices-0-label": "Same",
            "choices-1-label": "same",
            "show_if-count": "1",
            "show_if-0-test": "",
        },
    )
    said = answer.content.decode()

    assert answer.status_code == 200
    assert "Write the question." in said
    assert "This stands here twice." in said
    assert "Kept words" in said
    assert 'value="Same"' in said
    assert labels(park) == [["Do you use the park?", "How often do you go?"], ["What would make it better?"], ["Tell us more"]]  # fmt: skip


def test_lines_are_added_and_moved_before_anything_is_saved(at_desk, park):
    question = ids(park)[1]
    found, _page = question_of(park.draft.schema, question)
    data = {"label": found["label"], "seen": seen(found), "choices-count": "2", "show_if-count": "1"}
    data |= {"choices-0-label": "First", "choices-1-label": "Second"}

    moved = at_desk.post(desk("question", park.pk, question), {**data, "act": "choices-down-0"}).content.decode()
    more = at_desk.post(desk("question", park.pk, question), {**data, "act": "choices-more"}).content.decode()

    assert moved.index('value="Second"') < moved.index('value="First"')
    assert 'name="choices-count" value="5"' in more
    assert question_of(Survey.objects.get().draft.schema, question)[0] == found


@pytest.mark.parametrize(
    ("act", "after"),
    [
        (
            "down:0",
            [["How often do you go?", "Do you use the park?"], ["What would make it better?"], ["Tell us more"]],
        ),
        ("take:2", [["Do you use the park?", "How often do you go?"], [], ["Tell us more"]]),
        (
            "copy:3",
            [["Do you use the park?", "How often do you go?"], ["What would make it better?"], ["Tell us more"] * 2],
        ),
    ],
)
def test_a_question_is_moved_copied_or_taken_and_that_is_undone(at_desk, park, act, after):
    before = labels(park)
    what, _colon, which = act.partition(":")

    at_desk.post(desk("build", park.pk), {"act": f"{what}:{ids(park)[int(which)]}"})
    assert labels(park) == after

    last = Survey.objects.get().draft.steps.first()
    at_desk.post(desk("build", park.pk), {"act": f"undo:{last.number}"})
    assert labels(park) == before


def test_an_undo_of_a_page_that_is_out_of_date_undoes_nothing(at_desk, park, coordinator):
    first, second = ids(park)[:2]
    at_desk.post(desk("build", park.pk), {"act": f"take:{first}"})
    seen_number = Survey.objects.get().draft.steps.first().number
    at_desk.post(desk("build", park.pk), {"act": f"take:{second}"})

    answer = at_desk.post(desk("build", park.pk), {"act": f"undo:{seen_number}"}, follow=True)

    assert "Somebody has changed the survey since" in answer.content.decode()
    assert labels(park)[0] == []


def test_two_officers_at_two_questions_both_keep_their_work(at_desk, park, board, client):
    other = make_role("coordinator", board)
    one, two = ids(park)[2], ids(park)[3]
    opened = {each: seen(question_of(park.draft.schema, each)[0]) for each in (one, two)}
    data = {"act": "save", "show_if-count": "1", "choices-count": "2", "choices-0-label": "A", "choices-1-label": "B"}

    client.force_login(other)
    client.post(desk("question", park.pk, two), {**data, "label": "Theirs?", "seen": opened[two]})
    client.post(desk("question", park.pk, one), {**data, "label": "Mine?", "seen": opened[one]})

    assert labels(park)[1:] == [["Mine?"], ["Theirs?"]]


def test_two_officers_at_one_question_see_both_and_neither_is_lost(at_desk, park):
    question = ids(park)[3]
    opened = seen(question_of(park.draft.schema, question)[0])
    data = {"act": "save", "show_if-count": "1"}
    at_desk.post(desk("question", park.pk, question), {**data, "label": "Theirs?", "seen": opened})

    answer = at_desk.post(desk("question", park.pk, question), {**data, "label": "Mine?", "seen": opened})
    said = answer.content.decode()
    assert "Somebody else changed this" in said
    assert "Theirs?" in said
    assert "Mine?" in said
    assert labels(park)[2] == ["Theirs?"]

    again = re.search(r'name="seen" value="(\w+)"', said)[1]
    at_desk.post(desk("question", park.pk, question), {**data, "label": "Mine?", "seen": again})
    assert labels(park)[2] == ["Mine?"]


def test_a_condition_is_built_from_lists_and_read_back(at_desk, park):
    first, _second, third, last = ids(park)
    found, _page = question_of(park.draft.schema, last)
    choice = question_of(park.draft.schema, third)[0]["choices"][0]["id"]

    at_desk.post(
        desk("question", park.pk, last),
        {
            "act": "save", "label": "Tell us more", "seen": seen(found), "show_if-count": "3",
            "show_if-0-test": f"{first}|is|yes",
            "show_if-1-join": "and", "show_if-1-test": f"{third}|has|{choice}",
            "show_if-2-join": "or", "show_if-2-test": "|channel|paper",
        },
    )  # fmt: skip

    assert question_of(Survey.objects.get().draft.schema, last)[0]["show_if"] == {
        "any": [{"all": [{"q": first, "is": "yes"}, {"q": third, "has": choice}]}, {"channel": "paper"}]
    }
    said = at_desk.get(desk("build", park.pk)).content.decode()
    assert "(“Do you use the park?” is “Yes” and “Benches” is chosen at “What would make it better?”) or" in said


def test_a_condition_that_asks_for_a_number_says_when_it_is_missing(at_desk, board, coordinator):
    age = {"id": "q1", "kind": "number", "label": "How old are you?"}
    made = make_draft(board, coordinator, {"language": "en-gb", "pages": [
        {"id": "p1", "title": "", "questions": [age, {"id": "q2", "kind": "yes_no", "label": "Do you vote?"}]}]})  # fmt: skip
    first, second = ids(made)
    data = {"act": "save", "label": "Do you vote?", "show_if-count": "1", "show_if-0-test": f"{first}|at_least|#"}
    data["seen"] = seen(question_of(made.draft.schema, second)[0])

    refused = at_desk.post(desk("question", made.pk, second), data)
    at_desk.post(desk("question", made.pk, second), {**data, "show_if-0-value": "18"})

    assert "Write a number beside this." in refused.content.decode()
    assert question_of(Survey.objects.get().draft.schema, second)[0]["show_if"] == {"q": first, "at_least": 18}


def test_a_rule_leads_only_onwards(at_desk, park):
    pages = [page["id"] for page in park.draft.schema["pages"]]
    data = {"act": "save", "title": "Any", "show_if-count": "1", "rules-count": "1", "rule-0-count": "1"}

    back = at_desk.post(
        desk("page", park.pk, pages[1]), {**data, "seen": seen(park.draft.schema["pages"][1]), "rule-0-to": pages[0]}
    )
    on = at_desk.post(
        desk("page", park.pk, pages[0]), {**data, "seen": seen(park.draft.schema["pages"][0]), "rule-0-to": pages[2]}
    )

    assert "This page is not after this one" in back.content.decode()
    assert on.status_code == 302
    assert Survey.objects.get().draft.schema["pages"][0]["next"] == [{"if": None, "to": pages[2]}]
    assert "Nobody can reach this page" in at_desk.get(desk("build", park.pk)).content.decode()


def test_the_checks_follow_what_is_typed_before_it_is_saved(at_desk, park):
    question = ids(park)[3]
    before = labels(park)

    answer = at_desk.post(
        desk("question", park.pk, question),
        {"act": "look", "label": "Please elaborate on community infrastructure considerations", "show_if-count": "1"},
    )

    assert answer.context["checked"]["age"].age > 11
    assert "infrastructure" in answer.context["checked"]["age"].hard
    assert labels(park) == before


def test_what_stops_it_stops_it_at_every_door(at_desk, park, coordinator):
    at_desk.post(desk("build", park.pk), {"act": f"take:{ids(park)[0]}"})
    survey = Survey.objects.get()

    page = at_desk.get(desk("publish", park.pk)).content.decode()
    with pytest.raises(building.BuildRefused):
        building.publish(survey=survey, stamp=survey.draft.stamp, by=coordinator, now=timezone.now())

    assert "Its condition asks about a question that is gone" in page
    assert "Publish</button>" not in page
    assert SurveyVersion.objects.count() == 0


def test_answers_keep_the_version_they_were_given_to(at_desk, board, coordinator):
    survey = make_published(board, coordinator)
    given = Response.objects.create(survey=survey, version=survey.current, state="sent")
    question = ids(survey)[3]
    found, _page = question_of(survey.draft.schema, question)
    at_desk.post(
        desk("question", survey.pk, question),
        {"act": "save", "label": "Tell us more, please", "seen": seen(found), "show_if-count": "1"},
    )
    page = at_desk.get(desk("publish", survey.pk))
    at_desk.post(desk("publish", survey.pk), {"stamp": page.context["draft"].stamp})

    survey = Survey.objects.get()
    given.refresh_from_db()
    assert (survey.current.number, given.version.number) == (2, 1)
    assert given.version.read.questions[question].label == "Tell us more"
    said = at_desk.get(desk("version", survey.pk, 2)).content.decode()
    assert "Tell us more, please" in said
    assert "Question changed" in said


def test_publishing_what_somebody_changed_since_is_refused(at_desk, park):
    page = at_desk.get(desk("publish", park.pk))
    at_desk.post(desk("build", park.pk), {"act": f"down:{ids(park)[3]}"})
    at_desk.post(desk("build", park.pk), {"act": f"copy:{ids(park)[3]}"})

    at_desk.post(desk("publish", park.pk), {"stamp": page.context["draft"].stamp})

    assert SurveyVersion.objects.count() == 0


def test_a_question_is_kept_and_asked_again_in_another_survey(at_desk, park, board, coordinator):
    question = ids(park)[1]
    at_desk.post(desk("keep", park.pk, question), {"for_council": "no"})
    kept = LibraryQuestion.objects.get()
    other = make_draft(board, coordinator, None, title="Another")

    at_desk.post(desk("library", other.pk), {"act": f"add:{kept.pk}"})

    schema = Survey.objects.get(pk=other.pk).draft.schema
    (asked,) = schema["pages"][0]["questions"]
    assert asked["label"] == "How often do you go?"
    assert asked["show_if"] is None
    assert not {each["id"] for each in asked["choices"]} & {each["id"] for each in kept.question["choices"]} or asked["id"] != question  # fmt: skip


def test_only_council_wide_officers_keep_for_every_board(at_desk, park, client):
    question = ids(park)[1]
    refused = at_desk.post(desk("keep", park.pk, question), {"for_council": "yes"})
    assert refused.status_code == 200
    assert LibraryQuestion.objects.count() == 0

    client.force_login(make_role("administrator", None))
    client.post(desk("keep", park.pk, question), {"for_council": "yes"})
    assert LibraryQuestion.objects.get().board is None


def test_another_boards_published_survey_can_be_copied_and_its_draft_cannot(
    at_desk, park, next_board, other_coordinator
):
    draft = make_draft(next_board, other_coordinator, title="Hidden")
    published = make_published(next_board, other_coordinator, title="The canal")

    listed = at_desk.get(desk("copy", park.pk)).content.decode()
    assert "The canal" in listed
    assert "Hidden" not in listed
    at_desk.post(desk("copy", park.pk), {"survey": draft.pk})
    assert Survey.objects.get(pk=park.pk).draft.stamp == 0
    at_desk.post(desk("copy", park.pk), {"survey": published.pk})
    assert labels(park) == [[each["label"] for each in page["questions"]] for page in PARK["pages"]]
    assert Survey.objects.get(pk=park.pk).draft.stamp == 1


def test_another_boards_coordinator_finds_no_survey_here(client, park, other_coordinator):
    client.force_login(other_coordinator)

    for name, args in (("survey", ()), ("build", ()), ("publish", ()), ("question", (ids(park)[0],))):
        assert client.get(desk(name, park.pk, *args)).status_code == 404
    assert client.post(desk("build", park.pk), {"act": f"take:{ids(park)[0]}"}).status_code == 404


def test_the_evidence_team_looks_and_changes_nothing(client, park, board):
    client.force_login(make_role("evidence_team", board))

    said = client.get(desk("build", park.pk)).content.decode()

    assert "Do you use the park?" in said
    assert "Take away" not in said
    assert client.post(desk("build", park.pk), {"act": f"take:{ids(park)[0]}"}).status_code == 404


def test_settings_that_are_fixed_stay_once_somebody_answered(at_desk, board, coordinator):
    survey = make_published(board, coordinator)
    Response.objects.create(survey=survey, version=survey.current, state="sent")
    values = settings_for(opens_at=timezone.now() - timedelta(days=3))

    with pytest.raises(building.BuildRefused):
        building.change_settings(survey=survey, values=values, by=coordinator)
    page = at_desk.get(desk("settings", survey.pk)).content.decode()
    assert "Fixed, because people have answered." in page


def test_a_draft_is_deleted_and_a_published_survey_is_closed(at_desk, park, board, coordinator):
    survey = make_published(board, coordinator, title="Open one")

    at_desk.post(desk("delete", park.pk))
    at_desk.post(desk("delete", survey.pk))
    at_desk.post(desk("close", survey.pk), {"why": "All is said."})

    assert list(Survey.objects.all()) == [survey]
    assert Survey.objects.get().activity.has_closed(timezone.now() + timedelta(seconds=1))


def test_a_draft_that_has_a_version_already_is_deleted_with_it_and_never_with_answers(at_desk, board, coordinator):
    gone, kept = (make_published(board, coordinator, title=title) for title in ("Gone", "Kept"))
    Activity.objects.update(is_draft=True)
    Response.objects.create(survey=kept, version=kept.current, state="sent")

    at_desk.post(desk("delete", gone.pk))
    at_desk.post(desk("delete", kept.pk))

    assert list(Survey.objects.all()) == [kept]
    assert Response.objects.count() == 1


def test_queries_stay_few_however_long_the_survey_and_the_list(at_desk, board, coordinator):
    def counted(address):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert at_desk.get(address).status_code == 200
        return len(queries)

    small = make_draft(board, coordinator)
    addresses = [desk("index"), desk("build", small.pk), desk("survey", small.pk), desk("publish", small.pk)]
    addresses += [desk("question", small.pk, ids(small)[1]), desk("library", small.pk), desk("copy", small.pk)]
    before = [counted(address) for address in addresses]
    for number in range(12):
        make_published(board, coordinator, title=f"More {number}")
    for _each in range(8):
        page = Survey.objects.get(pk=small.pk).draft.schema["pages"][0]["id"]
        at_desk.post(desk("build", small.pk), {"act": f"page-copy:{page}"})
    after = [counted(address) for address in addresses]

    assert max(after) <= 15
    assert all(now <= was + 2 for was, now in zip(before, after, strict=True))


@pytest.mark.parametrize("odd", ["x" * 60, "q1|is", "|", "||", "nothing|is|a", "q1|is|#|#", "\x00", "q1|at_least|x"])
def test_odd_conditions_are_answered_with_a_page(at_desk, park, odd):
    question = ids(park)[3]
    for act in ("save", "look", "show_if-more", "choices-up-99999", "nonsense"):
        data = {"act": act, "label": "What?", "show_if-count": "1", "show_if-0-test": odd, "seen": "x"}
        assert at_desk.post(desk("question", park.pk, question), data).status_code in (200, 302)


@pytest.mark.django_db(transaction=True)
@pytest.mark.serial
def test_steps_taken_at_the_same_moment_are_all_kept(board):
    officers = [make_role("coordinator", board) for _each in range(4)]
    park = make_draft(board, officers[0])
    page = park.draft.schema["pages"][0]["id"]
    faults = []

    def add(by, number):
        try:
            building.take_step(
                survey=park, does="add", by=by, now=timezone.now(),
                alter=lambda desk: desk.add_question(page, {"kind": "yes_no", "label": f"Question {number}?"}),
            )  # fmt: skip
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [Thread(target=add, args=[officers[number % 4], number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    draft = Survey.objects.get().draft
    made = [each for each in draft.schema["pages"][0]["questions"] if each["label"].startswith("Question")]
    assert not faults
    assert {each["label"] for each in made} == {f"Question {number}?" for number in range(8)}
    assert len({each["id"] for each in made}) == 8
    assert draft.stamp == 8
    assert sorted(draft.steps.values_list("number", flat=True)) == list(range(1, 9))
