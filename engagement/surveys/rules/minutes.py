"""How long a survey takes to answer, from what is to be read and what is to be done.

Reading: 200 words a minute. Brysbaert, "How many words do we read per minute?" (Journal of Memory
and Language 109, 2019), found 238 for grown-up readers of English prose; slower, because a
question is read to be answered. Doing: a guess for each kind, for someone on a telephone who knows
what they want to say. Nothing is measured here: once answers are in, a board should look at them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from engagement.surveys.rules.reading_age import words_of

WORDS_A_MINUTE = 200
SECONDS: Mapping[str, int] = {
    "short_text": 15,
    "long_text": 60,
    "number": 8,
    "date": 10,
    "email": 15,
    "postcode": 10,
    "yes_no": 4,
    "one_choice": 5,
    "several": 8,
    "drop_down": 8,
    "scale": 5,
    "faces": 4,
    "matrix": 5,
    "ranking": 5,
    "points": 6,
    "place": 30,
    "file": 45,
    "information": 0,
    "consent": 5,
}
"""Seconds beside reading. Of a matrix: for each row; of ranking and points: for each choice."""
EACH = {"matrix": "rows", "ranking": "choices", "points": "choices"}


@dataclass(frozen=True)
class Minutes:
    """From the shortest way through to every question, in whole minutes rounded up; and what that rests on."""

    least: int
    most: int
    words: int
    reading_seconds: int
    doing_seconds: int
    kinds: tuple[tuple[str, int], ...]
    """How many questions of each kind there are, in the order of the table above."""


def seconds_of(question: Mapping[str, Any]) -> int:
    """Give the seconds that doing one question takes, beside reading it."""
    kind = str(question.get("kind", ""))
    times = max(1, len(question.get(EACH[kind]) or ())) if kind in EACH else 1
    return SECONDS.get(kind, 0) * times


def minutes_for(schema: Mapping[str, Any]) -> Minutes:
    """Give how long a survey takes. The shortest way is by its jumps, without what not everyone is shown.

    A survey of no questions takes no time.
    """
    pages = schema.get("pages") or []
    questions = [question for page in pages for question in page.get("questions") or ()]
    words = sum(_words(page, page.get("questions") or ()) for page in pages)
    doing = sum(seconds_of(question) for question in questions)
    counted = {kind: sum(question.get("kind") == kind for question in questions) for kind in SECONDS}
    return Minutes(
        least=_whole_minutes(_shortest(pages)),
        most=_whole_minutes(_reading(words) + doing),
        words=words,
        reading_seconds=_reading(words),
        doing_seconds=doing,
        kinds=tuple((kind, number) for kind, number in counted.items() if number),
    )


def _words(page: Mapping[str, Any], questions: Collection[Mapping[str, Any]]) -> int:
    return len(page.get("title", "").split()) + sum(len(words_of(question).split()) for question in questions)


def _reading(words: int) -> int:
    return -(-words * 60 // WORDS_A_MINUTE)


def _whole_minutes(seconds: int) -> int:
    return -(-seconds // 60)


def _shortest(pages: list[Mapping[str, Any]]) -> int:
    """Give the fewest seconds from the first page to the end. A rule may only lead onwards; any other is passed over."""
    at = {page.get("id"): number for number, page in enumerate(pages)}
    left = [0] * (len(pages) + 1)
    for number in range(len(pages) - 1, -1, -1):
        page = pages[number]
        always = (
            [] if page.get("show_if") else [each for each in page.get("questions") or () if not each.get("show_if")]
        )
        cost = 0 if page.get("show_if") else _reading(_words(page, always)) + sum(map(seconds_of, always))
        onwards = [left[number + 1]]
        for rule in page.get("next") or ():
            target = len(pages) if rule.get("to") == "end" else at.get(rule.get("to"), -1)
            if target > number:
                onwards.append(left[target])
        left[number] = cost + min(onwards)
    return left[0]
