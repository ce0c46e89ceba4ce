"""What was answered is counted as it was said, over every version, and nothing small is shown to everyone."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from engagement.surveys.rules.counting import (
    add,
    asked_in,
    asked_over,
    count_draft,
    count_response,
    published,
    result_of,
    spread_of,
    stops,
)
from engagement.surveys.rules.schema import read_schema
from tests.surveys.asking import BRANCHING, choices, page, question, schema


def read(*questions):
    return read_schema(schema(page("p1", *questions)))


def counted(shape, *answers, channel="web", area="", version=1):
    counts = {}
    for each in answers:
        count_response(counts, asked_in(shape), each, channel=channel, area=area, version=version)
    return counts


def result(shape, key, *answers):
    [asked] = [each for each in asked_in(shape) if each.key == key]
    return result_of(counted(shape, *answers), asked)


def test_who_did_not_answer_is_missing_and_not_in_the_base():
    shape = read(question("q1", "one_choice"))

    found = result(shape, "q1", {"q1": "a"}, {"q1": "a"}, {"q1": "c"}, {}, {"q1": ""})

    assert (found.base, found.missing) == (3, 2)
    assert found.rows == (("a", "Swings", 2), ("b", "Benches", 0), ("c", "Trees", 1))


def test_each_tick_of_several_counts_and_its_person_once():
    found = result(read(question("q1", "several")), "q1", {"q1": ["a", "b"]}, {"q1": ["b"]}, {"q1": []})

    assert found.base == 2
    assert [count for _v, _w, count in found.rows] == [1, 2, 0]


def test_a_table_of_questions_is_counted_row_by_row():
    shape = read(question("q1", "matrix"))

    found = result(shape, "q1.b", {"q1": {"a": "c", "b": "a"}}, {"q1": {"a": "b"}}, {})

    assert found.asked.row_label == "Lights"
    assert (found.base, found.missing) == (1, 2)
    assert found.rows[0] == ("a", "Bad", 1)


def test_no_is_an_answer_to_a_consent():
    found = result(read(question("q1", "consent")), "q1", {"q1": True}, {"q1": False}, {})

    assert [(value, count) for value, _w, count in found.rows] == [("yes", 1), ("no", 1)]


def test_a_ranking_gives_first_places_and_points():
    found = result(read(question("q1", "ranking")), "q1", {"q1": ["b", "a"]}, {"q1": ["b", "c", "a"]})

    assert [count for _v, _w, count in found.rows] == [0, 2, 0]
    assert [points for _v, _w, points in found.points] == [2 + 1, 3 + 3, 2]


def test_points_to_share_are_added_up():
    found = result(read(question("q1", "points")), "q1", {"q1": {"a": 70, "c": 30}}, {"q1": {"a": 100}})

    assert [points for _v, _w, points in found.points] == [170, 0, 30]


def test_a_scale_and_a_number_have_a_middle():
    scale = result(read(question("q1", "scale", steps=5)), "q1", {"q1": 1}, {"q1": 4}, {"q1": 5})
    number = result(read(question("q1", "number", decimals=1)), "q1", {"q1": "0.1"}, {"q1": "0.2"}, {"q1": "1000000"})

    assert scale.spread.middle == 4
    assert number.spread.middle == Fraction("0.2")
    assert number.spread.mean == Fraction("1000000.3") / 3


def test_places_are_counted_by_area_and_pins_to_a_kilometre():
    shape = read(question("q1", "place"))

    counts = counted(
        shape,
        {"q1": {"words": "by the gate", "area": "E05000001"}},
        {"q1": {"lat": "54.123", "lon": "-1.344"}},
        {"q1": {"lat": "54.121", "lon": "-1.339"}},
    )

    assert counts["areas"] == {"q1": {"E05000001": 1}}
    assert counts["cells"] == {"q1": {"54.12,-1.34": 2}}


def test_versions_are_counted_together_in_the_words_of_the_newest():
    old = read(question("q1", "one_choice", "Which?", choices=choices("Swing", "Bench")), question("gone", "yes_no"))
    new = read(
        question(
            "q1", "one_choice", "Which one?", choices=[{"id": "a", "label": "Swings"}, {"id": "n", "label": "New"}]
        )
    )
    counts = counted(old, {"q1": "a"}, {"q1": "b", "gone": "yes"})
    add(counts, counted(new, {"q1": "a"}, {"q1": "n"}, version=2))

    first, second = asked_over([new, old])

    assert result_of(counts, first).rows == (("a", "Swings", 2), ("n", "New", 1), ("b", "Bench", 1))
    assert (second.key, result_of(counts, second).base) == ("gone", 1)
    assert counts["versions"] == {"1": 2, "2": 2}


def test_stops_say_where_people_went_no_further():
    shape = read_schema(BRANCHING)
    counts = counted(shape, {"uses": "no"}, {"uses": "yes"})
    for reached in ("p1", "p2", "p2", ""):
        count_draft(counts, reached)

    found = stops(counts, shape)

    assert [(stop.page, stop.opened, stop.stopped) for stop in found] == [("p1", 6, 2), ("p2", 4, 2), ("p3", 2, 0)]


# --- promises over any input

EVERY_KIND = read(
    question("one", "one_choice"), question("more", "several"), question("table", "matrix"),
    question("scale", "scale", steps=4), question("rank", "ranking"), question("share", "points"),
    question("number", "number", decimals=2), question("place", "place"),
)  # fmt: skip
ids = st.sampled_from("abc")
any_answers = st.fixed_dictionaries(
    {},
    optional={
        "one": ids,
        "more": st.lists(ids, unique=True, min_size=1),
        "table": st.dictionaries(st.sampled_from("ab"), ids, min_size=1),
        "scale": st.integers(1, 4),
        "rank": st.lists(ids, unique=True, min_size=1),
        "share": st.dictionaries(ids, st.integers(1, 50), min_size=1),
        "number": st.decimals(-5, 5, places=2, allow_nan=False).map(str),
        "place": st.just({"area": "E05000001", "lat": "54.123", "lon": "-1.3"}),
    },
)
people = st.lists(
    st.tuples(any_answers, st.sampled_from(["web", "paper"]), st.sampled_from(["", "1", "2"])), max_size=12
)


def count_people(listed):
    counts = {}
    for answers, channel, area in listed:
        count_response(counts, asked_in(EVERY_KIND), answers, channel=channel, area=area, version=1)
    return counts


@given(people, people)
def test_counts_of_two_crowds_add_up_and_come_apart_again(some, others):
    together = count_people(some)
    add(together, count_people(others))
    assert together == count_people(some + others)

    add(together, count_people(others), times=-1)
    assert together == count_people(some)


@given(people)
def test_channels_and_areas_each_add_up_to_all(listed):
    counts = count_people(listed)
    for letter in "ca":
        total = Counter()
        for group, keys in counts.get("said", {}).items():
            if group.startswith(letter):
                for key, values in keys.items():
                    total.update({(key, value): many for value, many in values.items()})
        whole = counts.get("said", {}).get("", {})
        assert total == Counter({(key, value): n for key, values in whole.items() for value, n in values.items()})


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=30))
def test_the_middle_is_the_middle(numbers):
    found = spread_of({Fraction(n): many for n, many in Counter(numbers).items()})

    ordered = sorted(numbers)
    half = len(ordered) // 2
    assert found.middle == Fraction(median(ordered))
    assert (found.least, found.most) == (ordered[0], ordered[-1])
    assert found.mean == Fraction(sum(numbers), len(numbers))
    if half:
        assert (found.lower, found.upper) == (Fraction(median(ordered[:half])), Fraction(median(ordered[-half:])))


@given(st.lists(st.integers(0, 9), min_size=3, max_size=3), st.sampled_from(["one", "more"]))
def test_no_small_number_is_published_nor_can_be_had_from_the_base(counts, key):
    listed = []
    for value, many in zip("abc", counts, strict=True):
        listed += [{key: value if key == "one" else [value]}] * many
    full = result(EVERY_KIND, key, *listed)

    safe = published(full)

    if full.base < 5:
        assert safe.base is None
        assert safe.missing is None
        assert {count for _v, _w, count in safe.rows} == {None}
        return
    hidden = [true for (_v, _w, true), (_v2, _w2, count) in zip(full.rows, safe.rows, strict=True) if count is None]
    if key == "one":
        assert len(hidden) != 1
        assert sum(hidden) == 0 or sum(hidden) >= 5
    for (_v, _w, true), (_v2, _w2, count) in zip(full.rows, safe.rows, strict=True):
        assert count in (true, None)
        small = 0 < true < 5 or (key == "more" and 0 < full.base - true < 5)
        assert not small or count is None
    if hidden:
        assert safe.points == ()
        assert safe.spread is None
