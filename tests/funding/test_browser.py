"""A grant round in a real browser: a first vote with and without scripts, and every page read by axe."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from engagement.activities.models import Audience
from engagement.funding.actions.awards import award_round
from engagement.funding.actions.codes import make_codes
from engagement.funding.actions.watching import hold_votes
from engagement.funding.models import Award, Envelope, FundingRound, Proposal, RollEntry
from tests.eyes import broken_rules, look, press, sign_in
from tests.factories import make_need, make_person, make_postcode, make_role
from tests.funding.factories import dates_around, make_counted, make_proposal, make_round, make_vote, make_voter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHORT = timedelta(hours=2)


def named(round) -> None:
    words = (
        (
            "Swings for every age",
            "Castle Green Tenants",
            "Two baskets and a flat seat, where the old frame stood by the moat.",
        ),
        (
            "Cold water school",
            "Mere Watch",
            "Ten Saturday mornings in which children learn to float before they learn to swim.",
        ),
        (
            "Stage lights for the hall",
            "Brackenfold Young Farmers",
            "Eight lamps and a desk, so that plays need not end at dusk.",
        ),
    )
    for proposal, (title, group, summary) in zip(
        Proposal.objects.filter(round=round).order_by("number"), words, strict=True
    ):
        proposal.title, proposal.group, proposal.summary = title, group, summary
        proposal.save()


@pytest.mark.parametrize("javascript", [False, True], ids=["no scripts", "scripts"])
def test_a_first_vote_from_the_round_page_to_the_receipt_and_the_count(live_server, open_browser, board, javascript):
    """Four pages to fill in: the ballot, the address, the code, and the check. None of it needs a script."""
    now = timezone.now()
    round = make_round(board, costs=(400_00, 300_00, 500_00), least_ticks=2, **dates_around(now, "voting"))
    named(round)
    make_postcode("XX1 1AA", board)
    voter = make_person("first.vote@example.org")
    EmailAddress.objects.create(user=voter, email=voter.email, verified=True, primary=True)
    page = open_browser(width=390, javascript=javascript)
    page.goto(live_server.url + round.get_absolute_url())
    page.get_by_role("button", name="Vote now").or_(page.get_by_role("link", name="Vote now")).first.click()
    page.get_by_label("Swings for every age").check()
    if javascript:
        page.get_by_text("1 proposal chosen. Together they cost £400. Choose 1 more.").wait_for()
    page.get_by_role("button", name="Check my vote").click()
    page.get_by_text("There is a problem").wait_for()
    assert page.get_by_label("Swings for every age").is_checked()
    page.get_by_label("Stage lights for the hall").check()
    page.get_by_role("button", name="Check my vote").click()
    page.locator("input[type=email]").fill(voter.email)
    page.locator("main form button").first.click()
    page.wait_for_selector("input[name=code]")
    code = re.search(r"(?m)^\s*([A-Z0-9]{3,5}-?[A-Z0-9]{3,5})\s*$", mail.outbox[-1].body)
    page.locator("input[name=code]").fill(code[1])
    page.locator("main form button").first.click()
    page.wait_for_url("**/vote/check/")
    page.get_by_text("1. Swings for every age").wait_for()
    page.get_by_label("I live here").check()
    page.get_by_label("The postcode of that place").fill("xx11aa")
    press(page, "Seal and send my vote")
    receipt = page.locator(".confirmation strong").inner_text()
    assert Envelope.objects.count() == 1
    assert all(receipt not in message.body for message in mail.outbox)

    move_to(round, "to_count")
    make_counted(FundingRound.objects.select_related("activity__board", "stream__pot").get())
    page.goto(live_server.url + round.address("results"))
    page.get_by_label("The code on your receipt").fill(receipt)
    page.get_by_role("button", name="Look for my ballot").click()
    page.get_by_text("Your ballot is in the count").wait_for()
    page.get_by_text("3. Stage lights for the hall").wait_for()


TYPED = {
    "knapsack": {"Swings for every age": "tick", "Stage lights for the hall": "tick"},
    "ranking": {"Swings for every age": "2", "Stage lights for the hall": "1"},
    "points": {"Swings for every age": "3", "Stage lights for the hall": "7"},
    "scores": {"Swings for every age": "2", "Stage lights for the hall": "5"},
}
SAID = {"knapsack": "£500", "ranking": "Place 1", "points": "7 points", "scores": "Score 5 of 5"}


@pytest.mark.parametrize("javascript", [False, True], ids=["no scripts", "scripts"])
@pytest.mark.parametrize("method", list(TYPED))
def test_every_kind_of_ballot_by_keyboard_alone_at_320_px(live_server, open_browser, board, method, javascript):
    """From the ballot over the comparison to the receipt, with a code and no account: only keys, and axe where scripts run."""
    round = make_round(
        board,
        costs=(400_00, 300_00, 500_00),
        method=method,
        least_ticks=2,
        most_ticks=3,
        allows_blank=True,
        audience=Audience.CODE,
        **dates_around(timezone.now(), "voting"),
    )
    named(round)
    [code] = make_codes(round=round, size=1, purpose="Letters", by=None)[1]
    page = open_browser(width=320, javascript=javascript)
    page.goto(f"{live_server.url}{round.address('vote')}#code={code}")

    def read(where: str) -> None:
        if javascript:  # axe is a script itself
            look(page, f"{method} {where}")

    read("ballot")
    for label, value in TYPED[method].items():
        box = page.get_by_label(re.compile(rf"^\d\. {label}$"))
        box.focus()
        if value == "tick":
            page.keyboard.press("Space")
        elif method == "scores":
            page.keyboard.type(value)
        else:
            page.keyboard.type(value)
    if javascript:
        page.get_by_text("2 proposals chosen.").wait_for()
        assert page.get_by_role("button", name="Add up").count() == 0  # it has added up already
    else:
        page.get_by_role("button", name="Add up").focus()
        with page.expect_navigation(wait_until="load"):
            page.keyboard.press("Enter")
        page.get_by_text("2 proposals chosen.").wait_for()
    page.get_by_role("button", name="Compare what I chose").focus()
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    read("comparison")
    page.get_by_role("link", name="Check my vote").or_(page.get_by_role("button", name="Check my vote")).first.focus()
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    page.get_by_text(SAID[method]).first.wait_for()
    read("check")
    box = page.get_by_label("Your voting code")
    if javascript:
        assert box.input_value() == code  # it came with the letter's link
    else:
        box.focus()
        page.keyboard.type(code)
    box.focus()
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    page.get_by_text("Your vote is counted in").wait_for()
    read("receipt")
    assert Envelope.objects.count() == 1


def test_every_target_of_the_ballot_is_44_px_high(live_server, open_browser, board):
    for method in TYPED:
        round = make_round(
            board,
            costs=(400_00, 300_00, 500_00),
            method=method,
            least_ticks=1,
            most_ticks=3,
            **dates_around(timezone.now(), "voting"),
        )
        page = open_browser(width=320)
        page.goto(live_server.url + round.address("vote"))
        page.locator("[data-basket-line]").wait_for()
        small = page.evaluate(
            """() => [...document.querySelectorAll("form[data-ballot] :is(input:not([type=hidden]), select, button, a)")]
            .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 44)
            .map((each) => each.outerHTML.slice(0, 120))"""
        )
        assert small == [], method


def test_favourites_move_up_and_down_without_dragging(live_server, open_browser, board):
    round = make_round(
        board,
        costs=(400_00, 300_00, 500_00),
        method="ranking",
        least_ticks=2,
        most_ticks=3,
        **dates_around(timezone.now(), "voting"),
    )
    named(round)
    page = open_browser(width=390)
    page.goto(live_server.url + round.address("vote"))

    def places():
        titles = ("Swings for every age", "Cold water school", "Stage lights for the hall")
        return [page.get_by_label(re.compile(rf"^\d\. {title}$")).input_value() for title in titles]

    page.get_by_role("button", name="Move Swings for every age up").click()
    page.get_by_role("button", name="Move Cold water school up").click()
    assert places() == ["1", "2", ""]
    page.get_by_role("button", name="Move Cold water school up").click()
    assert places() == ["2", "1", ""]
    page.get_by_role("button", name="Move Swings for every age down").click()
    assert places() == ["", "1", ""]
    page.get_by_role("button", name="Move Stage lights for the hall up").click()
    page.get_by_role("button", name="Check my vote").click()
    page.wait_for_url("**/account/login/**")


def test_back_and_a_second_tab_lose_nothing_and_send_nothing_by_halves(live_server, open_browser, board):
    round = make_round(board, costs=(400_00, 300_00, 500_00), least_ticks=1, **dates_around(timezone.now(), "voting"))
    named(round)
    page = open_browser(width=390)
    sign_in(page, live_server, make_voter(board))
    page.goto(live_server.url + round.address("vote"))
    page.get_by_label("Swings for every age").check()
    press(page, "Check my vote")
    page.go_back()
    assert page.get_by_label("Swings for every age").is_checked()
    other = page.context.new_page()
    other.goto(live_server.url + round.address("vote"))
    assert other.get_by_label("Swings for every age").is_checked()
    other.get_by_label("Cold water school").check()
    press(other, "Check my vote")
    press(other, "Seal and send my vote")
    page.goto(live_server.url + round.address("check"))
    page.get_by_text("not on this device").wait_for()
    assert Envelope.objects.count() == 1


def test_the_desk_screens_of_the_vote_keep_the_rules_too(live_server, open_browser, board):
    now = timezone.now()
    officers = [make_role("coordinator", board), make_role("coordinator", board), make_role("chair", board)]
    split = make_round(board, title="Split grants", published=False, key_kept="officers", **dates_around(now, "coming"))
    round = make_round(board, title="Winter grants", costs=(600_00, 700_00), **dates_around(now, "voting"))
    make_vote(round, 1, now=now)
    make_codes(round=round, size=2, purpose="Letters", by=None)
    hold_votes(
        round=round, entries=RollEntry.objects.values_list("pk", flat=True), reason="Odd", by=officers[1], now=now
    )
    page = open_browser(width=1280)
    sign_in(page, live_server, officers[0])

    def see(url: str, name: str) -> None:
        page.goto(live_server.url + "/desk/funding/" + url)
        assert broken_rules(page, context="#main") == [], name

    see(f"rounds/{round.pk}/codes/", "codes")
    see(f"codes/{round.code_batches.get().pk}/cancel/", "cancel")
    see(f"rounds/{round.pk}/odd/", "odd things")
    see(f"rounds/{split.pk}/key/", "ceremony")
    for place, person in enumerate(officers, 1):
        page.get_by_label(f"Officer {place}").select_option(str(person.pk))
    page.get_by_role("button", name="Name these three").click()
    page.get_by_role("button", name="Show my share").wait_for()
    see(f"rounds/{split.pk}/key/", "take a share")  # opened anew, without the message that fades in
    page.get_by_role("button", name="Show my share").click()
    page.get_by_text("It is not shown again").wait_for()
    assert broken_rules(page, context="#main") == [], "share"
    see(f"rounds/{split.pk}/edit/", "edit")


def move_to(round, stage: str) -> None:
    """Let time pass: the times move instead, with the seal of the rules, as the clock of the test cannot."""
    from engagement.funding import queries

    round = FundingRound.objects.select_related("activity").get(pk=round.pk)
    for name, moment in dates_around(timezone.now(), stage).items():
        setattr(round.activity if name in ("opens_at", "closes_at") else round, name, moment)
    round.activity.save()
    round.rules_digest = queries.rules_digest(round)
    round.save()


def test_a_small_group_asks_for_a_grant_by_keyboard_alone(live_server, open_browser, board, stranger):
    round = make_round(board, **dates_around(timezone.now(), "proposals"))
    page = open_browser(width=320, javascript=False)
    sign_in(page, live_server, stranger)
    page.goto(live_server.url + round.address("propose"))
    page.get_by_label("A short name").focus()
    for words in (
        "A tap for the allotment",
        "\t",
        "Water without a walk.",
        "\t",
        "Thirty growers.",
        "\t",
        "By the gate",
    ):
        page.keyboard.press("Tab") if words == "\t" else page.keyboard.type(words)
    page.locator("#id_what_1").focus()
    for words in ("Tap and pipe", "\t", "£420"):
        page.keyboard.press("Tab") if words == "\t" else page.keyboard.type(words)
    page.get_by_label("The name of your group").focus()
    page.keyboard.type("Gate Allotments")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Check your proposal").wait_for()
    page.get_by_role("button", name="Change something").click()
    assert page.get_by_label("A short name").input_value() == "A tap for the allotment"
    page.get_by_role("button", name="Check your proposal").click()
    page.get_by_role("button", name="Send my proposal").click()

    proposal = Proposal.objects.get()
    page.get_by_text(proposal.reference).wait_for()
    assert proposal.cost_pence == 420_00


@pytest.mark.parametrize("width", [320])
def test_no_page_keeps_anyone_out(live_server, open_browser, board, coordinator, width):
    now = timezone.now()
    make_need(board, "The swings have been chained up for two summers")
    asking = make_round(board, title="Quick grants", most_pence=500_00, **dates_around(now, "proposals"))
    lead = make_voter(board)
    waiting = make_proposal(asking, title="A tap", lead=lead)
    round = make_round(
        board,
        title="Winter grants",
        costs=(400_00, 300_00, 500_00),
        least_ticks=2,
        guidance="Ring us.",
        **dates_around(now, "voting"),
    )
    named(round)
    page = open_browser(width=width)

    def see(url: str, name: str) -> None:
        page.goto(live_server.url + url)
        look(page, f"{name} at {width}")

    see(f"/boards/{board.slug}/funding/", "pot")
    see(asking.get_absolute_url(), "round_open")
    see(asking.address("propose"), "propose")
    press(page, "Check your proposal")
    look(page, f"propose_errors at {width}")
    see(round.get_absolute_url(), "round_voting")
    see(round.address("vote"), "vote")
    press(page, "Check my vote")
    look(page, f"vote_errors at {width}")
    see(round.address("results"), "results_later")
    see(Proposal.objects.get(number=1).get_absolute_url(), "proposal")
    sign_in(page, live_server, lead)
    see(asking.address("sent", waiting.slug), "sent")
    see(asking.address("withdraw", waiting.slug), "withdraw")
    page.goto(live_server.url + round.address("vote"))
    page.get_by_label("Cold water school").check()
    page.get_by_label("Swings for every age").check()
    press(page, "Check my vote")
    look(page, f"check at {width}")
    press(page, "Seal and send my vote")
    look(page, f"thanks at {width}")
    see(round.address("thanks"), "voted")
    for ticks in ((1, 2), (1, 3), (1, 2)):
        make_vote(round, *ticks, now=now)
    move_to(round, "to_count")
    round = FundingRound.objects.select_related("activity__board", "stream__pot").get(pk=round.pk)
    see(round.get_absolute_url(), "round_to_count")
    make_counted(round)
    award_round(round=round, words="Board meeting, item 4", by=coordinator, now=timezone.now())
    see(round.address("results"), "results")
    see(round.get_absolute_url(), "round_awarded")
    see(Award.objects.first().get_absolute_url(), "awarded")
    see(f"/boards/{board.slug}/funding/", "pot_awarded")


def test_the_desk_screens_of_a_round_keep_the_rules_too(live_server, open_browser, board, coordinator):
    now = timezone.now()
    round = make_round(board, title="Winter grants", costs=(600_00, 600_00), **dates_around(now, "voting"))
    make_vote(round, 1, now=now)
    make_vote(round, 2, now=now)
    move_to(round, "to_count")
    page = open_browser()
    sign_in(page, live_server, coordinator)

    def see(url: str, name: str) -> None:
        page.goto(live_server.url + "/desk/funding/" + url)
        assert broken_rules(page, context="#main") == [], name

    see("", "index")
    see("rounds/add/", "add")
    see(f"rounds/{round.pk}/", "round")
    see(f"rounds/{round.pk}/roll/", "roll")
    see(f"proposals/{Proposal.objects.first().pk}/", "proposal")
    see(f"rounds/{round.pk}/count/", "count")
    page.get_by_role("button", name="Open the ballots and count").click()
    page.get_by_text("Draw lots in public").wait_for()
    see(f"rounds/{round.pk}/count/", "tie")
    page.get_by_label("Drawn at place 1").select_option("2")
    page.get_by_label("Drawn at place 2").select_option("1")
    page.get_by_label("How were the lots drawn").fill("From a hat, twelve people there")
    page.get_by_role("button", name="Write down the lots").click()
    page.get_by_text("The count is settled.").wait_for()
    see(f"rounds/{round.pk}/award/", "award")
