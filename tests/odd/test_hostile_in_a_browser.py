"""Hostile texts stay words in a real browser that no policy protects, and make no page wider than a telephone.

The pages are those of the walk (tests/odd/test_hostile_texts.py), shown without their Content-Security-Policy: what is
tried is the pages themselves. Whatever a text gets to run calls `xseed`, and whatever it gets to load is asked elsewhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.explorer import walk
from tests.odd.hostile import PROBE
from tests.odd.test_hostile_texts import READERS, Senders, fill_what_no_form_filled
from tests.odd.test_values import WAGTAILS, town  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.browser]

HOST = "town.example"
PROBES = """
window.ran = [];
window.xseed = (...told) => { window.ran.push('xseed ' + told); };
window.alert = window.confirm = window.prompt = (...told) => { window.ran.push('a window ' + told); };
"""
TOUCH = """() => {
    for (const each of document.querySelectorAll('body *')) {
        for (const kind of ['mouseover', 'mouseenter', 'focus', 'error', 'load', 'toggle', 'begin'])
            each.dispatchEvent(new Event(kind));
    }
    const page = document.documentElement;
    const wide = page.scrollWidth <= page.clientWidth ? [] : [...document.querySelectorAll('body *')]
        .filter(each => each.getBoundingClientRect().right > page.clientWidth + 1 && !each.children.length)
        .map(each => `${each.tagName}.${each.className} in .${each.parentElement.className}`);
    return {ran: window.ran, wide: wide.slice(0, 3)};
}"""


class Shown:
    """A browser that is given each page as it was made, our own files, and nothing else."""

    def __init__(self, page: Any) -> None:
        self.page, self.html, self.elsewhere = page, "", []
        page.add_init_script(PROBES)
        page.on("dialog", lambda dialog: (self.elsewhere.append(f"a dialog {dialog.message}"), dialog.dismiss()))
        page.route("**/*", self.answer)

    def answer(self, route: Any) -> None:
        request = route.request
        parts = urlsplit(request.url)
        if parts.scheme == "data":
            route.continue_()
        elif parts.hostname != HOST:
            self.elsewhere.append(f"asked {request.url[:100]}")
            route.abort()
        elif request.is_navigation_request() and request.frame == self.page.main_frame:
            route.fulfill(body=self.html, content_type="text/html; charset=utf-8")
        elif parts.path.endswith((".css", ".woff2")) and "/desk/" in self.page.url:
            route.fulfill(status=404, body="")  # how the desk looks is not what is tried
        elif parts.path.startswith("/static/") and (found := finders.find(parts.path.removeprefix("/static/"))):
            route.fulfill(path=Path(str(found)))
        else:
            route.fulfill(status=404, body="")

    def look(self, address: str, html: str) -> tuple[list[str], list[str]]:
        self.html, self.elsewhere = html, []
        self.page.goto(f"http://{HOST}{address}", wait_until="load")
        seen = self.page.evaluate(TOUCH)
        return [*seen["ran"], *self.elsewhere], seen["wide"]


def pages_with_texts(people: dict[str, Any]) -> dict[tuple[str, str], str]:
    found = {}
    for who, beginning in READERS.items():
        client = Client(raise_request_exception=False)
        if people[who]:
            client.force_login(people[who])
        for seen in walk(client, each_view=1, below=beginning):
            path = urlsplit(seen.address).path
            if PROBE in seen.html and not path.startswith(WAGTAILS):
                found[(seen.view, path if seen.view == "wagtail_serve" else "")] = (who, seen.address, seen.html)
    return {(who, address): html for who, address, html in found.values()}


def test_nothing_runs_or_loads_where_no_policy_stands_in_the_way(town, open_browser):  # noqa: F811
    fill_what_no_form_filled(Senders())
    pages = pages_with_texts(town.people)
    shown = Shown(open_browser(width=320))
    wrong = []
    for (who, address), html in pages.items():
        ran, wide = shown.look(address, html)
        wrong += [f"{address} as {who}: {each}" for each in ran]
        if wide and not address.startswith("/desk/"):
            wrong.append(f"{address} as {who} is wider than a telephone: {wide}")

    assert len(pages) > 60
    assert not wrong, "\n".join(wrong)
