"""Pictures: what one is, and what is taken out of it before it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import (
    AbstractImage,
    AbstractRendition,
    WagtailImageField,
    WagtailImageFieldFile,
    get_upload_to,
)

from components.pictures import LONGEST_SIDE, NotAPicture, only_the_picture

__all__ = ["LONGEST_SIDE", "NotAPicture", "Picture", "PictureRendition", "only_the_picture", "read_sizes"]

CARD, HERO = "fill-640x320|format-webp", "fill-1280x640|format-webp"
"""The two sizes of the front doors, as the templates ask for them."""


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
