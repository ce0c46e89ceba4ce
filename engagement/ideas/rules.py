"""The path of an idea, its place on a map, and the order that gives each idea its turn."""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

# The only place that says where an idea may go next. Every step needs words from the board. An
# idea that is done or not taken up can be looked at again: boards change their minds in public.
MOVES: Mapping[str, frozenset[str]] = {
    "received": frozenset({"being_looked_at", "in_plan", "going_to_vote", "done", "not_taken_up"}),
    "being_looked_at": frozenset({"in_plan", "going_to_vote", "done", "not_taken_up"}),
    "in_plan": frozenset({"being_looked_at", "going_to_vote", "done", "not_taken_up"}),
    "going_to_vote": frozenset({"being_looked_at", "in_plan", "done", "not_taken_up"}),
    "done": frozenset({"being_looked_at"}),
    "not_taken_up": frozenset({"being_looked_at"}),
}


def may_move(status: str, to: str) -> bool:
    """Tell whether an idea may go there; staying, with further words, is always allowed.

    >>> may_move("received", "in_plan"), may_move("in_plan", "received"), may_move("done", "done")
    (True, False, True)
    """
    return to == status or to in MOVES.get(status, frozenset())


METRES_A_DEGREE = 111_320.0
SQUARE_METRES = 100


def snapped(latitude: float, longitude: float) -> tuple[float, float]:
    """Give the middle of the 100 m square a place lies in, so that a point names no one's door.

    Squares are cut on a globe of 111,320 m a degree; longitude narrows with the cosine of the
    square's own latitude, so that every place in a row of squares is cut alike. Five decimals.

    >>> snapped(54.50012, 1.90049) == snapped(54.50034, 1.90021)
    True
    """
    step = SQUARE_METRES / METRES_A_DEGREE
    row = math.floor(latitude / step) + 0.5
    middle = row * step
    across = step / max(0.01, math.cos(math.radians(middle)))
    return round(middle, 5), round((math.floor(longitude / across) + 0.5) * across, 5)


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Give how far two places (latitude, longitude) are apart on a globe of 111,320 m a degree.

    >>> round(metres_between((51.0, 0.0), (51.01, 0.0)))
    1113
    """
    north = other[0] - one[0]
    east = (other[1] - one[1]) * math.cos(math.radians((one[0] + other[0]) / 2))
    return METRES_A_DEGREE * math.hypot(north, east)


@dataclass(frozen=True)
class Change:
    """A piece of a text and what became of it: "same", "out" or "in"."""

    what: str
    words: str


def changed_words(before: str, after: str) -> list[Change]:
    """Give two texts as one, word by word: what stayed, what was taken out and what was put in.

    Joining what is not "in" gives the first text, and what is not "out" the second, letter by
    letter. Source of the comparison: difflib (Ratcliff and Obershelp), without its guess at junk.

    >>> changed_words("a red bench", "a blue bench")[1:3]
    [Change(what='out', words='red'), Change(what='in', words='blue')]
    """
    was, now = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    pieces: list[Change] = []
    for what, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Change("same", "".join(was[a:b])))
            continue
        if b > a:
            pieces.append(Change("out", "".join(was[a:b])))
        if d > c:
            pieces.append(Change("in", "".join(now[c:d])))
    return pieces


DECK = 1_000_003
"""A prime: multiplying by anything below it shuffles 1 to DECK - 1 without losing a card."""


HANDS = 64
"""How many orders a day has. Each visitor is dealt one, so that no idea is first for everybody."""


def turn_of(day: date, hand: int = 0) -> int:
    """Give the multiplier of a day's hand, from 1 to DECK - 1; an idea's turn is (its card × this) mod DECK.

    One visitor sees one order in a day, so pages do not overlap; another sees another; tomorrow's differ.
    """
    return (day.toordinal() * HANDS + hand % HANDS) * 48_271 % (DECK - 1) + 1


def folded(text: str) -> str:
    """Give text as search compares it: small letters, no accents, single spaces.

    >>> folded("  Café\\nYNYS Môn ")
    'cafe ynys mon'
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


def search_words(typed: str, *, most: int = 6, longest: int = 40) -> list[str]:
    """Give the words to look for: at most six, folded, each once.

    >>> search_words('A "bench"  by the bench')
    ['a', 'bench', 'by', 'the']
    """
    words = re.findall(r"[^\s\"'“”‘’()]+", folded(typed[:400]))
    return list(dict.fromkeys(word[:longest] for word in words))[:most]


REFERENCE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def reference(number: int) -> str:
    """Give 40 bits as eight letters of Crockford's base 32, to read out: "K7M2-9QXD".

    >>> reference(0)
    '0000-0000'
    """
    letters = "".join(REFERENCE_LETTERS[(number >> shift) & 31] for shift in range(35, -5, -5))
    return f"{letters[:4]}-{letters[4:]}"
