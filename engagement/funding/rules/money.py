"""What each movement of money does to a stream's totals, and how a sum is shared in whole pence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Effect:
    """By how many times its amount an entry moves what a stream holds, has awarded and has paid."""

    allocated: int = 0
    awarded: int = 0
    paid: int = 0


# The one table that the ledger, its totals, its check and its pages ask.
EFFECTS: Mapping[str, Effect] = {
    "allocated": Effect(allocated=1),
    "contributed": Effect(allocated=1),
    "moved_in": Effect(allocated=1),
    "moved_out": Effect(allocated=-1),
    "taken_out": Effect(allocated=-1),
    "given_back": Effect(allocated=-1),
    "awarded": Effect(awarded=1),
    "raised": Effect(awarded=1),
    "released": Effect(awarded=-1),
    "paid": Effect(paid=1),
    "unpaid": Effect(paid=-1),
    "returned": Effect(paid=-1),
}
OF_AN_AWARD: tuple[str, ...] = tuple(kind for kind, effect in EFFECTS.items() if not effect.allocated)
OF_A_STREAM: tuple[str, ...] = tuple(kind for kind, effect in EFFECTS.items() if effect.allocated)


def left_after(kind: str, amount_pence: int) -> int:
    """Give by how much an entry changes what a stream has left to award."""
    effect = EFFECTS[kind]
    return (effect.allocated - effect.awarded) * amount_pence


@dataclass(frozen=True)
class Totals:
    """A stream's or an award's money, in pence."""

    allocated: int = 0
    awarded: int = 0
    paid: int = 0

    def after(self, kind: str, amount_pence: int) -> "Totals":
        effect = EFFECTS[kind]
        return Totals(
            self.allocated + effect.allocated * amount_pence,
            self.awarded + effect.awarded * amount_pence,
            self.paid + effect.paid * amount_pence,
        )


def added_up(entries: Iterable[tuple[str, int]]) -> Totals:
    """Give the totals that these entries (kind, pence) come to."""
    totals = Totals()
    for kind, amount_pence in entries:
        totals = totals.after(kind, amount_pence)
    return totals


def shared_out(amount_pence: int, parts: int) -> list[int]:
    """Share a sum among so many in whole pence: the first get the pennies over, and nothing is lost.

    Used where an award names several needs or wards, so that the parts add up to the award.
    """
    if parts < 1:
        raise ValueError("A sum is shared among one at least.")
    each, over = divmod(amount_pence, parts)
    return [each + 1] * over + [each] * (parts - over)
