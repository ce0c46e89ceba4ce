"""Whoever may see unpublished words shows a second factor; a mailbox or a password alone opens none of it."""

from __future__ import annotations

import re
import time

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.db import transaction
from django.test import Client

from boards.people.models import Person
from tests.conventions.test_doors import town  # noqa: F401
from tests.factories import make_role
from tests.people.test_sign_in import ask_for_code, code_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def required(settings, monkeypatch):
    """On the real site a commit comes before the answer; inside a test's transaction none would."""
    settings.SECOND_FACTOR_REQUIRED = True
    monkeypatch.setattr(transaction, "on_commit", lambda then, **options: then())


def signed_in(address: str) -> Client:
    client = Client()
    page = ask_for_code(client, address)
    client.post(page.request["PATH_INFO"], {"code": code_in(mail.outbox[-1])})
    return client


def app_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def add_app(client: Client) -> str:
    """Set an app up as a person would, and give its secret."""
    page = client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200, page
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page.content.decode())[1]
    answer = client.post("/account/2fa/totp/activate/", {"code": app_code(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def grow_old(client: Client) -> None:
    """Let the session's sign-in be an hour ago."""
    session = client.session
    session[RECORDS] = [{**record, "at": time.time() - 3600} for record in session[RECORDS]]
    session.save()


@pytest.mark.parametrize("kind", ["chair", "coordinator", "staff", "evidence_team", "administrator"])
def test_a_code_by_e_mail_alone_opens_no_desk_page_to_any_officer(board, kind):
    person = make_role(kind, board if kind in ("chair", "coordinator") else None)
    client = signed_in(person.email)

    for address in ("/desk/", "/desk/moderation/", "/desk/evidence/", "/desk/pages/", "/desk/images/chooser/"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"] == "/me/second-factor/"


def test_nor_does_it_show_unpublished_words_on_the_public_site(town):  # noqa: F811
    client = signed_in("coordinator@example.org")

    for address in town.hidden:
        assert client.get(address).status_code == 404, address


def test_nor_to_a_superuser(board):
    Person.objects.create_superuser("root@example.org", "correct horse battery staple")

    assert signed_in("root@example.org").get("/desk/")["Location"] == "/me/second-factor/"


def test_a_coordinator_sets_an_app_up_alone_and_gets_recovery_codes(town):  # noqa: F811
    client = signed_in("coordinator@example.org")
    assert b"/account/2fa/totp/activate/" in client.get("/me/second-factor/").content

    add_app(client)

    codes = client.get("/account/2fa/recovery-codes/").content.decode()
    assert len(re.findall(r"(?m)^(?:<textarea[^>]*>)?[0-9a-f]{8}\b", codes)) >= 9
    assert client.get("/desk/").status_code == 200
    assert 200 in {client.get(address).status_code for address in town.hidden}


def test_a_session_from_before_the_factor_is_not_let_in_by_it(board):
    person = make_role("coordinator", board)
    intruder, owner = signed_in(person.email), signed_in(person.email)
    add_app(owner)

    answer = intruder.get("/desk/")

    assert answer.status_code == 302
    assert answer["Location"] == "/account/2fa/reauthenticate/?next=%2Fdesk%2F"


def test_signing_in_again_asks_for_the_app_or_a_recovery_code(board):
    person = make_role("coordinator", board)
    owner = signed_in(person.email)
    add_app(owner)
    codes = owner.get("/account/2fa/recovery-codes/").content.decode()
    recovery = re.findall(r"\b[0-9a-f]{8}\b", codes)[-1]

    again = signed_in(person.email)

    assert again.get("/me/").status_code == 302, "a code by e-mail alone signed them in"
    answer = again.post("/account/2fa/authenticate/", {"code": recovery})
    assert answer.status_code == 302
    assert again.get("/desk/").status_code == 200
    third = signed_in(person.email)
    third.post("/account/2fa/authenticate/", {"code": recovery})
    assert third.get("/desk/").status_code == 302, "a recovery code worked twice"


@pytest.mark.parametrize("address", ["/account/2fa/totp/activate/", "/account/2fa/webauthn/add/"])
def test_a_session_left_open_cannot_set_a_factor_up(board, address):
    client = signed_in(make_role("coordinator", board).email)
    grow_old(client)

    for answer in (client.get(address), client.post(address, {"code": "123456"})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/me/prove/")

    client.post("/me/prove/", {"next": address})
    answer = client.post("/me/prove/", {"next": address, "code": code_in(mail.outbox[-1])})
    assert answer["Location"] == address
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/account/reauthenticate/", "/account/2fa/reauthenticate/"])
def test_someone_without_a_password_shows_who_they_are_by_a_code(client, resident, address):
    client.force_login(resident)

    page = client.get(address + "?next=/me/details/", follow=True)

    assert page.status_code == 200
    assert page.request["PATH_INFO"] == "/me/prove/"


def test_a_code_to_prove_oneself_works_once_for_three_guesses_and_fifteen_minutes(client, resident):
    client.force_login(resident)

    client.post("/me/prove/")
    code = code_in(mail.outbox[-1])
    for _ in range(3):
        assert client.post("/me/prove/", {"code": "WRNG-WRNG"}).status_code == 422
    assert client.post("/me/prove/", {"code": code}).status_code == 422

    client.post("/me/prove/")
    code = code_in(mail.outbox[-1])
    assert client.post("/me/prove/", {"code": code}).status_code == 302
    assert client.post("/me/prove/", {"code": code}).status_code == 422

    client.post("/me/prove/")
    session = client.session
    session["proving"] = {**session["proving"], "until": time.time() - 1}
    session.save()
    assert client.post("/me/prove/", {"code": code_in(mail.outbox[-1])}).status_code == 422


def test_proving_leads_to_no_other_site(client, resident):
    client.force_login(resident)
    for elsewhere in ("https://evil.example/", "//evil.example/", "\\\\evil.example", "javascript:alert(1)"):
        client.post("/me/prove/", {"next": elsewhere})
        answer = client.post("/me/prove/", {"next": elsewhere, "code": code_in(mail.outbox[-1])})
        assert answer["Location"] == "/me/"
        mail.outbox.clear()


def test_where_none_is_required_a_code_is_enough(board, settings):
    settings.SECOND_FACTOR_REQUIRED = False

    assert signed_in(make_role("coordinator", board).email).get("/desk/").status_code == 200
