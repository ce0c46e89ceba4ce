"""Answers on their way: begun, kept page by page, and found again by a code."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.models import Person
from components.handed_in import FileRefused, checked
from engagement.activities.models import Channel
from engagement.evidence.rules import SLIP_LENGTH, code_from
from engagement.surveys import permissions
from engagement.surveys.actions.refusals import Refused
from engagement.surveys.models import Response, Survey, Upload
from engagement.surveys.queries import code_digest
from engagement.surveys.rules.answers import names_of
from engagement.surveys.rules.schema import Page, Question

LONGEST_TYPED = 50_000
MOST_TYPED = 200_000
"""Letters kept of a draft's boxes that do not fit yet. What fits is kept in `answers`, whatever this is."""

KEPT_AFTER_CLOSING = timedelta(days=14)
KEPT_UNTOUCHED = timedelta(days=180)


def code_of(token: UUID) -> str:
    """Give the code of a response: the same each time, and not to be worked out without the site's key."""
    digest = hmac.new(settings.SECRET_KEY.encode(), b"survey code of " + token.bytes, sha256).digest()
    return code_from(int.from_bytes(digest[:8], "big") >> 4, length=SLIP_LENGTH)


@transaction.atomic
def begin(
    *, survey: Survey, token: UUID, language: str, now: datetime, person: Person | None = None,
    channel: str = Channel.WEB,
) -> Response:  # fmt: skip
    """Begin answers, or give those that this form's token began. Whose they are is known only where an account is needed."""
    verdict = permissions.may_begin(survey, now=now)
    if not verdict or survey.current is None:
        raise Refused(verdict.why_not)
    response, _made = Response.objects.get_or_create(
        token=token,
        defaults={
            "survey": survey,
            "version": survey.current,
            "language": language[:10],
            "channel": channel,
            "person": person if permissions.needs_account(survey.activity) else None,
            "on": timezone.localdate(now),
        },
    )
    if response.survey_id != survey.pk:
        raise Refused(_("This form belongs to another survey. Open the survey again."))
    return response


@transaction.atomic
def keep_page(
    *, response: Response, page: Page, answers: Mapping[str, Any], typed: Mapping[str, Sequence[str]] | None,
    now: datetime,
) -> Response:  # fmt: skip
    """Keep what fits of one page, and with `typed` what stands in its boxes too, because not all of it fits yet."""
    held = Response.objects.select_for_update(of=("self",)).get(pk=response.pk)
    if held.state != Response.State.DRAFT:
        raise Refused(_("These answers were sent already."))
    own = {name for question in page.questions for name in (question.id, question.id + "__other")}
    held.answers = {name: answer for name, answer in held.answers.items() if name not in own} | dict(answers)
    held.typed = {name: boxes for name, boxes in held.typed.items() if name != page.id}
    if typed:
        kept = {**held.typed, page.id: {name: list(values) for name, values in typed.items()}}
        if len(json.dumps(kept)) <= MOST_TYPED:
            held.typed = kept
    held.reached = page.id
    held.on = timezone.localdate(now)
    held.save(update_fields=["answers", "typed", "reached", "on"])
    response.answers, response.typed, response.reached, response.on = held.answers, held.typed, held.reached, held.on
    return response


def boxes_of(page: Page, data: Any) -> dict[str, list[str]]:
    """Give what was typed in the boxes of a page, by name, from what a form sent; nothing else that was sent."""
    names = [name for question in page.questions for name in names_of(question)]
    return {name: [str(value)[:LONGEST_TYPED] for value in data.getlist(name)[:300]] for name in names if name in data}


@transaction.atomic
def give_code(*, response: Response) -> str:
    """Give the code that leads back to these answers; only a digest of it is kept."""
    code = code_of(response.token)
    digest = code_digest(code)
    if response.code_digest != digest:
        response.code_digest = digest
        Response.objects.filter(pk=response.pk).update(code_digest=digest)
    return code


def keep_file(*, response: Response, question: Question, upload: Any, now: datetime) -> Upload:
    """Check a file by its content and keep it with the draft, in place of the one before. Raises FileRefused."""
    kept = checked(upload)
    row = Upload(
        survey_id=response.survey_id, response=response, question=question.id, kind=kept.type, size=len(kept.content),
        on=timezone.localdate(now),
    )  # fmt: skip
    stored = ""
    try:
        with transaction.atomic():
            held = Response.objects.select_for_update(of=("self",)).get(pk=response.pk)
            if held.state != Response.State.DRAFT:
                raise Refused(_("These answers were sent already."))
            drop_file(response=response, question=question)
            row.file.save("file", ContentFile(kept.content), save=False)
            stored = row.file.name or ""
            row.save(force_insert=True)
    except BaseException:
        if stored:
            row.file.storage.delete(stored)
        raise
    return row


@transaction.atomic
def drop_file(*, response: Response, question: Question) -> None:
    """Take out the file of one question: its row now, the file once that is certain."""
    for upload in Upload.objects.filter(response=response, question=question.id):
        delete_upload(upload)


def drop_old_drafts(*, now: datetime) -> int:
    """Forget answers that were never sent: two weeks after the survey closed, or half a year after the last touch."""
    today = timezone.localdate(now)
    old = Response.objects.drafts().filter(
        Q(survey__activity__closes_at__lt=now - KEPT_AFTER_CLOSING) | Q(on__lt=today - KEPT_UNTOUCHED)
    )
    dropped = 0
    for draft in old.order_by("pk")[:500]:
        with transaction.atomic():
            for upload in draft.uploads.all():
                delete_upload(upload)
            draft.delete()
        dropped += 1
    return dropped


def delete_upload(upload: Upload) -> None:
    transaction.on_commit(partial(upload.file.storage.delete, upload.file.name or ""))
    upload.delete()


__all__ = [
    "FileRefused", "begin", "boxes_of", "code_of", "delete_upload", "drop_file", "drop_old_drafts", "give_code", "keep_file", "keep_page",
]  # fmt: skip
