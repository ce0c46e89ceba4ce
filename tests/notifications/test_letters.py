"""Letters are one family: plain words and the same words framed, both saying why they came and where to look."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.core import mail

from engagement.notifications.actions import send_due, tell
from tests.factories import make_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def framed(letter) -> str:
    return next(body for body, kind in letter.alternatives if kind == "text/html")


def send(person, body="It is done.\n\nCome and see."):
    tell(person=person, key="one", kind="outcome", subject="What came\nof it", body=body, link="/boards/", now=NOW)
    send_due(now=NOW)
    return mail.outbox[-1]


def test_a_letter_says_it_twice_and_every_address_in_it_is_whole(settings):
    settings.SITE_URL = "https://boards.example.org"

    letter = send(make_person("amira@example.org"))

    assert letter.subject == "What came of it"
    for body in (letter.body, framed(letter)):
        assert "Come and see." in body
        assert "https://boards.example.org/boards/" in body
        assert "https://boards.example.org/me/" in body
    assert not re.search(r"(?m)(^|\s|\")/(me|boards)/", letter.body + framed(letter)), "a bare path leads nowhere"


def test_the_frame_is_in_the_language_of_its_reader_and_the_words_keep_their_own_direction():
    reader = make_person("amira@example.org")
    reader.language = "ar"
    reader.save()

    page = framed(send(reader))

    assert '<html lang="ar" dir="rtl">' in page
    assert '<div dir="auto">' in page


def test_words_in_a_letter_never_become_markup():
    assert "<script>" not in framed(send(make_person("amira@example.org"), body="<script>alert(1)</script>"))


@pytest.mark.parametrize("address", ["amira@example.org", "stranger@example.org"])
def test_a_code_comes_in_the_same_look(client, address):
    make_person("amira@example.org")

    client.post("/account/login/", {"login": address}, follow=True)

    letter = mail.outbox[-1]
    code = re.search(r"(?m)^\s*([A-Z0-9]{3,5}-?[A-Z0-9]{3,5})\s*$", letter.body)
    assert code, letter.body
    assert f'<p class="code" dir="ltr">{code[1]}</p>' in framed(letter)
    assert "never ask for a password" in framed(letter)
    assert "[" not in letter.subject
