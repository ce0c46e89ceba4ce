"""The desk screens of paper in a real browser: at phone and desk width, with errors showing, read by axe."""

from __future__ import annotations

import os
import re

import pytest
import time_machine
from django.urls import reverse

from engagement.funding.models import PaperScan, SampledSheet
from tests.eyes import broken_rules, press, sign_in
from tests.factories import make_role
from tests.funding.factories import AFTER, make_round
from tests.funding.test_paper import handed_in, keyed, printed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("PICTURES_OF_PAPER", "")


def see(page, name, width):
    """Let no fault and no sideways scroll of ours pass."""
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)
    assert broken_rules(page, context="#main") == [], name
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, (name, wide)


@pytest.mark.parametrize("width", [320])
def test_scans_the_sample_and_taking_back_at_the_desk(live_server, open_browser, board, settings, tmp_path, width):
    settings.MEDIA_ROOT = tmp_path / "media"
    round = make_round(board, costs=(400_00, 300_00))
    officers = [make_role("coordinator", board) for _ in range(3)]
    batch, numbers = printed(round, officers, 2)
    for number in numbers:
        handed_in(round, officers)
        keyed(batch, number, 1, officers=officers)
    page = open_browser(width=width)
    home = reverse("funding_desk:paper", args=[round.pk])
    with time_machine.travel(AFTER):
        sign_in(page, live_server, officers[2])
        page.goto(live_server.url + home)
        see(page, "paper", width)
        press(page, "A mark was made by mistake", role="link")
        page.get_by_label("It is here, and nothing is marked on it").check()
        press(page, "Take the mark off the roll")
        page.get_by_text("Give the sheet number.").wait_for()
        assert page.get_by_label("It is here, and nothing is marked on it").is_checked()
        see(page, "take-back", width)

        page.goto(live_server.url + reverse("funding_desk:paper_batch", args=[batch.pk]))
        press(page, "Scans", role="link")
        page.locator("[name=scan]").set_input_files(
            {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"<html>"}
        )
        press(page, "Keep this scan")
        page.get_by_text("Send a PDF or a photograph").wait_for()
        page.locator("[name=sheet]").fill(numbers[0])
        page.locator("[name=scan]").set_input_files(
            {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
        )
        press(page, "Keep this scan")
        page.get_by_text("The scan is kept.").wait_for()
        page.reload()  # without the message that fades in
        see(page, "scans", width)
        with page.expect_download() as waiting:
            page.get_by_role("link", name=f"Sheet {numbers[0]}").click()
        assert waiting.value.suggested_filename == f"batch-{batch.number}-sheet-{numbers[0]}.pdf"
        press(page, re.compile(f"Take out.*{numbers[0]}"))
        assert not PaperScan.objects.exists()

        page.goto(live_server.url + home)
        press(page, "Compare a sample of sheets", role="link")
        see(page, "draw", width)
        press(page, "Draw")
        page.locator("[name=batch]").select_option(index=1)
        for number, marks, said in ((numbers[0], "1", "was read the same"), (numbers[1], "2", "It is open again")):
            page.locator("[name=number]").fill(number)
            page.locator("[name=marks]").fill(marks)
            page.locator("[name=batch]").select_option(index=1)
            press(page, "Compare")
            page.get_by_text(said).wait_for()
        page.reload()  # without the message that fades in
        see(page, "sample", width)
    assert sorted(SampledSheet.objects.values_list("found", flat=True)) == ["differs", "same"]
