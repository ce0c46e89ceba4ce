"""Forms of the desk's own screens for pictures."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from cms.pictures import NotAPicture, only_the_picture


class PictureField(WagtailImageField):
    """Opens the whole picture before it is kept, so that a broken one is refused in words."""

    def to_python(self, data: Any) -> Any:
        try:
            given = super().to_python(data)
            if given is None:
                return None
            clean = SimpleUploadedFile(given.name, only_the_picture(given), given.content_type)
        except (OSError, SyntaxError, NotAPicture):
            raise ValidationError(
                _("We cannot open this picture. It may be damaged: save it again and send that."), code="invalid_image"
            ) from None
        clean.is_only_the_picture = True
        return clean


class PictureForm(BaseImageForm):
    """Asks what the picture shows: someone who cannot see it is told that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            given = self.fields["file"]
            self.fields["file"] = PictureField(label=given.label, required=given.required, widget=given.widget)
        if "description" in self.fields:
            self.fields["description"].required = True
            self.fields["description"].label = _("What it shows, in words")
            self.fields["description"].help_text = _("Read out to people who cannot see it.")

    class Meta(BaseImageForm.Meta):
        pass
