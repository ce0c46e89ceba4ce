"""A template that shows something its view never gave shows an empty place; nobody sees the fault but the reader."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Template
from django.template.base import FilterExpression, Variable, VariableDoesNotExist
from django.test import Client

from tests.components.test_every_page import pages
from tests.components.test_every_page import town as town

pytestmark = pytest.mark.django_db
MAY_BE_MISSING = {"shown.url", "page.hero_picture.default_alt_text"}
"""The hero's picture is the officers' choice; where there is none the hero draws a scene."""


@pytest.fixture
def missing(monkeypatch) -> set[str]:
    """What was to be shown or handed to a tag and was not there, gathered while pages are drawn."""
    found: set[str] = set()
    resolve = FilterExpression.resolve

    def watched(asked: FilterExpression, context: Context, ignore_failures: bool = False) -> Any:
        means_it = not any(each.__name__.startswith("default") for each, _args in asked.filters)
        if isinstance(asked.var, Variable) and means_it and not ignore_failures:
            try:
                asked.var.resolve(context)
            except VariableDoesNotExist:
                found.add(asked.token)
        return resolve(asked, context, ignore_failures)

    monkeypatch.setattr(FilterExpression, "resolve", watched)
    return found


def test_what_is_missing_is_seen(missing):
    Template("{{ never.given }} {{ never|default:'x' }} {{ given }}").render(Context({"given": ""}))

    Template("{% load components %}{% quote text=evidence.nothing %}").render(Context({"evidence": {}}))

    assert missing == {"never.given", "evidence.nothing"}


def test_no_public_page_shows_what_it_was_never_given(town, missing):
    browser = Client()
    for path in pages(town):
        browser.get(path)

    assert missing - MAY_BE_MISSING == set()


@pytest.mark.parametrize("who", ["resident", "neighbour"])
def test_no_page_of_ones_own_shows_what_it_was_never_given(town, missing, who):
    browser = Client()
    browser.force_login(town.people[who])
    for path in ("/me/", "/me/details/"):
        browser.get(path)

    assert missing - MAY_BE_MISSING == set()
