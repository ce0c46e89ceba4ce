"""The printed sheet numbers its questions in order and says where to go on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engagement.surveys.rules.joining import condition_of, lines_of
from engagement.surveys.rules.on_paper import Way, is_tangled, numbers_of, settled, sheets_of
from engagement.surveys.rules.paths import Survey
from tests.surveys.any_survey import q, survey, surveys, true

NO = {"q": "q1", "is": "no"}


def test_questions_are_numbered_through_and_information_has_no_number():
    schema = survey([q(1), {"id": "q2", "kind": "information", "label": "Read this"}], [q(3)])

    sheets = sheets_of(schema, language="en")

    assert [[item.number for item in sheet.items] for sheet in sheets] == [[1, None], [2]]
    assert numbers_of(sheets) == {"q1": 1, "q3": 2}


def test_a_jump_names_the_first_question_of_the_page_it_leads_to():
    schema = survey(
        [q(1)], [q(2)], [q(3)], p1={"next": [{"if": NO, "to": "p3"}, {"if": {**NO, "is": "yes"}, "to": "end"}]}
    )

    first = sheets_of(schema, language="en")[0]

    assert first.ways == (Way(NO, 3), Way({"q": "q1", "is": "yes"}, None))
    assert first.onwards == 2


def test_what_only_the_web_shows_is_not_printed_and_takes_no_number():
    schema = survey([q(1, show_if={"channel": "web"}), q(2, show_if={"not": {"channel": "web"}})])

    (sheet,) = sheets_of(schema, language="en")

    assert [(item.question["id"], item.number, item.only_if) for item in sheet.items] == [("q2", 1, None)]


def test_a_condition_on_language_and_an_answer_leaves_the_answer():
    both = {"all": [{"language": "cy"}, NO]}

    assert settled(both, channel="paper", language="cy") == NO
    assert settled(both, channel="paper", language="en") is False


def test_a_jump_to_a_page_with_nothing_to_number_leads_to_what_follows_it():
    read = {"id": "q2", "kind": "information", "label": "Read this"}
    schema = survey([q(1)], [q(4)], [read], [q(3)], p1={"next": [{"if": NO, "to": "p3"}]})

    assert sheets_of(schema, language="en")[0].ways == (Way(NO, 3),)


def test_two_tests_of_one_question_are_easy_and_two_questions_are_not():
    assert not is_tangled({"any": [NO, {"q": "q1", "is": "unknown"}]})
    assert is_tangled({"any": [NO, {"q": "q2", "is": "no"}]})


@given(surveys())
def test_the_numbers_run_from_one_without_a_gap(schema):
    sheets = sheets_of(schema, language="en")

    assert sorted(numbers_of(sheets).values()) == list(range(1, 1 + len(numbers_of(sheets))))
    assert all(way.to is None or way.to > (sheet.last or 0) for sheet in sheets for way in sheet.ways)


@given(surveys(), st.data())
def test_a_condition_written_in_lines_means_what_it_meant(schema, data):
    """Whatever is answered: the lines hold exactly when the condition did."""
    conditions = [each.get("show_if") for page in schema["pages"] for each in page["questions"]]
    questions = {each["id"]: each for page in schema["pages"] for each in page["questions"]}
    said = {
        name: data.draw(st.sampled_from([None, *values(question)]), label=name) for name, question in questions.items()
    }
    for condition in conditions:
        lines = lines_of(condition)
        if lines is not None:
            assert true(condition_of(lines), said) == true(condition, said)


def values(question):
    return {
        "yes_no": ["yes", "no", "unknown"],
        "one_choice": ["a", "b", "c"],
        "several": [{"a"}, {"b"}, {"a", "b"}, {"n"}],
        "number": [0, 1, 2, 3],
        "scale": [0, 1, 2],
    }[question["kind"]]


@given(surveys())
def test_a_survey_written_in_lines_is_walked_the_same(schema):
    for page in schema["pages"]:
        for place in [page, *page["questions"]]:
            lines = lines_of(place["show_if"])
            if lines is None:
                return
    written = {
        **schema,
        "pages": [
            {
                **page,
                "show_if": condition_of(lines_of(page["show_if"])),
                "questions": [
                    {**each, "show_if": condition_of(lines_of(each["show_if"]))} for each in page["questions"]
                ],
            }
            for page in schema["pages"]
        ],
    }
    assert Survey(written).walk() == Survey(schema).walk()
