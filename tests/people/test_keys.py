"""A new secret key ends nothing that was handed out under the old one."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from boards.people import keys
from boards.people.actions.once import SentWithOtherWords, do_once
from boards.people.adapter import SecondFactorAdapter
from engagement.evidence.actions.recording import record
from engagement.evidence.queries import evidence_of_slip

pytestmark = pytest.mark.django_db


def change_key(settings, *, keep_the_old: bool = True) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if keep_the_old else []
    settings.SECRET_KEY = "another-key-of-fifty-letters-or-more-0123456789-abcdef"


@pytest.mark.parametrize("keep_the_old", [True, False])
def test_a_slip_on_paper_still_finds_its_words_while_its_key_is_kept(board, coordinator, settings, now, keep_the_old):
    evidence, code = record(
        board=board, text="The path floods.", how="group", heard_on=timezone.localdate(), voices=2,
        scopes=["evidence"], now=now, by=coordinator,
    )  # fmt: skip

    change_key(settings, keep_the_old=keep_the_old)

    assert evidence_of_slip(code) == (evidence if keep_the_old else None)


def test_a_form_sent_before_the_key_changed_is_not_stored_again(settings):
    token = uuid4()
    do_once(token=token, contents={"text": "one"}, act=lambda: "/first/")
    change_key(settings)

    assert do_once(token=token, contents={"text": "one"}, act=lambda: "/second/") == ("/first/", False)
    with pytest.raises(SentWithOtherWords):
        do_once(token=token, contents={"text": "two"}, act=lambda: "/third/")


def test_an_apps_secret_is_kept_sealed_and_outlives_the_key(settings):
    adapter = SecondFactorAdapter()
    sealed = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed

    change_key(settings)

    assert adapter.decrypt(sealed) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY_FALLBACKS = []
    assert adapter.decrypt(sealed) != adapter.decrypt(sealed), "without its key the same secret came out twice"


@pytest.mark.parametrize("odd", ["", "x", "=" * 50, "\u202e", "AAAA" * 30])
def test_what_we_did_not_seal_opens_as_nothing(odd):
    assert keys.unseal(b"test ", odd) is None
