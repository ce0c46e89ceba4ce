"""Who holds what, for pages and for the desk's groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.people.permissions import own_boards_where, roles_held

if TYPE_CHECKING:
    from boards.people.models import Person
    from boards.places.models import Board


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
    return wanted | {board_group(board) for board in own_boards_where(person, "edit_pages")}
