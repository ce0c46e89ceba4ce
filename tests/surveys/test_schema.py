"""A schema is read whole, or refused with every flaw and where it is."""

import copy
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagement.surveys.rules.schema import Kind, SchemaRefused, read_schema
from tests.surveys.asking import BRANCHING, choices, page, question, schema

EVERY_KIND = schema(page("p1", *(question(f"q_{kind}", kind.value) for kind in Kind)))


def flaws_of(raw):
    with pytest.raises(SchemaRefused) as refused:
        read_schema(raw)
    return [(flaw.code, flaw.page, flaw.question) for flaw in refused.value.flaws]


def test_every_kind_of_question_is_read():
    read = read_schema(EVERY_KIND)

    assert [question.kind for question in read.questions.values()] == list(Kind)
    assert not read.questions["q_information"].is_answered


def test_pages_questions_and_jumps_are_read_in_order():
    read = read_schema(BRANCHING)

    assert [page.id for page in read.pages] == ["p1", "p2", "p3"]
    assert list(read.questions) == ["uses", "often", "best", "wish"]
    assert read.page_of["best"].id == "p2"
    assert read.pages[0].next[0].to == "p3"


@pytest.mark.parametrize(
    ("broken", "flaw"),
    [
        (question("q1", "mind_reading"), "kind"),
        (question("q1", label=" "), "no_label"),
        (question("Q 1"), "question_id"),
        (question("q__1"), "question_id"),
        (question("q1", colour="red"), "unknown_key"),
        (question("q1", "short_text", choices=choices("A", "B")), "unknown_key"),
        (question("q1", required="yes"), "required"),
        (question("q1", longest=0), "whole"),
        (question("q1", longest=True), "whole"),
        (question("q1", "one_choice", choices=choices("Only one")), "how_many"),
        (question("q1", "one_choice", choices="two"), "list"),
        (question("q1", "one_choice", choices=choices("Same", "same")), "choice_same_words"),
        (question("q1", "one_choice", choices=[{"id": "a", "label": "A"}, {"id": "a", "label": "B"}]), "choice_twice"),
        (question("q1", "one_choice", choices=choices("A", "None", exclusive=True)), "no_exclusive_here"),
        (question("q1", "ranking", choices=choices("A", "B", other=True)), "no_other_here"),
        (question("q1", "several", least=3, most=2), "least_over_most"),
        (question("q1", "several", most=4), "whole"),
        (question("q1", "number", least=5, most=1), "least_over_most"),
        (question("q1", "number", least="lots"), "number"),
        (question("q1", "number", decimals=9), "whole"),
        (question("q1", "date", **{"from": "2026-02-30"}), "day"),
        (question("q1", "date", **{"from": "2026-03-01", "to": "2026-02-01"}), "least_over_most"),
        (question("q1", "scale", steps=1), "whole"),
        (question("q1", "scale", ends=["only"]), "ends"),
        (question("q1", "matrix", rows=[]), "how_many"),
        (question("q1", "points", points=0), "whole"),
        (question("q1", "consent", scope="everything"), "scope"),
        (question("q1", label="x" * 501), "long"),
        (question("q1", label="a\x00b"), "characters"),
        (question("q1", show_if={"q": "q1", "is": "a"}), "condition_not_earlier"),
        (question("q1", show_if={"q": "q0", "sounds_like": "a"}), "condition_how"),
        (question("q1", show_if={"all": []}), "condition_shape"),
        (question("q1", show_if={"q": "q0", "is": "z"}), "condition_unknown_choice"),
        (question("q1", show_if={"q": "q0", "at_least": 3}), "condition_does_not_fit"),
        (question("q0"), "question_id_twice"),
        ("not a question", "question_shape"),
    ],
)
def test_a_flaw_is_named_with_its_page_and_question(broken, flaw):
    first = question("q0", "one_choice", "First")

    assert flaws_of(schema(page("p1", first), page("p2", question("ok", label="Fine"), broken))) == [(flaw, 2, 2)]


@pytest.mark.parametrize(
    ("pages", "flaw"),
    [
        ([page("p1", question("a")), page("p1", question("b"))], "page_id_twice"),
        ([page("p1")], "empty_page"),
        ([page("p1", question("a"), next=[{"to": "p1"}])], "jump_back"),
        ([page("p1", question("a"), next=[{"to": "p9"}])], "jump_unknown"),
        ([page("p1", question("a"), next="end")], "jump_shape"),
        ([page("end", question("a"))], "page_id_twice"),
        ([page("p1", question("a", "information"))], "no_questions"),
        ([], "no_pages"),
        (["page"], "page_shape"),
    ],
)
def test_a_flaw_of_a_page_is_found(pages, flaw):
    assert flaw in [code for code, *_ in flaws_of({"language": "en", "pages": pages})]


def test_no_way_through_can_be_a_loop():
    pages = [page(f"p{n}", question(f"q{n}")) for n in range(3)]
    pages[2]["next"] = [{"to": "p0"}]

    assert flaws_of(schema(*pages)) == [("jump_back", 3, 0)]


def test_every_flaw_is_found_at_once():
    raw = schema(
        page("p1", question("q1", "nothing"), question("q2", label="")), page("p2", question("q3", longest=-1))
    )

    assert flaws_of(raw) == [("kind", 1, 1), ("no_label", 1, 2), ("whole", 2, 1)]


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(raw=json_like)
def test_no_json_at_all_is_a_fault_of_ours(raw):
    with pytest.raises(SchemaRefused):
        read_schema(raw)


@given(data=st.data())
def test_one_wrong_part_anywhere_is_refused_or_read_but_never_breaks(data):
    raw = copy.deepcopy(EVERY_KIND)
    at = data.draw(st.integers(0, len(raw["pages"][0]["questions"]) - 1))
    target = raw["pages"][0]["questions"][at]
    target[data.draw(st.sampled_from(sorted(target)))] = data.draw(json_like)

    with suppress(SchemaRefused):
        assert read_schema(raw).pages
