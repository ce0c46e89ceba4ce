"""What of a condition a page's script still has to ask: the rest is known and said already."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from engagement.surveys.rules.conditions import (
    All,
    Answers,
    AnyOf,
    Asks,
    Condition,
    Not,
    World,
    holds,
)


def live(condition: Condition | None, own: Collection[str], answers: Answers, world: World) -> bool | dict[str, Any]:
    """Give true or false where this page's own questions (`own`) have no say; else the condition that is left, as JSON."""
    match condition:
        case Asks(question, how, value) if question in own:
            return {"q": question, how: str(value) if isinstance(value, Decimal) else value}
        case Not(part):
            left = live(part, own, answers, world)
            return not left if isinstance(left, bool) else {"not": left}
        case All(parts):
            lefts = [live(part, own, answers, world) for part in parts]
            if any(left is False for left in lefts):
                return False
            open_ones = [left for left in lefts if isinstance(left, dict)]
            return {"all": open_ones} if open_ones else True
        case AnyOf(parts):
            lefts = [live(part, own, answers, world) for part in parts]
            if any(left is True for left in lefts):
                return True
            open_ones = [left for left in lefts if isinstance(left, dict)]
            return {"any": open_ones} if open_ones else False
        case _:
            return holds(condition, answers, world)
