"""Each answer has its column, for good, and the codebook explains each code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engagement.surveys.rules.columns import cell_of, codebook, columns_of, in_words
from engagement.surveys.rules.schema import read_schema
from tests.surveys.asking import choices, page, question, schema


def read(*questions):
    return read_schema(schema(page("p1", *questions)))


def row(columns, answers):
    return {column.heading: cell for column in columns if (cell := cell_of(column, answers)) is not None}


EVERYTHING = read(
    question("text", "long_text"), question("number", "number", decimals=2), question("day", "date"),
    question("yes", "yes_no"), question("one", "one_choice", choices=choices("Swings", "Other", other=True)),
    question("more", "several"), question("scale", "scale", steps=5), question("face", "faces"),
    question("table", "matrix"), question("rank", "ranking"), question("share", "points"),
    question("place", "place"), question("file", "file"), question("info", "information"),
    question("agree", "consent"),
)  # fmt: skip


def test_every_kind_has_its_columns_and_information_has_none():
    headings = [column.heading for column in columns_of([(1, EVERYTHING)])]

    assert headings == [
        "text", "number", "day", "yes", "one", "one__other", "more.a", "more.b", "more.c", "scale", "face",
        "table.a", "table.b", "rank.a", "rank.b", "rank.c", "share.a", "share.b", "share.c",
        "place.words", "place.lat", "place.lon", "place.area", "file", "agree",
    ]  # fmt: skip


def test_each_answer_stands_in_its_column():
    columns = columns_of([(1, EVERYTHING)])

    found = row(
        columns,
        {
            "text": "=1+1", "number": "-2.50", "yes": "unknown", "one": "b", "one__other": "A pond",
            "more": ["a", "c"], "scale": 4, "table": {"b": "c"}, "rank": ["c", "a"], "share": {"a": 60, "b": 40},
            "place": {"words": "By the gate", "lat": "54.120", "lon": "-1.340"}, "agree": False,
        },
    )  # fmt: skip

    assert found == {
        "text": "=1+1", "number": "-2.50", "yes": "unknown", "one": "b", "one__other": "A pond",
        "more.a": 1, "more.b": 0, "more.c": 1, "scale": 4, "table.b": "c", "rank.c": 1, "rank.a": 2,
        "share.a": 60, "share.b": 40, "share.c": 0,
        "place.words": "By the gate", "place.lat": "54.120", "place.lon": "-1.340", "agree": "no",
    }  # fmt: skip


def test_what_was_not_asked_leaves_its_columns_empty():
    assert row(columns_of([(1, EVERYTHING)]), {}) == {}


def test_a_choice_named_other_and_the_other_words_do_not_meet():
    shape = read(
        question(
            "more", "several", choices=[{"id": "a", "label": "A"}, {"id": "other", "label": "Else", "other": True}]
        )
    )

    found = row(columns_of([(1, shape)]), {"more": ["other"], "more__other": "A pond"})

    assert found == {"more.a": 0, "more.other": 1, "more__other": "A pond"}


def test_only_what_people_wrote_is_watched_for_formulas():
    written = {column.heading for column in columns_of([(1, EVERYTHING)]) if column.is_written}

    assert written == {"text", "one__other", "place.words", "file"}


def test_codes_have_words_ours_or_theirs():
    columns = {column.heading: column for column in columns_of([(1, EVERYTHING)])}
    own = {("yes_no", "unknown"): "I do not know"}

    assert in_words(columns["one"], "a", own) == "Swings"
    assert in_words(columns["table.a"], "c", own) == "Good"
    assert in_words(columns["yes"], "unknown", own) == "I do not know"
    assert in_words(columns["one"], "gone", own) == "gone"
    assert in_words(columns["more.a"], 1, own) == 1


def test_a_column_outlives_a_new_version():
    old = read(
        question("one", "one_choice", choices=choices("Swing", "Bench")),
        question("more", "several"),
        question("was", "yes_no"),
    )
    new = read(
        question("more", "several", choices=choices("Swings", "Benches")),
        question("one", "one_choice", choices=[{"id": "a", "label": "Swings"}, {"id": "n", "label": "New"}]),
    )

    columns = columns_of([(2, new), (1, old)])

    assert [column.heading for column in columns] == ["more.a", "more.b", "more.c", "one", "was"]
    by_heading = {column.heading: column for column in columns}
    assert by_heading["one"].codes == (("a", "Swings"), ("n", "New"), ("b", "Bench"))
    assert by_heading["one"].versions == (2, 1)
    assert by_heading["more.c"].versions == (1,)


def test_the_codebook_has_a_line_for_each_code():
    lines = codebook(
        columns_of([(1, read(question("one", "one_choice"), question("more", "several")))]), {("tick", "1"): "Ticked"}
    )

    assert ("one", "What is it like?", "", "one_choice", "a", "Swings", "1") in lines
    assert ("more.b", "What is it like?", "Benches", "several", "1", "Ticked", "1") in lines
    assert len(lines) == 3 + 3 * 2


@given(st.permutations([1, 2, 3]), st.data())
def test_no_heading_stands_twice_and_none_is_lost(order, data):
    kinds = st.sampled_from(["one_choice", "several", "matrix", "ranking", "short_text"])
    shapes = [
        (
            number,
            read(
                *(question(f"q{n}", kind) for n, kind in enumerate(data.draw(st.lists(kinds, min_size=1, max_size=4))))
            ),
        )
        for number in order
    ]

    headings = [column.heading for column in columns_of(shapes)]

    assert len(headings) == len(set(headings))
    for shape in shapes:
        assert {column.heading for column in columns_of([shape])} <= set(headings)
