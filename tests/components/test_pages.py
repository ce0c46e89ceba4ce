"""The gallery, the account pages and the pages for when something is wrong, in a real browser."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from tests.eyes import broken_rules

LARGEST_PAGE = 300_000
MOST_SCRIPT = 50_000


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", ["/components/", "/components/hero/", "/components/confirmation/", "/account/login/"])
def test_pages_keep_the_accessibility_rules_in_both_directions(live_server, open_browser, path, width, language):
    page = open_browser(width=width)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    page.goto(live_server.url + path)

    assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    assert broken_rules(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_forced_colours_keep_the_rules(live_server, open_browser):
    page = open_browser(forced_colors="active", reduced_motion="reduce")
    page.goto(live_server.url + "/components/")

    assert broken_rules(page) == []


def test_the_policy_refuses_nothing_and_nothing_comes_from_elsewhere(live_server, open_browser):
    page = open_browser()
    complaints, hosts = [], set()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(live_server.url + "/components/")
    page.wait_for_load_state("networkidle")

    assert complaints == []
    assert hosts == {live_server.url.split("/")[2]}


def test_a_page_is_light(live_server, open_browser):
    page = open_browser()
    sizes: dict[str, int] = {}
    page.on("response", lambda response: sizes.__setitem__(response.url, len(response.body())))
    page.goto(live_server.url + "/account/login/")
    page.wait_for_load_state("networkidle")

    ours = {url: size for url, size in sizes.items() if "/mfa/" not in url and "/account/js/" not in url}
    assert sum(size for url, size in ours.items() if url.endswith(".js")) < MOST_SCRIPT
    assert sum(ours.values()) < LARGEST_PAGE


def test_everything_can_be_pressed_with_a_thumb(live_server, open_browser):
    page = open_browser(width=320)
    page.goto(live_server.url + "/components/")
    small = page.evaluate(
        """() => [...document.querySelectorAll('header a, footer a, button, .govuk-radios__label, .govuk-checkboxes__label')]
            .filter(e => e.offsetParent && !e.hidden)
            .map(e => [e.textContent.trim().slice(0, 20), Math.round(e.getBoundingClientRect().height)])
            .filter(([, height]) => height < 24)"""
    )

    assert small == []


def test_the_skip_link_is_first_and_leads_to_the_main_part(live_server, open_browser):
    page = open_browser()
    page.goto(live_server.url + "/account/login/")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.className").startswith("govuk-skip-link")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_map_can_be_moved_when_asked_and_its_list_stays(live_server, open_browser):
    page = open_browser()
    page.goto(live_server.url + "/components/area_map/")
    page.get_by_role("button", name="Move and zoom this map").click()
    page.wait_for_selector(".leaflet-container")

    page.get_by_role("button", name="Closer").wait_for()
    page.get_by_role("link", name="Oakhill").wait_for()
    assert broken_rules(page) == []


def test_without_scripts_the_map_is_drawn_and_listed(live_server, open_browser):
    page = open_browser(javascript=False)
    page.goto(live_server.url + "/components/area_map/")

    assert page.locator(".area-map__map path").count() == 3
    page.get_by_role("link", name="Oakhill").wait_for()
    assert not any(each.is_visible() for each in page.locator("[data-print]").all())


@pytest.mark.parametrize("name", ["400", "403", "404", "429", "500", "503"])
def test_each_page_for_what_went_wrong_stands_without_a_request_or_a_database(name):
    html = render_to_string(f"{name}.html", {"reference": "abc123", "posted": True, "why": "Because."})

    assert re.search(r"<h1>[^<]+</h1>", html)
    assert "<main" in html
    if name == "500":
        assert "abc123" in html
    if name == "503":
        assert "This was not counted." in html


@pytest.mark.parametrize("path", ["/account/signup/", "/account/login/", "/account/login/code/"])
def test_an_empty_account_form_says_what_is_wrong_at_its_box(client, db, path):
    page = client.post(path, {"email": "", "login": ""}).content.decode()

    assert "There is a problem" in page
    assert "govuk-error-message" in page
    assert "<title>Error:" in page
