"""A report, the queue, a decision, an objection and what came of it, in a real browser."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from engagement.evidence.models import Evidence
from engagement.ideas.models import Idea
from engagement.moderation.actions import decide, look_over, object_to, report
from engagement.moderation.guarding import AT_ONCE, WITHIN_SECONDS, network_of
from engagement.moderation.models import Decision, Held, Objection, Report
from engagement.notifications.models import Message
from tests.eyes import look, press, sign_in
from tests.factories import make_person, make_role
from tests.ideas.factories import make_call, make_idea

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def look_at(page, where: str, *, javascript: bool) -> None:
    """Axe is a script itself: where scripts are off, it has nothing to run in."""
    if javascript:
        look(page, where)


@pytest.mark.parametrize("javascript", [False, True], ids=["no scripts", "scripts"])
def test_from_a_report_to_what_came_of_an_objection(live_server, open_browser, board, coordinator, staff, javascript):
    writer = make_person("writer@example.org")
    idea = make_idea(make_call(board), "Close the noisy hall", author=writer)

    # 1. A visitor without an account reports it, on a phone.
    visitor = open_browser(width=320, javascript=javascript)
    visitor.goto(live_server.url + reverse("moderation:report", args=["idea", idea.pk]))
    look_at(visitor, "report", javascript=javascript)
    press(visitor, "Send the report")
    visitor.get_by_text("There is a problem").first.wait_for()
    look_at(visitor, "report with an error", javascript=javascript)
    visitor.get_by_label("It hurts or insults people").check()
    press(visitor, "Send the report")
    visitor.get_by_text(Report.objects.get().reference).wait_for()
    look_at(visitor, "reported", javascript=javascript)

    # 2. The coordinator finds it in the queue and hides it with a reason.
    # Without scripts Wagtail's menu lies over a narrow screen, so there an officer needs a wide one.
    officer = open_browser(width=390 if javascript else 1280, javascript=javascript)
    sign_in(officer, live_server, coordinator)
    officer.goto(live_server.url + "/desk/moderation/")
    officer.get_by_text("1 person reported it").wait_for()
    officer.locator("summary", has_text="Do not show it").click()
    officer.get_by_label("Why?").first.select_option("unkind")
    officer.get_by_label("Words to the writer (you can leave this out)").first.fill("Please leave the band out of it.")
    with officer.expect_navigation(wait_until="load"):
        officer.locator("button[name=hide]").click()
    assert Idea.objects.get().state == "hidden"
    visitor.reload()
    visitor.get_by_text("An officer has looked at what you reported").wait_for()

    # 3. The writer is told, and objects.
    told = Message.objects.get(to=writer)
    assert "Please leave the band out of it." in told.body
    author = open_browser(width=320, javascript=javascript)
    sign_in(author, live_server, writer)
    author.goto(live_server.url + re.search(r"/objection/\d+/", told.body)[0])
    look_at(author, "objection", javascript=javascript)
    author.get_by_label("Why do you think it should be shown?").fill("It is about the noise and not about the band.")
    press(author, "Send the objection")
    author.get_by_text("We have your objection").wait_for()
    look_at(author, "objection sent", javascript=javascript)

    # 4. Not the coordinator, but someone of the council looks again.
    officer.goto(live_server.url + "/desk/moderation/objections/")
    officer.get_by_text("Nobody has objected to anything you may decide").wait_for()
    other = open_browser(width=390 if javascript else 1280, javascript=javascript)
    sign_in(other, live_server, staff)
    other.goto(live_server.url + "/desk/moderation/objections/")
    other.get_by_role("link", name=re.compile("^Look at it again")).click()
    other.get_by_label("The decision was changed").check()
    other.get_by_label("What do you say to the writer?").fill("You are right. It is shown again.")
    with other.expect_navigation(wait_until="load"):
        other.get_by_role("button", name="Decide, and tell the writer").click()
    assert Idea.objects.get().state == "shown"
    assert Objection.objects.get().decided_by == staff
    author.reload()
    author.get_by_text("You are right. It is shown again.").wait_for()


def test_the_queue_is_worked_by_keyboard_alone_and_its_single_keys_can_be_turned_off(
    live_server, open_browser, board, coordinator
):
    call = make_call(board)
    ideas = [make_idea(call, f"Idea {n}", state="pending") for n in range(3)]
    page = open_browser(width=1280)
    sign_in(page, live_server, coordinator)
    page.goto(live_server.url + "/desk/moderation/")
    page.locator("[data-keys]").wait_for()
    titles = [each.strip() for each in page.locator(".queue-card__title").all_inner_texts()]

    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.querySelector('h2').textContent").strip() == titles[1]
    page.keyboard.press("k")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("s")
    assert Idea.objects.filter(state="shown").get().title == titles[0]
    assert page.evaluate("document.activeElement.querySelector('h2')?.textContent").strip() == titles[1]
    page.keyboard.press("h")
    assert page.evaluate("document.activeElement.name").startswith("reason-")
    page.keyboard.press("s")  # typed into a list of reasons: nothing is decided
    page.keyboard.press("Tab")
    page.keyboard.type("s h j are letters here")
    assert page.evaluate("document.activeElement.value") == "s h j are letters here"
    assert Decision.objects.count() == 1

    page.goto(live_server.url + "/desk/moderation/")
    page.keyboard.press("?")
    page.get_by_label("Use single keys on this page").uncheck()
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("s")
    assert Decision.objects.count() == 1
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    assert len(ideas) == 3


@pytest.mark.parametrize("javascript", [False, True], ids=["no scripts", "scripts"])
def test_a_busy_network_does_a_sum_or_is_read_first(live_server, open_browser, board, javascript, rf):
    cache.set(f"limit:guard:{network_of(rf.get('/', REMOTE_ADDR='127.0.0.1'))}", AT_ONCE + 1, WITHIN_SECONDS)
    page = open_browser(width=390, javascript=javascript)
    page.goto(live_server.url + reverse("evidence:tell_us", args=[board.slug]))
    look_at(page, "with a sum", javascript=javascript)
    assert page.get_by_text("Your browser does a small sum").is_visible()
    page.get_by_label("What would make life better here?").fill("A bench where the bus stops.")
    page.get_by_label("We may count what you said").check()
    page.wait_for_timeout(3100)  # no person is quicker, and the stamp would say so

    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Send").click()

    page.get_by_text("We have your words").first.wait_for()
    rules = list(Held.objects.about(Evidence.objects.get()).values_list("rule", flat=True))
    assert rules == ([] if javascript else ["form"])


@pytest.mark.parametrize("width", [320])
def test_no_page_of_moderation_keeps_anyone_out(live_server, open_browser, board, coordinator, resident, now, width):
    call = make_call(board)
    held = make_idea(
        call, "Ring me, jo@example.org", text="Ring 07700 900123 or see https://example.com/buy " + "x" * 300
    )
    look_over(item=held, person=None, now=now)
    reported = make_idea(call, "A shown idea", author=resident)
    report(item=reported, person=None, device="x", reason="law", now=now, words="Look at it. " * 20)
    hidden = decide(item=make_idea(call, author=resident), to="hidden", reason="law", by=coordinator, now=now)
    objection = object_to(decision=hidden, by=resident, words="It is fine.", now=now)
    page = open_browser(width=width)
    page.goto(live_server.url + reverse("moderation:rules"))
    look(page, "rules")
    administrator = make_role("administrator", None)
    sign_in(page, live_server, administrator)
    for address in (
        "", "?tab=held", "?tab=reported", "?tab=asked", "objections/", f"objections/{objection.pk}/", "decided/", "edits/",
        "rules/", "rules/words-en/", "rules/burst/", f"edit/ideas.idea:{held.pk}/",
    ):  # fmt: skip
        assert page.goto(live_server.url + "/desk/moderation/" + address).status == 200
        for part in page.locator(".desk-screen details:not([hidden]) > summary").all():
            part.click()
        look(page, address)
