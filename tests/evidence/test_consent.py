"""What people agreed to is kept to on every path, and can be taken back at any time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from wagtail.models import ModelLogEntry

from boards.people.models import Person
from engagement.evidence import queries
from engagement.evidence.actions import recording
from engagement.evidence.models import Consent, Evidence
from engagement.moderation.actions import decide
from tests.evidence.factories import ALL, make_evidence
from tests.factories import make_need, make_person

pytestmark = pytest.mark.django_db
WORDS = "Quinquereme of Nineveh"


@pytest.fixture
def need(board):
    return make_need(board, "Somewhere warm after four")


def every_public_page(client, need):
    board = need.board.slug
    paths = [
        f"/boards/{board}/needs/{need.slug}/",
        f"/boards/{board}/needs/",
        f"/boards/{board}/tell-us/?need={need.slug}",
        "/needs/",
        f"/needs/?q={WORDS.split()[0]}",
    ]
    return "".join(client.get(path).content.decode() for path in paths)


def test_words_are_quoted_when_the_speaker_agreed_to_it(client, need, board):
    make_evidence(board, WORDS, need=need)

    assert WORDS in every_public_page(client, need)
    assert queries.heard_about(need).voices == 1


@pytest.mark.parametrize(
    ("scopes", "state", "voices"),
    [
        (("evidence",), "shown", 7),
        (("evidence", "share", "contact"), "shown", 7),
        (("evidence", "quote"), "pending", 0),
        (("evidence", "quote"), "hidden", 0),
    ],
)
def test_without_consent_to_quote_or_unread_the_words_show_nowhere(client, need, board, scopes, state, voices):
    make_evidence(board, WORDS, need=need, scopes=scopes, state=state, voices=7, contact=None)

    assert WORDS not in every_public_page(client, need)
    assert queries.heard_about(need).voices == voices
    assert queries.needs_of(board)[0].voices == voices


def test_voices_that_may_not_be_quoted_are_said_to_count(client, need, board):
    make_evidence(board, WORDS, need=need, scopes=("evidence",), voices=9)

    page = client.get(need.get_absolute_url()).content.decode()

    assert "Their voices count all the same" in page


def test_consent_to_quote_taken_back_hides_the_words_and_keeps_the_voice(client, need, board, coordinator, now):
    evidence = make_evidence(board, WORDS, need=need)

    recording.withdraw_consent(evidence=evidence, scope="quote", by=coordinator, now=now)

    assert WORDS not in every_public_page(client, need)
    assert queries.heard_about(need).voices == 1


def test_consent_to_contact_taken_back_forgets_who_it_was(board, need, coordinator, now, resident):
    evidence = make_evidence(board, WORDS, need=need, scopes=ALL, contact=resident)

    recording.withdraw_consent(evidence=evidence, scope="contact", by=coordinator, now=now)

    evidence.refresh_from_db()
    assert evidence.contact is None
    assert not queries.people_to_tell([need]).exists()


def test_everything_taken_back_leaves_no_word_in_the_database_or_the_log(
    client, need, board, coordinator, now, resident
):
    evidence = make_evidence(board, WORDS, need=need, scopes=ALL, contact=resident, where_words="Ninevehplace")

    recording.withdraw_consent(evidence=evidence, scope="evidence", by=coordinator, now=now)

    evidence.refresh_from_db()
    assert (evidence.text, evidence.where_words, evidence.contact) == ("(withdrawn)", "", None)
    assert not evidence.links.exists()
    assert not Consent.objects.filter(evidence=evidence, withdrawn_at__isnull=True).exists()
    assert WORDS not in every_public_page(client, need)
    kept = "".join(f"{entry.label} {entry.data}" for entry in ModelLogEntry.objects.all())
    assert "evidence.withdraw" in {entry.action for entry in ModelLogEntry.objects.all()}
    assert "Nineveh" not in kept


def test_hidden_then_shown_again_by_a_moderator_does_not_bring_back_withdrawn_words(need, board, coordinator, now):
    evidence = make_evidence(board, WORDS, need=need)
    recording.withdraw(evidence=evidence, by=coordinator, now=now)

    decide(item=evidence, to="shown", reason="fine", by=coordinator, now=now)

    assert not Evidence.objects.counted().exists()


def test_the_coordinator_of_another_board_takes_nothing_back(board, other_coordinator, now):
    evidence = make_evidence(board, WORDS)

    for act in (
        lambda: recording.withdraw(evidence=evidence, by=other_coordinator, now=now),
        lambda: recording.withdraw_consent(evidence=evidence, scope="quote", by=other_coordinator, now=now),
    ):
        with pytest.raises(recording.RecordRefused):
            act()
    assert Evidence.objects.quotable().count() == 1


def test_a_speaker_takes_back_their_own_words_on_their_own_page(client, board, resident, need):
    evidence = make_evidence(board, WORDS, scopes=ALL, contact=resident, need=need)
    client.force_login(resident)
    address = f"/me/words/{evidence.reference}/withdraw/"

    assert WORDS in client.get(address).content.decode()
    assert client.post(address, {"scope": ""}).status_code == 422
    assert client.post(address, {"scope": "evidence"}).status_code == 302

    assert not Evidence.objects.filter(text=WORDS).exists()


def test_nobody_else_reaches_the_page_that_takes_words_back(client, board, resident, stranger):
    evidence = make_evidence(board, WORDS, scopes=ALL, contact=resident)
    address = f"/me/words/{evidence.reference}/withdraw/"

    assert client.get(address).status_code == 302
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    assert client.post(address, {"scope": "evidence"}).status_code == 404
    assert Evidence.objects.filter(text=WORDS).exists()


def test_only_those_who_agreed_are_told_what_came_of_it(board, need, resident, stranger):
    make_evidence(board, need=need, scopes=ALL, contact=resident)
    silent = make_evidence(board, need=need, scopes=("evidence",))
    Evidence.objects.filter(pk=silent.pk).update(contact=stranger)

    assert list(queries.people_to_tell([need])) == [resident]


def test_consent_keeps_its_wording_and_who_took_it(board, coordinator, now):
    evidence, _code = recording.record(
        board=board, text="x", how="call", heard_on=now.date(), voices=1, scopes=["evidence", "quote"], now=now,
        by=coordinator,
    )  # fmt: skip

    quote = evidence.consents.get(scope="quote")
    assert (quote.taken_by, quote.taken_at) == (coordinator, now)
    assert quote.wording == "We may show your words, without your name."


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": ["quote"]},
        {"scopes": ["evidence"], "contact": "someone"},
        {"heard_on": (datetime.now(UTC) + timedelta(days=3)).date()},
    ],
)
def test_what_was_not_agreed_or_cannot_be_is_refused(board, coordinator, now, wrong):
    if "contact" in wrong:
        wrong = {**wrong, "contact": make_person()}
    given = {
        "board": board, "text": "x", "how": "call", "heard_on": now.date(), "voices": 1, "scopes": ["evidence"],
        "now": now, "by": coordinator, **wrong,
    }  # fmt: skip

    with pytest.raises(recording.RecordRefused):
        recording.record(**given)
    assert not Evidence.objects.exists()


def test_an_officer_of_another_board_records_nothing_here(board, other_coordinator, now):
    with pytest.raises(recording.RecordRefused):
        recording.record(
            board=board, text="x", how="call", heard_on=now.date(), voices=1, scopes=["evidence"], now=now,
            by=other_coordinator,
        )  # fmt: skip


def test_a_writer_who_agreed_is_told_what_a_moderator_decided(
    board, coordinator, now, django_capture_on_commit_callbacks
):
    writer = Person.objects.known_by("writer@example.org")
    evidence = recording.tell_us(board=board, text=WORDS, scopes=ALL, now=now, where=None, person=writer)

    with django_capture_on_commit_callbacks(execute=True):
        decide(item=evidence, to="hidden", reason="personal", words="Leave out the name.", by=coordinator, now=now)

    assert [message.to for message in mail.outbox] == [["writer@example.org"]]
    assert "Leave out the name." in mail.outbox[0].body
    assert WORDS not in mail.outbox[0].body


def test_a_room_above_hears_of_words_withdrawn_in_the_same_transaction(board, coordinator, now, monkeypatch):
    heard = []
    monkeypatch.setattr(recording, "_after_withdrawing", [])
    recording.when_withdrawn(lambda evidence, at: heard.append((evidence.pk, evidence.text, at)))
    evidence = make_evidence(board, WORDS)

    recording.withdraw(evidence=evidence, by=coordinator, now=now)

    assert heard == [(evidence.pk, "(withdrawn)", now)]


def test_words_agreed_to_before_are_agreed_by_whoever_said_them(board, coordinator, now):
    before = now - timedelta(days=3)
    evidence, _slip = recording.record(
        board=board, text=WORDS, how="online", heard_on=before.date(), voices=1, scopes=["evidence", "quote"], now=now,
        by=coordinator, agreed_at=before,
    )  # fmt: skip
    assert {(each.taken_at, each.taken_by) for each in evidence.consents.all()} == {(before, None)}
