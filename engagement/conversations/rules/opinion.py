"""Groups of opinion, and what people agree on, what divides them and what they are unsure of.

The method is that of Polis as published (Small, Bjorkegren, Erkkilä, Shaw and Megill, "Polis:
scaling deliberation by mapping high dimensional opinion spaces", Recerca 26(2), 2021): a table of
people by statements; empty places filled with the statement's mean; principal components; k-means.
What is other here, and why, stands in docs/conversations.md. No Django; numpy and scikit-learn.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from engagement.conversations.rules.order import AGREE, DISAGREE

FEWEST_ANSWERS = 7
"""Whoever answered fewer statements (or fewer than there are) says too little to be put in a group."""
MOST_GROUPS = 5
STARTS = 20
"""k-means begins from this many places and keeps the best."""
SEED = 2021
"""Fixed, so that the same answers give the same groups on every run."""
PLACES = 6
"""Decimal places kept of a point before grouping: the last bits of a float are the machine's, not people's."""
LEAST_VARIANCE = 1e-9
COMPARED = 5_000
"""A silhouette compares each with each: beyond this many people a part of them stands for all."""

# Where a sentence may be said of a statement.
MOST = 0.5
SURE = 1.2816
"""z of 90 per cent, one-sided, as Polis has it."""
LEAST_DIFFERENCE = 0.3
LEAST_UNSURE = 0.2
MOST_LISTED = 10
MOST_TYPICAL = 5

Numbers = NDArray[np.float64]
Answer = tuple[int, int, int]
"""Person, statement, and 1 (agree), 0 (pass) or -1 (disagree)."""


@dataclass(frozen=True)
class Tally:
    """How some people answered one statement."""

    agrees: int
    disagrees: int
    passes: int

    @property
    def answers(self) -> int:
        return self.agrees + self.disagrees + self.passes

    def smoothed(self, way: int) -> float:
        """Give the share that answered this way, as if one more had and one more had not.

        >>> Tally(3, 1, 0).smoothed(1)
        0.6666666666666666
        """
        return (self.of(way) + 1) / (self.answers + 2)

    def of(self, way: int) -> int:
        return {AGREE: self.agrees, DISAGREE: self.disagrees}.get(way, self.passes)


@dataclass(frozen=True)
class Typical:
    """A statement that tells one group from the others: which way the group leans, and how strongly it tells."""

    statement: int
    way: int
    strength: float


@dataclass(frozen=True)
class Group:
    """People whose answers are alike, and what is typical of them."""

    people: tuple[int, ...]
    typical: tuple[Typical, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One statement in a list of results, with the number it is listed by."""

    statement: int
    way: int
    score: float


@dataclass(frozen=True)
class Opinion:
    """What the answers of a conversation come to.

    `placed` are the people with enough answers to be put on the map; `wanted` is how many groups
    fitted best before small ones were refused (0: no map could be made).
    """

    people: int
    placed: int
    groups: tuple[Group, ...] = ()
    wanted: int = 0
    clearness: float = 0.0
    points: dict[int, tuple[float, float]] = field(default_factory=dict)
    explained: float = 0.0
    extremity: dict[int, float] = field(default_factory=dict)
    tallies: dict[int, Tally] = field(default_factory=dict)
    by_group: tuple[dict[int, Tally], ...] = ()
    agreed: tuple[Finding, ...] = ()
    divides: tuple[Finding, ...] = ()
    unsure: tuple[Finding, ...] = ()

    @property
    def fell_back(self) -> bool:
        """Tell whether fewer groups are given than fitted best, since one would have been too small."""
        return len(self.groups) < self.wanted


def opinion_of(answers: Iterable[Answer], *, statements: Collection[int], least: int, shown_least: int = 5) -> Opinion:
    """Give what these answers come to, each group of at least `least` people.

    Answers to statements that are not listed are left out; the last of two answers of one person to
    one statement counts. In whatever order answers come, the result is the same: people and
    statements are taken in the order of their keys.

    A statement is said to be agreed, to divide or to be unsure only when `shown_least` people of
    each group concerned answered it.
    """
    listed = sorted(set(statements))
    column = {key: at for at, key in enumerate(listed)}
    said = {(person, statement): way for person, statement, way in answers if statement in column}
    keys = sorted({person for person, _statement in said})
    row = {key: at for at, key in enumerate(keys)}
    votes = np.full((len(keys), len(listed)), np.nan)
    for (person, statement), way in said.items():
        votes[row[person], column[statement]] = way
    counted = (~np.isnan(votes)).sum(axis=1)
    enough = np.flatnonzero(counted >= max(1, min(FEWEST_ANSWERS, len(listed))))
    tallies = tallies_of(votes, listed)
    placed = [keys[at] for at in enough]
    if len(placed) < 2 * least or len(listed) < 2:
        agreed, divides, unsure = findings([tallies], tallies, shown_least)
        return Opinion(
            people=len(keys), placed=len(placed), tallies=tallies, agreed=agreed, divides=divides, unsure=unsure
        )
    points, loadings, explained = mapped(votes[enough])
    extremity = {key: round(float(np.hypot(*loadings[at])), PLACES) for at, key in enumerate(listed)}
    labels, wanted, clearness = grouped(points, least=least)
    members = [
        [at for at in range(len(placed)) if labels is not None and labels[at] == each] for each in labels_of(labels)
    ]
    # The largest first; of two alike, the one that holds the first person.
    members.sort(key=lambda people: (-len(people), people[0]))
    by_group = tuple(tallies_of(votes[enough[people]], listed) for people in members)
    groups = tuple(
        Group(tuple(placed[at] for at in people), typical_of(at_group, by_group, listed, shown_least))
        for at_group, people in enumerate(members)
    )
    agreed, divides, unsure = findings(by_group or [tallies], tallies, shown_least)
    return Opinion(
        people=len(keys),
        placed=len(placed),
        groups=groups,
        wanted=wanted,
        clearness=clearness,
        points={key: (float(points[at, 0]), float(points[at, 1])) for at, key in enumerate(placed)},
        explained=explained,
        extremity=extremity,
        tallies=tallies,
        by_group=by_group,
        agreed=agreed,
        divides=divides,
        unsure=unsure,
    )


def tallies_of(votes: Numbers, listed: Sequence[int]) -> dict[int, Tally]:
    agrees, disagrees = (votes == AGREE).sum(axis=0), (votes == DISAGREE).sum(axis=0)
    passes = (votes == 0).sum(axis=0)
    return {key: Tally(int(agrees[at]), int(disagrees[at]), int(passes[at])) for at, key in enumerate(listed)}


def mapped(votes: Numbers) -> tuple[Numbers, Numbers, float]:
    """Put people on a map of two dimensions; give points, each statement's loadings, and the share of differences shown.

    Empty places take the statement's mean, so an unanswered statement draws nobody anywhere. What
    someone's few answers say is stretched by sqrt(statements / answers), so that those who answered
    little do not all lie in the middle. Each axis points so that its largest loading is above nought.
    """
    answered = ~np.isnan(votes)
    seen = answered.any(axis=0)
    means = np.zeros(votes.shape[1])
    means[seen] = np.nanmean(votes[:, seen], axis=0)
    centred = np.where(answered, votes - means, 0.0)
    _left, strengths, axes = np.linalg.svd(centred, full_matrices=False)
    whole = float((strengths**2).sum())
    axes = np.vstack([axes, np.zeros((2, votes.shape[1]))])[:2]
    strengths = np.append(strengths, [0.0, 0.0])[:2]
    axes[strengths**2 <= LEAST_VARIANCE] = 0.0
    for axis in axes:
        if axis[np.argmax(np.round(np.abs(axis), PLACES))] < 0:
            axis *= -1
    stretch = np.sqrt(votes.shape[1] / answered.sum(axis=1))
    points = np.round((centred @ axes.T) * stretch[:, None], PLACES) + 0.0
    explained = float((strengths**2).sum() / whole) if whole > LEAST_VARIANCE else 0.0
    return points, axes.T, round(explained, PLACES)


def labels_of(labels: NDArray[np.int32] | None) -> list[int]:
    return [] if labels is None else sorted({int(label) for label in labels})


def grouped(points: Numbers, *, least: int) -> tuple[NDArray[np.int32] | None, int, float]:
    """Give each point's group, how many groups fit best, and how clear the given ones are (silhouette, -1 to 1).

    Two to five groups are tried; the number whose silhouette is greatest fits best, the smaller of
    two alike. If one of its groups has fewer than `least` people, fewer groups are tried in turn;
    None where not even two are large enough.
    """
    different = len(np.unique(points, axis=0))
    tried: dict[int, tuple[NDArray[np.int32], float]] = {}
    for k in range(2, min(MOST_GROUPS, different, len(points) - 1) + 1):
        labels = KMeans(k, n_init=STARTS, random_state=SEED).fit_predict(points)
        if len(labels_of(labels)) == k:
            tried[k] = (labels, clearness_of(points, labels))
    if not tried:
        return None, 0, 0.0
    best = max(tried, key=lambda k: (tried[k][1], -k))
    for k in range(best, 1, -1):
        if k in tried and np.bincount(tried[k][0]).min() >= least:
            return tried[k][0], best, tried[k][1]
    return None, best, 0.0


def clearness_of(points: Numbers, labels: NDArray[np.int32]) -> float:
    """Give the mean silhouette; of many people, that of every so manieth in their order, 5,000 at the least."""
    step = max(1, len(points) // COMPARED)
    some, theirs = points[::step], labels[::step]
    return round(float(silhouette_score(some, theirs)), PLACES) if len(np.unique(theirs)) > 1 else -1.0


# --- what is said of statements --------------------------------------------------------------------


def z_of_one(some: int, whole: int) -> float:
    """Tell how surely more than half did something: the z of one proportion, one added to both as Polis does.

    >>> round(z_of_one(9, 10), 2)
    2.71
    """
    return 2 * math.sqrt(whole + 1) * ((some + 1) / (whole + 1) - 0.5)


def z_of_two(some: int, whole: int, others: int, whole_others: int) -> float:
    """Tell how surely a share is greater here than among others: the z of two proportions, one added to each count.

    >>> z_of_two(5, 10, 5, 10)
    0.0
    """
    here, there = (some + 1) / (whole + 1), (others + 1) / (whole_others + 1)
    together = (some + others + 2) / (whole + whole_others + 2)
    spread = together * (1 - together) * (1 / (whole + 1) + 1 / (whole_others + 1))
    return (here - there) / math.sqrt(spread) if spread > 0 else 0.0


def typical_of(
    at: int, by_group: Sequence[dict[int, Tally]], listed: Sequence[int], shown_least: int
) -> tuple[Typical, ...]:
    """Give the statements that tell this group from the rest, the most telling first.

    For each statement the way (agree or disagree) in which the group differs more. It is kept when
    most of the group surely answer so, and surely more than the others do, each at 90 per cent; its
    strength is the product of both z, the share, and the share over that of the others.
    """
    found = []
    for statement in listed:
        mine = by_group[at][statement]
        rest = [group[statement] for other, group in enumerate(by_group) if other != at]
        others = Tally(
            sum(each.agrees for each in rest), sum(each.disagrees for each in rest), sum(each.passes for each in rest)
        )
        if mine.answers < shown_least or others.answers < shown_least:
            continue
        differ = {w: z_of_two(mine.of(w), mine.answers, others.of(w), others.answers) for w in (AGREE, DISAGREE)}
        way = AGREE if differ[AGREE] >= differ[DISAGREE] else DISAGREE
        alone = z_of_one(mine.of(way), mine.answers)
        if alone < SURE or differ[way] < SURE:
            continue
        share = mine.smoothed(way)
        found.append(Typical(statement, way, round(alone * differ[way] * share * share / others.smoothed(way), PLACES)))
    found.sort(key=lambda each: (-each.strength, each.statement))
    return tuple(found[:MOST_TYPICAL])


def findings(
    groups: Sequence[dict[int, Tally]], everyone: dict[int, Tally], shown_least: int
) -> tuple[tuple[Finding, ...], tuple[Finding, ...], tuple[Finding, ...]]:
    """Give the three lists of results, each in the order of its score and then of the statements' keys.

    *Agreed*: most people of every group surely lean one way; the score is the product over groups of
    the smoothed share (group-aware consensus of Polis), of agreeing or of disagreeing. *Divides*:
    between two groups, the share that agrees differs by 0.3 or more, and surely. *Unsure*: one in
    five or more of all who answered passed.
    """
    agreed, divides, unsure = [], [], []
    for statement, all_of_it in everyone.items():
        here = [group[statement] for group in groups]
        if min(tally.answers for tally in here) >= shown_least:
            way, score = consensus(here)
            if all(tally.smoothed(way) > MOST for tally in here) and sure_of(way, here):
                agreed.append(Finding(statement, way, round(score, PLACES)))
            if found := difference(here):
                divides.append(Finding(statement, 0, round(found, PLACES)))
        if all_of_it.answers >= shown_least and all_of_it.smoothed(0) >= LEAST_UNSURE:
            unsure.append(Finding(statement, 0, round(all_of_it.smoothed(0), PLACES)))
    return first_of(agreed), first_of(divides), first_of(unsure)


def first_of(found: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda each: (-each.score, each.statement))[:MOST_LISTED])


def consensus(here: Sequence[Tally]) -> tuple[int, float]:
    """Give the way in which all groups lean together, and the product of their smoothed shares.

    >>> consensus([Tally(8, 0, 0), Tally(3, 0, 1)])
    (1, 0.6)
    """
    scores = {way: math.prod(tally.smoothed(way) for tally in here) for way in (AGREE, DISAGREE)}
    way = AGREE if scores[AGREE] >= scores[DISAGREE] else DISAGREE
    return way, scores[way]


def sure_of(way: int, here: Sequence[Tally]) -> bool:
    """Tell whether it is sure, at 90 per cent, that most of all these people together answer this way."""
    return z_of_one(sum(tally.of(way) for tally in here), sum(tally.answers for tally in here)) >= SURE


def difference(here: Sequence[Tally]) -> float:
    """Give the greatest difference between two groups in the share that agrees; 0 where it is small or unsure."""
    if len(here) < 2:
        return 0.0
    ordered = sorted(here, key=lambda tally: tally.smoothed(AGREE))
    low, high = ordered[0], ordered[-1]
    apart = high.smoothed(AGREE) - low.smoothed(AGREE)
    sure = z_of_two(high.agrees, high.answers, low.agrees, low.answers) >= SURE
    return apart if apart >= LEAST_DIFFERENCE and sure else 0.0
