"""The results page in a real browser: counting again there, and every state of the page read by axe."""

from __future__ import annotations

import json
from random import Random

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from engagement.funding.models import Count, FundingRound
from engagement.funding.rules import count_file
from engagement.rules.counting import Method, Rule, Start, Stop, TopUp, Worth
from tests.eyes import look
from tests.funding.factories import dates_around, make_counted, make_round, make_vote

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KINDS = ("approval", "ranking", "points", "scores")
ELECTIONS = 160


def any_inputs(chance: Random, kind: str) -> dict[str, object]:
    """Give a small election in which equal votes, clashes and withdrawals are likely."""
    numbers = list(range(1, chance.randint(2, 6) + 1))
    ballots = []
    for _ in range(chance.randint(1, 7)):
        chosen = chance.sample(numbers, chance.randint(0, len(numbers)))
        times = chance.randint(1, 3)
        if kind in ("points", "scores"):
            ballots.append({"points": [[n, chance.randint(1, 5)] for n in sorted(chosen)], "times": times})
        else:
            ballots.append({"ticks": chosen if kind == "ranking" else sorted(chosen), "times": times})
    exclusive = (tuple(map(str, chance.sample(numbers, 2))),) if chance.random() < 0.3 else ()
    rule = Rule(
        method=chance.choice(list(Method)),
        unit_pence=chance.choice([1, 10, 100]),
        start=chance.choice(list(Start)),
        step_pence=chance.choice([0, 5, 50]),
        stop=chance.choice(list(Stop)),
        top_up=chance.choice(list(TopUp)),
        least_votes=chance.choice([0, 0, 2]),
        vote_floor=chance.random() < 0.2,
        exclusive=exclusive,
        worth=chance.choice(list(Worth)),
    )
    return {
        "rule": rule.record(),
        "ballot": kind,
        "places": 0,
        "budget_pence": chance.choice([100, 500, 999, 2000]),
        "proposals": [
            {
                "number": n,
                "title": "",
                "cost_pence": chance.choice([50, 100, 250, 300]),
                "withdrawn": chance.random() < 0.1,
            }
            for n in numbers
        ],
        "ballots": ballots,
        "lots": chance.sample(numbers, len(numbers)) if chance.random() < 0.2 else [],
    }


def test_a_browser_counts_every_small_election_as_the_server_does(live_server, open_browser):
    chance = Random(20261125)
    files = [json.loads(count_file(any_inputs(chance, KINDS[n % len(KINDS)]))) for n in range(ELECTIONS)]
    assert sum("tie" in [file["result"][m]["status"] for m in ("most_votes", "equal_shares")] for file in files) > 2
    page = open_browser()
    page.goto(live_server.url + "/components/meter/")

    wrong = page.evaluate(
        """async (files) => {
            const { countAgain, agrees } = await import("/static/funding/recount.js");
            const wrong = [];
            for (const [at, file] of files.entries()) {
                const made = await countAgain(file.inputs, async () => {});
                for (const method of ["most_votes", "equal_shares"])
                    if (!agrees(file.result[method], made[method])) wrong.push([at, method]);
            }
            return wrong;
        }""",
        files,
    )

    assert wrong == []


@pytest.fixture
def counted(board):
    round = make_round(
        board,
        costs=(600_00, 500_00, 300_00),
        rule="equal_shares",
        budget_pence=1000_00,
        **dates_around(timezone.now(), "to_count"),
    )
    for ticks in ((1, 2), (1, 2), (1, 2), (1,), (3,), (2, 3)):
        make_vote(round, *ticks)
    make_counted(round)
    return FundingRound.objects.select_related("activity__board", "stream__pot").get(pk=round.pk)


def count_in(page, url):
    page.goto(url)
    page.get_by_role("button", name="Count again in my browser").click()
    said = page.locator("[data-recount-said]")
    expect(said).to_contain_text("Your browser")
    return said.inner_text()


def test_the_button_says_the_same_and_of_a_changed_file_that_it_differs(live_server, open_browser, counted):
    page = open_browser(width=390)
    url = live_server.url + counted.address("results")
    assert "comes to the same" in count_in(page, url)

    held = json.loads(Count.objects.get().file)
    held["result"]["most_votes"]["left_pence"] += 1
    page.route("**/count.json", lambda route: route.fulfill(json=held))
    assert "comes to something else" in count_in(page, url)


def test_without_scripts_there_is_no_button_that_does_nothing(live_server, open_browser, counted):
    page = open_browser(width=390, javascript=False)
    page.goto(live_server.url + counted.address("results"))

    assert page.locator("[data-recount]").is_hidden()
    assert page.get_by_role("link", name="Every ballot, with its receipt").is_visible()


@pytest.mark.parametrize("state", ["tie", "counted", "review", "confirmed", "awarded", "many"])
def test_every_state_of_the_page_can_be_read_by_everyone(live_server, open_browser, board, counted, state):
    now = timezone.now()
    if state == "tie":
        tied = make_round(board, costs=(600_00, 600_00), **dates_around(now, "to_count"))
        make_vote(tied, 1)
        make_vote(tied, 2)
        make_counted(tied)
        counted = tied
    elif state == "review":
        FundingRound.objects.filter(pk=counted.pk).update(review_days=5)
    elif state == "confirmed":
        FundingRound.objects.filter(pk=counted.pk).update(confirmed_at=now, confirmed_words="Minute 5.")
    elif state == "awarded":
        FundingRound.objects.filter(pk=counted.pk).update(awarded_at=now, awarded_words="Minute 6.")
    elif state == "many":
        counted = make_round(board, costs=(90_00,) * 45, **dates_around(now, "to_count"))
        for first in range(1, 12):
            make_vote(counted, *range(first, first + 30))
        make_counted(counted)
    for width in (320, 1280):
        page = open_browser(width=width)
        for name in ("results", "working"):
            page.goto(live_server.url + counted.address(name))
            page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            look(page, f"{name} {state} {width}")
