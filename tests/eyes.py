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


RULES = (
    "async ([context, options]) => (await axe.run(context || document, options)).violations"
    ".map(rule => `${rule.id}: ${rule.nodes.slice(0, 4).map(node => node.html.slice(0, 200)).join(' | ')}`)"
)
"""Only what is broken comes back from the browser: a list of all that is well is long."""


def broken_rules(page: Any, *, context: str | None = None, options: dict[str, Any] | None = None) -> list[str]:
    """Give what axe finds wrong on the page (or within `context`), each rule with the first places."""
    given = {"resultTypes": ["violations"], **(options or {})}
    for last in (False, False, True):
        page.wait_for_load_state("load")
        try:
            page.evaluate(Axe().axe_script)
            found: list[str] = page.evaluate(RULES, [context, given])
        except Error as fault:
            if last or not any(words in str(fault) for words in MOVED_ON):
                raise
            continue
        return found
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


def press_key(page: Any, key: str = "Enter") -> None:
    """Press a key on what has the focus, and wait until the page it leads to has arrived."""
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press(key)


def tab_to(page: Any, name: str, *, inside: str = "") -> None:
    """Go on with the Tab key until the focus is on a box, button or link of this name, and see that it shows.

    `inside` is words of the card it stands on, where several have the same name.
    """
    for _each in range(60):
        page.keyboard.press("Tab")
        box, words, card = page.evaluate(FOCUS)
        if name in (box, words[: len(name)]) and inside in card:
            assert page.evaluate(DRAWN) != "nonenone", f"the focus on {name} does not show"
            return
    raise AssertionError(f"the keyboard does not reach {name}")


FOCUS = """(() => {
    const on = document.activeElement;
    const card = on.closest('.statement-card') || document.body;
    return [on.name || '', (on.innerText || '').trim(), card.innerText];
})()"""
DRAWN = "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow"
