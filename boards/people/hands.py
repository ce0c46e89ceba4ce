"""Which of a day's orders a visitor is dealt, so that lists are shuffled for each and nothing is kept about them."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from boards.people import keys
from boards.people.limits import sender_of


def hand_of(request: HttpRequest, hands: int) -> int:
    """Give a number below `hands`: the same for one visitor all day, for most visitors different ones.

    Worked out from the network address, the browser's name and the day under a key of ours. No
    cookie is set and nothing is stored; with so few hands none of it can be found out backwards.
    """
    return int(keys.digest(f"hand:{timezone.localdate():%Y-%m-%d}:{sender_of(request)}")[:8], 16) % hands
