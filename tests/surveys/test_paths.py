"""What is called out of reach is out of reach: the walk against every answer tried one by one."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any

from hypothesis import given

from engagement.surveys.rules.paths import Survey, Walk, holds
from tests.surveys.any_survey import surveys, true


def answers(question: dict[str, Any]) -> list[Any]:
    """Every answer that may be given, none at all among them."""
    kind = question["kind"]
    if kind == "yes_no":
        given_: list[Any] = ["yes", "no", "unknown"]
    elif kind == "one_choice":
        given_ = ["a", "b", "c"]
    elif kind == "several":
        given_ = [{"a"}, {"b"}, {"a", "b"}, {"n"}]
    else:
        given_ = list(range(4 if kind == "number" else 3))
    return given_ if question["required"] else [None, *given_]


def tried(schema: dict[str, Any]) -> Walk:
    """Answer the survey in every way there is."""
    found, pages = Walk(), schema["pages"]

    def page(number: int, said: dict[str, Any]) -> None:
        if number == len(pages):
            found.ends = True
            return
        found.arrived.add(pages[number]["id"])
        if not true(pages[number]["show_if"], said):
            page(number + 1, said)
            return
        found.entered.add(pages[number]["id"])
        question(number, 0, said, shown=False)

    def question(number: int, place: int, said: dict[str, Any], *, shown: bool) -> None:
        if place == len(pages[number]["questions"]):
            if shown:
                found.pages.add(pages[number]["id"])
                leave(number, said)
            else:
                page(number + 1, said)
            return
        asked = pages[number]["questions"][place]
        if not true(asked["show_if"], said):
            question(number, place + 1, said, shown=shown)
            return
        found.questions.add(asked["id"])
        for value in answers(asked):
            question(number, place + 1, {**said, asked["id"]: value}, shown=True)

    def leave(number: int, said: dict[str, Any]) -> None:
        for place, rule in enumerate(pages[number]["next"]):
            if true(rule["if"], said):
                found.rules.add((pages[number]["id"], place))
                page(len(pages) if rule["to"] == "end" else int(rule["to"][1:]), said)
                return
        page(number + 1, said)

    page(0, {})
    return found


@given(surveys())
def test_the_walk_finds_what_trying_every_answer_finds(schema):
    assert Survey(schema, takes_paper=False).walk() == tried(schema)


def test_on_paper_a_question_that_must_be_answered_may_still_be_left_out():
    pages = [
        {"id": "p0", "questions": [{"id": "q0", "kind": "yes_no", "required": True}]},
        {"id": "p1", "show_if": {"q": "q0", "answered": False}, "questions": [{"id": "q1", "kind": "yes_no"}]},
    ]

    assert "p1" in Survey({"pages": pages}, takes_paper=True).walk().pages
    assert "p1" not in Survey({"pages": pages}, takes_paper=False).walk().pages


def test_many_questions_that_tell_people_apart_are_walked_quickly():
    pages: list[dict[str, Any]] = [{"id": "p0", "questions": [{"id": f"q{n}", "kind": "yes_no"} for n in range(40)]}]
    pages += [
        {
            "id": f"p{n + 1}",
            "show_if": {"any": [{"q": f"q{n}", "is": "yes"}, {"q": f"q{39 - n}", "is": "no"}]},
            "questions": [{"id": f"r{n}", "kind": "yes_no"}],
        }
        for n in range(40)
    ]

    walk = Survey({"pages": pages}).walk()

    assert len(walk.pages) == 41
    assert walk.ends


def test_a_test_asks_of_a_set_whether_it_holds_a_choice():
    sets = chain.from_iterable(combinations("ab", size) for size in range(3))
    for chosen in map(frozenset, sets):
        assert holds({"q": "q", "has": "a"}, chosen) is ("a" in chosen)
        assert holds({"q": "q", "lacks": "a"}, chosen) is ("a" not in chosen)
