"""A kiosk in a real browser: with the connection cut and restored, by touch and keyboard, in each language, and left alone."""

import re
import threading
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Error

from engagement.activities.models import Audience, Channel, Spot, TakingPart
from engagement.polls import kiosk as kiosks
from engagement.polls.models import Kiosk, KioskRefusal, Tally
from tests.eyes import look
from tests.factories import make_board, make_role
from tests.polls.factories import make_poll

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PIN = "271828"
A_PRESS = 1100
"""Milliseconds in which a button takes a second press for a slip of the finger."""


@pytest.fixture
def elsewhere():
    """Another site: `elsewhere("<h1>…")` gives the address of a page with these words."""
    held = {}

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(held["words"].encode())

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def put(words):
        held["words"] = f"<!doctype html><title>Elsewhere</title>{words}"
        return f"http://127.0.0.1:{server.server_port}/"

    yield put
    server.shutdown()
    server.server_close()


@pytest.fixture
def poll(db):
    return make_poll(make_board(), audience=Audience.ANYONE, results_show="always")


@pytest.fixture
def link(poll, live_server):
    """The link that an officer opens on the device."""
    spot = Spot.objects.create(activity=poll.activity, name="Library")
    officer = make_role("coordinator", poll.activity.board)
    opening = kiosks.open_kiosk(poll=poll, spot=spot, pin=PIN, by=officer, now=datetime.now(UTC))
    return f"{live_server.url}/kiosk/start/{opening.code}/"


def started(page, link):
    page.goto(link)
    page.get_by_role("button", name="Start the kiosk").click()
    page.get_by_role("heading", name="What should the green have?").wait_for()
    page.wait_for_load_state("load")  # its script has run, and counts the idle seconds


def until(page, script):
    """Wait for something in the page. Its policy forbids Playwright's own way, which is to evaluate words there."""
    for _again in range(150):
        with suppress(Error):  # the page begins again, and is asked again
            if page.evaluate(script):
                return
        page.wait_for_timeout(100)
    pytest.fail(f"never came true: {script}")


def ready(page):
    """Wait until the device holds what it needs without a connection."""
    until(page, "'ready' in document.documentElement.dataset")


NOTHING_WAITS = "Object.keys(localStorage).every((key) => !JSON.parse(localStorage.getItem(key)).waiting.length)"


def vote(page, choice, *, then):
    page.get_by_label(choice).check()
    page.get_by_role("button", name="Send my vote").click()
    page.get_by_role("heading", name=then).wait_for()
    with page.expect_event("framenavigated"):
        page.get_by_role("button", name="Next person").click()
    page.get_by_role("button", name="Send my vote").wait_for()
    assert not page.get_by_label(choice).is_checked()


def counted(poll):
    return {
        tally.choice.text: tally.votes
        for tally in Tally.objects.filter(choice__poll=poll, channel=Channel.KIOSK, votes__gt=0).select_related(
            "choice"
        )
    }


def waiting(page):
    return page.evaluate(
        "Object.keys(localStorage).flatMap((key) => JSON.parse(localStorage.getItem(key)).waiting).length"
    )


def test_votes_given_while_the_connection_is_cut_are_kept_and_sent_once(live_server, open_browser, poll, link):
    page = open_browser(width=1024, height=768)
    started(page, link)
    ready(page)
    vote(page, "Trees", then="Your vote is counted")
    assert counted(poll) == {"Trees": 1}

    page.context.set_offline(True)
    vote(page, "Trees", then="Your vote is kept")
    vote(page, "Swings", then="Your vote is kept")
    page.get_by_text("2 votes wait on this device").wait_for()
    page.reload()  # the device was restarted, still without a connection
    page.get_by_text("2 votes wait on this device").wait_for()
    vote(page, "Benches", then="Your vote is kept")
    assert waiting(page) == 3

    page.context.set_offline(False)
    until(page, NOTHING_WAITS)
    for _again in range(2):
        page.reload()
        page.get_by_role("button", name="Send my vote").wait_for()

    assert counted(poll) == {"Trees": 2, "Swings": 1, "Benches": 1}
    assert TakingPart.objects.filter(channel=Channel.KIOSK, spot__name="Library").count() == 4
    assert not KioskRefusal.objects.exists()
    assert page.get_by_text("on this device").count() == 0


def test_a_vote_whose_answer_was_lost_is_sent_again_and_counted_once(live_server, open_browser, poll, link):
    """The worst of it: the server counts, and the line falls before it can say so."""
    page = open_browser(service_workers="block")
    started(page, link)

    def swallow(route):
        route.fetch()
        route.abort()

    page.route("**/kiosk/vote/*", swallow)
    page.get_by_label("Trees").check()
    page.get_by_role("button", name="Send my vote").click()
    page.get_by_role("heading", name="Your vote is kept").wait_for()
    assert (counted(poll), waiting(page)) == ({"Trees": 1}, 1)

    page.unroute("**/kiosk/vote/*")
    page.get_by_role("button", name="Next person").click()
    until(page, NOTHING_WAITS)

    assert counted(poll) == {"Trees": 1}


def test_votes_that_come_too_late_are_told_and_noted(live_server, open_browser, poll, link):
    page = open_browser(service_workers="block")
    started(page, link)
    page.route("**/kiosk/vote/*", lambda route: route.abort())
    page.get_by_label("Trees").check()
    page.get_by_role("button", name="Send my vote").click()
    page.get_by_role("heading", name="Your vote is kept").wait_for()
    poll.activity.closes_at = datetime.now(UTC)
    poll.activity.save()
    page.unroute("**/kiosk/vote/*")
    page.get_by_role("button", name="Next person").click()

    page.get_by_text("One vote could not be counted. The officers’ screen says why.").wait_for()
    page.get_by_text("This poll closed on").wait_for()
    assert KioskRefusal.objects.get().why == "closed"
    assert counted(poll) == {}


def test_a_double_press_is_one_vote_and_no_answer_is_a_sentence(live_server, open_browser, poll, link):
    page = open_browser(service_workers="block")
    started(page, link)
    page.get_by_role("button", name="Send my vote").click()
    page.get_by_text("Choose an answer first.").wait_for()
    page.wait_for_timeout(A_PRESS)
    page.get_by_label("Trees").check()
    page.get_by_role("button", name="Send my vote").evaluate("(button) => { button.click(); button.click(); }")
    page.get_by_role("heading", name="Your vote is counted").wait_for()

    assert counted(poll) == {"Trees": 1}


@pytest.mark.parametrize("width", [320, 1024])
def test_a_kiosk_can_be_used_by_everyone(live_server, open_browser, poll, link, width):
    page = open_browser(width=width, height=768, service_workers="block")
    refused = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security" in said.text else None)
    page.goto(link)
    look(page, "start")
    started(page, link)
    look(page, "kiosk")
    small = page.evaluate(
        """() => [...document.querySelectorAll('main a, main button, main .govuk-radios__item, main summary')]
        .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 44).map((each) => each.outerHTML)"""
    )
    assert small == []
    page.get_by_label("Swings").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your vote is counted").wait_for()
    look(page, "thanks")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send my vote").wait_for()
    page.goto(f"{live_server.url}/kiosk/?language=ar")
    look(page, "right to left")
    assert refused == []


def test_the_language_changes_without_a_connection_and_keeps_the_choice(live_server, open_browser, poll, link):
    page = open_browser(service_workers="block")
    started(page, link)
    page.wait_for_load_state("networkidle")
    page.get_by_label("Trees").check()
    page.context.set_offline(True)

    page.get_by_role("link", name="العربيّة").click()

    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    assert page.get_by_label("Trees").is_checked()
    page.get_by_role("link", name="English").click()
    assert page.evaluate("document.documentElement.dir") == "ltr"


def test_it_begins_again_after_a_warning_when_nobody_is_there(live_server, open_browser, poll, link):
    page = open_browser(service_workers="block")
    page.clock.install()
    started(page, link)
    page.get_by_label("Trees").check()

    page.clock.fast_forward(61_000)
    page.get_by_role("heading", name="Are you still there?").wait_for()
    look(page, "idle")
    page.get_by_role("button", name="I need more time").click()
    assert page.get_by_label("Trees").is_checked()
    page.clock.fast_forward(61_000)
    page.get_by_role("heading", name="Are you still there?").wait_for()
    with page.expect_event("framenavigated"):
        page.clock.fast_forward(21_000)

    page.get_by_role("button", name="Send my vote").wait_for()
    assert not page.get_by_label("Trees").is_checked()
    page.clock.fast_forward(120_000)
    assert not page.get_by_role("heading", name="Are you still there?").is_visible(), "nothing was begun"


def test_staff_leave_with_the_pin_once_nothing_waits(live_server, open_browser, poll, link):
    page = open_browser(service_workers="block")
    started(page, link)
    page.route("**/kiosk/vote/*", lambda route: route.abort())
    page.get_by_label("Trees").check()
    page.get_by_role("button", name="Send my vote").click()
    page.get_by_role("heading", name="Your vote is kept").wait_for()

    page.get_by_text("For staff").click()
    page.get_by_label("PIN to leave the kiosk").fill(PIN)
    page.get_by_role("button", name="Leave the kiosk").click()
    page.get_by_text("Votes still wait on this device.").wait_for()
    assert Kiosk.objects.get().ended_at is None
    page.unroute("**/kiosk/vote/*")
    page.wait_for_timeout(A_PRESS)
    page.get_by_role("button", name="Leave the kiosk").click()
    page.get_by_role("heading", name="The kiosk is ended").wait_for()

    look(page, "left")
    assert counted(poll) == {"Trees": 1}
    assert page.goto(f"{live_server.url}/kiosk/").status == 404
    assert not [cookie for cookie in page.context.cookies() if cookie["name"] == "kiosk"]


def test_without_scripts_a_kiosk_votes_and_is_left(live_server, open_browser, poll, link):
    page = open_browser(javascript=False)
    started(page, link)
    page.get_by_label("Trees").check()
    page.get_by_role("button", name="Send my vote").click()
    page.get_by_role("heading", name="Your vote is counted").wait_for()
    page.get_by_role("link", name="Next person").click()
    page.get_by_text("For staff").click()
    page.get_by_label("PIN to leave the kiosk").fill("000001")
    page.get_by_role("button", name="Leave the kiosk").click()
    page.get_by_text("That is not the PIN.").wait_for()
    page.get_by_label("PIN to leave the kiosk").fill(PIN)
    page.get_by_role("button", name="Leave the kiosk").click()
    page.get_by_role("heading", name="The kiosk is ended").wait_for()
    assert counted(poll) == {"Trees": 1}


def test_the_screen_in_a_hall_follows_the_votes_by_itself(live_server, open_browser, poll):
    page = open_browser(width=1920, height=1080)
    page.clock.install()
    page.goto(f"{live_server.url}{poll.get_absolute_url()}hall/")
    page.get_by_text("0 people have voted").wait_for()
    look(page, "hall")
    page.evaluate("document.querySelector('.hall__question').dataset.same = 'yes'")
    sizes = page.evaluate(
        "[...document.querySelectorAll('.hall p, .hall h1, .hall li')].filter((e) => !e.closest('.hall__foot')).map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 32

    TakingPart.objects.create(activity=poll.activity)
    Tally.objects.create(choice=poll.choices.first(), channel="web", votes=1)
    page.clock.run_for(11_000)
    page.locator(".hall__voted", has_text="1 person has voted").wait_for()

    assert page.locator(".hall__question[data-same=yes]").count() == 1, "only what differs is drawn anew"
    assert page.get_by_role("table").count() == 1


def test_another_sites_page_frames_a_poll_that_gives_its_height_and_no_cookie(
    live_server, open_browser, poll, settings, elsewhere
):
    settings.SITE_URL = live_server.url
    lines = (
        open_browser()
        .request.get(f"{live_server.url}/oembed/?url={live_server.url}{poll.get_absolute_url()}")
        .json()["html"]
    )
    page = open_browser()
    page.goto(elsewhere(f"<h1>Ours</h1>{lines}"))
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="What should the green have?").wait_for()

    until(page, "/^[0-9]+px$/.test(document.querySelector('iframe').style.height)")
    fits = frame.locator("html").evaluate("(html) => html.scrollHeight <= html.clientHeight + 1")
    page.evaluate("window.postMessage({moothallHeight: 3999}, '*')")
    page.wait_for_timeout(200)

    assert fits
    assert page.evaluate("document.querySelector('iframe').style.height") != "3999px", "it listens to us alone"
    assert page.context.cookies() == []
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name=re.compile("Vote")).click()
    opened.value.get_by_label("Trees").check()
    opened.value.get_by_role("button", name="Send my vote").click()
    opened.value.get_by_role("heading", name="Your vote is counted").wait_for()


def test_our_other_pages_stay_out_of_frames(live_server, open_browser, poll, elsewhere):
    page = open_browser()
    refused = []
    page.on("console", lambda said: refused.append(said.text))
    page.goto(elsewhere(f'<iframe src="{live_server.url}{poll.get_absolute_url()}"></iframe>'))
    page.wait_for_timeout(500)

    assert page.frame_locator("iframe").get_by_label("Trees").count() == 0
    assert any("frame-ancestors" in words for words in refused)
