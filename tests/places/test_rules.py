"""Postcodes, codes and boundaries, before any database."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.places.rules import boundaries, normal_postcode
from boards.places.rules.codes import kind_of_code
from boards.places.rules.postcodes import forgiven_postcode, half_postcode

A_SQUARE = [[1.0, 54.0], [1.1, 54.0], [1.1, 54.1], [1.0, 54.1], [1.0, 54.0]]

letters = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
figures = st.sampled_from("0123456789")
real_postcodes = st.builds(
    "{}{} {}{}".format,
    st.builds("".join, st.lists(letters, min_size=1, max_size=2)),
    st.builds("{}{}".format, figures, st.one_of(st.just(""), figures, letters)),
    figures,
    st.builds("{}{}".format, letters, letters),
)


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def square(x: float, y: float, size: float = 0.1):
    return polygon([[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]])


# Postcodes


@given(real_postcodes)
def test_a_postcode_in_its_normal_form_is_left_as_it_is(postcode):
    assert normal_postcode(postcode) == postcode


@given(
    real_postcodes,
    st.lists(st.tuples(st.integers(0, 8), st.sampled_from([" ", "-", ".", ",", "\t", "\n", "\u00a0"])), max_size=6),
    st.booleans(),
)
def test_a_postcode_is_known_however_it_is_spaced_and_in_small_letters(postcode, marks, small):
    typed = postcode.replace(" ", "")
    for place, mark in marks:
        typed = typed[:place] + mark + typed[place:]

    assert normal_postcode(typed.lower() if small else typed) == postcode


@given(st.text(max_size=60))
def test_anything_typed_is_a_postcode_of_the_right_shape_or_none(typed):
    found = normal_postcode(typed)

    assert found is None or (normal_postcode(found) == found and found.isascii() and 6 <= len(found) <= 8)
    forgiven_postcode(typed), half_postcode(typed)  # nothing typed is a fault


@pytest.mark.parametrize(
    "typed",
    ["", " ", "HP10", "HP10 0A", "1HP 0AA", "HP10 0AAA", "ß1 1AA", "ſW1A 1AA", "H" * 41, "ＨＰ１０ ０ＡＡ", "HP1٠ 0AA"],
)
def test_what_has_not_a_postcodes_shape_is_none(typed):
    assert normal_postcode(typed) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("HP1O OAA", "HP10 0AA"),
        ("hpio oaa", "HP10 0AA"),
        ("SLI lAA", "SL1 1AA"),
        ("SW1A 1AA", "SW1A 1AA"),
        ("OX1 1AA", "OX1 1AA"),
        ("oxford", None),
        ("Iver", None),
    ],
)
def test_a_letter_typed_for_a_figure_is_forgiven(typed, meant):
    assert forgiven_postcode(typed) == meant


@given(real_postcodes)
def test_forgiving_changes_nothing_that_was_right(postcode):
    assert forgiven_postcode(postcode) == postcode


@pytest.mark.parametrize(
    ("typed", "begins"),
    [("hp10", "HP10 "), ("HP10  0", "HP10 0"), ("HP10 0A", "HP10 0"), ("W1A", "W1A "), ("HP", None), ("Winslow", None)],
)
def test_half_a_postcode_gives_how_the_whole_begins(typed, begins):
    assert half_postcode(typed) == begins


# Codes


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("E05015927", "ward"),
        ("W05001234", "ward"),
        ("E06000060", "council"),
        ("E43000275", "parish"),
        ("E01017627", "lsoa"),
        ("E99000001", None),
        ("E0501592", None),
        ("e05015927", None),
        ("E05015927\n", None),
        ("E0501592٧", None),
    ],
)
def test_a_code_says_what_kind_of_place_it_names(code, kind):
    assert kind_of_code(code) == kind


# Boundaries


def test_a_square_is_sound():
    assert boundaries.flaw_in(polygon(A_SQUARE)) is None


@pytest.mark.parametrize(
    ("geometry", "kind"),
    [
        (None, "missing"),
        ("Polygon", "missing"),
        ({"type": "Point", "coordinates": [1, 54]}, "wrong_type"),
        ({"type": "Polygon"}, "not_a_polygon"),
        ({"type": "Polygon", "coordinates": []}, "not_a_polygon"),
        ({"type": "Polygon", "coordinates": [[]]}, "too_few"),
        ({"type": "Polygon", "coordinates": ["abcd"]}, "not_a_polygon"),
        ({"type": "MultiPolygon", "coordinates": [A_SQUARE]}, "not_a_polygon"),
        (polygon([["1", "54"]] * 5), "not_a_number"),
        (polygon([[True, 54.0]] * 5), "not_a_number"),
        (polygon([[1.0]] * 5), "not_a_number"),
        (polygon([[float("inf"), 54.0]] * 5), "not_a_number"),
        (polygon([[10**400, 54.0]] * 5), "not_a_number"),
        (polygon([[y, x] for x, y in A_SQUARE]), "swapped"),
        (polygon([[485_000.0, 195_000.0]] * 5), "national_grid"),
        (polygon([[100.0, 0.0]] * 5), "elsewhere"),
        (polygon(A_SQUARE[:-1]), "unclosed"),
        (polygon(A_SQUARE[:2] + A_SQUARE[:1]), "too_few"),
        (polygon([[1, 54], [1.1, 54.1], [1.1, 54], [1, 54.1], [1, 54]]), "crosses_itself"),
        (polygon(A_SQUARE, square(2.0, 54.0, 0.01)["coordinates"][0]), "not_sound"),
        (polygon([[1, 54], [1.1, 54], [1.2, 54], [1, 54]]), "crosses_itself"),
    ],
)
def test_each_way_a_boundary_can_be_wrong_is_told_apart(geometry, kind):
    assert boundaries.flaw_in(geometry).kind == kind


def test_a_boundary_is_kept_without_heights_and_anticlockwise():
    clockwise = [[*place, 12.5] for place in reversed(A_SQUARE)]

    kept = boundaries.tidy(polygon(clockwise))

    ring = kept["coordinates"][0]
    doubled_area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))
    assert doubled_area > 0
    assert boundaries.tidy(kept) == kept


def test_neighbours_keep_their_shared_edge_when_drawn_lighter():
    wavy = [[1.1, 54.0 + step / 1000] for step in range(101)]
    wavy = [[x + (0.00001 if index % 2 else 0), y] for index, (x, y) in enumerate(wavy)]
    left = polygon([[1.0, 54.0], *wavy, [1.0, 54.1], [1.0, 54.0]])
    right = polygon([[1.2, 54.1], *reversed(wavy), [1.2, 54.0], [1.2, 54.1]])

    lighter_left, lighter_right = boundaries.outlines([left, right])

    assert len(lighter_left["coordinates"][0]) < 20
    overlap = boundaries.flat(lighter_left).intersection(boundaries.flat(lighter_right)).area
    whole = boundaries.flat(boundaries.joined([lighter_left, lighter_right])).area
    assert overlap == pytest.approx(0, abs=1e-12)
    assert whole == pytest.approx(0.02, rel=1e-3)


@given(x=st.floats(1.0, 1.1), y=st.floats(54.0, 54.1))
def test_a_place_in_a_square_is_held_by_it(x, y):
    assert boundaries.holds(polygon(A_SQUARE), longitude=x, latitude=y)
    assert not boundaries.holds(polygon(A_SQUARE), longitude=x + 0.2, latitude=y)


def test_neighbouring_boards_have_unlike_tones_and_keep_them():
    across = {f"board-{column}-{row}": [square(column / 10, 54 + row / 10)] for column in range(4) for row in range(4)}

    chosen = boundaries.tones(across, of=5)

    for column in range(4):
        for row in range(4):
            here = chosen[f"board-{column}-{row}"]
            assert column == 3 or here != chosen[f"board-{column + 1}-{row}"]
            assert row == 3 or here != chosen[f"board-{column}-{row + 1}"]
    assert boundaries.tones(dict(reversed(across.items())), of=5) == chosen
