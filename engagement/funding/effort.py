"""How much form filling a grant costs the groups that ask: minutes asked, forms sent, money given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, Sum

from boards.places.models import Board
from engagement.funding.models import Proposal
from engagement.funding.rules.minutes import hours_per_thousand


@dataclass(frozen=True)
class Effort:
    """Of rounds whose grants are awarded: forms sent in, their minutes, and the money given."""

    forms: int
    minutes: int
    awarded_pence: int

    @property
    def hours(self) -> Fraction | None:
        return hours_per_thousand(self.minutes, self.awarded_pence)


def of_rounds(rounds: Iterable[int]) -> Effort:
    return measured(Q(round__in=list(rounds)))


def of_board(board: Board) -> Effort:
    return measured(Q(round__activity__board=board))


def measured(which: Q) -> Effort:
    """Count every form of awarded rounds whose minutes are known, whether it won or not. One query."""
    known = which & Q(round__awarded_at__isnull=False, minutes_asked__gt=0)
    found: dict[str, Any] = Proposal.objects.filter(known).aggregate(
        forms=Count("pk"), minutes=Sum("minutes_asked", default=0), awarded=Sum("award__amount_pence", default=0)
    )
    return Effort(found["forms"], found["minutes"], found["awarded"])
