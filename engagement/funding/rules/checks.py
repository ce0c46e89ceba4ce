"""What is looked at in every proposal before anyone reads it, and what is missing.

Each check passes, fails, or wants a person to look. None of them refuses anything: the group
reads them while it writes, the officer when it decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rapidfuzz import fuzz

LONG_FORM_FROM_PENCE = 1000_00
"""From this sum on a proposal has the longer form, and says what others give."""
LIKE_TITLE = 85
"""Of 100: two titles at least this alike may be the same thing."""


class Check(StrEnum):
    IN_AREA = "in_area"
    IN_STREAM = "in_stream"
    WITHIN_CAP = "within_cap"
    WITHIN_ROUND = "within_round"
    NOT_BEGUN = "not_begun"
    MATCH = "match"
    SAFEGUARDING = "safeguarding"
    ACCOUNTS = "accounts"
    ACCOUNT = "account"
    TWICE = "twice"


class Says(StrEnum):
    PASSES = "passes"
    FAILS = "fails"
    LOOK = "look"


@dataclass(frozen=True)
class Earlier:
    """Another proposal of the same group that is awarded or under way, in any board and year."""

    title: str
    amount_pence: int
    awarded: bool
    where: str = ""
    href: str = ""


@dataclass(frozen=True)
class Facts:
    """What the checks know. None is something the form did not ask, or nobody has answered yet."""

    cost_pence: int
    title: str
    is_long: bool
    cap_pence: int | None
    most_pence: int | None
    budget_pence: int
    stream_left_pence: int
    areas_named: int = 0
    areas_outside: int = 0
    place_in_area: bool | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    decided_on: date | None = None
    match_secured_pence: int = 0
    match_asked_pence: int = 0
    at_risk_take_part: bool = False
    safeguarding_until: date | None = None
    has_safeguarding: bool = False
    has_accounts: bool = False
    has_account: bool | None = None
    host_named: bool = False
    host_agrees: bool | None = None
    earlier: Sequence[Earlier] = ()


@dataclass(frozen=True)
class Finding:
    """One check: what it says, why (a key of the room's sentences), and what the sentence needs."""

    check: Check
    says: Says
    why: str
    pence: int = 0
    day: date | None = None
    twins: tuple[Earlier, ...] = ()


def findings(facts: Facts) -> list[Finding]:
    """Give every check that applies to this proposal, in the order a reader goes through it."""
    found = [in_area(facts), in_stream(facts), within_cap(facts), within_round(facts)]
    if facts.is_long:
        found += [not_begun(facts), match(facts), safeguarding(facts), accounts(facts), account(facts)]
    return [*found, twice(facts)]


def in_area(facts: Facts) -> Finding:
    """Helps people in the board's area: every area named is in it, and so is the place."""
    if facts.areas_outside or facts.place_in_area is False:
        return Finding(Check.IN_AREA, Says.FAILS, "outside")
    if facts.areas_named or facts.place_in_area:
        return Finding(Check.IN_AREA, Says.PASSES, "inside")
    return Finding(Check.IN_AREA, Says.FAILS if facts.is_long else Says.LOOK, "not_said")


def in_stream(facts: Facts) -> Finding:
    """The part of the pot that pays for the round still holds this much."""
    if facts.cost_pence > facts.stream_left_pence:
        return Finding(Check.IN_STREAM, Says.FAILS, "too_little_left", pence=facts.stream_left_pence)
    return Finding(Check.IN_STREAM, Says.PASSES, "holds_enough", pence=facts.stream_left_pence)


def within_cap(facts: Facts) -> Finding:
    """No more than one grant of this stream may be."""
    if facts.cap_pence is not None and facts.cost_pence > facts.cap_pence:
        return Finding(Check.WITHIN_CAP, Says.FAILS, "above_cap", pence=facts.cap_pence)
    return Finding(Check.WITHIN_CAP, Says.PASSES, "below_cap", pence=facts.cap_pence or 0)


def within_round(facts: Facts) -> Finding:
    """No more than one proposal may ask for in the round, nor more than there is to give."""
    limit = min(facts.most_pence or facts.budget_pence, facts.budget_pence)
    if facts.cost_pence > limit:
        return Finding(Check.WITHIN_ROUND, Says.FAILS, "above_most", pence=limit)
    return Finding(Check.WITHIN_ROUND, Says.PASSES, "below_most", pence=limit)


def not_begun(facts: Facts) -> Finding:
    """Begins on or after the day of the decision: a grant does not pay for what is done already."""
    if facts.starts_on is None or facts.decided_on is None:
        return Finding(Check.NOT_BEGUN, Says.FAILS, "no_dates")
    if facts.starts_on < facts.decided_on:
        return Finding(Check.NOT_BEGUN, Says.FAILS, "too_soon", day=facts.decided_on)
    return Finding(Check.NOT_BEGUN, Says.PASSES, "after_decision", day=facts.decided_on)


def match(facts: Facts) -> Finding:
    """Above the threshold someone else gives something too. Some that is promised is better than all asked for."""
    if facts.cost_pence < LONG_FORM_FROM_PENCE:
        return Finding(Check.MATCH, Says.PASSES, "not_needed")
    if facts.match_secured_pence:
        return Finding(Check.MATCH, Says.PASSES, "secured", pence=facts.match_secured_pence + facts.match_asked_pence)
    if facts.match_asked_pence:
        return Finding(Check.MATCH, Says.LOOK, "only_asked", pence=facts.match_asked_pence)
    return Finding(Check.MATCH, Says.FAILS, "none")


def safeguarding(facts: Facts) -> Finding:
    """Where children or adults at risk take part there is a policy, and it holds to the last day."""
    if not facts.at_risk_take_part:
        return Finding(Check.SAFEGUARDING, Says.PASSES, "nobody_at_risk")
    if not facts.has_safeguarding:
        return Finding(Check.SAFEGUARDING, Says.FAILS, "no_policy")
    runs_out = facts.safeguarding_until
    if runs_out is not None and facts.ends_on is not None and runs_out <= facts.ends_on:
        return Finding(Check.SAFEGUARDING, Says.LOOK, "runs_out", day=runs_out)
    return Finding(Check.SAFEGUARDING, Says.PASSES, "policy")


def accounts(facts: Facts) -> Finding:
    if facts.has_accounts:
        return Finding(Check.ACCOUNTS, Says.PASSES, "there")
    return Finding(Check.ACCOUNTS, Says.FAILS, "missing")


def account(facts: Facts) -> Finding:
    """The grant has somewhere to go: an account of the group, or of a host that agrees."""
    if facts.has_account is None:
        return Finding(Check.ACCOUNT, Says.FAILS, "not_said")
    if facts.has_account:
        return Finding(Check.ACCOUNT, Says.PASSES, "own")
    if not facts.host_named:
        return Finding(Check.ACCOUNT, Says.FAILS, "no_host")
    if facts.host_agrees is None:
        return Finding(Check.ACCOUNT, Says.LOOK, "host_asked")
    return Finding(
        Check.ACCOUNT, Says.PASSES if facts.host_agrees else Says.FAILS, "host" if facts.host_agrees else "host_no"
    )


def twice(facts: Facts) -> Finding:
    """Not what the same group has a grant for, or asks for, elsewhere or in another year."""
    twins = tuple(each for each in facts.earlier if alike(facts, each))
    if not twins:
        return Finding(Check.TWICE, Says.PASSES, "none_like_it")
    return Finding(Check.TWICE, Says.LOOK, "like_it", twins=twins)


def alike(facts: Facts, other: Earlier) -> bool:
    """A like title, whatever the order of its words; or the very same sum and half of the words."""
    likeness = fuzz.token_sort_ratio(plain(facts.title), plain(other.title))
    return likeness >= LIKE_TITLE or (facts.cost_pence == other.amount_pence and likeness >= LIKE_TITLE / 2)


def plain(title: str) -> str:
    """Give a title without case, stops and years: "Summer club 2026" is like "Summer Club, 2027"."""
    return " ".join(re.sub(r"\b(?:19|20)\d\d\b|[^\w\s]", " ", title.casefold()).split())
