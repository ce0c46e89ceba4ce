"""Whoever builds a survey is told what is wrong, and where."""

from __future__ import annotations

from typing import Any

import pytest

from engagement.surveys.rules.checks import Found, What, check
from tests.surveys.any_survey import q, survey


def found(schema: dict[str, Any], **settings: Any) -> list[Found]:
    return check(schema, **settings)


def test_a_plain_survey_has_nothing_to_say_of_it():
    assert found(survey([q(1)], [q(2)])) == []


def test_a_survey_that_asks_nothing_stops():
    (only,) = found(survey([{"id": "q1", "kind": "information", "label": "Hello there"}]))

    assert only == Found(What.NOTHING_ASKED)
    assert only.stops


def test_a_page_behind_a_jump_that_everyone_takes_cannot_be_reached():
    schema = survey([q(1)], [q(2)], [q(3)], p1={"next": [{"if": None, "to": "p3"}]})

    assert Found(What.PAGE_NOT_REACHED, "p2") in found(schema)


def test_answers_that_cover_all_leave_no_way_to_the_page_between():
    either = [{"if": {"q": "q1", "is": value}, "to": "p3"} for value in ("yes", "no", "unknown")]
    unanswered = {"if": {"q": "q1", "answered": False}, "to": "p3"}

    assert Found(What.PAGE_NOT_REACHED, "p2") not in found(survey([q(1)], [q(2)], [q(3)], p1={"next": either}))
    assert Found(What.PAGE_NOT_REACHED, "p2") in found(
        survey([q(1)], [q(2)], [q(3)], p1={"next": [*either, unanswered]})
    )


def test_a_rule_that_leads_back_is_a_loop_and_stops():
    schema = survey([q(1)], [q(2)], p2={"next": [{"if": {"q": "q2", "is": "no"}, "to": "p1"}]})

    assert Found(What.LOOP, "p2", rule=0, about="p1") in found(schema)


def test_a_survey_that_only_leads_back_never_ends():
    schema = survey([q(1)], [q(2)], p2={"next": [{"if": None, "to": "p1"}]})

    assert Found(What.NO_END) in found(schema)


def test_a_rule_to_a_page_that_is_gone_stops():
    schema = survey([q(1)], p1={"next": [{"if": {"q": "q1", "is": "no"}, "to": "p9"}]})

    (only,) = [each for each in found(schema) if each.stops]
    assert only == Found(What.NO_SUCH_PAGE, "p1", rule=0, about="p9")


@pytest.mark.parametrize(
    ("condition", "what", "about"),
    [
        ({"q": "q3", "is": "yes"}, What.ASKS_LATER, "q3"),
        ({"q": "q2", "is": "yes"}, What.ASKS_LATER, "q2"),
        ({"q": "q9", "is": "yes"}, What.ASKS_UNKNOWN, "q9"),
        ({"q": "q1", "is": "perhaps"}, What.ASKS_CHOICE, "q1"),
        ({"q": "q1", "has": "yes"}, What.ASKS_WRONGLY, "q1"),
    ],
)
def test_a_condition_may_ask_only_what_was_answered_before(condition, what, about):
    schema = survey([q(1)], [q(2, show_if=condition), q(3)])

    assert Found(what, "p2", "q2", about=about) in found(schema)


def test_a_number_that_can_never_be_reached_is_said():
    age = {"id": "q1", "kind": "number", "label": "How old are you?", "least": 0, "most": 120}
    schema = survey([age], [q(2, show_if={"q": "q1", "at_least": 130})])

    assert Found(What.NEVER_HOLDS, "p2", "q2", about="q1") in found(schema)


def test_two_tests_that_cannot_both_hold_hide_a_question_for_good():
    both = {"all": [{"q": "q1", "is": "yes"}, {"q": "q1", "is": "no"}]}
    schema = survey([q(1)], [q(2, show_if=both), q(3)])

    assert Found(What.QUESTION_NOT_REACHED, "p2", "q2") in found(schema)


def test_a_rule_after_one_that_everyone_follows_is_never_used():
    rules = [{"if": None, "to": "p3"}, {"if": {"q": "q1", "is": "no"}, "to": "end"}]
    schema = survey([q(1)], [q(2)], [q(3)], p1={"next": rules})

    assert Found(What.NEVER_USED, "p1", rule=1) in found(schema)


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"kind": "one_choice", "choices": [{"id": "a", "label": "A"}]}, "choices"),
        ({"kind": "several", "choices": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}], "least": 3}, "least"),
        ({"kind": "number", "least": "5", "most": "4.5"}, "least"),
        ({"kind": "date", "from": "2026-05-01", "to": "2026-04-01"}, "from"),
        ({"kind": "matrix", "rows": [], "columns": []}, "rows"),
        ({"kind": "matrix", "rows": [{"id": "a", "label": "A"}], "columns": []}, "columns"),
    ],
)
def test_a_question_that_nobody_can_answer_stops(settings, fault):
    assert Found(What.CANNOT_ANSWER, "p1", "q1", about=fault) in found(survey([q(1, **settings)]))


def test_what_paper_cannot_ask_is_said_only_where_paper_is_taken():
    file = {"id": "q2", "kind": "file", "label": "Show us a picture"}
    place = {"id": "q3", "kind": "place", "label": "Where is it?"}
    on_screen = q(4, show_if={"channel": "web"})
    branch = q(5, show_if={"q": "q1", "is": "no"})
    tangled = q(6, show_if={"any": [{"q": "q1", "is": "no"}, {"q": "q5", "is": "no"}]})
    schema = survey([q(1), file, place, on_screen, branch, tangled])

    said = {each.question: each.what for each in found(schema)}

    assert said == {
        "q2": What.PAPER_FILE,
        "q3": What.PAPER_PLACE,
        "q4": What.PAPER_LEFT_OUT,
        "q5": What.PAPER_BRANCH,
        "q6": What.PAPER_TANGLED,
    }
    assert found(schema, takes_paper=False) == []


def test_findings_stand_in_the_order_of_the_pages_and_what_stops_comes_first():
    schema = survey([q(1)], [q(2, label="", show_if={"q": "q1", "is": "no"})])

    assert [each.what for each in found(schema)] == [What.NO_WORDS, What.PAPER_BRANCH]
