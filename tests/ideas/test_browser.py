"""Someone's first idea, in a real browser, with and without scripts; and every page read by axe."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from engagement.ideas import actions
from engagement.ideas.models import Backing, Idea
from engagement.moderation.actions import decide
from tests.eyes import broken_rules, look, press, sign_in
from tests.factories import make_need, make_person, make_postcode
from tests.ideas.factories import make_call, make_idea

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("javascript", [False, True], ids=["no scripts", "scripts"])
def test_a_first_idea_from_the_wall_to_its_answer(live_server, open_browser, board, coordinator, now, javascript):
    call = make_call(board, "What would make our evenings better?")
    writer = make_person("tone.deaf@example.org")
    EmailAddress.objects.create(user=writer, email=writer.email, verified=True, primary=True)
    page = open_browser(width=390, javascript=javascript)
    page.goto(live_server.url + call.get_absolute_url())
    page.get_by_role("button", name="Share an idea").or_(page.get_by_role("link", name="Share an idea")).first.click()
    page.get_by_label("Give your idea a name").fill("Singing for people who cannot sing")
    press(page, "Go on")
    assert page.get_by_label("Give your idea a name").input_value() == "Singing for people who cannot sing"
    page.get_by_label("What is your idea?").fill("There is a choir for those who can. I would like the other one.")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="Check your idea").wait_for()
    page.get_by_role("button", name="Send my idea").click()

    page.locator("input[type=email]").fill("tone.deaf@example.org")
    with page.expect_navigation(wait_until="load"):
        page.locator("main form button[type=submit], main form button:not([type])").first.click()
    code = re.search(r"(?m)^\s*([A-Z0-9]{3,5}-?[A-Z0-9]{3,5})\s*$", mail.outbox[-1].body)
    assert code, mail.outbox[-1].body
    page.locator("input[name=code]").fill(code[1])
    page.locator("main form button").first.click()
    page.wait_for_url("**/sent/**")
    idea = Idea.objects.get()
    page.get_by_text(idea.reference).wait_for()
    assert idea.author.email == "tone.deaf@example.org"

    page.goto(live_server.url + idea.get_absolute_url())
    page.get_by_text("Waiting to be read").wait_for()
    decide(item=idea, to="shown", reason="fine", by=coordinator, now=now)
    friend = open_browser(javascript=javascript)
    sign_in(friend, live_server, make_person("friend@example.org"))
    friend.goto(live_server.url + idea.get_absolute_url())
    friend.get_by_role("button", name="Back this idea").click()
    friend.get_by_text("1 person backs this").wait_for()
    assert Backing.objects.count() == 1
    actions.answer(idea=idea, to="in_plan", words="The church hall is yours on Tuesdays.", by=coordinator, now=now)
    page.reload()
    page.get_by_text("The church hall is yours on Tuesdays.").wait_for()


@pytest.mark.parametrize("width", [320])
def test_no_page_keeps_anyone_out(live_server, open_browser, board, coordinator, stranger, now, width):
    call = make_call(board, "What would make our evenings better?")
    call.activity.needs.add(make_need(board))
    local = make_call(board, "What about the square?", audience=2)
    make_postcode("XX1 1AA", board)
    ideas = [make_idea(call, f"Idea {n} with benches", latitude="54.5", longitude="1.9") for n in range(21)]
    actions.back(idea=ideas[0], person=stranger, now=now)
    actions.answer(idea=ideas[0], to="in_plan", words="In May.", by=coordinator, now=now)
    page = open_browser(width=width)
    wall = live_server.url + call.get_absolute_url()
    for address in (
        live_server.url + f"/boards/{board.slug}/ideas/", wall, wall + "?q=zebra", wall + "map/", wall + "propose/",
        live_server.url + ideas[0].get_absolute_url(), live_server.url + make_idea(local).get_absolute_url() + "back/",
        wall + f"sent/{ideas[0].reference.lower()}/",
    ):  # fmt: skip
        assert page.goto(address).status == 200
        look(page, address)
    page.goto(wall + "propose/")
    press(page, "Go on")
    look(page, "the form with its errors")
    page.get_by_label("Give your idea a name").fill("Idea with benches")
    page.get_by_label("What is your idea?").fill("Words")
    press(page, "Go on")
    look(page, "check")


DESK_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize("width", [320, 1280])
def test_the_desk_pages_keep_no_officer_out(live_server, open_browser, board, coordinator, now, width):
    call = make_call(board, "What would make our evenings better?")
    waiting = [make_idea(call, state="pending") for _ in range(2)]
    shown = make_idea(call)
    decide(item=waiting[0], to="hidden", reason="twice", by=coordinator, now=now)
    page = open_browser(width=width)
    sign_in(page, live_server, coordinator)
    for address in (
        "moderation/", "moderation/decided/", "ideas/", f"ideas/{shown.pk}/", "ideas/calls/", "ideas/calls/new/",
        f"ideas/calls/{call.pk}/", f"ideas/calls/{call.pk}/write-down/",
    ):  # fmt: skip
        assert page.goto(live_server.url + "/desk/" + address).status == 200
        # Our own part of the page; the frame round it is Wagtail's.
        assert broken_rules(page, context="#main .nice-padding", options=DESK_RULES) == [], address
