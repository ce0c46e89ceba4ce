"""Where an idea goes on to, told by the rooms above: a proposal made from it, a round it could go into.

A room above registers a function from its apps.py, as with a need's thread (docs/decisions/0004):
ideas may not ask the rooms that lean on them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from engagement.ideas.models import Idea

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from boards.people.models import Person


@dataclass(frozen=True)
class Onward:
    """One way on: what it is and where."""

    title: str
    href: str
    text: str = ""


Teller = Callable[[Idea, "Person | AnonymousUser", datetime], list[Onward]]
_tellers: list[Teller] = []


def register(teller: Teller) -> Teller:
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def links_for(idea: Idea, person: Person | AnonymousUser, now: datetime) -> list[Onward]:
    """Give every way on, in the order the rooms registered."""
    return [link for teller in _tellers for link in teller(idea, person, now)]
