"""What a person may change about themselves."""

from __future__ import annotations

from boards.people.models import Person
from components.forms import PublicModelForm


class DetailsForm(PublicModelForm):
    class Meta:
        model = Person
        fields = ["display_name"]
