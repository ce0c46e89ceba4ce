"""Pictures: what one is, and what is taken out of it before it is kept."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps
from wagtail.images.models import AbstractImage, AbstractRendition

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
    picture is kept.
    """
    file.seek(0)
    with Image.open(file) as opened:
        kind = opened.format or ""
        if kind not in WAYS_TO_SAVE:
            raise ValueError(f"Not a kind of picture we keep: {kind}")
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        turn = opened.getexif().get(0x0112, 1)
        opened.seek(0)
        picture = opened
        if max(opened.size) > LONGEST_SIDE:
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        picture = picture.convert("RGB" if kind == "JPEG" else colours(picture))
        if turn != 1:
            picture.getexif()[0x0112] = turn
            picture = ImageOps.exif_transpose(picture)
        bare = Image.new(picture.mode, picture.size)
        bare.paste(picture)
    kept = BytesIO()
    bare.save(kept, format=kind, **WAYS_TO_SAVE[kind])
    return kept.getvalue()


def colours(picture: Image.Image) -> str:
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    return "RGBA" if clear else "RGB"


class Picture(AbstractImage):
    """A picture someone put on the site, with what it shows in words."""

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
            name = self.file.name
            self.file = ContentFile(only_the_picture(self.file.file), name=name)
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
