"""Forms of the desk's own screens for pictures."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.images.forms import BaseImageForm


class PictureForm(BaseImageForm):
    """Asks what the picture shows: someone who cannot see it is told that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "description" in self.fields:
            self.fields["description"].required = True
            self.fields["description"].label = _("What it shows, in words")
            self.fields["description"].help_text = _("Read out to people who cannot see it.")

    class Meta(BaseImageForm.Meta):
        pass
