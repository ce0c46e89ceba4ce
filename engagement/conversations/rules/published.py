"""What of a conversation's results everyone may see: no small number of people, and no point that is a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engagement.conversations.rules.opinion import MOST, PLACES, Group, Opinion, Tally
from engagement.conversations.rules.order import AGREE, DISAGREE
from engagement.rules.small_numbers import LEAST_SHOWN, safe_breakdown
from engagement.rules.small_tables import safe_table

WAYS = (AGREE, DISAGREE, 0)
WIDE, HIGH = 1000, 600
MARGIN = 60
MOST_POINTS = 60


def published(opinion: Opinion) -> dict[str, Any]:
    """Give the results as plain values for a page and a file; {} while fewer than five people answered.

    Everything counted passes one rule: counts of 1 to 4 are None, and so is what they could be had
    from by subtraction, each statement's answers being one table of groups by ways.
    """
    if opinion.people < LEAST_SHOWN:
        return {}
    sizes: dict[int | None, int] = {at: len(group.people) for at, group in enumerate(opinion.groups)}
    sizes[None] = opinion.people - sum(sizes.values())
    shown = safe_breakdown(sizes)
    return {
        "people": opinion.people,
        "outside": shown[None],
        "wanted": opinion.wanted,
        "clearness": opinion.clearness,
        "explained": opinion.explained,
        "groups": [
            {"people": shown[at], "typical": [[each.statement, each.way] for each in group.typical]}
            for at, group in enumerate(opinion.groups)
        ],
        "cloud": cloud(opinion.groups, opinion.points),
        "agreed": [[each.statement, each.way, each.score] for each in opinion.agreed],
        "divides": [[each.statement, each.way, each.score] for each in opinion.divides],
        "unsure": [[each.statement, each.way, each.score] for each in opinion.unsure],
        "tables": {
            str(statement): {
                "all": row_of(tally),
                "groups": rows_of(tally, [group[statement] for group in opinion.by_group]),
                "leans": [lean(group[statement]) for group in opinion.by_group] or [lean(tally)],
            }
            for statement, tally in opinion.tallies.items()
        },
    }


def row_of(tally: Tally) -> list[int | None]:
    """Give how many agree, disagree and pass, without the numbers from 1 to 4.

    How many answered a statement is published nowhere, so a hidden number cannot be had by subtraction.

    >>> row_of(Tally(20, 6, 0)), row_of(Tally(20, 3, 0))
    ([20, 6, 0], [20, None, 0])
    """
    shown = safe_breakdown({way: tally.of(way) for way in WAYS}, total_is_shown=False)
    return [shown[way] for way in WAYS]


def rows_of(everyone: Tally, groups: Sequence[Tally]) -> list[list[int | None]]:
    """Give the same of each group, guarded together: a group's cell cannot be had from the others and the whole.

    Whoever is in no group stands in the table as people who did not say.
    """
    if not groups:
        return []
    counts: dict[tuple[int | None, int | None], int] = {
        (at, way): tally.of(way) for at, tally in enumerate(groups) for way in WAYS
    }
    for way in WAYS:
        if rest := everyone.of(way) - sum(tally.of(way) for tally in groups):
            counts[None, way] = rest
    safe = safe_table(counts, list(range(len(groups))), list(WAYS))
    return [[safe[at, way] for way in WAYS] for at in range(len(groups))]


def lean(tally: Tally) -> str:
    """Give in a word what most of a group make of a statement: agree, disagree, split, or few where too few answered.

    >>> lean(Tally(9, 1, 0)), lean(Tally(4, 4, 2)), lean(Tally(3, 0, 0))
    ('agree', 'split', 'few')
    """
    if tally.answers < LEAST_SHOWN:
        return "few"
    if tally.smoothed(AGREE) > MOST:
        return "agree"
    return "disagree" if tally.smoothed(DISAGREE) > MOST else "split"


def cloud(groups: Sequence[Group], points: Mapping[int, tuple[float, float]]) -> list[list[int]]:
    """Give points to draw, as [group, across, down] in a picture of 1000 by 600. None of them is a person.

    Each group's points are drawn by chance (always the same chance) round its middle, as wide as the
    group lies: so the picture says where a group is and how far it spreads, and no more. A group
    has one point for each person, in whole fives, and sixty at most.
    """
    if not groups:
        return []
    chance = np.random.default_rng(2021)
    drawn = []
    for at, group in enumerate(groups):
        lie = np.array([points[person] for person in group.people])
        many = min(MOST_POINTS, len(lie) - len(lie) % LEAST_SHOWN)
        spread = lie.std(axis=0)
        round_it = chance.standard_normal((many, 2)).clip(-2, 2)
        drawn += [(at, x, y) for x, y in np.round(lie.mean(axis=0) + round_it * spread * 0.7, PLACES)]
    across, down = (np.array([each[axis] for each in drawn]) for axis in (1, 2))
    scale = min(
        (WIDE - 2 * MARGIN) / max(float(np.ptp(across)), 1e-6), (HIGH - 2 * MARGIN) / max(float(np.ptp(down)), 1e-6)
    )
    middle_x, middle_y = (float(each.max() + each.min()) / 2 for each in (across, down))
    return [
        [at, round(WIDE / 2 + (x - middle_x) * scale), round(HIGH / 2 - (y - middle_y) * scale)] for at, x, y in drawn
    ]
