"""Signing in by a code, the same for everyone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from boards.people.models import Person
from tests.factories import make_person, make_role

pytestmark = pytest.mark.django_db


def ask_for_code(client, address: str):
    return client.post("/account/login/", {"login": address}, follow=True)


def code_in(message) -> str:
    found = re.search(r"(?m)^\s*([A-Z0-9]{3,5}-?[A-Z0-9]{3,5})\s*$", message.body)
    assert found, message.body
    return found[1]


@pytest.mark.parametrize("known", [True, False])
def test_one_code_signs_anyone_in_whether_or_not_the_address_was_known(client, known):
    if known:
        make_person("amira@example.org")

    page = ask_for_code(client, "Amira@Example.org")
    client.post(page.request["PATH_INFO"], {"code": code_in(mail.outbox[0])})

    assert client.get("/me/").status_code == 200
    assert Person.objects.filter(email="amira@example.org").count() == 1
    assert EmailAddress.objects.get(email="amira@example.org").verified


def test_known_and_unknown_addresses_get_the_same_words(client):
    make_person("known@example.org")
    known = ask_for_code(client, "known@example.org")
    client.cookies.clear()
    unknown = ask_for_code(client, "new@example.org")

    assert known.status_code == unknown.status_code == 200
    bare = [
        re.sub(rb'value="[^"]+"|nonce-[\w-]+|known@example.org|new@example.org', b"", page.content)
        for page in (known, unknown)
    ]
    assert bare[0] == bare[1]
    assert mail.outbox[0].subject == mail.outbox[1].subject


def test_a_wrong_code_opens_nothing(client):
    page = ask_for_code(client, "amira@example.org")
    client.post(page.request["PATH_INFO"], {"code": "WRONG1"})

    assert client.get("/me/").status_code == 302


def test_guessing_is_refused_by_the_twelfth_try(client):
    page = ask_for_code(client, "amira@example.org")
    code = code_in(mail.outbox[0])
    for _ in range(12):
        client.post(page.request["PATH_INFO"], {"code": "WRONG1"})
    client.post(page.request["PATH_INFO"], {"code": code})

    assert client.get("/me/").status_code == 302


def test_an_address_nobody_proved_is_dropped_and_a_proved_one_stays(client):
    ask_for_code(client, "never@example.org")
    make_person("real@example.org", last_login=timezone.now())
    Person.objects.update(date_joined=timezone.now() - timedelta(days=3))

    call_command("tick", verbosity=0)

    assert list(Person.objects.values_list("email", flat=True)) == ["real@example.org"]


def test_a_council_wide_role_needs_a_second_factor_where_it_is_asked_for(client, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client.force_login(make_role("staff", None))

    answer = client.get("/desk/")

    assert answer.status_code == 302
    assert answer["Location"] == "/me/second-factor/"


def test_a_resident_is_turned_away_from_the_desk(client):
    client.force_login(make_person("amira@example.org"))

    answer = client.get("/desk/")

    assert answer.status_code == 403
    assert b"The desk is for the boards" in answer.content
