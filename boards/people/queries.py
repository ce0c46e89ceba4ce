"""Who holds what, for pages and for the desk's groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.people.permissions import roles_held
from boards.places.models import Board

if TYPE_CHECKING:
    from boards.people.models import Person


def board_group(board: Board) -> str:
    """The name of the Wagtail group whose members edit this board's pages, images and documents."""
    return f"board: {board.slug}"


COUNCIL_GROUP = "council: pages of every board"
ADMINISTRATORS_GROUP = "council: administrators"


def desk_group_names(person: Person) -> set[str]:
    """Give the Wagtail groups that a person's roles put them in today."""
    held = roles_held(person)
    wanted = set()
    council_wide = held.get(None, frozenset())
    if "edit_pages" in council_wide:
        wanted.add(COUNCIL_GROUP)
    if "set_brand" in council_wide:
        wanted.add(ADMINISTRATORS_GROUP)
    own = [board_id for board_id, acts in held.items() if board_id and "edit_pages" in acts]
    if own:
        wanted |= {board_group(board) for board in Board.objects.filter(pk__in=own)}
    return wanted
