"""Who holds what, for pages and for the desk's groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import Group
from django.db.models import Q
from django.utils import timezone

from boards.people.models import Membership, Organisation, Person, Role, RoleQuerySet
from boards.people.permissions import own_boards_where, roles_held
from boards.places.models import Board

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet


def board_group(board: Board) -> str:
    """The name of the Wagtail group whose members edit this board's pages, images and documents."""
    return f"board: {board.slug}"


def groups_held(person: Person) -> dict[str, set[str]]:
    """Give the Wagtail groups someone is in, each with its permissions. Read once for each person object."""
    known: dict[str, set[str]] | None = getattr(person, "_groups_held", None)
    if known is None:
        known = {}
        rows = Group.objects.filter(user=person).order_by()
        for name, app, codename in rows.values_list(
            "name", "permissions__content_type__app_label", "permissions__codename"
        ):
            known.setdefault(name, set()).update({f"{app}.{codename}"} if codename else ())
        person._groups_held = known  # type: ignore[attr-defined]
    return known


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


def partners() -> RoleQuerySet:
    """Give the roles of people who stand on a board for a group, as they are held today."""
    return Role.objects.filter(kind=Role.Kind.PARTNER, organisation__isnull=False).held_on(timezone.localdate())


def organisations_of(person: Person | AnonymousUser) -> QuerySet[Organisation]:
    """Give the groups someone acts for today: by membership, or by a role that names one."""
    if not person.is_authenticated or not person.is_active:
        return Organisation.objects.none()
    roles = partners().filter(person=person)
    joined = Membership.objects.filter(person=person).joined()
    return Organisation.objects.filter(
        Q(pk__in=joined.values("organisation")) | Q(pk__in=roles.values("organisation"))
    ).order_by("name", "pk")


def acts_for(person: Person | AnonymousUser, organisation_id: int | None) -> bool:
    """Say whether someone acts for this group today. Read once for each person object, so once a request."""
    if organisation_id is None or not person.is_authenticated:
        return False
    known: frozenset[int] | None = getattr(person, "_acts_for", None)
    if known is None:
        known = frozenset(organisations_of(person).values_list("pk", flat=True))
        person._acts_for = known  # type: ignore[union-attr]
    return organisation_id in known


def colleagues_in(organisation_id: int) -> QuerySet[Person]:
    """Give everyone who acts for a group today."""
    roles = partners().filter(organisation=organisation_id)
    joined = Membership.objects.filter(organisation=organisation_id).joined()
    return Person.objects.filter(is_active=True).filter(
        Q(pk__in=joined.values("person")) | Q(pk__in=roles.values("person"))
    )
