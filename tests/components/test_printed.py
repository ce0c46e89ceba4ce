"""Printed pages: text in the site's fonts that never runs over what is beside or below it, and squares that read."""

import io
import re
import unicodedata

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from components.printed import NOT_DRAWN, Face, Pages, in_print, lines_of, not_in_print, width_of

HOSTILE = [
    "Llanfairpwllgwyngyll: ŵyl y môr, Łódź, İstanbul, Timișoara",
    "منح الخريف for عائلات",
    "秋季补助金",
    "🎉 👩‍👩‍👧 Party 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "\u202eevil\u2069 \x07 tab\tline\nnext\u2028end",
    "W" * 400,
    "a\u0301\u0301\u0301\u0301",
    "(unbalanced \\) % <b>&amp;</b> {{ x }}",
    "",
    "   ",
]


def drawn(*texts: str, **more) -> PdfReader:
    file = io.BytesIO()
    pages = Pages(file, title="A title", language="en-GB", by="A board")
    y = 20.0
    for text in texts:
        y = pages.text(text, x=20, y=y, width=170, size=12, **more)
    pages.turn()
    pages.finish()
    return PdfReader(io.BytesIO(file.getvalue()))


def test_welsh_and_other_latin_letters_are_drawn_and_read_back():
    words = "ŵ ŷ Ŵ Ŷ ẁ ẃ ẅ ỳ â ê î ô û ł ś ğ İ ı ő ű ș ț ß £ € – “”"

    assert not_in_print(words) == ""
    for face in Face:
        assert drawn(words, face=face).pages[0].extract_text().strip() == words


def test_what_the_fonts_lack_is_shown_as_such_and_named():
    assert in_print("Grants 中文 and 🎉 more") == f"Grants {NOT_DRAWN} and {NOT_DRAWN} more"
    assert in_print("منح الخريف") == NOT_DRAWN
    assert not_in_print("中 a 🎉", "中b") == "中🎉"


def test_letters_with_a_plainer_twin_become_it():
    assert in_print("№ 7, ﬁne, Ｑuay, well‑known, Hồ") == "No 7, fine, Quay, well-known, Ho"


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("face", Face)
def test_hostile_text_makes_a_page_that_opens(text, face):
    [page] = drawn(text, face=face).pages

    assert "\ufffd" not in page.extract_text()


@given(text=st.text(max_size=200), face=st.sampled_from(Face), most=st.none() | st.integers(0, 3))
def test_any_text_stays_within_its_width_and_its_lines(text, face, most):
    lines = lines_of(text, 60, 12, face, most)

    assert all(width_of(line, 12, face) <= 60 for line in lines)
    assert most is None or len(lines) <= most
    assert not any(unicodedata.category(letter) in {"Cc", "Cf"} for line in lines for letter in line)


def test_what_is_cut_ends_with_three_dots_and_nothing_else_does():
    words = "one two three four five six seven eight nine ten"

    assert lines_of(words, 30, 12, most=1)[-1].endswith("…")
    assert " ".join(lines_of(words, 30, 12)) == words


def test_a_file_says_its_title_and_its_language():
    reader = drawn("Words")

    assert reader.metadata.title == "A title"
    assert reader.metadata.author == "A board"
    assert reader.root_object["/Lang"] == "en-GB"
    assert str(reader.root_object["/ViewerPreferences"]["/DisplayDocTitle"]).lower() == "true"


def modules_of(page) -> list[list[int]]:
    """Read the square back from what is drawn: its rows from the top, dark as 1, its white border left out."""
    found = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) 1 re", page.get_contents().get_data())
    runs = [tuple(round(float(number)) for number in run) for run in found]
    left, low = min(x for x, _, _ in runs), min(y for _, y, _ in runs)
    side = max(y for _, y, _ in runs) - low + 1
    rows = [[0] * side for _ in range(side)]
    for x, y, width in runs:
        for at in range(x, x + width):
            rows[side - 1 - (y - low)][at - left] = 1
    return rows


def test_each_square_holds_its_link_module_by_module():
    links = [f"https://moothall.example/boards/quay/funding/spring/vote/#code=7K2M9QX4T{n}" for n in "B0Z"]
    file = io.BytesIO()
    pages = Pages(file, title="x", language="en-GB", by="x")
    for link in links:
        pages.square(link, x=20, y=20, side=50)
        pages.turn()
    pages.finish()

    for link, page in zip(links, PdfReader(io.BytesIO(file.getvalue())).pages, strict=True):
        possible = [[list(row) for row in segno.make(link, error="m", mask=mask).matrix] for mask in range(8)]
        assert modules_of(page) in possible


def test_measuring_reaches_as_far_as_drawing_and_draws_nothing():
    file = io.BytesIO()
    pages = Pages(file, title="x", language="en-GB", by="x")
    with pages.measuring():
        measured = pages.text("Not this. " * 40, x=20, y=20, width=100, size=12)
        pages.turn()
    reached = pages.text("But this. " * 40, x=20, y=20, width=100, size=12)
    pages.turn()
    pages.finish()

    [page] = PdfReader(io.BytesIO(file.getvalue())).pages
    assert "Not this" not in page.extract_text()
    assert measured == pytest.approx(reached, abs=6)
