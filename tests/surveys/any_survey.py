"""Surveys to try rules on: written by hand in a line, or made at random with every answer countable."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

YES_NO = {"kind": "yes_no", "label": "Do you use the park?"}


def survey(*pages: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Pages p1, p2 and so on, with these questions; settings of a page by its id."""
    made = []
    for number, questions in enumerate(pages, start=1):
        made.append({"id": f"p{number}", "title": "", "questions": questions, "next": [], **more.get(f"p{number}", {})})
    return {"language": "en", "pages": made}


def q(number: int, **settings: Any) -> dict[str, Any]:
    return {"id": f"q{number}", **YES_NO, **settings}


KINDS = {
    "yes_no": {},
    "one_choice": {"choices": [{"id": "a"}, {"id": "b"}, {"id": "c"}]},
    "several": {"choices": [{"id": "a"}, {"id": "b"}, {"id": "n", "exclusive": True}]},
    "number": {"least": 0, "most": 3},
    "scale": {"start": 0, "steps": 3},
}


def true(condition: Any, said: dict[str, Any]) -> bool:
    """The contract's own words, as plainly as they can be written."""
    if condition is None:
        return True
    if "all" in condition:
        return all(true(part, said) for part in condition["all"])
    if "any" in condition:
        return any(true(part, said) for part in condition["any"])
    if "not" in condition:
        return not true(condition["not"], said)
    value = said.get(condition["q"])
    if "answered" in condition:
        return (value is not None) == condition["answered"]
    if value is None:
        return False
    (test, wanted) = next((name, condition[name]) for name in condition if name != "q")
    return {
        "is": lambda: value == wanted,
        "is_not": lambda: value != wanted,
        "has": lambda: wanted in value,
        "lacks": lambda: wanted not in value,
        "at_least": lambda: value >= wanted,
        "at_most": lambda: value <= wanted,
    }[test]()


def any_test(question: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    asked = {"q": question["id"]}
    answered = st.booleans().map(lambda yes: {**asked, "answered": yes})
    if question["kind"] == "several":
        named = st.tuples(st.sampled_from(["has", "lacks"]), st.sampled_from("abn"))
    elif question["kind"] in ("number", "scale"):
        named = st.tuples(st.sampled_from(["is", "is_not", "at_least", "at_most"]), st.integers(-1, 4))
    else:
        values = ["yes", "no", "unknown"] if question["kind"] == "yes_no" else ["a", "b", "c"]
        named = st.tuples(st.sampled_from(["is", "is_not"]), st.sampled_from(values))
    return answered | named.map(lambda pair: {**asked, pair[0]: pair[1]})


def conditions(earlier: list[dict[str, Any]]) -> st.SearchStrategy[Any]:
    if not earlier:
        return st.none()
    atoms = st.one_of([any_test(question) for question in earlier])
    several = st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=2).map(lambda parts: {"all": parts}),
            st.lists(inner, min_size=1, max_size=2).map(lambda parts: {"any": parts}),
            inner.map(lambda part: {"not": part}),
        ),
        max_leaves=3,
    )
    return st.none() | several


@st.composite
def surveys(draw: Any) -> dict[str, Any]:
    pages: list[dict[str, Any]] = []
    earlier: list[dict[str, Any]] = []
    count = draw(st.integers(1, 3))
    for number in range(count):
        show_if = draw(conditions(earlier)) if number else None
        questions = []
        for _ in range(draw(st.integers(1, 2))):
            kind = draw(st.sampled_from(sorted(KINDS)))
            question = {"id": f"q{len(earlier)}", "kind": kind, "label": "?", "required": draw(st.booleans())}
            questions.append({**question, **deepcopy(KINDS[kind]), "show_if": draw(conditions(earlier))})
            earlier = [*earlier, questions[-1]]
        targets = [f"p{later}" for later in range(number + 1, count)] + ["end"]
        rules = [
            {"if": draw(conditions(earlier)), "to": draw(st.sampled_from(targets))}
            for _ in range(draw(st.integers(0, 2)))
        ]
        pages.append({"id": f"p{number}", "title": "", "show_if": show_if, "questions": questions, "next": rules})
    return {"language": "en", "pages": pages}
