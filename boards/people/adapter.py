"""What we ask of allauth beyond its settings."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string


class AccountAdapter(DefaultAccountAdapter):
    """People have an e-mail address and no user name; a letter about an account looks like all our letters."""

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
