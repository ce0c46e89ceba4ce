"""What is looked at by itself in every proposal: what passes, what fails, and what a person should see."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagement.funding.rules.checks import Check, Earlier, Facts, Says, findings
from engagement.funding.rules.minutes import SECONDS, Ask, hours_per_thousand, minutes_for

ALL_WELL = Facts(
    cost_pence=2500_00,
    title="A hoist for the boat",
    is_long=True,
    cap_pence=5000_00,
    most_pence=4000_00,
    budget_pence=10_000_00,
    stream_left_pence=20_000_00,
    areas_named=2,
    starts_on=date(2027, 1, 4),
    ends_on=date(2027, 6, 30),
    decided_on=date(2026, 12, 1),
    match_secured_pence=300_00,
    at_risk_take_part=True,
    has_safeguarding=True,
    safeguarding_until=date(2028, 1, 1),
    has_accounts=True,
    has_account=True,
)


def said(facts, check):
    return next((found.says, found.why) for found in findings(facts) if found.check is check)


def test_a_proposal_with_everything_passes_every_check():
    assert {found.says for found in findings(ALL_WELL)} == {Says.PASSES}
    assert [found.check for found in findings(ALL_WELL)] == list(Check)


@pytest.mark.parametrize(
    ("change", "check", "says", "why"),
    [
        ({"areas_outside": 1}, Check.IN_AREA, Says.FAILS, "outside"),
        ({"place_in_area": False}, Check.IN_AREA, Says.FAILS, "outside"),
        ({"areas_named": 0}, Check.IN_AREA, Says.FAILS, "not_said"),
        ({"areas_named": 0, "is_long": False}, Check.IN_AREA, Says.LOOK, "not_said"),
        ({"stream_left_pence": 2499_99}, Check.IN_STREAM, Says.FAILS, "too_little_left"),
        ({"cap_pence": 2499_99}, Check.WITHIN_CAP, Says.FAILS, "above_cap"),
        ({"cap_pence": 2500_00}, Check.WITHIN_CAP, Says.PASSES, "below_cap"),
        ({"most_pence": 2000_00}, Check.WITHIN_ROUND, Says.FAILS, "above_most"),
        ({"budget_pence": 2000_00}, Check.WITHIN_ROUND, Says.FAILS, "above_most"),
        ({"starts_on": date(2026, 11, 30)}, Check.NOT_BEGUN, Says.FAILS, "too_soon"),
        ({"starts_on": date(2026, 12, 1)}, Check.NOT_BEGUN, Says.PASSES, "after_decision"),
        ({"match_secured_pence": 0}, Check.MATCH, Says.FAILS, "none"),
        ({"match_secured_pence": 0, "match_asked_pence": 1}, Check.MATCH, Says.LOOK, "only_asked"),
        ({"match_secured_pence": 0, "cost_pence": 999_99}, Check.MATCH, Says.PASSES, "not_needed"),
        ({"match_secured_pence": 0, "cost_pence": 1000_00}, Check.MATCH, Says.FAILS, "none"),
        ({"has_safeguarding": False}, Check.SAFEGUARDING, Says.FAILS, "no_policy"),
        ({"has_safeguarding": False, "at_risk_take_part": False}, Check.SAFEGUARDING, Says.PASSES, "nobody_at_risk"),
        ({"safeguarding_until": date(2027, 6, 30)}, Check.SAFEGUARDING, Says.LOOK, "runs_out"),
        ({"has_accounts": False}, Check.ACCOUNTS, Says.FAILS, "missing"),
        ({"has_account": False}, Check.ACCOUNT, Says.FAILS, "no_host"),
        ({"has_account": False, "host_named": True}, Check.ACCOUNT, Says.LOOK, "host_asked"),
        ({"has_account": False, "host_named": True, "host_agrees": True}, Check.ACCOUNT, Says.PASSES, "host"),
        ({"has_account": False, "host_named": True, "host_agrees": False}, Check.ACCOUNT, Says.FAILS, "host_no"),
    ],
)
def test_each_thing_that_is_missing_is_said_by_its_own_check(change, check, says, why):
    assert said(replace(ALL_WELL, **change), check) == (says, why)


@pytest.mark.parametrize(
    ("title", "amount_pence", "found"),
    [
        ("A hoist for the boat", 1, True),
        ("For the boat: a hoist", 1, True),
        ("A hoist for the boat 2025", 1, True),
        ("Boat hoist and a trailer", 2500_00, True),
        ("Winter dances", 2500_00, False),
        ("Boat hoist and a trailer", 10_00, False),
    ],
)
def test_a_like_title_or_the_same_sum_for_a_like_thing_is_shown_to_a_person(title, amount_pence, found):
    earlier = Earlier(title, amount_pence, awarded=True, where="Saltings Coast")
    [twice] = [each for each in findings(replace(ALL_WELL, earlier=[earlier])) if each.check is Check.TWICE]

    assert twice.says is (Says.LOOK if found else Says.PASSES)
    assert twice.twins == ((earlier,) if found else ())


@given(st.integers(1, 10**9), st.booleans(), st.text(max_size=60), st.text(max_size=60))
def test_no_proposal_is_left_without_an_answer(cost_pence, is_long, title, other):
    facts = replace(
        ALL_WELL,
        cost_pence=cost_pence,
        is_long=is_long,
        title=title,
        earlier=[Earlier(other, cost_pence, awarded=False)],
    )

    found = findings(facts)

    assert len({each.check for each in found}) == len(found)
    assert (Check.MATCH in {each.check for each in found}) is is_long


def test_minutes_are_rounded_up_and_hours_are_for_each_thousand_pounds():
    assert minutes_for({}) == 0
    assert minutes_for({Ask.LINE: 1}) == 1
    assert minutes_for({Ask.LONG_TEXT: 2, Ask.CHOICE: 1}) == 9
    assert set(SECONDS) == set(Ask)
    assert hours_per_thousand(120, 2000_00) == 1
    assert hours_per_thousand(10, 1000_00) == Fraction(1, 6)
    assert hours_per_thousand(10, 0) is None
