"""Scans of paper ballots: clean files, seen by who may key, joined to no voter, gone when the round is closed."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image
from wagtail.models import ModelLogEntry

from engagement.funding.actions import confirming, paper, scans
from engagement.funding.actions.awards import award_round
from engagement.funding.actions.counting import count_round
from engagement.funding.actions.refusals import Refused
from engagement.funding.actions.rehearsing import put_away_rehearsal, start_rehearsal
from engagement.funding.models import FundingRound, PaperMark, PaperScan, PaperSheet, RollEntry
from engagement.funding.receipts import FileRefused
from tests.factories import make_role
from tests.funding.factories import AFTER, BEFORE, PROPOSALS_CLOSE, VOTING_OPENS, make_round
from tests.funding.test_paper import keyed, printed

NOW = VOTING_OPENS
PDF = b"%PDF-1.4\nA pile of sheets\n%%EOF\n"
PLACE = b"51 deg 30' N"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def round(board):
    return make_round(board, costs=(400_00, 300_00))


@pytest.fixture
def officers(board):
    return [make_role("coordinator", board) for _ in range(3)]


def upload(content=PDF, name="Mrs Example of 3 Castle Green.pdf"):
    return SimpleUploadedFile(name, content)


def photograph():
    held = io.BytesIO()
    picture = Image.new("RGB", (60, 40), "#227755")
    exif = picture.getexif()
    exif[0x010E] = PLACE.decode()
    picture.save(held, "JPEG", exif=exif)
    assert PLACE in held.getvalue()
    return held.getvalue()


def files_under(folder):
    return [each for each in folder.rglob("*") if each.is_file()]


@pytest.mark.django_db
def test_a_scan_of_a_pile_and_of_one_sheet_is_kept_without_its_name_or_place(round, officers, media):
    batch, [number] = printed(round, officers)

    pile = scans.keep_scan(batch=batch, upload=upload(), by=officers[0], now=NOW)
    one = scans.keep_scan(
        batch=batch, upload=upload(photograph(), "Mrs Example.jpg"), number=number, by=officers[0], now=AFTER
    )

    assert (pile.sheet, one.sheet.number, one.kind) == (None, number, "image/jpeg")
    assert PLACE not in one.file.read()
    assert not [each for each in files_under(media) if "example" in each.name.lower()]
    assert "Example" not in str(list(ModelLogEntry.objects.values_list("data", flat=True)))


@pytest.mark.django_db
def test_a_scan_knows_no_voter_and_no_time(round, officers):
    related = {field.related_model for field in PaperScan._meta.get_fields()}
    assert not related & {RollEntry, PaperMark}
    assert {field.name for field in PaperScan._meta.get_fields()} == {
        "key", "batch", "sheet", "file", "kind", "size_bytes", "by",
    }  # fmt: skip

    batch, [number] = printed(round, officers)
    scans.keep_scan(batch=batch, upload=upload(), number=number, by=officers[0], now=AFTER)

    assert number not in str(list(ModelLogEntry.objects.values_list("data", flat=True)))


@pytest.mark.django_db
def test_one_sheet_is_scanned_only_when_nobody_can_be_handing_it_in(round, officers):
    batch, [number] = printed(round, officers)

    with pytest.raises(Refused, match="once voting has closed"):
        scans.keep_scan(batch=batch, upload=upload(), number=number, by=officers[0], now=NOW)
    with pytest.raises(Refused, match="No sheet"):
        scans.keep_scan(batch=batch, upload=upload(), number="000000", by=officers[0], now=AFTER)
    assert not PaperScan.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [b"", b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4 cut", b"PK\x03\x04", b"\xff\xd8\xff broken"],
    ids=["empty", "html", "svg", "half a PDF", "zip", "broken picture"],
)  # fmt: skip
def test_what_is_no_pdf_or_picture_is_refused_by_its_content(round, officers, content, media):
    batch, _numbers = printed(round, officers)

    with pytest.raises(FileRefused):
        scans.keep_scan(batch=batch, upload=upload(content, "scan.pdf"), by=officers[0], now=NOW)
    assert not PaperScan.objects.exists()
    assert not files_under(media)


@pytest.mark.django_db
def test_a_row_that_cannot_be_kept_leaves_no_file(round, officers, media, monkeypatch):
    batch, _numbers = printed(round, officers)
    monkeypatch.setattr(scans, "_log", lambda *_args, **_more: (_ for _ in ()).throw(KeyboardInterrupt))

    with pytest.raises(KeyboardInterrupt):
        scans.keep_scan(batch=batch, upload=upload(), by=officers[0], now=NOW)
    assert not files_under(media)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperScan.objects.create(batch=batch, kind="text/html", size_bytes=1, file="x")


@pytest.mark.django_db(transaction=True)
def test_scans_stay_after_the_count_and_go_when_the_round_is_closed(client, round, officers, media, monkeypatch):
    batch, [number] = printed(round, officers)
    paper.hand_in(round=round, by=officers[0], now=NOW, reference="TH 1")
    keyed(batch, number, 1, officers=officers)
    scan = scans.keep_scan(batch=batch, upload=upload(), by=officers[0], now=AFTER)
    count_round(round=round, by=officers[0], now=AFTER)
    client.force_login(officers[0])
    assert client.get(reverse("funding_desk:paper_scan", args=[scan.pk])).status_code == 200
    orphan = media / f"paper-scans/{round.pk}/left-by-a-killed-process.pdf"
    orphan.write_bytes(PDF)

    later = AFTER + timedelta(days=30)
    held = FundingRound.objects.select_related("activity__board", "stream__pot").get()
    award_round(round=held, words="Board, item 4", by=officers[0], now=later)
    monkeypatch.setattr(confirming, "may_move", lambda *_args, **_more: True)  # the reports are another test's
    confirming.close_round(round=held, by=officers[0], now=later)

    assert not PaperScan.objects.exists()
    assert not files_under(media)
    assert PaperSheet.objects.exists()
    assert client.get(reverse("funding_desk:paper_scan", args=[scan.pk])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_rehearsal_put_away_leaves_no_scan_and_no_key_of_a_batch(board, officers, media):
    real = make_round(board)
    rehearsal = start_rehearsal(round=real, by=officers[0], now=PROPOSALS_CLOSE)
    FundingRound.objects.filter(pk=rehearsal.pk).update(proposals_close_at=BEFORE)
    rehearsal = FundingRound.objects.select_related("activity__board", "stream__pot").get(pk=rehearsal.pk)
    moment = rehearsal.voting_opens_at
    batch = paper.print_sheets(round=rehearsal, size=1, purpose="Try", hand_in="Here", by=officers[0], now=moment)
    scans.keep_scan(batch=batch, upload=upload(), by=officers[0], now=moment)
    assert paper.key_path(batch).exists()

    put_away_rehearsal(rehearsal=rehearsal, by=officers[0])

    assert not files_under(media)
    assert not paper.key_path(batch).exists()


# --- at the desk


@pytest.mark.django_db(transaction=True)
def test_a_scan_is_sent_opened_and_taken_out_at_the_desk_by_its_board_only(
    client, round, officers, other_coordinator, resident, media, django_assert_max_num_queries
):
    batch, [number] = printed(round, officers)
    home = reverse("funding_desk:paper_scans", args=[batch.pk])
    client.force_login(officers[0])
    with time_machine.travel(AFTER, tick=False):
        odd = client.post(home, {"scan": upload(b"<html>"), "sheet": number}).content.decode()
        assert "Send a PDF or a photograph" in odd
        assert number in odd
        none = client.post(home, {"sheet": "123"}).content.decode()
        assert "This field is required" in none
        assert "not a whole sheet number" in none
        client.post(home, {"scan": upload(), "sheet": number})
        client.post(home, {"scan": upload(photograph(), "x.png")})
        with django_assert_max_num_queries(15):
            listed = client.get(home).content.decode()
        assert f"Sheet {number}" in listed
        one = PaperScan.objects.get(sheet__isnull=False)
        address = reverse("funding_desk:paper_scan", args=[one.pk])
        answer = client.get(address)
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Disposition"] == f'attachment; filename="batch-{batch.number}-sheet-{number}.pdf"'
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
        assert ModelLogEntry.objects.filter(action="funding.see_paper_scan", user=officers[0]).count() == 1

        out = reverse("funding_desk:take_out_scan", args=[one.pk])
        for person, status in ((other_coordinator, 404), (resident, 302)):
            client.force_login(person)
            for asked in (client.get(address), client.post(out), client.get(home)):
                assert asked.status_code in (status, 403)
        assert client.get(f"/media/{one.file.name}").status_code == 404
        client.force_login(officers[1])
        client.post(out)
        assert [each.sheet for each in PaperScan.objects.all()] == [None]
        assert len(files_under(media)) == 1
