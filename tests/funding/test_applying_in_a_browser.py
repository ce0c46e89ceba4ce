"""A small charity asks for a grant on a phone: with and without scripts, and by keyboard alone."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from boards.people.models import Membership, Organisation
from engagement.funding.actions.drafts import start_draft
from engagement.funding.actions.talk import ask_group
from engagement.funding.models import Draft, Match, Proposal
from tests.eyes import broken_rules, look, press, sign_in
from tests.factories import make_need, make_person
from tests.funding.factories import dates_around, make_proposal, make_round
from tests.funding.test_drafting import filled

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TYPED = {
    "A short name": "A hoist for the boat",
    "What will happen?": "A hoist by the slipway, so that people who use a wheelchair can sail.",
}
SIGNS_A_MINUTE = 150
"""A slow typist on a telephone."""


@pytest.fixture
def round(board):
    make_need(board, "Getting on the water")
    return make_round(board, budget_pence=8000_00, **dates_around(timezone.now(), "proposals"))


@pytest.mark.parametrize("javascript", [False, True], ids=["no scripts", "scripts"])
def test_a_small_charity_applies_in_under_five_minutes_of_typing(
    live_server, open_browser, round, stranger, javascript
):
    typed = 0
    page = open_browser(width=360, javascript=javascript)
    sign_in(page, live_server, stranger)

    def write(label, words):
        nonlocal typed
        page.get_by_label(label).first.fill(words)
        typed += len(words)

    page.goto(live_server.url + round.get_absolute_url())
    press(
        page,
        "See if you can ask",
        role="link" if page.get_by_role("link", name="See if you can ask").count() else "button",
    )
    for question, said in (
        ("in this board’s area", "Yes"),
        ("for the community", "Yes"),
        ("have a bank account", "Yes"),
        ("spent already", "No"),
    ):
        page.get_by_role("group", name=question).get_by_label(said).check()
    write("About how much", "420")
    press(page, "See if you can ask")
    page.get_by_text("Yes, go ahead").wait_for()
    if javascript:  # axe is a script
        look(page, "apply")
    page.get_by_role("button", name="Start").or_(page.get_by_role("link", name="Start", exact=True)).first.click()
    write("A short name", "A tap for the allotment")
    write("What will happen?", "A tap by the gate, so that nobody carries water up the hill.")
    write("Who will it help?", "Thirty growers, some of them over eighty.")
    page.locator("#id_what_1").fill("Tap and pipe")
    page.locator("#id_cost_1").fill("420")
    write("The name of your group", "Gate Allotments")
    page.get_by_label("What kind of group").select_option(label="A charity in England or Wales")
    page.get_by_label("Your charity or company number").fill("12345")
    press(page, "Check your proposal")
    page.get_by_text("six or seven digits").first.wait_for()
    if javascript:
        look(page, "a wrong number")
    page.get_by_label("Your charity or company number").fill("1234567")
    press(page, "Check your proposal")
    press(page, "Send my proposal")

    proposal = Proposal.objects.get()
    page.get_by_text(proposal.reference).wait_for()
    assert proposal.org_id == "GB-CHC-1234567"
    assert (typed + 40) / SIGNS_A_MINUTE < 5


def test_the_longer_form_is_filled_in_by_keyboard_alone_without_scripts(live_server, open_browser, round, stranger):
    page = open_browser(width=320, javascript=False)
    sign_in(page, live_server, stranger)
    page.goto(live_server.url + round.address("start"))
    page.get_by_role("button", name="Start the form").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    def keys(*steps):
        for step in steps:
            page.keyboard.press(step[1:]) if step.startswith("\t") and len(step) > 1 else (
                page.keyboard.press("Tab") if step == "\t" else page.keyboard.type(step)
            )

    def go_on():
        with page.expect_navigation():
            page.get_by_role("button", name="Save and go on").press("Enter")

    page.get_by_role("link", name="What you want to do").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_label("A short name").focus()
    begins = timezone.localdate() + timedelta(days=60)
    keys("A hoist", "\t", "For the boat.", "\t", "1", "\t", str(begins.month), "\t", str(begins.year), "\t")
    keys("30", "\t", "12", "\t", str(begins.year))
    go_on()
    page.get_by_label("Who will it help?").focus()
    keys("Forty sailors.", "\t", "\tSpace")
    go_on()
    page.get_by_label("What will be better for people?").focus()
    keys("More people sail.", "\t", "We count them.")
    go_on()
    page.locator("#id_what_1").focus()
    keys("Hoist", "\t", "2000")
    go_on()
    page.locator("#id_giver_1").focus()
    keys("Sailing club", "\t", "300", "\t", "\tArrowDown", "\t", "\tArrowDown")
    go_on()
    page.get_by_label("The name of your group").focus()
    keys("Mere Sailors", "\t", "\tSpace")
    page.get_by_role("group", name="bank account").get_by_label("Yes").press("Space")
    go_on()
    page.get_by_role("heading", name="Check your form").wait_for()
    with page.expect_navigation():
        page.get_by_role("button", name="Send my proposal").press("Enter")

    proposal = Proposal.objects.get()
    page.get_by_text(proposal.reference).wait_for()
    assert proposal.cost_pence == 2000_00
    assert Match.objects.get().amount_pence == 300_00
    assert Draft.objects.get().sent_as == proposal


@pytest.mark.parametrize("width", [320])
def test_no_page_of_the_form_or_the_group_keeps_anyone_out(live_server, open_browser, round, coordinator, width):
    person = make_person("writer@example.org", display_name="Ann")
    group = Organisation.objects.create(name="Mere Sailors")
    Membership.objects.create(organisation=group, person=person, joined_on=timezone.localdate())
    answers = filled(round)
    draft = start_draft(key=uuid4(), round=round, by=person, now=timezone.now(), organisation=group, answers=answers)
    proposal = make_proposal(round, title="A tap", lead=person, organisation=group)
    ask_group(proposal=proposal, words="Which gate?", by=coordinator, now=timezone.now())
    page = open_browser(width=width)

    def see(url, name):
        page.goto(live_server.url + url)
        look(page, f"{name} at {width}")

    see(round.address("apply"), "apply")
    press(page, "See if you can ask")
    look(page, f"apply with errors at {width}")
    see(round.address("questions"), "questions")
    see(round.address("start"), "start")
    sign_in(page, live_server, person)
    see(round.address("start"), "start, signed in")
    base = draft.get_absolute_url()
    see(base, "task list")
    for part in answers:
        see(f"{base}{part}/", part)
    for part, box in (("money", "#id_cost_1"), ("match", "#id_amount_1"), ("group", "#id_number")):
        page.goto(f"{live_server.url}{base}{part}/")
        page.locator(box).fill("x")
        press(page, "Save and go on")
        look(page, f"{part} with errors at {width}")
    Draft.objects.filter(pk=draft.pk).update(versions={"outcome": 7})
    page.goto(f"{live_server.url}{base}outcome/")
    page.get_by_label("How will you know?").fill("Mine.")
    Draft.objects.filter(pk=draft.pk).update(versions={"outcome": 8})
    press(page, "Save and go on")
    page.get_by_text("Someone else saved this part").wait_for()
    look(page, f"both texts at {width}")
    see(f"{base}check/", "check")
    see(f"{base}delete/", "delete")
    see("/me/groups/", "my groups")
    see(f"/groups/{group.slug}/", "group")
    see(f"/groups/{group.slug}/people/", "people")
    press(page, "Invite")
    look(page, f"people with errors at {width}")
    see(f"/groups/{group.slug}/papers/", "papers")
    press(page, "Keep it")
    look(page, f"papers with errors at {width}")
    see(round.address("talk", proposal.slug), "talk")
    press(page, "Send my answer")
    look(page, f"talk with errors at {width}")


def test_the_desk_screens_of_proposals_keep_the_rules_too(live_server, open_browser, round, coordinator):
    proposal = make_proposal(round, lead=make_person())
    ask_group(proposal=proposal, words="Which gate?", by=coordinator, now=timezone.now())
    page = open_browser()
    sign_in(page, live_server, coordinator)
    for url in (f"rounds/{round.pk}/proposals/", f"rounds/{round.pk}/proposals/key/", f"proposals/{proposal.pk}/"):
        page.goto(live_server.url + "/desk/funding/" + url)
        assert broken_rules(page, context="#main") == [], url
    page.goto(live_server.url + f"/desk/funding/rounds/{round.pk}/proposals/key/")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("Not done yet").wait_for()
    assert broken_rules(page, context="#main") == [], "key with errors"
