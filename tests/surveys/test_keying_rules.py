"""Paper is taken as it is: what fits is an answer, what went its own way is marked, and nothing is refused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engagement.surveys.rules.answers import names_of
from engagement.surveys.rules.conditions import World
from engagement.surveys.rules.keying import differing, read_as, read_sheet, settle
from engagement.surveys.rules.schema import read_schema
from tests.surveys.any_survey import q, survey
from tests.surveys.building import PARK

SCHEMA = read_schema(PARK)
PAPER = World("paper", "en")


def read(typed, **settings):
    return read_sheet(SCHEMA, typed, PAPER, **settings)


def test_what_fits_is_an_answer_and_what_is_empty_is_left_out():
    keyed = read({"q1": ["yes"], "q2": ["a"], "q3": ["a", "b"]})

    assert keyed.answers == {"q1": "yes", "q2": "a", "q3": ["a", "b"]}
    assert keyed.marks == {"q4": {"is": "left_out"}}
    assert not keyed.doubts


def test_two_ticks_where_one_is_asked_are_marked_with_both():
    keyed = read({"q1": ["yes"], "q2": ["a", "b"], "q3": ["a"], "q4": ["Fine"]})

    assert "q2" not in keyed.answers
    assert keyed.marks == {"q2": {"is": "twice", "said": ["a", "b"]}}


def test_an_answer_that_was_to_be_passed_over_is_kept_beside_and_is_no_answer():
    keyed = read({"q1": ["no"], "q2": ["a"], "q3": ["a"], "q4": ["Fine"]})

    assert keyed.answers == {"q1": "no", "q4": "Fine"}
    assert keyed.marks["q2"] == {"is": "passed_over", "said": "a"}
    assert keyed.marks["q3"] == {"is": "passed_over", "said": ["a"]}


def test_other_ticked_without_words_counts_and_is_marked():
    keyed = read({"q1": ["yes"], "q2": ["x"], "q3": ["a"], "q4": ["Fine"]})

    assert keyed.answers["q2"] == "x"
    assert keyed.marks == {"q2": {"is": "no_words"}}


def test_what_does_not_fit_is_a_doubt_first_and_a_mark_when_it_is_sure():
    typed = {"q1": ["yes"], "q2": ["a"], "q3": ["a", "n"], "q4": ["Fine"]}

    assert set(read(typed).doubts) == {"q3"}
    sure = read(typed, sure=True)
    assert not sure.doubts
    assert sure.marks == {"q3": {"is": "does_not_fit", "said": {"q3": ["a", "n"]}}}


def test_what_nobody_can_read_is_marked_and_has_no_answer():
    keyed = read({"q1": ["yes"], "q2": ["a"], "q3": ["a"], "q4": ["Fine"]}, unclear=["q1"])

    assert "q1" not in keyed.answers
    assert keyed.marks["q1"] == {"is": "unclear"}
    assert keyed.marks["q2"]["is"] == "passed_over"


def test_a_row_ticked_twice_leaves_the_other_rows_standing():
    rows = [{"id": "r1", "label": "One"}, {"id": "r2", "label": "Two"}]
    columns = [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]
    schema = read_schema(survey([{"id": "q1", "kind": "matrix", "label": "Rate", "rows": rows, "columns": columns}]))

    keyed = read_sheet(schema, {"q1__r1": ["a"], "q1__r2": ["a", "b"]}, PAPER)

    assert keyed.answers == {"q1": {"r1": "a"}}
    assert keyed.marks["q1"] == {"is": "twice", "said": {"r2": ["a", "b"]}}


def test_two_readings_differ_where_they_do_and_not_where_the_way_follows_from_it():
    first, second = read({"q1": ["yes"], "q2": ["a"], "q3": ["a"]}), read({"q1": ["no"], "q2": ["a"], "q3": ["a"]})

    assert differing(SCHEMA, (first.answers, first.marks), (second.answers, second.marks)) == ["q1"]


def test_settled_by_question_the_way_is_worked_out_again():
    first, second = read({"q1": ["no"], "q2": ["a"], "q3": ["a"]}), read({"q1": ["yes"], "q2": ["b"], "q3": ["a"]})
    one, other = (first.answers, first.marks), (second.answers, second.marks)

    done = settle(SCHEMA, one, other, ["q1"], PAPER)

    assert done.answers == {"q1": "yes", "q2": "a", "q3": ["a"]}
    assert done.marks == {"q4": {"is": "left_out"}}


ANY = survey(
    [
        q(1),
        {"id": "q2", "kind": "one_choice", "label": "Which?", "show_if": {"q": "q1", "is": "yes"},
         "choices": [{"id": "a", "label": "A"}, {"id": "x", "label": "X", "other": True}]},
        {"id": "q3", "kind": "scale", "label": "How?"},
        {"id": "q4", "kind": "ranking", "label": "Order", "choices": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]},
        {"id": "q5", "kind": "points", "label": "Share", "points": 5, "choices": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]},
        {"id": "q6", "kind": "number", "label": "Age", "least": 0, "most": 120},
        {"id": "q7", "kind": "date", "label": "When?"},
        {"id": "q8", "kind": "consent", "label": "May we?", "scope": "quote"},
        {"id": "q9", "kind": "file", "label": "A picture"},
    ]
)  # fmt: skip
READ = read_schema(ANY)
NAMES = [name for question in READ.questions.values() for name in names_of(question)]
keyed_sheets = st.dictionaries(
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(["a", "b", "x", "yes", "no", "1", "2", "3", "9", "1984", "-4", "word", ""]), max_size=3),
)


@given(keyed_sheets)
def test_no_sheet_is_refused_and_every_question_has_an_answer_or_a_mark(typed):
    keyed = read_sheet(READ, typed, PAPER, sure=True)

    for id in READ.questions:
        hidden = id == "q2" and keyed.answers.get("q1") != "yes"
        assert id in keyed.answers or id in keyed.marks or hidden or id == "q9"
    assert not keyed.doubts


@given(keyed_sheets)
def test_the_same_sheet_read_twice_never_differs(typed):
    first, second = read_sheet(READ, typed, PAPER, sure=True), read_sheet(READ, dict(typed), PAPER, sure=True)

    assert differing(READ, (first.answers, first.marks), (second.answers, second.marks)) == []


@given(keyed_sheets, keyed_sheets)
def test_taking_one_side_throughout_gives_that_side(one, other):
    first, second = read_sheet(READ, one, PAPER, sure=True), read_sheet(READ, other, PAPER, sure=True)
    sides = ((first.answers, first.marks), (second.answers, second.marks))
    everywhere = list(READ.questions)

    assert settle(READ, *sides, (), PAPER).answers == first.answers
    assert settle(READ, *sides, everywhere, PAPER).answers == second.answers
    for id in everywhere:
        done = settle(READ, *sides, everywhere, PAPER)
        assert read_as(id, done.answers, done.marks) == read_as(id, *sides[1])
