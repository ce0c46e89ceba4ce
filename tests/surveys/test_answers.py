"""Which answers fit, what is shown, and where the way leads."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagement.surveys.rules.answers import (
    Known,
    check_all,
    check_page,
    check_values,
    first_unanswered,
    keep_shown,
    names_of,
    next_page,
    page_before,
    path,
    shown_questions,
)
from engagement.surveys.rules.conditions import World
from engagement.surveys.rules.putting_back import typed_from
from engagement.surveys.rules.schema import Kind, read_schema
from tests.surveys.asking import BRANCHING, choices, page, question, schema

WEB = World("web", "en")
KNOWN = Known(knows_postcode=lambda postcode: postcode == "HP10 0AA", areas={"E05000001"}, uploads={"q1": {"abc"}})
OTHERS = choices("Swings", "Benches", "Something else", other=True)
ALONE = [*choices("Swings", "Benches", "Trees"), {"id": "none", "label": "None of these", "exclusive": True}]


def asked(kind, typed, **fields):
    """What comes of typing this for one question: its answers, or the code of its fault."""
    read = read_schema(schema(page("p1", question("q1", kind, **fields)), page("p2", question("q2"))))
    typed = {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
    checked = check_page(read.pages[0], typed, {}, WEB, KNOWN)
    return checked.faults["q1"].code if checked.faults else checked.answers


@pytest.mark.parametrize(
    ("kind", "fields", "typed", "result"),
    [
        ("short_text", {}, {"q1": "  a  b "}, {"q1": "a b"}),
        ("short_text", {"longest": 3}, {"q1": "abcd"}, "long"),
        ("short_text", {}, {"q1": "a\x00"}, "characters"),
        ("short_text", {}, {"q1": "a\ud800"}, "characters"),
        ("short_text", {}, {}, {}),
        ("short_text", {"required": True}, {"q1": " "}, "missing_short_text"),
        ("long_text", {}, {"q1": "one\r\ntwo"}, {"q1": "one\ntwo"}),
        ("long_text", {}, {"q1": "x" * 1_000_000}, "long"),
        ("number", {}, {"q1": " 1,200 "}, {"q1": "1200"}),
        ("number", {"unit": "£", "decimals": 2}, {"q1": "£3.50"}, {"q1": "3.5"}),
        ("number", {}, {"q1": "3.5"}, "whole_number"),
        ("number", {"decimals": 1}, {"q1": "3.55"}, "decimals"),
        ("number", {"decimals": 2}, {"q1": "3,5"}, "number"),
        ("number", {}, {"q1": "١٢"}, "number"),
        ("number", {}, {"q1": "9" * 5000}, "number"),
        ("number", {}, {"q1": "1e3"}, "number"),
        ("number", {}, {"q1": "-0"}, {"q1": "0"}),
        ("number", {"least": 1}, {"q1": "0"}, "too_small"),
        ("number", {"most": "9.5", "decimals": 1}, {"q1": "9.6"}, "too_great"),
        ("date", {}, {"q1__day": "3", "q1__month": "2", "q1__year": "2026"}, {"q1": "2026-02-03"}),
        ("date", {}, {"q1": "2026-02-03"}, {"q1": "2026-02-03"}),
        ("date", {}, {"q1__day": "30", "q1__month": "2", "q1__year": "2026"}, "date"),
        ("date", {}, {"q1__day": "3", "q1__month": "", "q1__year": "2026"}, "date_part"),
        ("date", {"from": "2026-03-01"}, {"q1": "2026-02-28"}, "date_early"),
        ("date", {"to": "2026-03-01"}, {"q1": "2026-03-02"}, "date_late"),
        ("email", {}, {"q1": "sam@example.org"}, {"q1": "sam@example.org"}),
        ("email", {}, {"q1": "sam at example"}, "email"),
        ("email", {}, {"q1": "sam@example"}, "email"),
        ("postcode", {}, {"q1": "hp100aa"}, {"q1": "HP10 0AA"}),
        ("postcode", {}, {"q1": "nowhere"}, "postcode"),
        ("postcode", {"known_only": True}, {"q1": "HP10 0AB"}, "postcode_unknown"),
        ("yes_no", {}, {"q1": "unknown"}, {"q1": "unknown"}),
        ("yes_no", {}, {"q1": "perhaps"}, "unknown"),
        ("one_choice", {}, {"q1": "b"}, {"q1": "b"}),
        ("one_choice", {}, {"q1": "z"}, "unknown"),
        ("one_choice", {"choices": OTHERS}, {"q1": "c", "q1__other": " a slide "}, {"q1": "c", "q1__other": "a slide"}),
        ("one_choice", {"choices": OTHERS}, {"q1": "c"}, "other_missing"),
        ("one_choice", {"choices": OTHERS}, {"q1": "a", "q1__other": "a slide"}, {"q1": "a"}),
        ("one_choice", {"choices": OTHERS}, {"q1__other": "a slide"}, "other_not_chosen"),
        ("drop_down", {}, {"q1": "a"}, {"q1": "a"}),
        ("several", {}, {"q1": ["c", "a", "a"]}, {"q1": ["a", "c"]}),
        ("several", {"choices": ALONE}, {"q1": ["none"]}, {"q1": ["none"]}),
        ("several", {"choices": ALONE}, {"q1": ["a", "none"]}, "exclusive"),
        ("several", {"least": 2}, {"q1": ["a"]}, "too_few"),
        ("several", {"most": 1}, {"q1": ["a", "b"]}, "too_many"),
        ("several", {"choices": OTHERS}, {"q1": ["a"], "q1__other": "a slide"}, "other_not_chosen"),
        ("several", {"choices": OTHERS}, {"q1": ["a", "c"], "q1__other": "x" * 201}, "long"),
        ("scale", {"steps": 11, "start": 0}, {"q1": "0"}, {"q1": 0}),
        ("scale", {"steps": 11, "start": 0, "required": True}, {"q1": "0"}, {"q1": 0}),
        ("scale", {"steps": 5}, {"q1": "6"}, "unknown"),
        ("scale", {"steps": 5}, {"q1": "five"}, "unknown"),
        ("faces", {}, {"q1": "5"}, {"q1": 5}),
        ("matrix", {}, {"q1__a": "c"}, {"q1": {"a": "c"}}),
        ("matrix", {}, {"q1__a": "z"}, "unknown"),
        ("matrix", {"required": True}, {"q1__a": "c"}, "row_missing"),
        ("ranking", {}, {"q1__a": "2", "q1__c": "1"}, {"q1": ["c", "a"]}),
        ("ranking", {}, {"q1__a": "1", "q1__c": "1"}, "rank_twice"),
        ("ranking", {}, {"q1__a": "first"}, "rank"),
        ("ranking", {"most": 1}, {"q1__a": "1", "q1__b": "2"}, "rank_too_many"),
        ("points", {"points": 10}, {"q1__a": "4", "q1__b": "6", "q1__c": "0"}, {"q1": {"a": 4, "b": 6}}),
        ("points", {"points": 10}, {"q1__a": "4"}, "points"),
        ("points", {"points": 10}, {"q1__a": "-4"}, "points_whole"),
        ("points", {"points": 10}, {"q1__a": "0"}, {}),
        ("place", {}, {"q1__words": "By the well"}, {"q1": {"words": "By the well"}}),
        ("place", {}, {"q1__area": "E05000001"}, {"q1": {"area": "E05000001"}}),
        ("place", {}, {"q1__area": "E05000009"}, "unknown"),
        ("place", {}, {"q1__lat": "54.123456", "q1__lon": "-1.9"}, {"q1": {"lat": "54.123", "lon": "-1.9"}}),
        ("place", {}, {"q1__lat": "54.123456"}, "pin"),
        ("place", {}, {"q1__lat": "4", "q1__lon": "4"}, "pin"),
        ("file", {}, {"q1": "abc"}, {"q1": "abc"}),
        ("file", {}, {"q1": "abd"}, "file_gone"),
        ("information", {}, {"q1": "anything"}, {}),
        ("consent", {}, {"q1": "yes"}, {"q1": True}),
        ("consent", {}, {}, {"q1": False}),
        ("consent", {"required": True}, {}, "missing_consent"),
    ],
)
def test_what_is_typed_is_kept_in_one_form_or_refused_by_name(kind, fields, typed, result):
    assert asked(kind, typed, **fields) == result


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.INFORMATION,)])
def test_an_answer_that_is_needed_is_asked_for(kind):
    expected = "missing_" + kind.value

    assert asked(kind.value, {}, required=True) == expected


# --- what is shown -------------------------------------------------------------------------------

BRANCH = read_schema(BRANCHING)


def test_a_jump_passes_over_the_pages_between():
    assert [page.id for page in path(BRANCH, {"uses": "no"}, WEB)] == ["p1", "p3"]
    assert [page.id for page in path(BRANCH, {"uses": "yes"}, WEB)] == ["p1", "p2", "p3"]
    assert next_page(BRANCH, "p1", {"uses": "no"}, WEB) == "p3"
    assert page_before(BRANCH, "p3", {"uses": "no"}, WEB) == "p1"
    assert next_page(BRANCH, "p3", {"uses": "no"}, WEB) is None


def test_answers_of_what_is_hidden_are_dropped():
    answers = {"uses": "no", "often": "c", "often__other": "on Sundays", "best": "the trees", "wish": "a slide"}

    assert keep_shown(BRANCH, answers, WEB) == {"uses": "no", "wish": "a slide"}
    assert check_all(BRANCH, answers, WEB).answers == {"uses": "no", "wish": "a slide"}


def test_a_question_hangs_on_another_of_the_same_page():
    second = BRANCH.pages[1]

    daily = check_page(second, {"often": ["a"], "best": ["the trees"]}, {"uses": "yes"}, WEB)
    weekly = check_page(second, {"often": ["b"], "best": ["the trees"]}, {"uses": "yes"}, WEB)

    assert daily.answers == {"often": "a", "best": "the trees"}
    assert weekly.answers == {"often": "b"}
    assert [question.id for question in shown_questions(second, {"often": "b"}, WEB)] == ["often"]


def test_what_hangs_on_a_hidden_question_is_hidden_too():
    read = read_schema(
        schema(
            page(
                "p1",
                question("a", "yes_no", "A"),
                question("b", "yes_no", "B", show_if={"q": "a", "is": "yes"}),
                question("c", label="C", show_if={"q": "b", "is_not": "no"}),
            )
        )
    )

    assert keep_shown(read, {"a": "no", "b": "yes", "c": "left over"}, WEB) == {"a": "no"}


def test_a_page_with_nothing_to_show_is_passed_over_with_its_jumps():
    read = read_schema(
        schema(
            page("p1", question("a", "yes_no", "A")),
            page("p2", question("b", label="B", show_if={"q": "a", "is": "yes"}), next=[{"to": "end"}]),
            page("p3", question("c", label="C")),
        )
    )

    assert [page.id for page in path(read, {"a": "no"}, WEB)] == ["p1", "p3"]
    assert [page.id for page in path(read, {"a": "yes"}, WEB)] == ["p1", "p2"]


def test_a_page_for_paper_alone_is_not_on_the_web():
    read = read_schema(
        schema(page("p1", question("a")), page("p2", question("b", label="B"), show_if={"channel": "paper"}))
    )

    assert [page.id for page in path(read, {}, WEB)] == ["p1"]
    assert [page.id for page in path(read, {}, World("paper", "en"))] == ["p1", "p2"]


def test_the_first_page_that_is_not_done_is_found():
    assert first_unanswered(BRANCH, {}, WEB) == "p1"
    assert first_unanswered(BRANCH, {"uses": "no"}, WEB) is None


def test_a_kept_answer_of_the_wrong_kind_is_a_fault_and_not_a_crash():
    checked = check_values(BRANCH.pages[0], {"uses": ["yes"]}, WEB)

    assert checked.faults["uses"].code == "unknown"


# --- any schema, any answers ---------------------------------------------------------------------

KINDS = [kind.value for kind in Kind if kind is not Kind.FILE]


@st.composite
def any_schema(draw):
    """Up to four pages of any kinds, with conditions on earlier questions and jumps forward."""
    pages, yes_no = [], []
    many = draw(st.integers(1, 4))
    for at in range(many):
        questions = []
        for number in range(draw(st.integers(1, 3))):
            id = f"q{at}_{number}"
            kind = draw(st.sampled_from([*KINDS, "yes_no", "yes_no"]))
            fields = {"required": draw(st.booleans())}
            if yes_no and draw(st.booleans()):
                fields["show_if"] = {"q": draw(st.sampled_from(yes_no)), draw(st.sampled_from(["is", "is_not"])): "yes"}
            if kind in ("one_choice", "several", "drop_down"):
                fields["choices"] = OTHERS
            questions.append(question(id, kind, f"Question {id}", **fields))
            if kind == "yes_no":
                yes_no.append(id)
        jumps = []
        if yes_no and draw(st.booleans()):
            to = draw(st.sampled_from([f"p{later}" for later in range(at + 1, many)] + ["end"]))
            jumps = [{"if": {"q": draw(st.sampled_from(yes_no)), "is": "no"}, "to": to}]
        pages.append(page(f"p{at}", *questions, next=jumps))
    pages[-1]["questions"].append(question("last", "yes_no", "The last"))
    return read_schema(schema(*pages))


typed_values = st.sampled_from(
    ["a", "b", "c", "yes", "no", "1", "2", "100", "2026-01-01", "HP10 0AA", "x@y.org", "", "☂"]
)


@st.composite
def any_typed(draw, read):
    names = [name for question in read.questions.values() for name in names_of(question)]
    return {name: draw(st.lists(typed_values, min_size=1, max_size=2)) for name in names if draw(st.booleans())}


def answer_page_by_page(read, typed):
    """Walk through as a browser does, keeping of each page what fits; give answers and pages that were shown."""
    answers, seen, faults = {}, [], {}
    at = path(read, answers, WEB)[0].id if path(read, answers, WEB) else None
    while at is not None:
        seen.append(at)
        checked = check_page(read.page(at), typed, keep_shown(read, answers, WEB), WEB, KNOWN)
        answers.update(checked.answers)
        faults.update(checked.faults)
        at = next_page(read, at, answers, WEB)
    return keep_shown(read, answers, WEB), seen, faults


@given(data=st.data())
def test_page_by_page_comes_to_the_same_as_all_at_once(data):
    read = data.draw(any_schema())
    answers, seen, faults = answer_page_by_page(read, data.draw(any_typed(read)))

    assert len(seen) == len(set(seen))
    again = check_all(read, answers, WEB, KNOWN)
    assert seen == [page.id for page in path(read, answers, WEB)]
    assert again.fits or faults
    if again.fits:
        assert again.answers == answers


@given(data=st.data())
def test_what_is_kept_is_only_of_questions_that_are_shown(data):
    read = data.draw(any_schema())
    answers, _seen, _faults = answer_page_by_page(read, data.draw(any_typed(read)))
    kept = {name.removesuffix("__other") for name in answers}

    assert kept <= set(check_all(read, answers, WEB, KNOWN).shown)
    assert keep_shown(read, answers, WEB) == answers


@given(data=st.data())
def test_a_kept_answer_put_back_in_its_boxes_reads_the_same(data):
    read = data.draw(any_schema())
    answers, seen, faults = answer_page_by_page(read, data.draw(any_typed(read)))
    for page_id in seen:
        page = read.page(page_id)
        if any(question.id in faults for question in page.questions):
            continue
        again = check_page(page, typed_from(page, answers), answers, WEB, KNOWN)
        assert again.answers == {
            name: answer
            for name, answer in answers.items()
            if name.removesuffix("__other") in {question.id for question in page.questions}
        }


@given(number=st.decimals(-(10**9), 10**9, places=4))
def test_a_number_is_kept_exactly(number):
    kept = asked("number", {"q1": format(number, "f")}, decimals=4)

    assert Decimal(kept["q1"]) == number


@given(answers=st.dictionaries(st.sampled_from(["uses", "often", "best", "wish", "odd"]), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner), max_leaves=5,
)))  # fmt: skip
def test_answers_of_any_shape_are_checked_without_a_crash(answers):
    check_all(BRANCH, answers, WEB)
    keep_shown(BRANCH, answers, WEB)
