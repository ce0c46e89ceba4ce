"""Pictures: what one is, and what is taken out of it before it is kept."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image
from wagtail.images.models import (
    AbstractImage,
    AbstractRendition,
    WagtailImageField,
    WagtailImageFieldFile,
    get_upload_to,
)

CARD, HERO = "fill-640x320|format-webp", "fill-1280x640|format-webp"
"""The two sizes of the front doors, as the templates ask for them."""
LONGEST_SIDE = 2560
"""Pixels. No page shows a picture larger, and a telephone's own size says nothing more."""
WAYS_TO_SAVE: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88, "optimize": True, "progressive": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 88, "method": 4},
    "GIF": {},
    "AVIF": {"quality": 80},
}


def only_the_picture(file: Any) -> bytes:
    """Give the picture encoded anew: upright, at most LONGEST_SIDE, and with nothing hidden in it.

    Where it was taken, by which camera and when, comments, thumbnails, colour profiles and
    whatever follows the picture in its file are all left behind; of one that moves the first
    picture is kept. Raises NotAPicture for what cannot be read to its end.
    """
    file.seek(0)
    try:
        return encoded_anew(file)
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, struct.error, zlib.error) as fault:
        raise NotAPicture(str(fault)) from fault
    except Image.DecompressionBombError as fault:
        raise NotAPicture(str(fault)) from fault


def encoded_anew(file: Any) -> bytes:
    with Image.open(file) as opened:
        kind = opened.format or ""
        if kind not in WAYS_TO_SAVE:
            raise NotAPicture(kind)
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        turn = opened.getexif().get(0x0112, 1)
        opened.load()
        picture: Image.Image = opened
        if max(opened.size) > LONGEST_SIDE:
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        picture = picture.convert("RGB" if kind == "JPEG" else colours(picture))
    if turn in UPRIGHT:
        picture = picture.transpose(UPRIGHT[turn])
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    kept = BytesIO()
    bare.save(kept, format=kind, **WAYS_TO_SAVE[kind])
    return kept.getvalue()


def colours(picture: Image.Image) -> str:
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    return "RGBA" if clear else "RGB"


UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets upright a picture with this Orientation (Exif 2.32, tag 0x0112)."""


class NotAPicture(ValueError):
    """The file cannot be read as one of the kinds we keep."""


class CleanPictureFile(WagtailImageFieldFile):
    """Keeps only the picture of whatever it is given, by every way a file comes in."""

    def save(self, name: str, content: Any, save: bool = True) -> None:
        if not getattr(content, "is_only_the_picture", False):
            content = ContentFile(only_the_picture(content), name=name)
        super().save(name, content, save=save)


class PictureFileField(WagtailImageField):
    attr_class = CleanPictureFile


class Picture(AbstractImage):
    """A picture someone put on the site, with what it shows in words."""

    file = PictureFileField(verbose_name=_("file"), upload_to=get_upload_to, width_field="width", height_field="height")
    credit = models.CharField(_("credit"), max_length=120, blank=True, help_text=_("Who made it, if they are named."))

    admin_form_fields = (
        "title",
        "file",
        "description",
        "credit",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.file and not self.file._committed:
            self.file.save(self.file.name, self.file.file, save=False)
            self._set_image_file_metadata()
        super().save(*args, **kwargs)


class PictureRendition(AbstractRendition):
    """A picture at one size."""

    image = models.ForeignKey(Picture, models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="picture_rendition_once_a_size"
            )
        ]


def read_sizes(pictures: Iterable[Picture | None], *sizes: str) -> None:
    """Read the renditions of many pictures at these sizes in one query, so that no page asks one by one."""
    given = [picture for picture in pictures if picture is not None]
    known = {picture.pk: picture for picture in given}
    found: dict[int, list[PictureRendition]] = {pk: [] for pk in known}
    if known:
        for rendition in PictureRendition.objects.filter(image__in=known, filter_spec__in=sizes):
            rendition.image = known[rendition.image_id]
            found[rendition.image_id].append(rendition)
    for picture in given:
        picture.prefetched_renditions = found[picture.pk]
