"""The thread of a need: what came of people's words, told by the rooms that know.

A need's page shows steps from rooms above this one (activities, awards, outcomes), which this
room may not ask. So each of those rooms registers, when the site starts, a function that gives
its steps for a need, and the page asks them in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engagement.evidence.models import Need


@dataclass(frozen=True)
class Step:
    """One step from words to outcome. `stage` is one of the loop strip's words: heard, asked, decided, done, changed."""

    stage: str
    label: str
    title: str
    href: str
    on: date
    text: str = ""


Teller = Callable[["Need", datetime], list[Step]]
tellers: list[Teller] = []


def register(teller: Teller) -> Teller:
    """Add a room's function. Called from the room's `apps.py`; the same function twice counts once."""
    if teller not in tellers:
        tellers.append(teller)
    return teller


def steps_of(need: Need, *, now: datetime) -> list[Step]:
    """Give every step that the rooms above know of, oldest first."""
    return sorted((step for teller in tellers for step in teller(need, now)), key=lambda step: (step.on, step.title))
