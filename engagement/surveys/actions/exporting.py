"""Handing out copies of a survey's answers: each is logged, and a spreadsheet's link belongs to one session and ends."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from tempfile import TemporaryFile
from uuid import UUID

import structlog
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.surveys import exports
from engagement.surveys.models import Copy, Survey
from engagement.surveys.models.exports import LASTS

logger = structlog.get_logger(__name__)


def log_copy(*, survey: Survey, by: Person, shape: str, rows: int | None = None, in_words: bool = True) -> None:
    """Write to the log that someone took a copy, and of what."""
    log(
        instance=survey,
        action="surveys.export",
        user=by,
        data={"shape": shape, "in_words": in_words} | ({"rows": rows} if rows is not None else {}),
    )


def session_digest(session_key: str) -> str:
    return sha256(f"survey copy of {session_key}".encode()).hexdigest()


@transaction.atomic
def ask_for_spreadsheet(*, survey: Survey, by: Person, session_key: str, in_words: bool, now: datetime) -> Copy:
    """Let a worker make a spreadsheet. Asking again while one is being made gives that one."""
    digest = session_digest(session_key)
    going = [Copy.State.WAITING, Copy.State.MAKING]
    held = Copy.objects.filter(survey=survey, by=by, session_digest=digest, in_words=in_words, state__in=going).first()
    if held is not None and not held.is_stuck(now):
        return held
    copy = Copy.objects.create(
        survey=survey, by=by, session_digest=digest, in_words=in_words, asked_at=now, moved_at=now, ends_at=now + LASTS
    )
    log_copy(survey=survey, by=by, shape="xlsx", in_words=in_words)
    transaction.on_commit(lambda: _enqueue(copy.pk))
    return copy


def _enqueue(pk: UUID) -> None:
    from engagement.surveys.tasks import make_spreadsheet  # the task calls this module

    make_spreadsheet.enqueue(str(pk))


def make(pk: UUID) -> None:
    """Make a spreadsheet that was asked for, and say how far it is. One that was begun before is left alone."""
    taken = Copy.objects.filter(pk=pk, state=Copy.State.WAITING).update(
        state=Copy.State.MAKING, moved_at=timezone.now()
    )
    if not taken:
        return
    copy = Copy.objects.select_related("survey__activity__board").get(pk=pk)
    sheet = exports.Sheet(copy.survey, in_words=copy.in_words)
    copy.rows = sheet.count()
    copy.save(update_fields=["rows"])

    def progress(done: int) -> None:
        # Answers may have come in since they were counted.
        copy.rows, copy.done, copy.moved_at = max(copy.rows, done), done, timezone.now()
        copy.save(update_fields=["rows", "done", "moved_at"])

    try:
        with TemporaryFile() as file:
            exports.write_xlsx(sheet, file, progress=progress)
            copy.size_bytes = file.tell()
            file.seek(0)
            copy.file.save("answers.xlsx", File(file), save=False)
    except Exception:
        # Whatever went wrong, whoever waits is told so; the cause is in the log.
        logger.exception("survey_copy_failed", copy=str(pk))
        copy.state, copy.moved_at = Copy.State.FAILED, timezone.now()
        copy.save(update_fields=["state", "moved_at"])
        return
    copy.state, copy.moved_at = Copy.State.READY, timezone.now()
    copy.ends_at = copy.moved_at + LASTS
    copy.save(update_fields=["state", "file", "size_bytes", "moved_at", "ends_at"])


def drop_ended(*, now: datetime) -> int:
    """Delete the files and rows of copies whose time is over, for the timer; give how many."""
    ended = list(Copy.objects.filter(ends_at__lte=now).exclude(state=Copy.State.MAKING, moved_at__gt=now - LASTS))
    for copy in ended:
        if copy.file:
            copy.file.delete(save=False)
        copy.delete()
    return len(ended)
