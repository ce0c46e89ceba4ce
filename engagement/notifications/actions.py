"""The one way a message leaves: written in the same transaction as what it tells of, sent after."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import translation

from boards.people.models import Person
from engagement.notifications.models import Message
from engagement.notifications.tasks import send_due_soon

log = structlog.get_logger(__name__)

WAITS = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12)]
"""How long to wait after each failed try; after the last the message is given up and shown to administrators."""


def tell(*, person: Person, key: str, kind: str, subject: str, body: str, link: str = "", now: datetime) -> bool:
    """Put one message in the outbox; False when this `key` was told before. Sent after the commit.

    `body` is plain text in short paragraphs; `link` is an address of this site ("/me/").
    """
    _, made = Message.objects.get_or_create(
        key=key,
        defaults={
            "to": person,
            "kind": kind,
            "subject": subject[:200],
            "body": body,
            "link": link,
            "made_at": now,
            "try_at": now,
        },
    )
    if made:
        transaction.on_commit(send_due_soon)
    return made


def send_due(*, now: datetime, limit: int = 200) -> int:
    """Send what is due, oldest first; give how many left. Safe to run twice at once: each row is held while sent."""
    sent = 0
    for pk in list(Message.objects.due(now).order_by("try_at", "pk").values_list("pk", flat=True)[:limit]):
        sent += send_one(pk=pk, now=now)
    return sent


@transaction.atomic
def send_one(*, pk: int, now: datetime) -> bool:
    message = Message.objects.select_for_update(skip_locked=True, of=("self",)).due(now).filter(pk=pk).first()
    if message is None:
        return False
    try:
        letter(message).send()
    except Exception as fault:  # any fault of any mail server: the message waits and is tried again
        message.tries += 1
        message.last_error = type(fault).__name__[:200]
        if message.tries > len(WAITS):
            message.given_up = True
        else:
            message.try_at = now + WAITS[message.tries - 1]
        message.save(update_fields=["tries", "last_error", "given_up", "try_at"])
        log.warning("message_not_sent", message=message.pk, error=message.last_error, tries=message.tries)
        return False
    message.sent_at = now
    message.save(update_fields=["sent_at"])
    return True


def letter(message: Message) -> EmailMultiAlternatives:
    """Give the message as an e-mail in plain words and in the site's look, its frame in the reader's language."""
    context = {
        "message": message,
        "title": " ".join(message.subject.split()),
        "link": settings.SITE_URL + message.link if message.link else "",
        "my_page": settings.SITE_URL + "/me/",
    }
    with translation.override(message.to.language or settings.LANGUAGE_CODE):
        plain = render_to_string("notifications/email/message.txt", context)
        framed = render_to_string("notifications/email/message.html", context)
    mail = EmailMultiAlternatives(subject=context["title"], body=plain, to=[message.to.email])
    mail.attach_alternative(framed, "text/html")
    return mail


def tell_all(
    *, people: QuerySet[Person], key: str, kind: str, subject: str, body: str, link: str = "", now: datetime
) -> int:
    """Put the same message in the outbox of many people, once each; give how many are new.

    Written in batches, so a hundred thousand people cost a hundred queries and not as many as they are.
    """
    made = 0
    batch: list[Message] = []

    def write() -> int:
        known = set(Message.objects.filter(key__in=[row.key for row in batch]).values_list("key", flat=True))
        new = [row for row in batch if row.key not in known]
        Message.objects.bulk_create(new, ignore_conflicts=True)
        return len(new)

    for pk in people.values_list("pk", flat=True).iterator(chunk_size=1000):
        batch.append(
            Message(
                key=f"{key}:{pk}",
                to_id=pk,
                kind=kind,
                subject=subject[:200],
                body=body,
                link=link,
                made_at=now,
                try_at=now,
            )
        )
        if len(batch) == 1000:
            made += write()
            batch.clear()
    if batch:
        made += write()
    if made:
        transaction.on_commit(send_due_soon)
    return made
