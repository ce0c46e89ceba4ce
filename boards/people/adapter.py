"""What we ask of allauth beyond its settings."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boards.people import keys
from boards.people.second_factor import has_second_factor


class AccountAdapter(DefaultAccountAdapter):
    """People have an e-mail address and no user name, and most have no password; letters look like all our letters."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("This account is closed. Ask your board if you think that is a mistake."),
        "cannot_remove_primary_email": gettext_lazy(
            "This is the address we write to. Choose another to be the main one before you remove it."
        ),
        "duplicate_email": gettext_lazy("That address is on your account already."),
        "email_password_mismatch": gettext_lazy("That address and password do not go together. Check both."),
        "email_taken": gettext_lazy("That address belongs to another account. Use a different one."),
        "enter_current_password": gettext_lazy("Type the password you have now."),
        "incorrect_code": gettext_lazy("That is not the code we sent. Check it and type it again."),
        "incorrect_password": gettext_lazy("That is not the password. Check it and type it again."),
        "invalid_or_expired_key": gettext_lazy("That link no longer works. Ask for a new one."),
        "invalid_login": gettext_lazy("That did not work. Check what you typed, or ask for a new code."),
        "invalid_password_reset": gettext_lazy("That link no longer works. Ask for a new one."),
        "max_email_addresses": gettext_lazy("You can have %d addresses and no more. Remove one first."),
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait five minutes, then try again."),
        "unknown_email": gettext_lazy("We do not know that address. Check it, or join with it."),
        "select_only_one": gettext_lazy("Choose one only."),
        "same_as_current": gettext_lazy("That is what it is already. Type a different one."),
        "rate_limited": gettext_lazy("Too many tries. Wait five minutes, then try again."),
    }

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""

    def format_email_subject(self, subject: str) -> str:
        """The subject as it is written, without the address of the site in brackets."""
        return subject

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMessage:
        """Give the letter with a second body in the site's look, made from the same words."""
        mail = super().render_mail(template_prefix, email, context, headers)
        if isinstance(mail, EmailMultiAlternatives) and not mail.alternatives:
            words, _, why = str(mail.body).rpartition("\n--\n")
            shown = {
                "title": mail.subject,
                "paragraphs": [part.strip() for part in (words or why).split("\n\n") if part.strip()],
                "code": str(context.get("code", "")),
                "why": why if words else "",
            }
            mail.attach_alternative(render_to_string("email/letter.html", shown), "text/html")
        return mail

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Give the ways to show again who one is: a second factor where there is one, else a code by e-mail."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if not user.is_authenticated or has_second_factor(user):
            return methods
        by_code = {"id": "code", "description": _("Have a code sent to you"), "url": reverse("people:prove")}
        return [by_code, *methods]


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of apps and recovery codes sealed, and says in plain words what is wrong."""

    PURPOSE = b"second factor "
    SEALED = "sealed:"

    def encrypt(self, text: str) -> str:
        return self.SEALED + keys.seal(self.PURPOSE, text.encode())

    def decrypt(self, encrypted_text: str) -> str:
        if not encrypted_text.startswith(self.SEALED):
            return encrypted_text  # kept before secrets were sealed
        opened = keys.unseal(self.PURPOSE, encrypted_text.removeprefix(self.SEALED))
        # Its key is gone: a secret that nobody holds, so that no code fits.
        return get_random_string(32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") if opened is None else opened.decode()

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": gettext_lazy("Your account has a second check, so no other address can be added to it."),
        "cannot_delete_authenticator": gettext_lazy("This cannot be turned off: your role needs a second check."),
        "cannot_generate_recovery_codes": gettext_lazy("Add a passkey or an app first. Then we can make your codes."),
        "incorrect_code": gettext_lazy("That is not the code your app shows now. Wait for the next one and type that."),
        "unverified_email": gettext_lazy(
            "Show us first that your e-mail address is yours, with the code we sent to it."
        ),
    }
