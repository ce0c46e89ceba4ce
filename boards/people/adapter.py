"""What we ask of allauth beyond its settings."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by a code sent to an e-mail address; a new address becomes an account by the same code."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return super().get_login_redirect_url(request)

    def generate_login_code(self) -> str:
        return super().generate_login_code()

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""
