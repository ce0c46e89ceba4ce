"""What is taken out of a picture, and what is refused."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from io import BytesIO
from time import perf_counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from wagtail.models import Collection

from cms.models import Picture
from cms.pictures import LONGEST_SIDE, only_the_picture
from tests.cms.factories import make_board_page, make_picture, picture_file

GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112


def with_a_place(size: tuple[int, int] = (80, 40), turn: int = 1) -> bytes:
    picture = Image.new("RGB", size, "#aa3300")
    exif = picture.getexif()
    exif[MAKE] = "SpyCamera"
    exif[ORIENTATION] = turn
    exif.get_ifd(GPS)[2] = (51.0, 30.0, 0.0)
    held = BytesIO()
    picture.save(held, "JPEG", exif=exif, comment=b"taken at 12 Acacia Road")
    return held.getvalue() + b"<script>after the picture</script>"


def test_where_and_with_what_a_picture_was_taken_is_gone():
    before = with_a_place()
    assert b"SpyCamera" in before
    assert b"Acacia" in before

    kept = only_the_picture(BytesIO(before))

    assert not Image.open(BytesIO(kept)).getexif()
    for word in (b"SpyCamera", b"Acacia", b"script", b"Exif", b"GPS"):
        assert word not in kept


def test_a_picture_taken_sideways_is_kept_upright():
    assert Image.open(BytesIO(only_the_picture(BytesIO(with_a_place((80, 40), turn=6))))).size == (40, 80)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_each_kind_stays_its_kind_and_shows_the_same(kind):
    held = BytesIO()
    Image.new("RGB", (30, 20), "#3366cc").save(held, kind)

    kept = Image.open(BytesIO(only_the_picture(held)))

    assert kept.format == kind
    assert kept.size == (30, 20)
    assert all(abs(a - b) < 12 for a, b in zip(kept.convert("RGB").getpixel((5, 5)), (0x33, 0x66, 0xCC), strict=True))


def test_what_is_clear_stays_clear():
    held = BytesIO()
    Image.new("RGBA", (30, 20), (10, 20, 30, 0)).save(held, "PNG")
    assert Image.open(BytesIO(only_the_picture(held))).convert("RGBA").getpixel((3, 3))[3] == 0


def test_words_hidden_in_a_png_are_gone():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "hidden words here")
    held = BytesIO()
    Image.new("RGB", (30, 20)).save(held, "PNG", pnginfo=info)
    assert b"hidden words" in held.getvalue()
    assert b"hidden words" not in only_the_picture(held)


def test_no_picture_is_kept_larger_than_a_page_shows():
    held = BytesIO()
    Image.new("RGB", (4000, 2000)).save(held, "JPEG")
    assert max(Image.open(BytesIO(only_the_picture(held))).size) == LONGEST_SIDE


@pytest.mark.django_db
def test_the_file_that_is_stored_is_the_clean_one(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = Picture.objects.create(
        title="Hall",
        description="A hall",
        file=SimpleUploadedFile("h.jpg", with_a_place()),
        collection=Collection.get_first_root_node(),
    )

    with picture.file.open() as file:
        stored = file.read()

    assert b"SpyCamera" not in stored
    assert picture.file_size == len(stored)
    assert b"SpyCamera" not in picture.get_rendition("width-20").file.read()


def upload(client, board, file, **given):
    page = make_board_page(board)
    data = {"title": "Hall", "description": "A hall", "file": file, "collection": page.collection_id, "tags": ""}
    return client.post("/desk/images/add/", {**data, **given})


@pytest.mark.django_db
def test_an_officer_uploads_a_picture_to_their_board(client, board, coordinator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(coordinator)

    answer = upload(client, board, SimpleUploadedFile("hall.jpg", with_a_place(), content_type="image/jpeg"))

    assert answer.status_code == 302
    assert b"SpyCamera" not in Picture.objects.get().file.read()


def a_bomb() -> bytes:
    """A PNG of a few hundred kilobytes that opens to 900 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0" * 3_000_000, 9)
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "contents"),
    [
        ("drawing.svg", SVG),
        ("drawing.png", SVG),
        ("page.html", b"<html><script>alert(1)</script></html>"),
        ("page.jpg", b"<html><script>alert(1)</script></html>"),
        ("empty.jpg", b""),
        ("cut.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        ("cut.jpg", with_a_place((400, 300))[:1500]),
        ("bomb.png", a_bomb()),
    ],
)
def test_what_is_no_picture_or_too_much_of_one_is_refused_in_words(client, board, coordinator, name, contents):
    client.force_login(coordinator)
    make_board_page(board)
    client.get("/desk/images/add/")
    tracemalloc.start()
    began = perf_counter()

    answer = upload(client, board, SimpleUploadedFile(name, contents))

    took, (_now, most) = perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert not Picture.objects.exists()
    assert took < 2
    assert most < 150_000_000


@pytest.mark.django_db
def test_a_picture_must_say_what_it_shows(client, board, coordinator):
    client.force_login(coordinator)
    answer = upload(client, board, picture_file(), description="")
    assert "description" in answer.context["form"].errors
    assert not Picture.objects.exists()


@pytest.mark.django_db
def test_a_picture_on_a_page_says_what_it_shows(client, board, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    page = make_board_page(board)
    picture = make_picture(page.collection)
    make_board_page(
        board,
        hero_picture=picture,
        body=[
            {
                "type": "picture",
                "value": {
                    "picture": {"image": picture.pk, "decorative": False, "alt_text": "The hall at dusk"},
                    "caption": "Our hall",
                },
            }
        ],
    )

    body = client.get(board.get_absolute_url()).content.decode()

    assert 'alt="The hall at dusk"' in body
    assert 'alt="A hall with a red roof"' in body


@pytest.mark.django_db
def test_a_picture_sent_with_many_others_is_cleaned_too(client, board, coordinator, settings, tmp_path):
    """The uploader keeps the file first and asks what it shows afterwards."""
    settings.MEDIA_ROOT = tmp_path
    page = make_board_page(board)
    client.force_login(coordinator)

    first = client.post(
        "/desk/images/multiple/add/",
        {
            "title": "Hall",
            "files[]": SimpleUploadedFile("hall.jpg", with_a_place(), content_type="image/jpeg"),
            "collection": page.collection_id,
        },
    ).json()
    assert first["success"]
    sent = first["uploaded_file_id"]
    client.post(
        f"/desk/images/multiple/create_from_uploaded_image/{sent}/",
        {
            f"uploaded-image-{sent}-title": "Hall",
            f"uploaded-image-{sent}-description": "A hall",
            f"uploaded-image-{sent}-collection": page.collection_id,
            f"uploaded-image-{sent}-tags": "",
        },
    )

    assert b"SpyCamera" not in Picture.objects.get().file.read()
