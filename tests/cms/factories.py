"""Pages and pictures for tests."""

from __future__ import annotations

from io import BytesIO
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.text import slugify
from PIL import Image
from wagtail.models import Collection

from boards.places.models import Board
from cms.actions import set_up_board_pages
from cms.models import BoardPage, NewsListPage, NewsPage, Picture

numbers = count(1)


def make_board_page(board: Board, **fields: object) -> BoardPage:
    page = set_up_board_pages(board)
    for name, value in fields.items():
        setattr(page, name, value)
    if fields:
        page.save_revision().publish()
        page.refresh_from_db()
    return page


def make_news(board_page: BoardPage, title: str = "", *, live: bool = True, **fields: object) -> NewsPage:
    title = title or f"News {next(numbers)}"
    story = NewsPage(
        title=title,
        slug=slugify(title) or f"news-{next(numbers)}",
        live=live,
        **{"intro": "What happened, in a sentence.", **fields},
    )
    NewsListPage.objects.child_of(board_page).get().add_child(instance=story)
    story.save_revision(clean=False)
    return story


def picture_file(name: str = "hall.jpg", *, kind: str = "JPEG", size: tuple[int, int] = (64, 48), **save: object):
    held = BytesIO()
    Image.new("RGB", size, "#446688").save(held, kind, **save)
    return SimpleUploadedFile(name, held.getvalue(), content_type=f"image/{kind.lower()}")


def make_picture(collection: Collection, title: str = "The old hall", **fields: object) -> Picture:
    return Picture.objects.create(
        title=title, file=picture_file(), collection=collection, description="A hall with a red roof", **fields
    )
