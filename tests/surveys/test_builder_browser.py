"""The builder and the keying desk in a real browser: by keyboard alone, at phone and desk width, read by axe."""

from __future__ import annotations

import os

import pytest
from django.urls import reverse

from engagement.surveys.models import FilledSheet, Response, Survey
from tests.eyes import broken_rules, press, sign_in
from tests.factories import make_role
from tests.surveys.building import ids, make_draft, make_published

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES_OF_SURVEYS", "")


def see(page, name, width):
    """Let no fault and no sideways scroll of ours pass."""
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)
    assert broken_rules(page, context="#main") == [], name
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, (name, wide)


def tab_to(page, what, *, most=400):
    """Go on with the tab key until what has the focus answers to this; fails where the keyboard cannot reach it."""
    for _each in range(most):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(() => { const it = document.activeElement; return {name: it.name || '', id: it.id || '', value: it.value || '',"
            " words: (it.innerText || '').trim()}; })()"
        )
        if what(found):
            return
    pytest.fail("The keyboard does not reach it.")


def activate(page, what):
    """Reach a button or a link by keyboard, and press it."""
    tab_to(page, what)
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")


def named(start):
    return lambda found: found["words"].startswith(start)


@pytest.mark.parametrize(("width", "script"), [(1280, True), (320, False)])
def test_a_survey_with_a_branch_is_built_by_keyboard_alone(live_server, open_browser, board, width, script):
    officer = make_role("coordinator", board)
    draft = make_draft(board, officer, None)
    page = open_browser(width=width, javascript=script)
    sign_in(page, live_server, officer)
    page.goto(live_server.url + reverse("surveys_desk:build", args=[draft.pk]))
    if script:
        see(page, "empty", width)

    activate(page, named("Add this question"))
    tab_to(page, lambda found: found["name"] == "label")
    page.keyboard.type("Do you use the park?")
    for at, words in enumerate(("Yes", "No")):
        tab_to(page, lambda found, at=at: found["id"] == f"id_choices-{at}-label")
        page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="1. Do you use the park?").wait_for()
    first = ids(Survey.objects.get())[0]

    tab_to(page, lambda found: found["name"] == "kind")
    page.keyboard.type("Long text")
    activate(page, named("Add this question"))
    tab_to(page, lambda found: found["name"] == "label")
    page.keyboard.type("What keeps you away?")
    if script:
        page.locator("[data-beside]").get_by_text("Reading age of this question").wait_for()
        see(page, "new-question", width)
    tab_to(page, lambda found: found["name"] == "show_if-0-test")
    page.keyboard.press("ArrowDown")  # is “Yes”
    page.keyboard.press("ArrowDown")  # is “No”
    activate(page, named("Add this question"))
    page.get_by_text("Shown only if “Do you use the park?” is “No”.").wait_for()
    second = ids(Survey.objects.get())[1]
    if script:
        page.reload()
        see(page, "built", width)

    activate(page, lambda found: found["value"] == f"up:{second}")
    page.get_by_text("Ask only about earlier questions", exact=False).first.wait_for()
    if script:
        page.reload()
        see(page, "stopped", width)
    activate(page, named("Undo"))
    assert ids(Survey.objects.get()) == [first, second]
    activate(page, named("Check and publish"))
    if script:
        see(page, "publish", width)
    activate(page, named("Publish"))
    assert Survey.objects.get().current.number == 1


@pytest.mark.parametrize("width", [320])
def test_every_screen_of_the_desk_is_read_by_axe(live_server, open_browser, board, width):
    officer, colleague = make_role("coordinator", board), make_role("coordinator", board)
    survey = make_published(board, officer, thanks_words="Thank you.")
    page = open_browser(width=width)
    sign_in(page, live_server, officer)

    def go(name, *args, query=""):
        page.goto(live_server.url + reverse(f"surveys_desk:{name}", args=args) + query)

    pages = survey.draft.schema["pages"]
    for name, args in (
        ("index", ()), ("add", ()), ("survey", (survey.pk,)), ("settings", (survey.pk,)), ("build", (survey.pk,)),
        ("question", (survey.pk, ids(survey)[1])), ("page", (survey.pk, pages[0]["id"])), ("library", (survey.pk,)),
        ("keep", (survey.pk, ids(survey)[1])), ("copy", (survey.pk,)), ("version", (survey.pk, 1)), ("paper", (survey.pk,)),
        ("key", (survey.pk,)), ("phone", (survey.pk,)), ("preview", (survey.pk, "phone")),
    ):  # fmt: skip
        go(name, *args)
        see(page, name, width)
    go("question", survey.pk, ids(survey)[1])
    page.locator("#id_label").fill("")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("Not saved yet").wait_for()
    see(page, "question-with-errors", width)

    go("key", survey.pk)
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("Benches", exact=True).check()
    press(page, "Keep this sheet")
    sign_in(page, live_server, colleague)
    go("paper", survey.pk)
    press(page, "Key it again", role="link")
    page.get_by_label("No", exact=True).check()
    page.get_by_label("Benches", exact=True).check()
    press(page, "Keep this sheet")
    press(page, "See both and settle it", role="link")
    see(page, "settle", width)
    press(page, "Settle it so")
    page.get_by_text("choose at each question").first.wait_for()
    see(page, "settle-with-errors", width)
    page.get_by_label("Yes", exact=False).first.check()
    press(page, "Settle it so")
    page.reload()
    see(page, "sheet", width)
    assert FilledSheet.objects.get().state == "settled"

    go("phone", survey.pk)
    page.get_by_label("Yes", exact=True).check()
    press(page, "Go on: read it back")
    see(page, "read-back", width)
    page.get_by_label("Why you write it down").fill("They rang.")
    page.get_by_label("I have read the answers back").check()
    press(page, "Keep the answers")
    see(page, "code", width)
    assert Response.objects.filter(channel="phone").count() == 1


def test_the_web_preview_is_read_by_axe_and_follows_its_branch(live_server, open_browser, board):
    officer = make_role("coordinator", board)
    draft = make_draft(board, officer)
    page = open_browser(width=320)
    sign_in(page, live_server, officer)
    page.goto(live_server.url + reverse("surveys_desk:preview", args=[draft.pk, "web"]))
    see(page, "preview-web", 320)
    page.get_by_label("No", exact=True).check()
    press(page, "Go on")
    page.get_by_role("heading", name="In your words").wait_for()
    press(page, "Go on")
    page.get_by_role("heading", name="This is the end").wait_for()
