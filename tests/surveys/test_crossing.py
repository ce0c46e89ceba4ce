"""Two questions in one table say what was answered; what everyone sees of it cannot be worked back."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from engagement.surveys.rules.counting import asked_in, count_response, published, result_of
from engagement.surveys.rules.crossing import Side, by_group, cross, shown, side_of
from engagement.surveys.rules.schema import read_schema
from tests.surveys.asking import page, question, schema

SHAPE = read_schema(
    schema(page("p1", question("one", "one_choice"), question("more", "several"), question("other", "yes_no")))
)
ONE, MORE, OTHER = asked_in(SHAPE)
CHANNELS = Side("channel", (("web", "On this site"), ("paper", "On paper"), ("phone", "By phone")))


def counts_of(listed):
    counts = {}
    for answers, channel in listed:
        count_response(counts, asked_in(SHAPE), answers, channel=channel, area="", version=1)
    return counts


def pairs_of(listed, row, column):
    def said(answers, key):
        if key not in answers:
            return None
        return tuple(answers[key]) if isinstance(answers[key], list) else (answers[key],)

    return Counter((said(answers, row), said(answers, column)) for answers, _channel in listed)


def test_a_table_counts_people_who_answered_both():
    listed = [({"one": "a", "other": "yes"}, "web")] * 3 + [({"one": "a"}, "web"), ({"other": "no"}, "web")]

    table = cross(pairs_of(listed, "one", "other"), side_of(ONE), side_of(OTHER))

    assert table.cells["a", "yes"] == 3
    assert table.base == 3
    assert table.rows_alone["a"] == 4
    assert table.columns_alone["no"] == 1


def test_several_ticks_stand_in_several_rows():
    listed = [({"more": ["a", "b"], "other": "yes"}, "web")] * 2

    table = cross(pairs_of(listed, "more", "other"), side_of(MORE), side_of(OTHER))

    assert (table.cells["a", "yes"], table.cells["b", "yes"], table.base) == (2, 2, 2)


def test_by_channel_is_the_same_from_kept_counts_as_from_the_answers():
    listed = [({"one": "a"}, "web")] * 7 + [({"one": "b"}, "paper")] * 6 + [({"more": ["c"]}, "paper")]
    counts = counts_of(listed)

    table = by_group(counts, ONE, CHANNELS, letter="c", for_all=False)

    assert table.cells["a", "web"] == 7
    assert table.cells["b", "paper"] == 6
    assert table.base == 13


def test_what_everyone_sees_gives_no_base_to_subtract_from():
    listed = [({"one": "a"}, "web")] * 9 + [({"one": "b"}, "paper")] * 9

    table = by_group(counts_of(listed), ONE, CHANNELS, letter="c", for_all=True)

    assert table.base is None


answers = st.fixed_dictionaries(
    {},
    optional={
        "one": st.sampled_from("abc"),
        "more": st.lists(st.sampled_from("abc"), unique=True, min_size=1),
        "other": st.sampled_from(["yes", "no"]),
    },
)
crowds = st.lists(
    st.tuples(answers, st.sampled_from(["web", "paper", "phone"]), st.integers(1, 9)), min_size=1, max_size=9
).map(lambda kinds: [(said, channel) for said, channel, many in kinds for _ in range(many)])


@given(crowds)
def test_no_cell_below_five_is_shown_and_none_is_left_alone(listed):
    """In no row and no column is one cell hidden, or are the hidden ones few: the rest cannot be subtracted."""
    for row, column in (("one", "other"), ("more", "other"), ("more", "more"), ("one", "more")):
        sides = {"one": ONE, "more": MORE, "other": OTHER}
        pairs = pairs_of(listed, row, column)
        full = cross(pairs, side_of(sides[row]), side_of(sides[column]))
        safe = shown(full, pairs)
        assert set(safe.cells) == set(full.cells)
        for cell, count in safe.cells.items():
            assert count is None or count == full.cells[cell]
            assert count is None or count == 0 or count >= 5


@given(crowds)
def test_whole_and_by_channel_cannot_be_subtracted_from_each_other(listed):
    counts = counts_of(listed)
    for asked in (ONE, MORE, OTHER):
        whole = published(result_of(counts, asked))
        full = by_group(counts, asked, CHANNELS, letter="c", for_all=False)
        table = by_group(counts, asked, CHANNELS, letter="c", for_all=True)
        for value, _words, count in whole.rows:
            cells = [table.cells[value, channel] for channel in CHANNELS.values]
            if count is None:
                # What is hidden alone cannot be added up from its channels.
                assert None in cells
                continue
            hidden = [full.cells[value, c] for c, cell in zip(CHANNELS.values, cells, strict=True) if cell is None]
            left = count - sum(cell for cell in cells if cell is not None)
            assert left == sum(hidden)
            if any(0 < many < 5 for many in hidden):
                assert len(hidden) > 1
                assert left >= 5
            if asked is not MORE and whole.base is not None:
                assert table.rows_alone[value] == count
