"""Answering in a real browser: with scripts and without, at 320 px, by keyboard, right to left."""

from __future__ import annotations

import os
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from boards.places.models import Area
from engagement.activities.models import Audience
from engagement.surveys.models import EqualityAnswer, Response, Upload
from tests.eyes import look, press
from tests.factories import make_board, make_need
from tests.surveys.asking import choices, page, question, schema
from tests.surveys.factories import make_survey

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES", "")
SQUARE = {"type": "Polygon", "coordinates": [[[-1.9, 54.1], [-1.8, 54.1], [-1.8, 54.2], [-1.9, 54.2], [-1.9, 54.1]]]}

PARK = schema(
    page(
        "start",
        question("uses", "yes_no", "Do you use the park by the ford?", required=True),
        question(
            "often", "one_choice", "How often do you go there?", show_if={"q": "uses", "is": "yes"}, required=True,
            choices=choices("Every day", "Every week", "Now and then", "Other", other=True),
        ),
        title="The park and you",
        next=[{"if": {"q": "uses", "is": "no"}, "to": "last"}],
    ),
    page(
        "kinds",
        question("words", "long_text", "What do you do there?", help="A few words are enough."),
        question("many", "number", "How many minutes does it take you to get there?", unit="minutes", least=0, most=600),
        question("when", "date", "When were you there last?"),
        question("mail", "email", "Where can we write to you?"),
        question("code", "postcode", "Your postcode"),
        question("things", "several", "What is there too little of?", most=2,
                 choices=[*choices("Shade", "Benches", "Lights"), {"id": "none", "label": "None of these", "exclusive": True}]),
        question("list", "drop_down", "Which entrance do you use?", choices=choices("By the ford", "By the school", "Other", other=True)),
        question("scale", "scale", "How safe do you feel there after dark?", steps=11, start=0, ends=["not at all safe", "very safe"]),
        question("faces", "faces", "How was your last visit?"),
        question("table", "matrix", "How are these kept?",
                 rows=choices("The paths", "The lights along the river", "The toilets"), columns=choices("Badly", "Fairly", "Well")),
        question("order", "ranking", "Which matters most to you?"),
        question("points", "points", "Share the money between these", points=10),
        question("place", "place", "Where would you put a bench?"),
        question("photo", "file", "A photo of it"),
        question("read", "information", "Before the last page", help="The rest is about what should change."),
        title="Everything about the park",
    ),
    page("last",
         question("wish", "short_text", "What should change first?"),
         question("quote", "consent", "You may show my words, without my name.", scope="quote"),
         title="What should change"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def survey():
    board = make_board()
    Area.objects.update(outline=SQUARE)
    survey = make_survey(
        board, PARK, title="The park by the ford", audience=Audience.ANYONE, asks_equality=True,
        summary="You told us the park is dark after four. There is money to change one thing this year.",
        introduction="Tell us how you use it.\n\nIt takes about five minutes.", takes_paper=True,
    )  # fmt: skip
    survey.activity.needs.add(make_need(board, "A park for every hour of the day"))
    return survey


def check(page, name):
    """No accessibility fault of WCAG 2.2 AA, no sideways scroll; and a picture where one is wanted."""
    look(page, name, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}-{page.viewport_size['width']}.png"), full_page=True)


def photo():
    held = BytesIO()
    Image.new("RGB", (60, 40), "green").save(held, "JPEG")
    return {"name": "park.jpg", "mimeType": "image/jpeg", "buffer": held.getvalue()}


def begin(page, live_server, survey):
    page.goto(live_server.url + survey.get_absolute_url())
    press(page, "Start")


def fill_everything(page):
    page.get_by_label("What do you do there?").fill("We walk the dog.")
    page.get_by_label("How many minutes").fill("12")
    for part, value in (("Day", "3"), ("Month", "2"), ("Year", "2026")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Where can we write to you?").fill("sam@example.org")
    page.get_by_label("Your postcode").fill("hp100aa")
    page.get_by_label("Shade").check()
    page.get_by_label("Which entrance").select_option(label="By the school")
    page.locator("#id_scale_7").check()
    page.get_by_label("Very good").check()
    page.locator("#id_table_a_2").check()
    page.locator("#id_order_b").select_option("1")
    page.locator("#id_order_a").select_option("2")
    page.locator("#id_points_a").fill("4")
    page.locator("#id_points_b").fill("6")
    page.get_by_label("Where is it? You can name").fill("By the old oak")
    page.locator("#id_photo").set_input_files(photo())


@pytest.mark.parametrize("javascript", [True, False])
def test_a_survey_with_a_branch_is_answered_on_a_phone(live_server, open_browser, survey, javascript):
    page = open_browser(width=320, javascript=javascript)
    refused = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)

    begin(page, live_server, survey)
    page.get_by_label("Yes").check()
    if not javascript:
        # The question that hangs on the answer comes with the next post.
        assert page.get_by_text("How often do you go there?").count() == 0
        press(page, "Go on")
        page.get_by_text("Your answer brought out one more question").wait_for()
    page.get_by_label("Every week").check()
    if javascript:
        check(page, "first-page")
    press(page, "Go on")
    if javascript:
        check(page, "every-kind")
    fill_everything(page)
    page.locator("#id_points_b").fill("5")
    press(page, "Go on")
    page.get_by_role("alert").get_by_text("You have 1 point left to share").wait_for()
    assert page.get_by_label("What do you do there?").input_value() == "We walk the dog."
    page.get_by_text("We have your file").wait_for()
    if javascript:
        check(page, "every-kind-wrong")
        page.get_by_text("Points left to share: 1").wait_for()
    page.locator("#id_points_b").fill("6")
    press(page, "Go on")
    page.get_by_label("What should change first?").fill("Lights")
    page.get_by_label("You may show my words").check()
    press(page, "Go on")
    page.get_by_role("heading", name="Check your answers").wait_for()
    if javascript:
        check(page, "check")
    press(page, re.compile("Change What should change first"), "link")
    page.get_by_label("What should change first?").fill("Lights by the river")
    press(page, "Go on")
    page.get_by_text("Lights by the river").wait_for()
    press(page, "Send my answers")

    page.get_by_role("heading", name="Your answers are in").wait_for()
    code = page.locator(".slip-code").inner_text()
    if javascript:
        check(page, "thanks")
    answers = Response.objects.get().answers
    assert answers["wish"] == "Lights by the river"
    assert answers["points"] == {"a": 4, "b": 6}
    assert answers["photo"] == Upload.objects.get().public_id
    press(page, "Go to the questions", "link")
    page.get_by_label("Female").check()
    if javascript:
        check(page, "equality")
    press(page, "Send")
    assert EqualityAnswer.objects.get().answers == {"sex": "female"}

    elsewhere = open_browser(width=320, javascript=javascript)
    elsewhere.goto(live_server.url + "/s/")
    elsewhere.get_by_label("Your code").fill(code.lower())
    press(elsewhere, "Show me")
    elsewhere.get_by_text("Lights by the river").wait_for()
    if javascript:
        check(elsewhere, "slip")
    press(elsewhere, "Put my answers right")
    press(elsewhere, re.compile("Change What should change first"), "link")
    elsewhere.get_by_label("What should change first?").fill("Benches")
    press(elsewhere, "Go on")
    press(elsewhere, "Send what I put right")
    elsewhere.get_by_text("Your answers are put right").wait_for()
    press(elsewhere, "Take my answers back", "link")
    if javascript:
        check(elsewhere, "take-back")
    elsewhere.get_by_label("Yes, take my answers back").check()
    press(elsewhere, "Take them back")
    elsewhere.get_by_role("heading", name="Your answers are gone").wait_for()
    assert not Response.objects.sent().exists()
    assert not refused


def test_the_script_shows_and_hides_as_the_server_would(live_server, open_browser, survey):
    page = open_browser()
    begin(page, live_server, survey)
    hanging = page.locator('[data-q="often"]')
    assert hanging.is_hidden()
    page.get_by_label("Yes").check()
    assert hanging.is_visible()
    page.get_by_label("I do not know").check()
    assert hanging.is_hidden()
    press(page, "Go on")

    page.get_by_role("heading", name="Everything about the park").wait_for()
    assert Response.objects.get().answers == {"uses": "unknown"}


def test_saved_for_later_and_found_on_another_device(live_server, open_browser, survey):
    page = open_browser(width=320)
    begin(page, live_server, survey)
    page.get_by_label("Yes").check()
    page.get_by_label("Every day").check()
    press(page, "Go on")
    page.get_by_label("What do you do there?").fill("We walk the dog.")
    page.get_by_label("How many minutes").fill("not many")
    press(page, "Save and come back later")
    check(page, "saved")
    link = page.locator(".wrap-anywhere a").get_attribute("href")

    elsewhere = open_browser(width=320)
    elsewhere.goto(link)
    assert elsewhere.get_by_label("What do you do there?").input_value() == "We walk the dog."
    assert elsewhere.get_by_label("How many minutes").input_value() == "not many"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_survey_is_answered_by_keyboard_alone(live_server, open_browser, survey, javascript):
    page = open_browser(javascript=javascript)
    page.goto(live_server.url + survey.get_absolute_url())
    page.get_by_role("button", name="Start").focus()
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    page.get_by_label("No", exact=True).focus()
    page.keyboard.press("Space")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    page.get_by_label("What should change first?").focus()
    page.keyboard.type("Lights")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Send my answers").focus()
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")

    page.get_by_role("heading", name="Your answers are in").wait_for()
    assert Response.objects.get().answers == {"uses": "no", "wish": "Lights", "quote": False}


def test_a_place_is_marked_on_the_map_by_pointer_and_by_keys(live_server, open_browser, survey):
    page = open_browser()
    begin(page, live_server, survey)
    page.get_by_label("Yes").check()
    page.get_by_label("Every day").check()
    press(page, "Go on")
    drawing = page.locator("[data-place-map] svg")
    drawing.click(position={"x": 200, "y": 200})
    page.get_by_text("A place is marked on the map.").wait_for()
    before = page.locator("[data-place-lon]").input_value()
    drawing.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("[data-place-lon]").input_value() != before
    press(page, "Go on")
    pin = Response.objects.get().answers["place"]

    assert 54.0 < float(pin["lat"]) < 54.3
    assert -2.0 < float(pin["lon"]) < -1.7
    assert len(pin["lat"].partition(".")[2]) <= 3


@pytest.mark.parametrize(("width", "language"), [(320, "en"), (1280, "en"), (320, "ar")])
def test_every_page_can_be_used_by_everyone(live_server, open_browser, survey, width, language):
    page = open_browser(width=width)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    for name, end in {"survey": "", "list": "../"}.items():
        page.goto(live_server.url + survey.get_absolute_url() + end)
        check(page, f"{name}-{language}")
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    page.goto(live_server.url + "/s/")
    page.locator("main form button[type=submit]").first.click()
    check(page, f"find-{language}")
    page.goto(live_server.url + survey.get_absolute_url())
    with page.expect_navigation(wait_until="load"):
        page.locator("main form button[type=submit]").first.click()
    page.locator("#id_uses_0").check()
    page.locator("#id_often_0").check()
    with page.expect_navigation(wait_until="load"):
        page.locator("main form button[type=submit]").first.click()
    check(page, f"kinds-{language}")
    page.locator("#id_many").fill("lots")
    with page.expect_navigation(wait_until="load"):
        page.locator("main form button[type=submit]").first.click()
    check(page, f"kinds-wrong-{language}")
