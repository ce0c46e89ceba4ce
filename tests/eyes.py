"""What every browser test looks at: a page that has arrived whole, read by axe, no wider than the window."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Error

MOVED_ON = ("documentElement", "Execution context was destroyed", "navigation")
"""What a browser says when the page changes under the reader's eyes: read it again, it is not a fault of the page."""


def press(page: Any, name: Any, role: str = "button") -> None:
    """Press a button or follow a link, and wait until the page it leads to has arrived."""
    with page.expect_navigation(wait_until="load"):
        page.get_by_role(role, name=name).click()


def broken_rules(page: Any, *, context: str | None = None, options: dict[str, Any] | None = None) -> list[str]:
    """Give what axe finds wrong on the page (or within `context`), each rule with the first places."""
    given = {"context": context} if context else {}
    for last in (False, False, True):
        page.wait_for_load_state("load")
        try:
            found = Axe().run(page, options=options, **given).response["violations"]
        except Error as fault:
            if last or not any(words in str(fault) for words in MOVED_ON):
                raise
            continue
        return [f"{rule['id']}: {[node['html'][:200] for node in rule['nodes']][:4]}" for rule in found]
    raise AssertionError("unreachable")


def look(page: Any, where: str, *, options: dict[str, Any] | None = None) -> None:
    """Let no accessibility fault and no sideways scroll pass."""
    assert broken_rules(page, options=options) == [], where
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, (where, f"{wide} px too wide")


def sign_in(page: Any, live_server: Any, person: Any) -> None:
    """Give the browser the session of someone who has signed in."""
    browser = Client()
    browser.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": browser.cookies[name].value, "url": live_server.url}])
