"""Working on a survey's draft never loses, mixes up or uses twice what it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagement.surveys.rules.changes import Did, changes
from engagement.surveys.rules.checks import check
from engagement.surveys.rules.editing import Desk, Full, Gone, empty, ids_in, new_question, page_of, question_of, seen
from engagement.surveys.rules.paths import Survey
from engagement.surveys.rules.schema import MOST_QUESTIONS, Kind, SchemaRefused, read_schema
from tests.surveys.any_survey import q, survey, surveys


def labels(desk: Desk) -> list[list[str]]:
    return [[each["label"] for each in page["questions"]] for page in desk.schema["pages"]]


def test_an_empty_survey_has_one_page_and_takes_questions():
    desk = Desk(empty("en"), 0)

    first = desk.add_question("p1", {"kind": "yes_no", "label": "One?"})
    desk.add_question("p1", {"kind": "yes_no", "label": "Three?"})
    desk.add_question("p1", {"kind": "yes_no", "label": "Two?"}, after=first)

    assert labels(desk) == [["One?", "Two?", "Three?"]]


def test_a_question_moves_past_the_end_of_its_page_onto_the_next():
    desk = Desk(survey([q(1, label="A"), q(2, label="B")], [q(3, label="C")]), 9)

    assert desk.move_question("q2", up=False)
    assert labels(desk) == [["A"], ["B", "C"]]
    assert desk.move_question("q2", up=True)
    assert labels(desk) == [["A", "B"], ["C"]]
    assert not desk.move_question("q1", up=True)


def test_an_id_that_was_taken_away_is_not_given_again():
    desk = Desk(survey([q(1), q(2)]), 2)
    desk.take_question("q2")
    again = Desk(desk.schema, desk.number)

    assert again.add_question("p1", {"kind": "yes_no", "label": "New?"}) == "q3"


def test_choices_keep_their_ids_and_new_ones_get_their_own():
    desk = Desk(survey([q(1, kind="one_choice", choices=[{"id": "a", "label": "A"}, {"id": "b", "label": "B"}])]), 5)

    desk.set_question(
        "q1", {"kind": "one_choice", "label": "?", "choices": [{"id": "b", "label": "B2"}, {"id": "", "label": "New"}]}
    )

    question, _page = question_of(desk.schema, "q1")
    assert question["choices"] == [{"id": "b", "label": "B2"}, {"id": "c6", "label": "New"}]
    assert question["id"] == "q1"


def test_a_copied_page_asks_its_own_questions_and_not_the_first_ones():
    schema = survey([q(1), q(2, show_if={"q": "q1", "is": "no"})], [q(3)])
    desk = Desk(schema, 9)

    made = desk.copy_page("p1")

    first, second = page_of(desk.schema, made)["questions"]
    assert second["show_if"] == {"q": first["id"], "is": "no"}
    assert len(set(ids_in(desk.schema))) == len(list(ids_in(desk.schema)))


def test_the_stamp_of_a_page_does_not_change_with_its_questions():
    schema = survey([q(1)])
    before = seen(schema["pages"][0])
    desk = Desk(schema, 3)
    desk.set_question("q1", {"kind": "yes_no", "label": "Other words?"})

    assert seen(desk.schema["pages"][0]) == before
    assert seen(question_of(desk.schema, "q1")[0]) != seen(question_of(schema, "q1")[0])


def test_the_last_page_is_emptied_and_never_taken():
    desk = Desk(survey([q(1)]), 3)

    desk.take_page("p1")

    assert [page["questions"] for page in desk.schema["pages"]] == [[]]


def test_what_is_gone_cannot_be_changed_and_a_full_survey_takes_no_more():
    desk = Desk(survey([q(1)]), 3)
    with pytest.raises(Gone):
        desk.set_question("q9", {})
    for _each in range(MOST_QUESTIONS - 1):
        desk.add_question("p1", {"kind": "yes_no", "label": "?"})
    with pytest.raises(Full):
        desk.add_question("p1", {"kind": "yes_no", "label": "?"})


@given(surveys())
def test_a_survey_copied_whole_leads_the_same_ways_under_new_ids(schema):
    desk = Desk(empty("en"), 0)

    desk.take_over(schema)

    old, new = Survey(schema, takes_paper=False).walk(), Survey(desk.schema, takes_paper=False).walk()
    assert (len(new.pages), len(new.questions), len(new.rules), new.ends) == (
        len(old.pages),
        len(old.questions),
        len(old.rules),
        old.ends,
    )
    assert len(set(ids_in(desk.schema))) == len(list(ids_in(desk.schema)))


@given(
    surveys(),
    st.lists(st.tuples(st.sampled_from(["up", "down", "copy", "take", "page"]), st.integers(0, 9)), max_size=12),
)
def test_no_act_loses_a_question_that_was_not_taken(schema, acts):
    desk = Desk(schema, 0)
    count = sum(len(page["questions"]) for page in schema["pages"])
    for act, which in acts:
        ids = [each["id"] for page in desk.schema["pages"] for each in page["questions"]]
        if act == "page":
            desk.add_page()
        elif ids:
            id = ids[which % len(ids)]
            if act == "copy":
                desk.copy_question(id)
                count += 1
            elif act == "take":
                desk.take_question(id)
                count -= 1
            else:
                desk.move_question(id, up=act == "up")
        ids = [each["id"] for page in desk.schema["pages"] for each in page["questions"]]
        assert len(ids) == count
        assert len(set(ids)) == count


@pytest.mark.parametrize("kind", list(Kind))
def test_a_new_question_of_any_kind_lacks_only_what_is_typed(kind):
    made = {**new_question(kind.value), "id": "q1", "label": "What?"}
    for name in ("choices", "columns", "rows"):
        if name in made:
            made[name] = [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]
    other = {"id": "q2", "kind": "yes_no", "label": "And?"}

    read = read_schema({"language": "en", "pages": [{"id": "p1", "title": "", "questions": [made, other]}]})

    assert read.questions["q1"].kind is kind


def test_what_changed_between_two_versions_is_named():
    old = survey([q(1, label="Old words?"), q(2), q(3)], [q(4)])
    new = survey([q(3), q(1, label="New words?"), q(2)], [q(5)])

    found = [(each.did, each.id) for each in changes(old, new)]

    assert found == [(Did.MOVED, "q3"), (Did.CHANGED, "q1"), (Did.ADDED, "q5"), (Did.TAKEN, "q4")]
    (words,) = next(each for each in changes(old, new) if each.did is Did.CHANGED).differences
    assert (words.name, words.was, words.became) == ("label", "Old words?", "New words?")


@given(surveys())
def test_nothing_changed_is_nothing_to_say(schema):
    assert changes(schema, schema) == []


@given(surveys())
def test_whatever_the_reader_takes_the_builder_lets_through(schema):
    """Ways of both: a survey that can be read has no finding that would stop it, and the other way round."""

    schema = {
        **schema,
        "pages": [{**page, "questions": [_labelled(each) for each in page["questions"]]} for page in schema["pages"]],
    }
    stops = [each for each in check(schema) if each.stops]
    assert flaws_of(schema) == set() or stops or flaws_of(schema) <= {"condition_unknown_choice", "condition_deep"}
    assert flaws_of(schema) or not stops


def flaws_of(schema):
    try:
        read_schema(schema)
    except SchemaRefused as refused:
        return {flaw.code for flaw in refused.flaws}
    return set()


def _labelled(question):
    choices = [{**each, "label": each["id"].upper()} for each in question.get("choices") or ()]
    return {**question, **({"choices": choices} if choices else {})}
