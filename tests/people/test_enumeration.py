"""Nobody learns from the front door who has an account: the same words, in the same time (PROMISES 15)."""

from __future__ import annotations

import re
import time
from statistics import median

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories import make_person

pytestmark = pytest.mark.django_db

DOORS = {
    "/account/login/": "login",
    "/account/signup/": "email",
    "/account/login/code/": "email",
    "/account/password/reset/": "email",
}


def asked(door: str, address: str) -> tuple[object, ...]:
    cache.clear()
    page = Client(raise_request_exception=False).post(door, {DOORS[door]: address}, follow=True)
    words = re.sub(r'value="[^"]+"|nonce-[\w-]+|nonce="[^"]+"', "", page.content.decode().replace(address, "ADDRESS"))
    return page.redirect_chain, page.status_code, words


@pytest.mark.parametrize("door", DOORS)
def test_known_unknown_and_closed_accounts_get_the_same_words(door):
    make_person("known@example.org")
    make_person("closed@example.org", is_active=False)

    unknown = asked(door, "unknown@example.org")

    assert unknown[1] == 200
    assert asked(door, "known@example.org") == unknown
    assert asked(door, "closed@example.org") == unknown


@pytest.mark.parametrize("door", DOORS)
def test_known_and_unknown_addresses_take_the_same_time(door):
    """By this process's own work; the mail leaves in either case."""
    for at in range(9):
        make_person(f"known{at}@example.org")
    asked(door, "first@example.org")  # templates are read once

    took: dict[str, list[float]] = {"known": [], "unknown": []}
    for at in range(9):
        for kind, times in took.items():
            began = time.process_time()
            asked(door, f"{kind}{at}@example.org")
            times.append(time.process_time() - began)

    known, unknown = median(took["known"]), median(took["unknown"])
    assert max(known, unknown) < 2 * min(known, unknown), (known, unknown)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x()"])
def test_signing_in_leads_to_no_other_site(elsewhere):
    from django.core import mail

    from tests.people.test_sign_in import code_in

    client = Client()
    page = client.post(
        "/account/login/?next=" + elsewhere, {"login": "amira@example.org", "next": elsewhere}, follow=True
    )
    answer = client.post(page.request["PATH_INFO"], {"code": code_in(mail.outbox[-1]), "next": elsewhere})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert "evil" not in answer["Location"]


def test_a_session_begun_before_signing_in_has_another_key_after_it():
    from django.core import mail

    from tests.people.test_sign_in import code_in

    client = Client()
    page = client.post("/account/login/", {"login": "amira@example.org"}, follow=True)
    before = client.session.session_key
    client.post(page.request["PATH_INFO"], {"code": code_in(mail.outbox[-1])})

    assert client.session.session_key != before


def test_a_closed_account_has_no_way_in_and_its_live_session_ends():
    from django.core import mail

    from tests.people.test_sign_in import code_in

    person = make_person("amira@example.org")
    client = Client()
    client.force_login(person)
    person.is_active = False
    person.save()
    assert client.get("/me/").status_code == 302

    again = Client()
    page = again.post("/account/login/", {"login": "amira@example.org"}, follow=True)
    if mail.outbox and "@" in mail.outbox[-1].to[0]:
        found = re.search(r"(?m)^\s*([A-Z0-9]{3,5}-?[A-Z0-9]{3,5})\s*$", mail.outbox[-1].body)
        if found:
            again.post(page.request["PATH_INFO"], {"code": code_in(mail.outbox[-1])})
    assert again.get("/me/").status_code == 302
