"""A panel and funders in a real browser: with scripts and without, at phone and desk width, read by axe."""

from __future__ import annotations

import pytest
from django.utils import timezone

from engagement.funding.actions.assessing import close_scoring, decide, declare, remark
from engagement.funding.models import Assessment, Criterion, FunderInterest, Pledge, Proposal
from tests.eyes import broken_rules, press, sign_in
from tests.eyes import look as look_closely
from tests.factories import make_need, make_person
from tests.funding.factories import dates_around, make_proposal, make_round
from tests.funding.panel_factories import make_funder, make_panel_round, make_panellists, make_sheet

WAYS = pytest.mark.parametrize(
    ("javascript", "width"), [(False, 320), (True, 320), (True, 1280)], ids=["no scripts", "phone", "desk"]
)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def eyes(*, javascript: bool):
    """Give what reads a page by axe. Axe itself needs scripts: without them the test only walks."""
    return look_closely if javascript else lambda page, where: None


@WAYS
def test_a_panel_member_says_their_interest_scores_and_hands_in(live_server, open_browser, board, javascript, width):
    now = timezone.now()
    people = make_panellists(board)
    round, panel = make_panel_round(board, people=people, **dates_around(now, "checks"))
    swings, tap = make_proposal(round, title="Swings for every age"), make_proposal(round, title="A tap")
    make_sheet(panel, swings, people[1], 2, 5, now=now)
    page, look = open_browser(width=width, javascript=javascript), eyes(javascript=javascript)
    sign_in(page, live_server, people[0])
    page.goto(live_server.url + "/me/")
    look(page, "my page")
    press(page, round.title, role="link")
    look(page, "the panel")
    press(page, "Swings for every age", role="link")
    look(page, "the question of interest")
    press(page, "Go on")
    look(page, "the question unanswered")
    page.get_by_label("No", exact=True).check()
    press(page, "Go on")
    look(page, "the scores")
    first, second = Criterion.objects.all()
    page.locator(f"input[name=score_{first.pk}][value='4']").check()
    page.locator(f"textarea[name=words_{first.pk}]").fill("Many asked for it")
    press(page, "Keep as a draft")
    assert page.locator(f"textarea[name=words_{first.pk}]").input_value() == "Many asked for it"
    press(page, "Hand in for good")
    look(page, "the scores with errors")
    page.locator(f"input[name=score_{second.pk}][value='1']").check()
    page.locator(f"textarea[name=words_{second.pk}]").fill("No permit yet")
    press(page, "Hand in for good")
    page.get_by_text("from 2 to 4, mean 3.00").first.wait_for()
    look(page, "what the panel gave")
    assert Assessment.objects.standing().count() == 2

    page.goto(live_server.url + round.address("panel_proposal", tap.slug))
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("If you do: what is it?").fill("I help in the garden")
    press(page, "Go on")
    page.get_by_text("You take no part in this one").wait_for()
    look(page, "shut out")
    page.goto(live_server.url + round.address("panel_close"))
    look(page, "closing")
    page.get_by_role("checkbox").check()
    press(page, "Close scoring")
    page.get_by_role("heading", name="The ranking").wait_for()
    look(page, "the ranking")


@pytest.mark.parametrize("width", [320])
def test_what_the_panel_decided_keeps_nobody_out(live_server, open_browser, board, coordinator, width):
    now = timezone.now()
    people = make_panellists(board)
    round, panel = make_panel_round(board, people=people, **dates_around(now, "checks"))
    proposals = [make_proposal(round, title=title) for title in ("Swings for every age", "A tap", "Stage lights")]
    for number, proposal in enumerate(proposals):
        for person in people[:2]:
            make_sheet(panel, proposal, person, 5 - number, 3, now=now)
    declare(panel=panel, proposal=proposals[0], person=people[2], has_interest=True, words="A trustee", now=now)
    remark(panel=panel, proposal=proposals[0], person=people[0], words="It is the clearest of them.", now=now)
    close_scoring(panel=panel, by=people[0], now=now)
    page, look = open_browser(width=width), look_closely
    sign_in(page, live_server, people[0])
    for name, more in (
        ("panel", ()),
        ("panel_ranking", ()),
        ("panel_proposal", (proposals[0].slug,)),
        ("panel_decide", ()),
    ):
        page.goto(live_server.url + round.address(name, *more))
        look(page, f"{name} at {width}")
    press(page, "Record and publish the decision")
    look(page, f"an unfinished decision at {width}")
    choices = [(proposals[0], True, ""), (proposals[1], True, ""), (proposals[2], False, "The hall has lamps")]
    decide(panel=panel, choices=choices, words="Panel, 16 November", by=people[0], now=now)
    Proposal.objects.update(state="shown")
    for address in (round.address("assessment"), proposals[0].get_absolute_url()):
        page.goto(live_server.url + address)
        look(page, f"{address} at {width}")
    sign_in(page, live_server, coordinator)
    if width > 1000:
        page.goto(live_server.url + f"/desk/funding/rounds/{round.pk}/panel/")
        assert broken_rules(page, context="#main") == []


@WAYS
def test_a_funder_finds_a_proposal_marks_interest_and_pledges(
    live_server, open_browser, board, staff, javascript, width
):
    now = timezone.now()
    make_need(board, "Somewhere warm after four")
    round = make_round(board, title="Winter grants", **dates_around(now, "proposals"))
    swings = make_proposal(round, title="Swings for every age", lead=make_person(), place="Fenny Hale")
    make_proposal(round, title="Swings for every age, please")
    Proposal.objects.update(state="shown")
    funder = make_funder()
    page, look = open_browser(width=width, javascript=javascript), eyes(javascript=javascript)
    sign_in(page, live_server, funder)
    page.goto(live_server.url + "/me/")
    press(page, "Funders together: proposals across the boards", role="link")
    look(page, "the pipeline")
    page.get_by_text("Narrow the list").click()
    page.get_by_label("Words in it").fill("nothing like it")
    press(page, "Show")
    page.get_by_text("Nothing fits all of that").wait_for()
    look(page, "nothing found")
    page.get_by_label("Words in it").fill("swings")
    page.get_by_label("Asks for at least").fill("100")
    press(page, "Show")
    look(page, "the pipeline narrowed")
    page.get_by_role("link", name="Swings for every age", exact=True).click()
    page.get_by_role("heading", name="Proposals like it").wait_for()
    page.get_by_text("Say that we are interested").click()
    page.get_by_text("Pledge a part of the cost").click()
    look(page, "one proposal")
    page.get_by_label("What interests you about it?").fill("Children asked for it")
    page.get_by_label("Funders, officers and the group").check()
    press(page, "Say so")
    page.get_by_text("Children asked for it").first.wait_for()
    page.get_by_text("Pledge a part of the cost").click()
    page.get_by_label("How much of it would you pay?").fill("500")
    press(page, "Pledge it")
    page.get_by_text("£400 is still open").first.wait_for()
    look(page, "a pledge too large")
    page.get_by_text("Pledge a part of the cost").click()
    page.get_by_label("How much of it would you pay?").fill("150")
    press(page, "Pledge it")
    assert Pledge.objects.get().amount_pence == 150_00
    assert FunderInterest.objects.get().seen_by == "group"
    for address in ("gaps/", "saved/", "pots/", f"pots/{round.stream_id}/", "copy/"):
        page.goto(live_server.url + "/pipeline/" + address)
        look(page, address)
    sign_in(page, live_server, swings.lead)
    for address in (swings.get_absolute_url(), round.address("contact", swings.slug)):
        page.goto(live_server.url + address)
        look(page, address)
    if javascript and width > 1000:
        administrator = make_person("chief@example.org", is_superuser=True, is_staff=True)
        sign_in(page, live_server, administrator)
        for address in (f"proposals/{swings.pk}/funders/", "offers/", "funders/"):
            page.goto(live_server.url + "/desk/funding/" + address)
            assert broken_rules(page, context="#main") == [], address
