"""What is shown on which answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagement.surveys.rules.conditions import BadCondition, World, holds, parse

WEB = World("web", "en")


@pytest.mark.parametrize(
    ("condition", "answers", "so"),
    [
        ({"q": "a", "is": "x"}, {"a": "x"}, True),
        ({"q": "a", "is": "x"}, {"a": "y"}, False),
        ({"q": "a", "is": "The Green"}, {"a": " the green "}, True),
        ({"q": "a", "is": 3}, {"a": 3}, True),
        ({"q": "a", "is": 3}, {"a": "3.0"}, True),
        ({"q": "a", "is": True}, {"a": True}, True),
        ({"q": "a", "is": 1}, {"a": True}, False),
        ({"q": "a", "is_not": "x"}, {"a": "y"}, True),
        ({"q": "a", "is_not": "x"}, {}, False),
        ({"q": "a", "has": "x"}, {"a": ["x", "y"]}, True),
        ({"q": "a", "has": "x"}, {"a": {"x": 3}}, True),
        ({"q": "a", "has": "x"}, {"a": {"x": 0}}, False),
        ({"q": "a", "lacks": "x"}, {"a": ["y"]}, True),
        ({"q": "a", "lacks": "x"}, {"a": []}, False),
        ({"q": "a", "at_least": 2}, {"a": "2.5"}, True),
        ({"q": "a", "at_most": 2}, {"a": "2.5"}, False),
        ({"q": "a", "at_least": 0}, {"a": 0}, True),
        ({"q": "a", "answered": True}, {"a": 0}, True),
        ({"q": "a", "answered": True}, {"a": False}, True),
        ({"q": "a", "answered": True}, {"a": ""}, False),
        ({"q": "a", "answered": False}, {}, True),
        ({"not": {"q": "a", "is": "x"}}, {}, True),
        ({"channel": "paper"}, {}, False),
        ({"language": "en"}, {}, True),
        ({"all": [{"q": "a", "is": "x"}, {"any": [{"channel": "web"}, {"q": "b", "is": "y"}]}]}, {"a": "x"}, True),
    ],
)
def test_a_condition_says_what_it_reads_like(condition, answers, so):
    assert holds(parse(condition), answers, WEB) is so


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (None, "shape"),
        ([], "shape"),
        ({}, "shape"),
        ({"q": "a"}, "shape"),
        ({"q": "a", "is": "x", "has": "y"}, "shape"),
        ({"q": "a", "is": ["x"]}, "shape"),
        ({"q": "a", "answered": "yes"}, "shape"),
        ({"q": "a", "at_least": "many"}, "number"),
        ({"q": "a", "at_least": float("nan")}, "number"),
        ({"q": "a", "rhymes": "x"}, "how"),
        ({"all": [{"q": "a", "is": "x"}] * 21}, "many"),
    ],
)
def test_what_is_no_condition_is_refused(raw, code):
    with pytest.raises(BadCondition) as bad:
        parse(raw)

    assert bad.value.code == code


def test_conditions_inside_each_other_end_somewhere():
    raw = {"q": "a", "is": "x"}
    for _ in range(50):
        raw = {"not": raw}

    with pytest.raises(BadCondition):
        parse(raw)


comparisons = st.sampled_from(["is", "is_not", "has", "lacks", "at_least", "at_most"])


@given(how=comparisons, value=st.integers(-3, 3))
def test_nothing_but_not_answered_is_true_of_a_question_without_an_answer(how, value):
    raw = {"q": "a", how: value if how not in ("has", "lacks") else str(value)}

    assert not holds(parse(raw), {}, WEB)
    assert holds(parse({"q": "a", "answered": False}), {}, WEB)


leaves = st.sampled_from(
    [{"q": "a", "is": "x"}, {"q": "b", "answered": True}, {"channel": "web"}, {"language": "cy"}, {"q": "b", "is": "y"}]
)


@given(
    parts=st.lists(leaves, min_size=1, max_size=4), a=st.sampled_from(["x", "y", None]), b=st.sampled_from(["y", None])
)
def test_and_is_the_other_side_of_or(parts, a, b):
    answers = {name: value for name, value in {"a": a, "b": b}.items() if value}
    none_is_so = {"all": [{"not": part} for part in parts]}

    assert holds(parse({"not": {"any": parts}}), answers, WEB) is holds(parse(none_is_so), answers, WEB)
