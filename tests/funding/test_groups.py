"""A group's own pages: its people, its papers, and who may open them."""

import io
import struct
import zipfile
import zlib
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from boards.people.actions.groups import GroupRefused, invite, join, known, leave, parish_named, recognise
from boards.people.models import Membership, Organisation, Person
from boards.people.org_ids import Numbered, Register
from components.handed_in import MOST_BYTES, PDF, PHOTO, TEXT, WORD, FileRefused, checked
from engagement.funding.models import FundingRound, Paper
from engagement.notifications.models import Message
from tests.factories import make_area, make_role
from tests.funding.factories import OPENS, make_proposal, make_round

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 2)
CHARITY = Numbered(Register.CHARITY, "GB-CHC-1234567")
NONE = Numbered(Register.NONE)
A_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def packed(parts, method=zipfile.ZIP_DEFLATED):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


A_WORD = packed({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"})
A_TEXT = packed({"mimetype": TEXT, "content.xml": "<x/>"})


def photo(kind="JPEG", **more):
    held = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(held, kind, **more)
    return held.getvalue()


def upload(content, name="paper.pdf"):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


# --- who is who --------------------------------------------------------------------------------


def test_the_same_number_is_the_same_group_and_opens_nothing_of_it(stranger, neighbour):
    first = recognise(name="Mere Sailors", numbered=CHARITY, person=stranger, on=TODAY)
    second = recognise(name="MERE SAILORS LTD", numbered=CHARITY, person=neighbour, on=TODAY)

    assert first == second
    assert list(first.memberships.values_list("person", flat=True)) == [stranger.pk]


def test_a_name_alone_is_the_same_group_only_for_its_own_people(stranger, neighbour):
    first = recognise(name="Friends of the Park", numbered=NONE, person=stranger, on=TODAY)

    assert recognise(name="friends of the park.", numbered=NONE, person=stranger, on=TODAY) == first
    assert recognise(name="Friends of the Park", numbered=NONE, person=neighbour, on=TODAY) != first


def test_a_parish_council_is_known_by_its_name_or_its_code(board):
    parish = make_area("Fenny Hale", kind="parish", code="E04001452")
    make_area("Fenny Drove", kind="parish", code="E04001453")

    assert parish_named("Fenny Hale Parish Council") == parish.code
    assert parish_named("Fenny Town Council") == ""
    council = recognise(
        name="Fenny Hale Parish Council",
        numbered=Numbered(Register.PARISH, gss_code=parish.code),
        person=None,
        on=TODAY,
    )
    assert known(name="other", numbered=Numbered(Register.PARISH, gss_code="E04001452")) == council
    assert council.kind == Organisation.Kind.PARISH
    assert council.identifier.endswith("-p-E04001452")


# --- people ------------------------------------------------------------------------------------


def test_someone_invited_by_email_joins_and_then_sees_the_groups_pages(client, stranger, neighbour):
    group = recognise(name="Mere Sailors", numbered=CHARITY, person=stranger, on=TODAY)
    client.force_login(stranger)
    page = f"/groups/{group.slug}/people/"
    token = str(uuid4())
    for _ in range(3):
        client.post(page, {"form_token": token, "email": " Neighbour@Example.org"})
    assert Message.objects.filter(to=neighbour, subject__contains="invited").count() == 1

    client.force_login(neighbour)
    assert client.get(f"/groups/{group.slug}/").status_code == 404  # invited is not joined
    assert "Mere Sailors" in client.get("/me/groups/").content.decode()
    client.post(f"/groups/{group.slug}/join/")
    assert client.get(f"/groups/{group.slug}/").status_code == 200


def test_nobody_joins_or_invites_uninvited(client, stranger, neighbour):
    group = recognise(name="Mere Sailors", numbered=CHARITY, person=stranger, on=TODAY)
    client.force_login(neighbour)

    assert client.post(f"/groups/{group.slug}/join/").status_code == 404
    assert not join(organisation=group, person=neighbour, on=TODAY)
    with pytest.raises(GroupRefused):
        invite(organisation=group, email="x@example.org", by=neighbour, on=TODAY)
    assert client.post(f"/groups/{group.slug}/people/", {"email": "x@example.org"}).status_code == 404


def test_the_last_person_of_a_group_cannot_leave_it(stranger, neighbour):
    group = recognise(name="Mere Sailors", numbered=CHARITY, person=stranger, on=TODAY)
    with pytest.raises(GroupRefused, match="Someone must be left"):
        leave(membership=group.memberships.get(), by=stranger)
    Membership.objects.create(organisation=group, person=neighbour, joined_on=TODAY)

    leave(membership=group.memberships.get(person=stranger), by=stranger)

    assert list(group.memberships.values_list("person", flat=True)) == [neighbour.pk]


def test_a_partner_acts_for_the_organisation_of_the_role_until_it_ends(client, board):
    group = Organisation.objects.create(name="Corn Hall", org_id="GB-CHC-1234567")
    partner = make_role("partner", board, organisation=group)
    client.force_login(partner)
    assert client.get(f"/groups/{group.slug}/").status_code == 200

    partner.roles.update(until=timezone.localdate())
    client.force_login(Person.objects.get(pk=partner.pk))
    assert client.get(f"/groups/{group.slug}/").status_code == 404


# --- files -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "kind", "kept_name"),
    [
        (A_PDF, "Our accounts 2026.pdf", PDF, "Our-accounts-2026.pdf"),
        (A_PDF, "../../etc/<b>.exe", PDF, "b.pdf"),
        (A_WORD, "policy.docx", WORD, "policy.docx"),
        (A_TEXT, "policy.odt", TEXT, "policy.odt"),
        (photo(), "IMG_1.JPG", PHOTO, "IMG-1.jpg"),
        (photo("PNG"), "x.pdf", PHOTO, "x.jpg"),
        (photo("WEBP"), "写真.webp", PHOTO, "paper.jpg"),
    ],
)
def test_a_file_is_known_by_its_content_and_gets_a_safe_name(content, name, kind, kept_name):
    found = checked(upload(content, name))

    assert found.type == kind
    assert found.name == kept_name


def bomb():
    return packed({"[Content_Types].xml": "<x/>", "word/document.xml": b"0" * (70 * 1024 * 1024)})


def wide_png():
    """A picture that says it is 100,000 by 100,000."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    body = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body)) + b"\x00" * 40


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        (b"<html><script>alert(1)</script>", "kind"),
        (b"MZ\x90\x00", "kind"),
        (b"%PDF-1.7 and nothing more", "broken"),
        (b"PK\x03\x04nothing", "broken"),
        (packed({"a.txt": "x"}), "kind"),
        (packed({"[Content_Types].xml": "", "word/document.xml": "", "word/vbaProject.bin": ""}), "macros"),
        (packed({f"{n}.xml": "" for n in range(2100)}), "big"),
        (b"\xff\xd8\xff\xe0 not a picture", "broken"),
        (b"%PDF-" + b"0" * MOST_BYTES, "big"),
    ],
)
def test_a_file_that_may_do_harm_is_refused(content, why):
    with pytest.raises(FileRefused) as refusal:
        checked(upload(content))
    assert refusal.value.why == why


def test_a_bomb_is_refused_before_it_is_unpacked():
    for made in (bomb(), wide_png()):
        with pytest.raises(FileRefused):
            checked(upload(made))


def test_a_photo_says_nothing_of_where_it_was_taken():
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (54.0, 30.0, 0.0)}
    exif[0x010E] = "At home"

    kept = checked(upload(photo(exif=exif), "x.jpg")).content

    assert b"At home" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


# --- papers ------------------------------------------------------------------------------------


def add(client, group, **changes):
    given = {
        "form_token": str(uuid4()), "kind": "accounts", "words": "In £40, out £12.",
        "dated_on_day": "31", "dated_on_month": "3", "dated_on_year": "2026", **changes,
    }  # fmt: skip
    return client.post(f"/groups/{group.slug}/papers/", {name: value for name, value in given.items() if value != ""})


def test_a_paper_is_kept_once_for_equal_posts_and_handed_out_as_an_attachment(client, stranger, own_store):
    group = recognise(name="Mere Sailors", numbered=CHARITY, person=stranger, on=TODAY)
    client.force_login(stranger)
    token = str(uuid4())
    for _ in range(4):
        add(client, group, form_token=token, words="", file=upload(A_PDF, "accounts.pdf"))
    other = add(client, group, form_token=token, words="Other words")

    paper = Paper.objects.get()
    assert "sent before with other words" in other.content.decode()
    answer = client.get(f"/groups/{group.slug}/papers/{paper.key}/")
    assert answer["Content-Disposition"] == 'attachment; filename="accounts.pdf"'
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content) == A_PDF
    assert len([path for path in own_store.rglob("*") if path.is_file()]) == 1


def test_a_paper_opens_for_the_group_the_officers_it_asks_and_their_panel_and_for_nobody_else(
    client, board, stranger, coordinator, other_coordinator, neighbour
):
    round = make_round(board)
    group = recognise(name="Mere Sailors", numbered=CHARITY, person=stranger, on=TODAY)
    client.force_login(stranger)
    add(client, group, file=upload(A_PDF))
    address = f"/groups/{group.slug}/papers/{Paper.objects.get().key}/"
    member = make_role("member", board)

    def opens(person):
        client.force_login(Person.objects.get(pk=person.pk))
        return client.get(address).status_code

    assert [opens(person) for person in (stranger, coordinator, member)] == [200, 404, 404]
    make_proposal(round, organisation=group)
    assert [opens(p) for p in (coordinator, other_coordinator, neighbour, member)] == [200, 404, 404, 404]
    FundingRound.objects.filter(pk=round.pk).update(combines=FundingRound.Combines.PANEL_HEARS_VOTE)
    assert opens(member) == 200
    client.logout()
    assert client.get(address).status_code == 302


def test_a_paper_needs_words_or_a_file_and_a_wrong_file_gets_a_sentence(client, stranger):
    group = recognise(name="Mere Sailors", numbered=CHARITY, person=stranger, on=TODAY)
    client.force_login(stranger)

    assert "Choose a file, or write a few lines" in add(client, group, words="").content.decode()
    assert "Choose a PDF" in add(client, group, file=upload(b"<svg/>")).content.decode()
    assert (
        "hold longer"
        in add(client, group, valid_until_day="1", valid_until_month="1", valid_until_year="2020").content.decode()
    )
    assert not Paper.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_paper_taken_out_takes_its_file_along(client, stranger, own_store):
    group = recognise(name="Mere Sailors", numbered=CHARITY, person=stranger, on=TODAY)
    client.force_login(stranger)
    add(client, group, file=upload(A_PDF))
    client.post(f"/groups/{group.slug}/papers/", {"take_out": Paper.objects.get().key})

    assert not Paper.objects.exists()
    assert not [path for path in own_store.rglob("*") if path.is_file()]


def test_a_paper_is_good_until_the_day_before_its_end(stranger):
    group = recognise(name="Mere Sailors", numbered=CHARITY, person=stranger, on=TODAY)
    Paper.objects.create(
        organisation=group,
        kind="accounts",
        words="x",
        dated_on=TODAY,
        valid_until=TODAY + timedelta(days=2),
        added_at=OPENS,
    )

    assert [Paper.objects.good_on(TODAY + timedelta(days=n)).count() for n in (1, 2)] == [1, 0]
