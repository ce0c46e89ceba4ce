"""Ten equal posts of any form store one thing (PROMISES 4): a double click, a lost answer, a reload.

Every form that each person can reach is found by walking the site (tests/explorer.py), so a new one is tried
without being named here. What a first post stores is counted in every table; nine more may add nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client

from tests.explorer import Form, Seen, forms_of, is_html, read, shape, view_of, walk
from tests.odd.test_values import WAGTAILS, plain, town  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NOT_THINGS = (
    "django_session",
    "usersessions_",
    "wagtailcore_modellogentry",
    "wagtailcore_pagelogentry",
    "django_tasks",
)
"""Where it is noted that somebody was here, and when; not what they made."""
STORING = {"anonymous": 3, "resident": 6, "coordinator": 30}
"""Who sends forms, and how many of them store something at least, filled in with any words: fewer, and the walk is broken."""


def tables() -> list[str]:
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.db_table.startswith(NOT_THINGS)
    )


def rows() -> dict[str, int]:
    """Give how many rows each table has."""
    each = (f"SELECT '{name}', count(*) FROM {connection.ops.quote_name(name)}" for name in tables())
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return dict(cursor.fetchall())


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def in_place_of_words(name: str) -> str | None:
    """Give what a box of this name takes, where any words do not fit."""
    fits = (
        ("_pence$|^(cost|amount)_", "12.50"),
        ("^(opens|starts)_at$", "2031-03-04 12:00"),
        ("_at$", "2031-04-04 12:00"),
        ("_on$", "2031-03-04"),
        ("_day$", "3"),
        ("_month$", "4"),
        ("_year$", "2031"),
        ("postcode$", "XX1 1AA"),
        ("voices|people_helped|spent|answers|reach|weight_|points|^(least|most)_", "3"),
        ("^slug$", "words-of-an-ordinary-kind"),
        ("email$", "someone@example.org"),
        ("link$", "https://example.org/"),
        ("choices_text", "Six\nSeven\nEight"),
    )
    return next((value for pattern, value in fits if re.search(pattern, name)), None)


def sent(form: Form) -> dict[str, list[Any]]:
    """Give what somebody would send who fills in every box."""
    empty = {
        each.name
        for each in form.fields
        if each.kind in ("text", "textarea", "email", "number", "url") and not each.value
    }
    found: dict[str, list[Any]] = {}
    for name, values in form.filled().items():
        better = in_place_of_words(name) if name in empty else None
        found[name] = [better] if better else [plain(value) for value in values]
    return found


@pytest.mark.parametrize("who", STORING)
def test_ten_equal_posts_of_any_form_store_one_thing(town, who):  # noqa: F811
    client = Client(raise_request_exception=False)
    if person := town.people[who]:
        client.force_login(person)
    beginning = "/desk/" if who == "coordinator" else "/"
    waiting = forms_of(list(walk(client, each_view=1)))
    tried: set[tuple[Any, ...]] = set()
    stored, wrong = 0, []
    while waiting:
        form = waiting.pop(0)
        path = urlsplit(form.action).path
        key = (view_of(form.action), *sorted({shape(name) for name in form.names}))
        if key in tried or form.method != "post" or not path.startswith(beginning) or path.startswith(WAGTAILS):
            continue
        tried.add(key)
        jar = client.cookies.copy()
        before = rows()
        with undone():
            answer = client.post(form.action, sent(form))
            if answer.status_code in (302, 303):  # the next step of the same journey, or the page that asks for it
                answer = client.get(urljoin(form.action, answer["Location"]))
            if is_html(answer):
                page = read(form.action, answer.content.decode())
                waiting += forms_of([Seen(form.action, "", answer.status_code, "", page)])
            first = rows()
            if first != before:
                stored += 1
                for _again in range(9):
                    client.cookies = jar.copy()
                    answer = client.post(form.action, sent(form))
                    assert answer.status_code < 500, form.action
                last = rows()
                more = {name: last[name] - first[name] for name in first if last[name] > first[name]}
                if more:
                    wrong.append(f"{form.action} from {form.page}: {more}")
        client.cookies = jar.copy()

    assert not wrong, f"{len(wrong)} of {stored}:\n" + "\n".join(wrong)
    assert stored >= STORING[who], "hardly a form stored anything: are they filled in as they ask?"
