"""Sheets of paper: their numbers, what becomes of them, and whether a batch balances."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

NUMBER_DIGITS = 6
ORDER_LETTERS = "ABCDEF"

# H. Michael Damm, "Total anti-symmetrische Quasigruppen" (2004): finds each slip of one digit and each swap of two.
DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def check_digit(digits: str) -> str:
    held = 0
    for digit in digits:
        held = int(DAMM[held][int(digit)])
    return str(held)


def sheet_number(random_part: int) -> str:
    """Give the six digits printed on a sheet: five random ones and a check digit."""
    five = f"{random_part:05d}"
    if len(five) != NUMBER_DIGITS - 1:
        raise ValueError("Five digits and no more.")
    return five + check_digit(five)


def sheet_from_words(typed: str) -> str | None:
    """Give the number someone typed, however spaced, or None when there is a slip in it."""
    bare = re.sub(r"[\s-]", "", typed[:40])
    if len(bare) != NUMBER_DIGITS or not bare.isascii() or not bare.isdigit():
        return None
    return bare if check_digit(bare[:-1]) == bare[-1] else None


def marks_from_words(typed: str, *, ticks: bool) -> tuple[tuple[int, int], ...] | None:
    """Give what was keyed: "3 7 12" are ticks, "3:5 7:2" are values. None when it cannot be read."""
    found = []
    for word in typed.replace(",", " ").split():
        match = re.fullmatch(r"([0-9]{1,4})(?::([0-9]{1,4}))?", word, re.ASCII)
        if match is None or (match[2] is None) != ticks:
            return None
        found.append((int(match[1]), int(match[2] or 1)))
    return tuple(sorted(found))


@dataclass(frozen=True)
class Account:
    """What became of the sheets of a batch, or of all of a round's."""

    issued: int = 0
    used: int = 0
    spoiled: int = 0
    unused: int = 0
    set_aside: int = 0
    once: int = 0
    differing: int = 0

    @property
    def missing(self) -> int:
        """Sheets of which nobody has said what became: keyed once or differently, or not at all."""
        return self.issued - self.used - self.spoiled - self.unused - self.set_aside

    @property
    def balances(self) -> bool:
        """Issued = used + spoiled + unused (+ set aside, where a voter voted twice)."""
        return self.missing == 0


def account_of(states: Mapping[str, int], *, once: int = 0, differing: int = 0) -> Account:
    """Give the account from how many sheets are in each state."""
    return Account(
        issued=sum(states.values()),
        used=states.get("used", 0),
        spoiled=states.get("spoiled", 0),
        unused=states.get("unused", 0),
        set_aside=states.get("aside", 0),
        once=once,
        differing=differing,
    )


def account_of_all(accounts: Iterable[Account]) -> Account:
    found = list(accounts)
    return Account(**{name: sum(getattr(each, name) for each in found) for name in Account.__dataclass_fields__})


# --- the sample that is compared once more ---------------------------------------------------------

LEAST_SAMPLE = 20


@dataclass(frozen=True)
class Sample:
    """What a comparison found. `compared` counts every sheet with a finding, the wrong ones too."""

    drawn_from: int
    compared: int
    wrong: int = 0
    stood: int = 0
    waiting: int = 0
    not_in_it: int = 0

    @property
    def is_whole(self) -> bool:
        """Every sheet was compared, so nothing is left to chance."""
        return self.compared == self.drawn_from and not self.not_in_it and not self.waiting


def sample_size(asked: int, sheets: int) -> int:
    """Give how many sheets are drawn: as many as asked, at least LEAST_SAMPLE, and all where there are no more."""
    return min(max(asked, LEAST_SAMPLE), sheets)


def most_wrong(compared: int) -> tuple[int, int]:
    """Give (3, n): where no fault was found in n sheets, at most 3 in n of all sheets are wrong, with 95% certainty.

    The rule of three: were more than 3 in n wrong, n sheets without a fault would come up less than once in twenty
    draws, as (1 - 3/n)^n < e^-3 < 0.05. Source: Hanley and Lippman-Hand, JAMA 249 (1983), 1743-1745.
    """
    if compared < 1:
        raise ValueError("Nothing was compared.")
    return 3, compared
