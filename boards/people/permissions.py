"""Who may enter and who may do what: the doors of every view, and the question every room asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required as asked_to_sign_in
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.rules import ACTS, YES, Verdict, carried, needs_second_factor
from boards.places.models import Board

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from boards.people.models import Person, Role


def open_to_all(view: Any) -> Any:
    """Mark a view as a public page. Its forms carry no token: SameOriginOrToken judges their posts."""
    view.door = "open_to_all"
    return view


def login_required(view: Any) -> Any:
    """Mark a view as a page for anyone signed in; others are asked to sign in and come back."""
    inner = asked_to_sign_in(view)

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return inner(request, *args, **kwargs)

    door.door = "login_required"  # type: ignore[attr-defined]
    return door


def officers_only(act: str) -> Callable[[Any], Any]:
    """Mark a view as a page for people whose role carries `act` on some board.

    The view still asks `may(person, act, board)` for the thing at hand.
    """
    if act not in ACTS:
        raise ValueError(f"No role carries {act!r}.")

    def mark(view: Any) -> Any:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may_somewhere(request.user, act):
                raise PermissionDenied(_("Your role does not open this page."))
            return view(request, *args, **kwargs)

        entered = asked_to_sign_in(door)
        entered.door = f"officers_only:{act}"
        return entered

    return mark


def roles_held(person: Person | AnonymousUser) -> dict[int | None, frozenset[str]]:
    """Give what a person may do today, by board id; None holds what they may do on every board.

    Read once for each person object, so once a request. A role that shows unpublished words opens
    nothing, on any page, in a session that owes a second factor (boards.people.middleware).
    """
    owed = getattr(person, "owes_second_factor", False)
    return {
        board_id: carried([kind for kind in kinds if not (owed and needs_second_factor(kind))])
        for board_id, kinds in kinds_held(person).items()
    }


def kinds_held(person: Person | AnonymousUser) -> dict[int | None, list[str]]:
    """Give the kinds of role a person holds today, by board id; None for those of the whole council."""
    if not person.is_authenticated or not person.is_active:
        return {}
    if person.is_superuser:
        return {None: ["administrator"]}
    known: dict[int | None, list[str]] | None = getattr(person, "_kinds_held", None)
    if known is None:
        # Not by the model's own order, which would read the person again.
        roles = person.roles.held_on(timezone.localdate()).select_related("board")
        known = keep_roles(person, roles.order_by("board__name", "kind"))
    return known


def keep_roles(person: Person | AnonymousUser, roles: Iterable[Role]) -> dict[int | None, list[str]]:
    """Keep on the person object the roles read for it, and give the kinds by board."""
    known: dict[int | None, list[str]] = {}
    boards: dict[int, Board] = {}
    for role in roles:
        known.setdefault(role.board_id, []).append(role.kind)
        if role.board is not None:
            boards[role.board.pk] = role.board
    person._kinds_held, person._boards_held = known, boards  # type: ignore[union-attr]
    return known


def is_officer(person: Person | AnonymousUser) -> bool:
    """Tell whether any role of theirs shows unpublished words: these people have a second factor."""
    return any(needs_second_factor(kind) for kinds in kinds_held(person).values() for kind in kinds)


def may(person: Person | AnonymousUser, act: str, board: Board | int | None) -> Verdict:
    """Say whether a person's roles carry an act on this board (or, with None, council-wide)."""
    if act not in ACTS:
        raise ValueError(f"No role carries {act!r}.")
    held = roles_held(person)
    board_id = board.pk if isinstance(board, Board) else board
    if act in held.get(None, frozenset()) or (board_id is not None and act in held.get(board_id, frozenset())):
        return YES
    return Verdict(False, _("Your role on this board does not include this."))


def may_somewhere(person: Person | AnonymousUser, act: str) -> bool:
    return any(act in acts for acts in roles_held(person).values())


def boards_where(person: Person | AnonymousUser, act: str) -> QuerySet[Board]:
    """Give the boards on which a person may do something."""
    held = roles_held(person)
    if act in held.get(None, frozenset()):
        return Board.objects.all()
    return Board.objects.filter(pk__in=[board_id for board_id, acts in held.items() if board_id and act in acts])


def own_boards_where(person: Person | AnonymousUser, act: str) -> list[Board]:
    """Give the boards on which a role of this board lets a person do something, without asking again."""
    held = roles_held(person)
    boards: dict[int, Board] = getattr(person, "_boards_held", {})
    return sorted(
        (board for pk, board in boards.items() if act in held.get(pk, frozenset())), key=lambda board: board.name
    )


def is_council_wide(person: Person | AnonymousUser, act: str) -> bool:
    return act in roles_held(person).get(None, frozenset())


def board_ids_where(person: Person | AnonymousUser, act: str) -> set[int]:
    """Give the keys of boards_where; asks the database only for someone who may do it on every board."""
    if is_council_wide(person, act):
        return set(Board.objects.order_by().values_list("pk", flat=True))
    return {board.pk for board in own_boards_where(person, act)}
