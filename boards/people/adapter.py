"""What we ask of allauth beyond its settings."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """People have an e-mail address and no user name."""

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""
