"""Hiding small numbers of people in a published breakdown (PROMISES 18)."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

LEAST_SHOWN = 5

Name = TypeVar("Name", bound=Hashable)


def safe_breakdown(counts: Mapping[Name, int], *, total_is_shown: bool = True) -> dict[Name, int | None]:
    """Give each count, or None where showing it would single people out.

    A count from 1 to 4 is hidden; nought is shown. Where the total of the row is shown and just
    one count is hidden, that one could be had by subtraction, so the next smallest count above
    nought is hidden with it; and where the hidden ones together come to less than 5, or to one
    person each, the next smallest too. Source: GSS, "Policy on protecting confidentiality in tables of birth and death
    statistics", primary and secondary suppression, with a threshold of 5.
    """
    hidden = {name for name, count in counts.items() if 0 < count < LEAST_SHOWN}
    if total_is_shown and hidden:
        rest = sorted((name for name in counts if name not in hidden and counts[name]), key=counts.__getitem__)
        while rest and (len(hidden) < 2 or sum(counts[name] for name in hidden) < max(LEAST_SHOWN, len(hidden) + 1)):
            hidden.add(rest.pop(0))
    return {name: None if name in hidden else count for name, count in counts.items()}
