"""What officers do with files that were handed in."""

from __future__ import annotations

from wagtail.log_actions import log

from boards.people.models import Person
from engagement.surveys.models import Upload


def note_opening(*, upload: Upload, by: Person) -> None:
    """Write down that an officer opened a file: it can show who sent it."""
    log(
        instance=upload.survey,
        action="surveys.open_file",
        user=by,
        data={"question": upload.question, "answers": upload.response.reference},
    )
