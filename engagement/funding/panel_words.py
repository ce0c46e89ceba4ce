"""A panel's arithmetic in words: how each weight worked, how far apart the scores were, which places are shared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagement.funding.models import Proposal
from engagement.funding.rules.assessing import Assessed, Placed, Spread, two_places


def score(value: Fraction) -> str:
    """Give a score to two places; "about" where it is not exact."""
    text, exact = two_places(value)
    return text if exact else _("about %(score)s") % {"score": text}


def spread(found: Spread) -> str:
    """Give the range and the mean of one criterion in words."""
    if found.low == found.high:
        return _("all gave %(score)d") % {"score": found.low}
    return _("from %(low)d to %(high)d, mean %(mean)s") % {
        "low": found.low,
        "high": found.high,
        "mean": score(found.mean),
    }


def weight_worked(found: Spread) -> str:
    """Give how a criterion's mean and weight make what it adds."""
    return _("mean %(mean)s × weight %(weight)d ÷ 100 adds %(adds)s") % {
        "mean": score(found.mean),
        "weight": found.criterion.weight,
        "adds": score(found.adds),
    }


@dataclass(frozen=True)
class Row:
    """One proposal in the ranking."""

    place: int
    tied: str
    proposal: Proposal
    total: str
    people: str
    spreads: tuple[tuple[str, str, str], ...]
    """Criterion, its spread, how its weight worked."""
    persons: str


def people(found: Assessed) -> str:
    return ngettext("%(n)d person scored it", "%(n)d people scored it", found.people) % {"n": found.people}


def totals(found: Assessed) -> str:
    """Give the lowest and highest whole score anyone gave."""
    if found.totals[0] == found.totals[-1]:
        return _("every whole score was %(score)s") % {"score": score(found.totals[0])}
    return _("whole scores from %(low)s to %(high)s") % {
        "low": score(found.totals[0]),
        "high": score(found.totals[-1]),
    }


def spreads(found: Assessed) -> tuple[tuple[str, str, str], ...]:
    return tuple((each.criterion.name, spread(each), weight_worked(each)) for each in found.spreads)


def rows(placed: Iterable[Placed], proposals: Mapping[int, Proposal]) -> list[Row]:
    return [
        Row(
            each.place,
            ngettext("shared with %(n)d other: exactly equal", "shared with %(n)d others: exactly equal", each.shares)
            % {"n": each.shares}
            if each.shares
            else "",
            proposals[each.assessed.key],
            score(each.assessed.total),
            people(each.assessed),
            spreads(each.assessed),
            totals(each.assessed),
        )
        for each in placed
    ]
