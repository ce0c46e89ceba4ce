"""How long a form takes, worked out from its questions, and what that comes to for each £1,000 given."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction


class Ask(StrEnum):
    """A question by the work it makes."""

    LINE = "line"
    CHOICE = "choice"
    DAY = "day"
    AMOUNT = "amount"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    PAPER = "paper"


SECONDS: Mapping[Ask, int] = {
    Ask.LINE: 20,
    Ask.CHOICE: 10,
    Ask.DAY: 20,
    Ask.AMOUNT: 30,
    Ask.SHORT_TEXT: 120,
    Ask.LONG_TEXT: 240,
    Ask.PAPER: 300,
}
"""A fair guess for someone typing on a telephone who knows what they want to say. An amount may have to be looked up."""


def minutes_for(questions: Mapping[Ask, int]) -> int:
    """Give whole minutes, rounded up: nobody is told less than it takes."""
    return -(-sum(SECONDS[ask] * count for ask, count in questions.items()) // 60)


def hours_per_thousand(minutes: int, awarded_pence: int) -> Fraction | None:
    """Give the hours that all who asked spent on forms for each £1,000 that was given; None where nothing was."""
    if awarded_pence <= 0:
        return None
    return Fraction(minutes, 60) / Fraction(awarded_pence, 1000_00)
