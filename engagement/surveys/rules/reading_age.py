"""The reading age of a question: how old a reader usually is who takes it in at first sight.

Source: the Flesch-Kincaid grade, from Kincaid, Fishburne, Rogers and Chissom, "Derivation of New
Readability Formulas" (Naval Technical Training Command, Research Branch Report 8-75, 1975):
0.39 × words a sentence + 11.8 × syllables a word − 15.59. A grade is a year of American school, so
five is added for an age. Syllables are counted by the rules below, and not looked up.

Limits: it is for English alone. It was made for whole passages; of one short question it says
little more than whether its words are long, so it is shown beside those words, as a hint to
whoever writes, and never stops anything. It knows nothing of what a word means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

YOUNGEST, OLDEST = 5, 22
LEAST_WORDS = 3
"""Fewer say nothing of how hard a sentence is."""
AGE_AT_GRADE_NOUGHT = 5
HARD_SYLLABLES = 4
AIM = 11
"""The oldest reading age the house aims at."""

WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*|\d+(?:[.,]\d+)*")
SENTENCE_END = re.compile(r"[.!?:;\n]+")
VOWELS = re.compile(r"[aeiouy]+")
# Where two vowels side by side are said one after the other: idea, area, science, going, museum, actual, creation.
APART = re.compile(
    r"(?<![cstg])(?!(?<=l)ia[nr])ia|(?<=soci)a(?=t)|(?<![cstgxln])io(?!us)|(?<=[rlvb])iou|eo(?!us|r|p)|ua(?!r|nt|l?ity\b)|uou|iu|eum"
    r"|[eo]a(?=ti)|(?<=[dlnv])ier\b|iet|cie[nt](?=[cit])|(?<=cl)ie(?=n)|(?<=[aeouy])ing|(?<=cr)ea(?=t(?!ure))"
    r"|(?<=r)ea(?=\b|cti|lit)|(?<=d)ea\b|uel|oe(?=[mt])"
)
SILENT_END = re.compile(r"(?:[^aeiouyl]|[aeiouyl]l)e$")
SILENT_PAST = re.compile(r"[^tdaeiouy]ed$")
SILENT_PLURAL = re.compile(r"[^aeiouyscxzgh]es$|[aeiou]les$|thes$")
INNER_SILENT = re.compile(r"[aeiouy][^aeiouyl]e(?:ment|ful|ly|less|ness|ty)")
BLENDS = re.compile(r"[^aeiouyl]les$")
AS_SAID = {"business": 2, "businesses": 3, "every": 2, "everyone": 3, "evening": 2, "genuine": 3, "theatre": 3}
"""Words that are common here and break the rules above."""


@dataclass(frozen=True)
class ReadingAge:
    """An age in whole years, on what it rests, and the longest words, in the order they stand in."""

    age: int
    words: int
    sentences: int
    syllables: int
    hard: tuple[str, ...]


def syllables_of(word: str) -> int:
    """Give how many syllables a word of English has, by its letters; never fewer than one.

    >>> [syllables_of(word) for word in ("cat", "table", "people", "library", "consultation")]
    [1, 2, 2, 3, 4]
    """
    plain = word.lower().replace("’", "'").partition("'")[0]
    if plain in AS_SAID:
        return AS_SAID[plain]
    if not plain.isascii() or not plain.isalpha():
        return max(1, sum(2 if digit == "7" else 1 for digit in word if digit.isdigit()))
    count = len(VOWELS.findall(plain)) + len(APART.findall(plain))
    if (
        SILENT_END.search(plain)
        or SILENT_PAST.search(plain)
        or (SILENT_PLURAL.search(plain) and not BLENDS.search(plain))
    ):
        count -= 1
    if INNER_SILENT.search(plain):
        count -= 1
    return max(1, count)


def reading_age(text: str) -> ReadingAge | None:
    """Give the reading age of a text in English; None for fewer than three words."""
    sentences = [WORD.findall(part) for part in SENTENCE_END.split(text)]
    sentences = [words for words in sentences if words]
    words = [word for sentence in sentences for word in sentence]
    if len(words) < LEAST_WORDS:
        return None
    counts = [syllables_of(word) for word in words]
    grade = 0.39 * len(words) / len(sentences) + 11.8 * sum(counts) / len(words) - 15.59
    age = min(OLDEST, max(YOUNGEST, round(grade) + AGE_AT_GRADE_NOUGHT))
    hard = tuple(dict.fromkeys(word for word, count in zip(words, counts, strict=True) if count >= HARD_SYLLABLES))
    return ReadingAge(age, len(words), len(sentences), sum(counts), hard)


def words_of(question: Mapping[str, Any]) -> str:
    """Give everything that a person reads in a question, a line each."""
    lines = [question.get("label", ""), question.get("help", "")]
    for name in ("choices", "rows", "columns"):
        lines += [each.get("label", "") for each in question.get(name) or ()]
    lines += [end for end in question.get("ends") or () if isinstance(end, str)]
    return "\n".join(line for line in lines if line)


def age_of_question(question: Mapping[str, Any], language: str) -> ReadingAge | None:
    """Give the reading age of what a question asks and explains. Choices are names more often than sentences."""
    if language.partition("-")[0] != "en":
        return None
    return reading_age("\n".join((question.get("label", ""), question.get("help", ""))))
