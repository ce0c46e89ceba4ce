"""Nobody is told less than a survey takes by the guesses it is built on."""

from __future__ import annotations

from engagement.surveys.rules.minutes import SECONDS, minutes_for
from tests.surveys.any_survey import q, survey


def test_nothing_takes_no_time():
    said = minutes_for({"pages": []})

    assert (said.least, said.most) == (0, 0)


def test_reading_is_two_hundred_words_a_minute_and_doing_by_the_kind():
    words = " ".join(["word"] * 100)
    said = minutes_for(survey([q(1, label=words), {"id": "q2", "kind": "long_text", "label": words}]))

    assert said.words == 200
    assert said.reading_seconds == 60
    assert said.doing_seconds == SECONDS["yes_no"] + SECONDS["long_text"]
    assert said.most == 3
    assert said.kinds == (("long_text", 1), ("yes_no", 1))


def test_the_least_is_by_the_shortest_way_and_without_what_may_be_hidden():
    long = {"kind": "long_text", "label": "Tell us"}
    schema = survey(
        [q(1), {"id": "q2", **long, "show_if": {"q": "q1", "is": "yes"}}],
        [{"id": f"q{n}", **long} for n in range(3, 8)],
        [q(9)],
        p1={"next": [{"if": {"q": "q1", "is": "no"}, "to": "p3"}]},
    )

    said = minutes_for(schema)

    assert said.least == 1
    assert said.most == 7


def test_each_row_of_a_matrix_counts():
    rows = [{"id": str(n), "label": "Row"} for n in range(12)]
    said = minutes_for(survey([{"id": "q1", "kind": "matrix", "label": "Rate", "rows": rows, "columns": []}]))

    assert said.doing_seconds == 60


def test_a_rule_that_leads_back_is_passed_over():
    assert minutes_for(survey([q(1)], p1={"next": [{"if": None, "to": "p1"}]})).least == 1
