"""A whole round as its officers run it: from the pot to awarded grants, on the screens and by the buttons they press."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from boards.people.models import Person
from engagement.funding.models import Award, Ballot, Envelope, FundingRound, Keying, PaperBatch, PaperSheet
from tests.eyes import press, sign_in
from tests.factories import make_role
from tests.funding.factories import make_proposal, make_vote, make_voter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Desk:
    """An officer's browser."""

    def __init__(self, page: Any, live_server: Any, person: Person) -> None:
        self.page, self.site, self.person = page, live_server.url, person

    def open(self, live_server: Any, link: str = "") -> None:
        """Sign in and come by the first page of grants, as an officer does on a morning; follow a link there."""
        sign_in(self.page, live_server, self.person)
        self.page.goto(self.site + reverse("funding_desk:index"))
        if link:
            press(self.page, link, role="link")

    def go_on(self, live_server: Any, name: str, thing: Any) -> None:
        """Sign in on another day and open the page they had marked."""
        sign_in(self.page, live_server, self.person)
        self.page.goto(self.site + reverse(f"funding_desk:{name}", args=[thing.pk]))

    def fill(self, **answers: str) -> None:
        for name, answer in answers.items():
            self.page.locator(f"[name={name}]").fill(answer)

    def key(self, number: str, marks: str, **more: str) -> None:
        """Key a sheet as they do: without leaving the keys, Enter after each number and once more to keep it."""
        self.page.locator("[name=number]").fill(number)
        self.page.keyboard.press("Enter")
        for mark in marks.split():
            self.page.keyboard.type(mark)
            self.page.keyboard.press("Enter")
        if more.get("settles"):
            self.page.get_by_label("mine settles it").check()
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator("[name=marks]").press("Enter")
        self.page.get_by_text(f"Sheet {number} is kept.").wait_for()


def typed(at: datetime) -> str:
    """Give a moment as an officer types it: in London."""
    return timezone.localtime(at).strftime("%d %B %Y %H:%M")


def test_a_round_from_the_pot_to_the_grants_and_a_strangers_recount(live_server, open_browser, board, tmp_path, capsys):
    coordinator, second, third = (make_role("coordinator", board, email=f"officer{n}@example.org") for n in range(3))
    desk = Desk(open_browser(), live_server, coordinator)
    start = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    proposals, checks, voting, closes = (start + timedelta(days=n) for n in (1, 10, 12, 20))

    with time_machine.travel(start):
        set_up(desk, live_server, proposals, checks, voting, closes)
    round = FundingRound.objects.select_related("activity__board", "stream__pot").get()
    with time_machine.travel(checks + timedelta(hours=1)):
        put_three_on_the_ballot(desk, live_server, round)
    with time_machine.travel(voting + timedelta(days=1)):
        round = FundingRound.objects.select_related("activity__board", "stream__pot").get()
        vote_on_the_site(open_browser(width=390), live_server, board, round)
        make_vote(round, 1, 3, now=timezone.now())
        take_in_paper(desk, live_server, round, make_voter(board))
        key_it_apart(
            desk, Desk(open_browser(), live_server, second), Desk(open_browser(), live_server, third), live_server
        )
    with time_machine.travel(closes + timedelta(hours=1)):
        count_with_a_lot(desk, live_server, round)
        confirm_and_award(desk, live_server, round)

    assert Ballot.objects.count() == 5
    assert not Envelope.objects.exists()
    assert not Keying.objects.exists()
    assert sorted(Award.objects.values_list("proposal__number", "amount_pence")) == [(1, 400_00), (3, 600_00)]

    stranger = open_browser(width=390)
    stranger.goto(live_server.url + round.address("results"))
    stranger.get_by_text("The grants have been awarded").wait_for()
    stranger.get_by_text("3 sheets were printed: 3 were used").wait_for(state="attached")
    assert_same_winners(stranger, tmp_path, capsys)


def set_up(desk: Desk, live_server: Any, proposals: Any, checks: Any, voting: Any, closes: Any) -> None:
    """Put money into the pot, make the round from it, and publish it."""
    page = desk.page
    desk.open(live_server, "Put in money for something new")
    page.locator("[name=board]").select_option(index=1)
    desk.fill(name="Community grants", allocated_pence="5000", words="Council, 3 March, item 9")
    press(page, "Put it in")
    press(page, "Set up a round", role="link")
    desk.fill(
        title="Winter grants", summary="Money for small groups.", budget_pence="1000", least_ticks="1",
        opens_at=typed(proposals), proposals_close_at=typed(checks), voting_opens_at=typed(voting),
        closes_at=typed(closes),
    )  # fmt: skip
    page.locator("[name=stream]").select_option(index=1)
    page.locator("[name=audience]").select_option(index=0)
    page.locator("[name=both_ways][value=paper]").check()
    press(page, "Save")
    press(page, "Publish")
    page.get_by_text("Its rules are sealed when voting opens").wait_for()


def put_three_on_the_ballot(desk: Desk, live_server: Any, round: FundingRound) -> None:
    for title, cost in (("Swings", 400_00), ("Stage lights", 600_00), ("Cold water school", 600_00)):
        make_proposal(round, title=title, cost_pence=cost)
    desk.open(live_server, "Winter grants")
    for title in ("Swings", "Stage lights", "Cold water school"):
        press(desk.page, title, role="link")
        desk.page.get_by_label("Put it on the ballot").check()
        press(desk.page, "Do it and tell the group")
    assert desk.page.locator("td", has_text="On the ballot").count() == 3


def vote_on_the_site(page: Any, live_server: Any, board: Any, round: FundingRound) -> None:
    sign_in(page, live_server, make_voter(board))
    page.goto(live_server.url + round.get_absolute_url())
    press(page, "Vote now", role="link")
    page.get_by_label("Swings").check()
    page.get_by_label("Stage lights").check()
    press(page, "Check my vote")
    press(page, "Seal and send my vote")
    page.locator(".confirmation strong").wait_for()


def take_in_paper(desk: Desk, live_server: Any, round: FundingRound, voter: Person) -> None:
    """Print sheets, and mark the roll for three people: by their account, and by the board's own numbers."""
    page = desk.page
    desk.go_on(live_server, "round", round)
    press(page, "Paper", role="link")
    desk.fill(size="3", purpose="Library", hand_in="The box at the library")
    press(page, "Make the sheets")
    assert page.locator("section.sheet").count() == 3
    press(page, "Back to the batch", role="link")
    press(page, "All batches", role="link")
    for way, who in (("email", voter.email), ("reference", "TH 12"), ("reference", "TH 13")):
        desk.fill(**{way: who})
        press(page, "Mark the roll")
        page.get_by_text("The sheet goes into the box").wait_for()
    desk.fill(reference="th13")
    press(page, "Mark the roll")
    page.get_by_text("handed in a sheet already").wait_for()


def key_it_apart(desk: Desk, second: Desk, third: Desk, live_server: Any) -> None:
    """Two people key each sheet; what they read differently a third settles."""
    one, two, odd = PaperSheet.objects.values_list("number", flat=True)
    for each in (desk, second, third):
        each.go_on(live_server, "paper_batch", PaperBatch.objects.get())
    for each, reads in ((desk, "1"), (second, "1 2")):
        for number, marks in ((one, "1 2"), (two, "1 3"), (odd, reads)):
            each.key(number, marks)
    assert second.page.get_by_text("read differently").is_visible()
    third.key(odd, "1", settles="yes")
    third.page.get_by_text("It balances.").wait_for()


def count_with_a_lot(desk: Desk, live_server: Any, round: FundingRound) -> None:
    page = desk.page
    desk.go_on(live_server, "round", round)
    press(page, "Close and count", role="link")
    press(page, "Open the ballots and count")
    page.get_by_text("There is a tie.").wait_for()
    page.locator("[name=place_1]").select_option(value="3")
    page.locator("[name=place_2]").select_option(value="2")
    press(page, "Write down the lots and count again")
    page.get_by_text("Not done yet").wait_for()
    desk.fill(words="By the mayor, from a hat, before forty people")
    press(page, "Write down the lots and count again")
    page.get_by_text("The count is settled.").wait_for()


def confirm_and_award(desk: Desk, live_server: Any, round: FundingRound) -> None:
    page = desk.page
    for link, button, said in (
        ("Confirm the result", "Confirm and tell the groups", "Confirmed."),
        ("Award the grants", "Award all of these and tell the groups", "Awarded: 2."),
    ):
        desk.go_on(live_server, "round", round)
        press(page, link, role="link")
        desk.fill(words="Board, 3 December, item 4")
        press(page, button)
        page.get_by_text(said).wait_for()


def assert_same_winners(page: Any, tmp_path: Any, capsys: Any) -> None:
    """A stranger takes both files from the results page, counts again, and finds the winners the page names."""
    taken = {}
    for name, link in (("count.json", "The count and all its steps"), ("ballots.pb", "for programs that count")):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=link).click()
        taken[name] = tmp_path / name
        waiting.value.save_as(taken[name])
    call_command("recount", str(taken["count.json"]), "--check")
    assert "byte for byte" in capsys.readouterr().out
    call_command("recount", str(taken["ballots.pb"]), "--json")
    again = json.loads(capsys.readouterr().out)
    assert sorted(again["funded"]) == ["1", "3"]
    assert sorted(json.loads(taken["count.json"].read_text())["result"]["funded"]) == [1, 3]
    shown = page.locator(".outcomes--funded").inner_text()
    assert "Swings" in shown
    assert "Cold water school" in shown
    assert "Stage lights" not in shown
