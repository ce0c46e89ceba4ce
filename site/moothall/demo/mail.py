"""Where mail appears in the demo: printed on the console, and on a page at /demo/mail/.

Only with DEMO=true, which production refuses: whoever reads this page can sign in as anyone.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from boards.people.permissions import open_to_all

SHOWN = 30


def folder() -> Path:
    return settings.VAR / "mail"


class DemoMail(BaseEmailBackend):
    """Keep each message as a file under var/mail and print it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder().mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{uuid4().hex[:6]}.eml"
            (folder() / name).write_bytes(message.message().as_bytes())
            print(f"\n--- mail to {', '.join(message.to)}: {message.subject}\n{message.body}\n---", flush=True)  # noqa: T201
        return len(email_messages)


@open_to_all
@never_cache
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the newest messages of the demo, newest first."""
    if not settings.DEMO:
        raise Http404
    letters = []
    for path in sorted(folder().glob("*.eml"), reverse=True)[:SHOWN]:
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = letter.get_body(preferencelist=("plain",))
        letters.append({"to": letter["to"], "subject": letter["subject"], "body": body.get_content() if body else ""})
    return TemplateResponse(request, "moothall/demo_mail.html", {"letters": letters})
