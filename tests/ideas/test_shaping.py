"""Writing an idea together: co-authors, versions that are read before they show, and pictures."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engagement.ideas import actions
from engagement.ideas.models import CoAuthor, Idea, IdeaPicture, Version
from engagement.ideas.models.shaping import SHAPED
from engagement.ideas.rules import changed_words
from engagement.moderation.actions import decide, edit_out
from engagement.notifications.models import Message
from tests.factories import make_person
from tests.ideas.factories import make_call, make_idea


@pytest.fixture
def idea(board, stranger):
    return make_idea(make_call(board), "Benches by the river", author=stranger, text="Somewhere to sit.")


def changed(idea: Idea, **words: object) -> dict[str, object]:
    return {name: getattr(idea, name) for name in SHAPED} | words


def typed(idea: Idea, **words: object) -> dict[str, str]:
    values = changed(idea, **words) | {"seen": words.get("seen", 0)}
    return {name: "" if value is None else str(value) for name, value in values.items()}


# --- versions ------------------------------------------------------------------------------------


def test_a_change_of_what_is_shown_waits_to_be_read_and_both_versions_can_be_compared(
    client, idea, stranger, coordinator, now
):
    made = actions.change_words(
        idea=idea, words=changed(idea, text="A bench with a back."), seen=0, by=stranger, now=now
    )

    idea.refresh_from_db()
    assert (made.number, made.state, idea.text) == (2, "pending", "Somewhere to sit.")
    assert "A bench with a back." not in client.get(idea.get_absolute_url()).content.decode()
    assert "A bench with a back." not in client.get(idea.get_absolute_url() + "versions/").content.decode()

    decide(item=made, to="shown", reason="fine", by=coordinator, now=now)

    idea.refresh_from_db()
    assert idea.text == "A bench with a back."
    assert "back" in idea.search_text
    page = client.get(idea.get_absolute_url() + "versions/").content.decode()
    assert "<del" in page
    assert "Somewhere to sit." in page
    assert Message.objects.filter(to=stranger, kind="ideas.decided").count() == 1


def test_a_version_taken_down_leaves_the_page_with_the_one_before(idea, stranger, coordinator, now):
    made = actions.change_words(idea=idea, words=changed(idea, text="Rude words."), seen=0, by=stranger, now=now)
    decide(item=made, to="shown", reason="fine", by=coordinator, now=now)
    decide(item=made, to="hidden", reason="unkind", by=coordinator, now=now)
    assert Idea.objects.get(pk=idea.pk).text == "Somewhere to sit."


def test_before_it_is_shown_nobody_has_read_the_earlier_words_so_they_simply_change(board, stranger, now):
    idea = make_idea(make_call(board), author=stranger, state="pending")
    assert actions.change_words(idea=idea, words=changed(idea, text="Better."), seen=0, by=stranger, now=now) is None
    assert Idea.objects.get(pk=idea.pk).text == "Better."
    assert not Version.objects.exists()


def test_two_who_change_it_at_once_do_not_write_over_each_other(client, idea, stranger, now):
    friend = make_person()
    CoAuthor.objects.create(idea=idea, person=friend, invited_at=now, accepted_at=now)
    actions.change_words(idea=idea, words=changed(idea, text="Mine."), seen=0, by=stranger, now=now)
    with pytest.raises(actions.IdeaRefused, match="while you were writing"):
        actions.change_words(idea=idea, words=changed(idea, text="Theirs."), seen=0, by=friend, now=now)

    client.force_login(friend)
    page = client.post(idea.get_absolute_url() + "change/", typed(idea, text="Theirs.", seen=0)).content.decode()
    assert "Theirs." in page, "what was typed is kept"
    assert "Mine." in page, "and the newest words are beside it"
    assert 'name="seen" value="2"' in page


def test_only_one_version_waits_at_a_time(idea, stranger, now):
    first = actions.change_words(idea=idea, words=changed(idea, text="One."), seen=0, by=stranger, now=now)
    second = actions.change_words(idea=idea, words=changed(idea, text="Two."), seen=2, by=stranger, now=now)
    assert not Version.objects.filter(pk=first.pk).exists()
    assert idea.versions.pending().get() == second
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(idea=idea, number=9, title="t", text="t", state="pending")


@pytest.mark.parametrize("status", ["in_plan", "going_to_vote", "done", "not_taken_up"])
def test_what_the_board_has_decided_about_stays_as_it_was(idea, stranger, coordinator, now, status):
    actions.answer(idea=idea, to=status, words="Decided.", by=coordinator, now=now)
    with pytest.raises(actions.IdeaRefused, match="decided"):
        actions.change_words(idea=idea, words=changed(idea, text="Other."), seen=0, by=stranger, now=now)


def test_details_taken_out_of_an_idea_stand_in_none_of_its_versions(client, idea, stranger, coordinator, now):
    words = changed(idea, text="Ring Ann on 01632 960123.")
    made = actions.change_words(idea=idea, words=words, seen=0, by=stranger, now=now)
    decide(item=made, to="shown", reason="fine", by=coordinator, now=now)
    made = actions.change_words(idea=idea, words=words | {"title": "Seats"}, seen=2, by=stranger, now=now)
    decide(item=made, to="shown", reason="fine", by=coordinator, now=now)
    idea.refresh_from_db()

    edit_out(item=idea, field="text", text="Ring [name].", by=coordinator, now=now)

    for address in (idea.get_absolute_url(), idea.get_absolute_url() + "versions/"):
        page = client.get(address).content.decode()
        assert "960123" not in page
    assert Idea.objects.get(pk=idea.pk).text == "Ring [name]."


@given(before=st.text(max_size=120), after=st.text(max_size=120))
def test_a_comparison_holds_both_texts_letter_by_letter(before, after):
    pieces = changed_words(before, after)
    assert "".join(piece.words for piece in pieces if piece.what != "in") == before
    assert "".join(piece.words for piece in pieces if piece.what != "out") == after


# --- co-authors ----------------------------------------------------------------------------------


def test_a_co_author_writes_only_once_they_have_said_yes(client, idea, stranger, now):
    row = actions.invite(idea=idea, email="friend@example.org", by=stranger, now=now)
    friend = row.person
    with pytest.raises(actions.IdeaRefused):
        actions.change_words(idea=idea, words=changed(idea, text="Ours."), seen=0, by=friend, now=now)

    client.force_login(friend)
    together = idea.get_absolute_url() + "together/"
    assert "Someone asks you" in client.get(together).content.decode()
    client.post(together, {"act": "join"})
    assert actions.change_words(idea=idea, words=changed(idea, text="Ours."), seen=0, by=friend, now=now)
    client.post(together, {"act": "leave"})
    assert not CoAuthor.objects.exists()
    assert client.get(idea.get_absolute_url() + "change/").status_code == 404


def test_the_writer_alone_invites_and_an_invitation_is_sent_once(client, idea, stranger, resident):
    client.force_login(stranger)
    together = idea.get_absolute_url() + "together/"
    for _ in range(3):
        client.post(together, {"act": "invite", "email": "friend@example.org"})
    assert CoAuthor.objects.count() == Message.objects.filter(kind="ideas.invite").count() == 1
    row = CoAuthor.objects.get()
    client.post(together, {"act": f"out-{row.pk}"})
    assert not CoAuthor.objects.exists()

    outsider = Client()
    outsider.force_login(resident)
    assert outsider.get(together).status_code == 404
    assert outsider.post(together, {"act": "join"}).status_code == 404


def test_nobody_sees_who_else_writes_it(client, idea, stranger, now):
    actions.invite(idea=idea, email="friend@example.org", by=stranger, now=now)
    CoAuthor.objects.update(accepted_at=now)
    page = client.get(idea.get_absolute_url()).content.decode()
    assert "friend@example.org" not in page
    assert "Written by" in page


# --- pictures ------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def photograph() -> SimpleUploadedFile:
    kept = BytesIO()
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (51.0, 30.0, 0.0)}  # where it was taken
    Image.new("RGB", (60, 40), "green").save(kept, "JPEG", exif=exif)
    return SimpleUploadedFile("me at 4 Mill Lane.jpg", kept.getvalue(), "image/jpeg")


def test_a_picture_waits_to_be_looked_at_and_says_nothing_of_where_it_was_taken(
    client, idea, stranger, coordinator, now
):
    client.force_login(stranger)
    client.post(idea.get_absolute_url() + "pictures/", {"picture": photograph(), "alt": "The bare river bank"})
    row = IdeaPicture.objects.get()
    address = f"{idea.get_absolute_url()}pictures/{row.pk}/"
    anyone = Client()
    assert client.get(address).status_code == 200
    assert anyone.get(address).status_code == 404
    assert "The bare river bank" not in anyone.get(idea.get_absolute_url()).content.decode()

    decide(item=row, to="shown", reason="fine", by=coordinator, now=now)

    answer = anyone.get(address)
    kept = b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert b"Exif" not in kept
    assert not Image.open(BytesIO(kept)).getexif()
    assert "Mill Lane" not in answer["Content-Disposition"]
    assert 'alt="The bare river bank"' in anyone.get(idea.get_absolute_url()).content.decode()
    decide(item=row, to="hidden", reason="personal", by=coordinator, now=now)
    assert anyone.get(address).status_code == 404


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"GIF89a\x01", b"", b"\xff\xd8\xff broken", b"%PDF-1.4"])
def test_what_is_no_picture_is_refused_in_words(client, idea, stranger, content):
    client.force_login(stranger)
    upload = SimpleUploadedFile("x.jpg", content, "image/jpeg")
    page = client.post(idea.get_absolute_url() + "pictures/", {"picture": upload, "alt": "Words to keep"})
    assert "There is a problem" in page.content.decode()
    assert "Words to keep" in page.content.decode()
    assert not IdeaPicture.objects.exists()


def test_a_picture_needs_words_there_are_four_at_most_and_its_writer_takes_it_out(client, idea, stranger, now):
    client.force_login(stranger)
    screen = idea.get_absolute_url() + "pictures/"
    assert "There is a problem" in client.post(screen, {"picture": photograph(), "alt": ""}).content.decode()
    for n in range(4):
        actions.add_picture(idea=idea, upload=photograph(), alt=f"Picture {n}", by=stranger, now=now)
    with pytest.raises(actions.IdeaRefused, match="four"):
        actions.add_picture(idea=idea, upload=photograph(), alt="One more", by=stranger, now=now)
    client.post(screen, {"out": IdeaPicture.objects.first().pk})
    assert IdeaPicture.objects.count() == 3
