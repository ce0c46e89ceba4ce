"""The reading age is what the formula's paper says, on syllables that people would count the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagement.surveys.rules.reading_age import (
    OLDEST,
    YOUNGEST,
    age_of_question,
    reading_age,
    syllables_of,
)

SAID = {
    1: "the cat park use used walked roads times young safe house fire are there you whole year",
    2: "table people needed wanted houses bridges churches safety council going being quiet business every transport",
    3: "library idea area museum created video radio various different services decision employment improvement",
    4: "community facilities usually environment available reality society situation consultation variety",
    5: "organisation opportunity participation accommodation association",
    6: "responsibility sustainability",
}


@pytest.mark.parametrize(("count", "word"), [(count, word) for count, words in SAID.items() for word in words.split()])
def test_syllables_are_counted_as_people_say_them(count, word):
    assert syllables_of(word) == count


def test_a_published_example_has_its_published_grade():
    """Thirteen words, 24 syllables: grade 11.3 by the formula, so an age of 16."""
    said = reading_age("The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.")

    assert (said.words, said.sentences, said.syllables) == (13, 1, 24)
    assert said.age == 16


def test_short_plain_words_are_for_the_youngest():
    assert reading_age("Do you use the park?").age == YOUNGEST


def test_long_words_are_named_once_each():
    said = reading_age("Which community facilities does your community want?")

    assert said.hard == ("community", "facilities")


def test_two_words_say_nothing():
    assert reading_age("Your age") is None


def test_another_language_is_not_judged_by_english_rules():
    assert age_of_question({"label": "Ydych chi'n defnyddio'r parc lleol?"}, "cy") is None
    assert age_of_question({"label": "Do you use the local park?"}, "en-gb") is not None


@given(st.text(max_size=300))
def test_any_text_has_an_age_within_the_limits_or_none(text):
    said = reading_age(text)

    assert said is None or YOUNGEST <= said.age <= OLDEST


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=30))
def test_a_word_has_one_syllable_or_more_and_never_more_than_its_letters(word):
    assert 1 <= syllables_of(word) <= len(word)
