"""A survey from its first question to the spreadsheet: built, answered on three channels, keyed twice, read, taken away."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.urls import reverse

from engagement.surveys.models import Response, Survey
from tests.eyes import look, press, sign_in
from tests.factories import make_role
from tests.journeys.test_the_loop import give_code
from tests.surveys.building import make_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

USES, WHY, BETTER = "Do you use the park?", "What keeps you away?", "What would make it better?"


def build(page, address, draft):
    """Three questions, the second only for those who say no; then published."""
    page.goto(address("build", draft.pk))
    press(page, "Add this question")  # one choice, which the list begins with
    page.locator("#id_label").fill(USES)
    page.locator("#id_choices-0-label").fill("Yes")
    page.locator("#id_choices-1-label").fill("No")
    press(page, "Add this question")
    page.locator("select[name=kind]").first.select_option(label="Long text")
    press(page, "Add this question")
    page.locator("#id_label").fill(WHY)
    page.locator("[name=show_if-0-test]").select_option(label="question 1 is “No”")
    press(page, "Add this question")
    page.locator("select[name=kind]").first.select_option(label="Several choices")
    press(page, "Add this question")
    page.locator("#id_label").fill(BETTER)
    for at, words in enumerate(("Benches", "=Lights", "None of these")):
        page.locator(f"#id_choices-{at}-label").fill(words)
    page.locator("[name=choices-2-exclusive]").check()
    press(page, "Add this question")
    press(page, "Check and publish", "link")
    press(page, "Publish")


def answer_on_the_web(page, survey, base, scripts):
    page.goto(base + survey.get_absolute_url())
    press(page, "Start")
    page.get_by_label("No", exact=True).check()
    if not scripts:  # the question that hangs on the answer comes with the next post
        press(page, "Go on")
    page.get_by_label(WHY).fill("The lights, and\n=the dark")
    page.get_by_label("Benches").check()
    page.get_by_label("=Lights").check()
    press(page, "Go on")
    press(page, "Send my answers")
    page.get_by_role("heading", name="Your answers are in").wait_for()
    if scripts:
        look(page, "thanks")


def key(page, better):
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label(better, exact=True).check()
    press(page, "Keep this sheet")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_the_first_question_to_the_spreadsheet(live_server, open_browser, board, settings, tmp_path, scripts):
    settings.MEDIA_ROOT = tmp_path / "media"
    ann, ben = (make_role("coordinator", board, email=f"{name}@example.org") for name in ("ann", "ben"))
    draft = make_draft(board, ann, None)

    def address(name, *args, room="surveys_desk"):
        return live_server.url + reverse(f"{room}:{name}", args=args)

    page = open_browser(javascript=scripts)
    sign_in(page, live_server, ann)
    build(page, address, draft)
    survey = Survey.objects.get()
    assert survey.current is not None

    # On the web, by somebody with a phone.
    answer_on_the_web(open_browser(width=320, javascript=scripts), survey, live_server.url, scripts)

    # On paper: two people read the sheet, not the same; a third act settles it.
    page.goto(address("key", survey.pk))
    key(page, "Benches")
    other = open_browser(javascript=scripts)
    sign_in(other, live_server, ben)
    other.goto(address("paper", survey.pk))
    press(other, "Key it again", "link")
    assert not other.get_by_label("Benches", exact=True).is_checked()
    key(other, "=Lights")
    press(other, "See both and settle it", "link")
    other.locator("input[name^=takes-][value=second]").check()
    press(other, "Settle it so")

    # By phone, read back.
    page.goto(address("phone", survey.pk))
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("None of these", exact=True).check()
    press(page, "Go on: read it back")
    page.get_by_label("Why you write it down").fill("They rang.")
    page.get_by_label("I have read the answers back").check()
    press(page, "Keep the answers")

    given = {each.channel: each for each in Response.objects.sent()}
    assert sorted(given) == ["paper", "phone", "web"]

    # Read.
    page.goto(address("results", survey.pk, room="surveys_reading"))
    page.get_by_text("3 people answered.").wait_for()
    page.goto(address("words", survey.pk, room="surveys_reading"))
    page.get_by_text("The lights, and").wait_for()

    # Taken away, after a fresh sign-in, and read by other programs.
    page.goto(address("copies", survey.pk, room="surveys_reading"))
    press(page, "Sign in again")
    give_code(page, "ann@example.org")
    page.get_by_label("Every answer, as a table").check()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Take it").click()
    as_csv = list(csv.DictReader(io.StringIO(taken.value.path().read_text(encoding="utf-8-sig"), newline="")))
    page.get_by_label("Every answer, as a spreadsheet").check()
    press(page, "Take it")
    page.reload()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Take the spreadsheet").click()
    rows = openpyxl.load_workbook(io.BytesIO(taken.value.path().read_bytes()))["answers"].iter_rows(values_only=True)
    heads = next(rows)
    as_xlsx = [dict(zip(heads, row, strict=True)) for row in rows]

    uses, why, better = survey.current.read.questions
    choice = {each.label: each.id for each in survey.current.read.questions[better].choices}
    benches, lights, none = (f"{better}.{choice[words]}" for words in ("Benches", "=Lights", "None of these"))
    expected = {
        "web": {uses: "No", why: "The lights, and\n=the dark", benches: "1", lights: "1", none: "0"},
        "paper": {uses: "Yes", why: "", benches: "0", lights: "1", none: "0"},
        "phone": {uses: "Yes", why: "", benches: "0", lights: "0", none: "1"},
    }
    for channel, values in expected.items():
        reference = given[channel].reference
        for rows_told in (as_csv, as_xlsx):
            [row] = [each for each in rows_told if each["reference"] == reference]
            assert {name: str(row[name] if row[name] is not None else "") for name in values} == values, channel
    assert len(as_csv) == len(as_xlsx) == 3
