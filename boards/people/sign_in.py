"""Signing in with a code: a new address becomes an account by the same code as a known one.

So nobody is sent away to sign up first, and what the page says and does is the same whether or
not an address is known. An account whose code was never typed is dropped by `manage.py tick`.
"""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, RequestLoginCodeForm
from allauth.account.models import EmailAddress

from boards.people.models import Person


def make_known(address: str) -> None:
    """Make sure that a person and an unproved address are there for the code to prove."""
    person = Person.objects.known_by(address)
    EmailAddress.objects.get_or_create(user=person, email=person.email, defaults={"primary": True, "verified": False})


class CodeLoginForm(LoginForm):
    def clean_login(self) -> Any:
        address = super().clean_login() if hasattr(LoginForm, "clean_login") else self.cleaned_data["login"]
        make_known(address)
        return address


class CodeRequestForm(RequestLoginCodeForm):
    def clean_email(self) -> Any:
        make_known(self.cleaned_data["email"])
        return super().clean_email()
