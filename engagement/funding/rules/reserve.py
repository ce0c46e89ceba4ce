"""Who is next in line for money that comes back, or that is added, after a round has been counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Reserve:
    """A proposal next in line. `more_pence` is what it lacks today; `if_one_of` lists whose dropping out pays for it."""

    number: int
    more_pence: int
    if_one_of: tuple[int, ...]


def reserves(
    *,
    line: Sequence[int],
    costs_pence: Mapping[int, int],
    funded: Sequence[int],
    left_pence: int,
    exclusive: Iterable[Iterable[int]] = (),
) -> tuple[Reserve, ...]:
    """Give who would be funded next if any one funded proposal dropped out, and the first of the line in any case.

    `line` is what was not funded, in the order in which the rule fills what is left: most votes first.
    Money that comes back goes to the first in line that it pays for, as the printed guidance says;
    votes are not counted again.
    """
    sets = [set(each) for each in exclusive]

    def stands_beside(number: int, others: set[int]) -> bool:
        return not any(number in each and others & (each - {number}) for each in sets)

    if_one_of: dict[int, list[int]] = {}
    for out in funded:
        money, others = left_pence + costs_pence[out], set(funded) - {out}
        first = next((n for n in line if costs_pence[n] <= money and stands_beside(n, others)), None)
        if first is not None:
            if_one_of.setdefault(first, []).append(out)
    first_of_all = next((n for n in line if stands_beside(n, set(funded))), None)
    return tuple(
        Reserve(number, max(0, costs_pence[number] - left_pence), tuple(if_one_of.get(number, ())))
        for number in line
        if number in if_one_of or number == first_of_all
    )
