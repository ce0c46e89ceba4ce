"""What residents write inherits Moderated, and reaches a page only once it is shown."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from boards.people.models import Person
from boards.places.models import Board


class ModeratedQuerySet(models.QuerySet[Any]):
    def shown(self) -> Self:
        """What the public may see. Every page, feed and export reads words through this."""
        return self.filter(state=Moderated.State.SHOWN)

    def pending(self) -> Self:
        return self.filter(state=Moderated.State.PENDING)

    def readable(self) -> Self:
        """Of those shown, the ones that stand on a page anyone may open. A room narrows it where it asks for more."""
        return self.shown()


class Moderated(models.Model):
    """What residents write inherits this, and reaches a page only through `.shown()`."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting to be read")
        SHOWN = "shown", _("Shown")
        HIDDEN = "hidden", _("Hidden")

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING, db_index=True)
    sent_at = models.DateTimeField(_("sent in"), default=timezone.now, db_index=True)

    # The path from the row to its board, for the queue of each board.
    board_path: ClassVar[str] = "board"
    # What the queue reads with each row (select_related), so that its words cost no query each.
    moderated_with: ClassVar[tuple[str, ...]] = ()
    # Lists of its own whose rows are part of its words (prefetch_related), for the same reason.
    moderated_lists: ClassVar[tuple[str, ...]] = ()
    # The path from the row to whoever wrote it, where a row says so; "" where none does.
    person_path: ClassVar[str] = ""
    # The boxes of text from which an officer may take out personal details.
    moderated_fields: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def moderated_board(self) -> Board:
        thing: Any = self
        for step in self.board_path.split("__"):
            thing = getattr(thing, step)
        board: Board = thing
        return board

    def moderated_title(self) -> str:
        """Give a heading for it in the queue."""
        return str(self)

    def moderated_words(self) -> str:
        """Give everything in it that a reader would see, for the officer who decides."""
        raise NotImplementedError

    def moderated_context(self) -> tuple[str, str]:
        """Give what it was sent in for, as (words, address), for the officer who decides."""
        return ("", "")

    def moderated_person(self) -> Person | None:
        """Give whom to tell of the decision, or None."""
        return None

    def moderated_change_address(self) -> str:
        """Give the address where its writer can change it, or "" where they cannot."""
        return ""

    def moderated_was_edited(self, field: str) -> None:
        """Put right what the room keeps beside an edited field, such as an address made of a title. Not saved here."""
