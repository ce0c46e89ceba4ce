"""Every kind of public page, and every form with its errors showing, read by axe in each way of seeing it.

One filled town; each page is looked at wide, on a phone, from right to left, and where the reader forces colours.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone

from engagement.evidence.models import Evidence
from engagement.funding.models import FundingRound
from engagement.outcomes.models import Loop
from engagement.polls.models import Tally, Why
from engagement.surveys.models import Response
from tests.conventions.test_doors import ADDRESSES, DOORS, address_of
from tests.eyes import broken_rules, sign_in
from tests.funding.factories import dates_around, make_round
from tests.polls.factories import make_poll
from tests.surveys.everything import answer, forty
from tests.surveys.factories import make_survey
from tests.town import Town, make_town

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

NOT_PAGES = {
    "places:map_json", "cms:feed", "cms:council_feed", "cms:brand_css", "funding:ledger_file",
    "funding:grants_json", "ideas:feed", "ideas:csv", "ideas:geojson", "ideas:similar", "funding:grants_csv", "funding:grants_xlsx", "funding:transparency_csv",
    "conversations:statements_file", "polls:picture", "polls:embed_script", "polls:kiosk_worker",
}  # fmt: skip
"""Addresses that anyone may open and that are files, not pages."""
LARGEST_HTML = 100_000


@pytest.fixture
def town(db, settings, tmp_path) -> Town:
    settings.MEDIA_ROOT = tmp_path
    town = make_town()
    closed = make_poll(
        town.board,
        title="When should the market close?",
        opens_at=timezone.now() - timedelta(days=9),
        closes_at=timezone.now() - timedelta(days=2),
        results_show="always",
    )
    for choice, votes in zip(closed.choices.all(), (31, 9, 12), strict=True):
        Tally.objects.update_or_create(choice=choice, channel="web", defaults={"votes": votes})
    ranking, faces = (
        make_poll(town.board, title=kind, kind=kind, asks_why=True, audience=0, results_show="always")
        for kind in ("ranking", "faces")
    )
    for choice in faces.choices.all():
        Tally.objects.create(choice=choice, channel="web", votes=7)
    Why.objects.create(poll=faces, text="There is no shade.", state="shown", may_quote=True)
    told, random = forty(15), Random(3)
    heard = make_survey(town.board, told, title="What we heard", audience=0, results_show="always")
    Response.objects.bulk_create(
        Response(
            survey=heard, version=heard.current, state="sent", answers=answer(told, random),
            channel=random.choice(["web", "paper"]), place=random.choice([None, town.board.areas.first()]),
        )
        for _each in range(60)
    )  # fmt: skip
    asking = make_round(town.board, title="Winter grants", **dates_around(timezone.now(), "proposals"))
    counted = FundingRound.objects.select_related("activity__board").get(activity__title="Autumn grants")
    Loop.objects.get(slug=town.words["outcomes:loop:slug"]).evidence.add(*Evidence.objects.quotable())
    town.more = [
        "/find/?q=ZZ9+9ZZ",
        "/find/?q=XX1+1AA",
        "/find/?q=Fenny",
        f"/boards/{town.board.slug}/needs/?q=nothing",
        closed.activity.get_absolute_url(),
        closed.activity.get_absolute_url() + "results/",
        ranking.get_absolute_url(),
        faces.get_absolute_url(),
        faces.get_absolute_url() + "results/",
        faces.get_absolute_url() + "words/",
        heard.address("results"),
        heard.address("results") + "?question=q1&by=channel",
        asking.get_absolute_url(),
        asking.address("propose"),
        counted.get_absolute_url(),
        counted.address("results"),
        counted.address("working"),
        f"/boards/{town.next_board.slug}/",
        f"/boards/{town.next_board.slug}/needs/",
        f"/boards/{town.next_board.slug}/funding/",
        f"/boards/{town.next_board.slug}/outcomes/",
        "/account/login/",
        "/account/signup/",
        "/components/",
        "/no-such-page/",
    ]
    return town


def pages(town: Town) -> list[str]:
    """Every address in the table of doors that anyone may open, and the states of it the town keeps apart."""
    shown = [(name, pattern) for name, pattern in ADDRESSES if DOORS[name] == "all" and name not in NOT_PAGES]
    return list(dict.fromkeys([address_of(name, pattern, town) for name, pattern in shown] + town.more))


SEEN = """() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    const small = [...document.querySelectorAll('main button, main summary, main select, main input:not([type=hidden]), nav a')]
        .filter(e => e.offsetParent && e.type !== 'radio' && e.type !== 'checkbox' && !e.closest('.govuk-breadcrumbs'))
        .filter(e => e.getBoundingClientRect().height < 24).map(e => e.outerHTML.slice(0, 120));
    return {wide, small, dir: document.documentElement.dir, title: document.title,
            h1: document.querySelectorAll('h1').length, main: document.querySelectorAll('main').length};
}"""
RULES = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(v => [v.id, ...v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))])"


class Eyes:
    """Look at one page in each way of seeing it, keeping every fault, so that one run shows them all."""

    def __init__(self, page: Any, live_server: Any) -> None:
        self.page, self.base = page, live_server.url
        self.axe = Axe().axe_script
        self.faults: list[tuple[str, str, Any]] = []

    def read(self, where: str, how: str) -> None:
        """Let axe read the page as it now looks, and measure it."""
        self.page.evaluate("window.axe || " + f"(() => {{ {self.axe} }})()" + "; undefined")
        if broken := self.page.evaluate(RULES):
            self.faults.append((where, how, broken))
        self.measure(where, how)

    def measure(self, where: str, how: str) -> None:
        """No sideways scroll, nothing too small to press, one h1 in one main part, and a title."""
        seen = self.page.evaluate(SEEN)
        if seen["wide"] > 0 or seen["small"] or seen["h1"] != 1 or seen["main"] != 1 or not seen["title"]:
            self.faults.append((where, how, seen))

    def look(self, where: str) -> None:
        """Wide; on a phone, where axe would say the same again; and there with the reader's own colours."""
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.read(where, "wide")
        self.page.set_viewport_size({"width": 320, "height": 700})
        self.measure(where, "phone")
        self.page.emulate_media(forced_colors="active")
        self.read(where, "forced colours")
        self.page.emulate_media(forced_colors="none")

    def turn(self, language: str) -> None:
        self.page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": self.base}])

    def open(self, path: str) -> None:
        answer = self.page.goto(self.base + path)
        self.page.wait_for_load_state("load")
        assert answer.status < 500, path
        if len(answer.body()) > LARGEST_HTML:
            self.faults.append((path, "weight", len(answer.body())))


def test_the_eyes_see_a_fault(live_server, open_browser):
    eyes = Eyes(open_browser(width=320), live_server)
    eyes.page.set_content("<main><button style='height:9px'></button><p style='width:900px'>Wide</p></main>")

    eyes.read("a bad page", "phone")

    (_, _, broken), (_, _, seen) = eyes.faults
    assert "button-name" in [rule for rule, *_ in broken]
    assert seen["wide"] > 0
    assert seen["small"]
    assert seen["h1"] == 0


def test_every_public_page_is_read_well_by_everyone(live_server, open_browser, town):
    eyes = Eyes(open_browser(), live_server)
    walked = pages(town)
    for path in walked:
        eyes.open(path)
        eyes.look(path)

    assert len(walked) > 40
    assert eyes.faults == []


def test_every_public_page_is_read_well_from_right_to_left(live_server, open_browser, town):
    eyes = Eyes(open_browser(width=320), live_server)
    eyes.turn("ar")
    for path in pages(town):
        eyes.open(path)
        assert eyes.page.get_attribute("html", "dir") == "rtl", path
        eyes.read(path, "from right to left")

    assert eyes.faults == []


def forms(town: Town) -> list[str]:
    board = f"/boards/{town.board.slug}/"
    words = town.words
    return [
        "/find/",
        "/slip/",
        board + "tell-us/",
        f"{board}polls/{words['poll_slug']}/",
        f"{board}ideas/{words['call_slug']}/propose/",
        f"{board}conversations/{words['conversations:slug']}/add/",
        f"{board}funding/{words['funding:slug']}/vote/",
        next(path for path in town.more if path.endswith("/propose/")),
        "/account/login/",
        "/account/signup/",
    ]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_form_sent_empty_says_so_to_everyone(live_server, open_browser, town, language):
    eyes = Eyes(open_browser(width=320), live_server)
    eyes.turn(language)
    for path in forms(town):
        eyes.open(path)
        with eyes.page.expect_navigation(wait_until="load"):
            buttons = eyes.page.locator(
                "main form[method=post] button:not(.govuk-button--secondary):not([type=button])"
            )  # of several, the one that sends it
            buttons.last.click()
        assert eyes.page.locator(".govuk-error-summary").count() == 1, path
        assert eyes.page.locator(".govuk-error-summary a").count() >= 1, path
        eyes.look(path + " sent empty") if language == "en" else eyes.read(path + " sent empty", "from right to left")

    assert eyes.faults == []


def test_what_only_the_signed_in_see_is_read_well_too(live_server, open_browser, town):
    eyes = Eyes(open_browser(), live_server)
    resident = town.people["resident"]
    sign_in(eyes.page, live_server, resident)
    own = [
        "/me/", "/me/details/", f"/me/words/{town.words['evidence:withdraw:reference']}/withdraw/",
        "/account/logout/", "/account/email/",
    ]  # fmt: skip
    for path in own:
        eyes.open(path)
        eyes.look(path)
    sign_in(eyes.page, live_server, town.people["neighbour"])
    eyes.open("/me/")
    eyes.look("/me/ with nothing on it yet")

    assert eyes.faults == []


def test_the_screens_of_the_desk_are_read_well_wide_and_on_a_phone(live_server, open_browser, town):
    """What is ours of each screen: Wagtail's own bar and menu beside it are Wagtail's to keep."""
    page = open_browser()
    sign_in(page, live_server, town.people["coordinator"])
    round = FundingRound.objects.filter(activity__title="Winter grants").latest("pk")
    screens = [
        "", "moderation/", "moderation/decided/", "ideas/", "ideas/calls/", "ideas/calls/new/",
        "conversations/", "conversations/new/", "evidence/record/",
        "funding/", "funding/rounds/add/", f"funding/rounds/{round.pk}/", "funding/streams/add/",
    ]  # fmt: skip
    faults = []
    for screen in screens:
        page.set_viewport_size({"width": 1280, "height": 900})
        answer = page.goto(f"{live_server.url}/desk/{screen}")
        assert answer.status == 200, screen
        faults += [(screen, fault) for fault in broken_rules(page, context=".nice-padding, .needs-you")]
        page.set_viewport_size({"width": 320, "height": 700})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults += [(screen, f"{wide} px too wide")] if wide > 0 else []

    assert faults == []
