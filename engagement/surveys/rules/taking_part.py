"""Who took part beside who lives here, group by group. Two numbers stand side by side; nobody makes one of them.

Equality answers are asked apart and shown most carefully: a group of under 10 is not shown, any
other is rounded to 5 (PROMISES 18), and no two characteristics are ever crossed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LEAST_EQUALITY = 10
ROUNDED_TO = 5
NOT_SAID = "pnts"


@dataclass(frozen=True)
class Group:
    """People who gave one of these answers to one equality question, and the figure that counts them among everyone."""

    name: str
    question: str
    values: frozenset[str]
    figure: str


GROUPS = (
    Group("under_16", "age_band", frozenset({"u16"}), "age_0_15_n"),
    Group("over_65", "age_band", frozenset({"65-74", "75-84", "85+"}), "age_65_plus_n"),
    Group("disabled", "activity_restriction", frozenset({"lot", "little"}), "disabled_n"),
    Group("white", "ethnic_group", frozenset({"w_british", "w_irish", "w_traveller", "w_roma", "w_other"}), "eth_white_n"),
    Group("mixed", "ethnic_group", frozenset({"m_wbc", "m_wba", "m_wa", "m_other"}), "eth_mixed_n"),
    Group("asian", "ethnic_group", frozenset({"a_indian", "a_pakistani", "a_bangladeshi", "a_chinese", "a_other"}), "eth_asian_n"),
    Group("black", "ethnic_group", frozenset({"b_caribbean", "b_african", "b_other"}), "eth_black_n"),
    Group("other", "ethnic_group", frozenset({"o_arab", "o_other"}), "eth_other_n"),
)  # fmt: skip
"""Source: the GSS harmonised answers of our equality questions, and the Census counts loaded as indicators.
Disabled: activities reduced by a condition, a lot or a little, as the Census counts it under the Equality Act."""


@dataclass(frozen=True)
class Beside:
    """One group: about how many of those who told us, and how many of everyone. None is too few to show."""

    name: str
    took_part: int | None
    of: int | None
    live_here: int
    of_all: int


def rounded(count: int) -> int | None:
    """Give a number of equality answers as it may be shown: none under 10, the rest to the nearest 5, halves up."""
    if count < LEAST_EQUALITY:
        return None
    return (2 * count + ROUNDED_TO) // (2 * ROUNDED_TO) * ROUNDED_TO


def count_equality(answers: Iterable[tuple[Mapping[str, Any], int]]) -> Counter[tuple[str, str]]:
    """Count each answer to each equality question, from answers with how many people gave them.

    What someone would rather not say is no answer.
    """
    found: Counter[tuple[str, str]] = Counter()
    for each, people in answers:
        for question, value in each.items():
            if isinstance(value, str) and value and value != NOT_SAID:
                found[question, value] += people
    return found


def beside(said: Mapping[tuple[str, str], int], figures: Mapping[str, int], everyone: int | None) -> list[Beside]:
    """Give each group for which there is a figure and enough people answered the question at all."""
    found = []
    for group in GROUPS:
        here = figures.get(group.figure)
        base = sum(count for (question, _value), count in said.items() if question == group.question)
        of = rounded(base)
        if here is None or not everyone or of is None:
            continue
        took_part = sum(said.get((group.question, value), 0) for value in group.values)
        found.append(Beside(group.name, rounded(took_part), of, here, everyone))
    return found
