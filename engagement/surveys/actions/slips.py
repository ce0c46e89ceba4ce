"""What the holder of a code may do: put their answers right, and take them back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.surveys import permissions
from engagement.surveys.actions.answering import drop_files_not_answered, fitting, put_words_in_the_queue
from engagement.surveys.actions.drafting import delete_upload
from engagement.surveys.actions.keying import forget_sheet
from engagement.surveys.actions.refusals import Refused
from engagement.surveys.actions.taking_back import drop_words
from engagement.surveys.models import Response, Upload, Words


@transaction.atomic
def begin_correction(*, response: Response, token: UUID, now: datetime) -> Response:
    """Begin a new set of answers that starts from what was recorded. Until it is sent, nothing changes."""
    verdict = permissions.may_correct(response, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    draft, _made = Response.objects.get_or_create(
        token=token,
        defaults={
            "survey": response.survey,
            "version": response.version,
            "channel": response.channel,
            "language": response.language,
            "answers": response.answers,
            "person": response.person,
            "corrects": response,
            "on": timezone.localdate(now),
        },
    )
    if draft.corrects_id != response.pk:
        raise Refused(_("This form belongs to other answers. Open your slip again."))
    return draft


@transaction.atomic
def send_correction(*, draft: Response, now: datetime) -> Response:
    """Put the corrected answers in the place of those recorded, checked like the first. Changed words are read again."""
    if draft.corrects_id is None:
        raise ValueError("This draft corrects nothing.")
    response = (
        Response.objects.select_for_update(of=("self",))
        .select_related("survey__activity__board", "version")
        .get(pk=draft.corrects_id)
    )
    verdict = permissions.may_correct(response, now=now)
    if not verdict:
        raise Refused(verdict.why_not)
    draft = Response.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    schema = response.version.read
    response.answers = fitting(draft, schema, survey=response.survey)
    response.corrected_on = timezone.localdate(now)
    response.save(update_fields=["answers", "corrected_on"])
    Upload.objects.filter(response=draft).update(response=response)
    put_words_in_the_queue(response, schema=schema, now=now)
    drop_files_not_answered(response)
    draft.delete()
    return response


@transaction.atomic
def withdraw(*, response: Response, now: datetime, by: Person | None = None) -> None:
    """Take answers out of everything at once: results, exports, the queue, and evidence made from them.

    The log keeps only that something was withdrawn. `by` is None when the holder of the code asked.
    """
    held = Response.objects.select_for_update(of=("self",)).select_related("taking_part").get(pk=response.pk)
    verdict = permissions.may_withdraw(held)
    if not verdict:
        raise Refused(verdict.why_not)
    for words in Words.objects.filter(response=held):
        drop_words(words, now=now)
    for upload in Upload.objects.filter(response=held):
        delete_upload(upload)
    forget_sheet(held)
    for draft in held.corrections.all():
        for upload in draft.uploads.all():
            delete_upload(upload)
        draft.delete()
    was_sent, part = held.state == Response.State.SENT, held.taking_part
    held.state = Response.State.WITHDRAWN
    held.answers, held.typed, held.reached = {}, {}, ""
    held.taking_part, held.person, held.place, held.code_digest = None, None, None, None
    held.save(
        update_fields=[
            "state", "answers", "typed", "reached", "taking_part", "person", "place", "code_digest",
        ]
    )  # fmt: skip
    if part is not None:
        part.delete()  # they count as having taken part no longer, and may answer again
    if was_sent:
        log(instance=held, action="surveys.withdraw", user=by, title=held.reference)
    else:
        held.delete()
