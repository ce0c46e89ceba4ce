"""How a session's person is read, and how Django's own permission question is answered from the table of roles."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission

from boards.people.models import Person
from boards.people.permissions import may_somewhere
from boards.people.queries import groups_held
from boards.people.with_roles import person_with_roles


class ReadsRolesToo:
    """Reads the person of a session with the roles they hold today: one query where every page would ask two."""

    def get_user(self, user_id: Any) -> Person | None:
        person = person_with_roles(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None  # type: ignore[attr-defined]


class RolesBackend(ReadsRolesToo, ModelBackend):
    """Opens the desk to whoever holds a role that carries it, today. Signs nobody in by itself."""

    def authenticate(self, *args: Any, **kwargs: Any) -> None:
        return None

    def _get_user_permissions(self, user_obj: Any) -> Any:
        """Nobody holds a permission by themselves: groups carry them, and roles give the groups (DeskDoor)."""
        return Permission.objects.none()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_authenticated or not user_obj.is_active or user_obj.is_superuser or obj is not None:
            return super().get_group_permissions(user_obj, obj)
        return set().union(*groups_held(user_obj).values())

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if perm == "wagtailadmin.access_admin":
            return may_somewhere(user_obj, "enter_desk")
        return super().has_perm(user_obj, perm, obj)


class SignInBackend(ReadsRolesToo, AuthenticationBackend):
    """Signs people in as allauth does."""
