"""How Django's own permission question is answered from the table of roles."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission

from boards.people.permissions import may_somewhere


class RolesBackend(ModelBackend):
    """Opens the desk to whoever holds a role that carries it, today. Signs nobody in by itself."""

    def authenticate(self, *args: Any, **kwargs: Any) -> None:
        return None

    def _get_user_permissions(self, user_obj: Any) -> Any:
        """Nobody holds a permission by themselves: groups carry them, and roles give the groups (DeskDoor)."""
        return Permission.objects.none()

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if perm == "wagtailadmin.access_admin":
            return may_somewhere(user_obj, "enter_desk")
        return super().has_perm(user_obj, perm, obj)
