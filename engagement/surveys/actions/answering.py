"""Sending answers in: once, while it is open, from someone on the survey's rung."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boards.people.models import Person
from boards.places.models import Area
from engagement.activities import queries as activity_queries
from engagement.activities.actions import device_digest, taking_part
from engagement.activities.models import Activity, TakingPart
from engagement.activities.permissions import not_open
from engagement.moderation.actions import look_over
from engagement.surveys import permissions, queries
from engagement.surveys.actions.drafting import code_of, delete_upload
from engagement.surveys.actions.refusals import Refused, Unfit
from engagement.surveys.actions.taking_back import drop_words
from engagement.surveys.models import Response, Survey, SurveyVersion, Upload, Words
from engagement.surveys.rules.answers import OTHER, check_all
from engagement.surveys.rules.schema import FREE_TEXT, WITH_OTHER, Kind, Schema


@dataclass(frozen=True)
class Sent:
    """What became of it: the reference to quote, and whether it was stored now or before."""

    reference: str
    stored_now: bool


def send(
    *, response: Response, now: datetime, person: Person | None = None, device: str = "", area: Area | None = None
) -> Sent:
    """Store a draft's answers as sent, once each. Sent again it gives what the first time gave.

    `area` is the ward someone said with it. Raises Refused with a sentence, and Unfit where an
    answer is missing or wrong; then nothing has changed.
    """
    survey = response.survey
    verdict = permissions.may_answer(person or AnonymousUser(), survey, now=now, says_local=area is not None)
    if response.state == Response.State.SENT:
        return Sent(response.reference, stored_now=False)
    if not verdict:
        raise Refused(verdict.why_not)
    row = taking_part(
        activity=survey.activity, now=now, person=person, device="" if person else device, channel=response.channel,
        place=area,
    )  # fmt: skip
    row.reference = response.reference
    try:
        with transaction.atomic():
            hold_open(survey=survey, now=now)
            held = Response.objects.select_for_update(of=("self",)).select_related("version").get(pk=response.pk)
            if held.state != Response.State.DRAFT:
                return Sent(held.reference, stored_now=False)
            if held.person_id is not None and (person is None or held.person_id != person.pk):
                raise Refused(_("These answers were begun by someone else. Start your own."))
            answers = fitting(held, response.version.read, survey=survey)
            # The constraint is the only judge: whoever comes second fails here, and the whole act with them.
            row.save(force_insert=True)
            held.taking_part = row
            held.person = person if permissions.needs_account(survey.activity) else None
            held.place = area
            store(held, answers, schema=response.version.read, now=now)
    except IntegrityError:
        before = took_part_before(survey, person=person, device=device)
        if before is None:
            raise
        return Sent(before.reference, stored_now=False)
    return Sent(response.reference, stored_now=True)


def took_part_before(survey: Survey, *, person: Any, device: str) -> TakingPart | None:
    """Give the row of this person's or this browser's answers, if they sent any."""
    digest = device_digest(survey.activity, device) if device else ""
    return activity_queries.took_part(survey.activity, person=person, digest=digest)


def hold_open(*, survey: Survey, now: datetime) -> None:
    """Hold the survey's activity from here to the commit: closing early waits for it, or is seen here.

    Whoever changes what a survey asks holds the same row, so a version never changes under an answer.
    """
    held = Activity.objects.select_for_update(no_key=True, of=("self",)).get(pk=survey.pk)
    held.board = survey.activity.board
    verdict = not_open(held, now=now)
    if not verdict:
        raise Refused(verdict.why_not)


def fitting(held: Response, schema: Schema, *, survey: Survey) -> dict[str, Any]:
    """Give the answers that are on the way through, all of them checked once more; or raise Unfit."""
    held.survey = survey
    checked = check_all(schema, held.answers, queries.world_of(held), queries.known_for(held, schema.pages))
    if not checked.fits:
        first = next(iter(checked.faults))
        raise Unfit(schema.page_of[first].id, _("Something is missing or needs to be put right before you can send."))
    return dict(checked.answers)


def store(held: Response, answers: Mapping[str, Any], *, schema: Schema, now: datetime) -> None:
    """Make a draft a response that counts, with its words in the queue. Inside the transaction that sends it."""
    today = timezone.localdate(now)
    held.state = Response.State.SENT
    held.answers, held.typed, held.reached, held.on = dict(answers), {}, "", today
    held.code_digest = queries.code_digest(code_of(held.token))
    held.save(
        update_fields=[
            "state", "answers", "typed", "reached", "on", "code_digest", "taking_part", "person", "place",
        ]
    )  # fmt: skip
    if held.version.first_answer_on is None:
        SurveyVersion.objects.filter(pk=held.version_id, first_answer_on__isnull=True).update(first_answer_on=today)
    put_words_in_the_queue(held, schema=schema, now=now)
    if queries.has_kind(schema, Kind.FILE):
        drop_files_not_answered(held)


def put_words_in_the_queue(held: Response, *, schema: Schema, now: datetime) -> None:
    """Let everything someone wrote wait to be read: words that stand as they were before keep their place."""
    written = words_of(schema, held.answers)
    for old in Words.objects.filter(response=held) if held.corrected_on else ():
        if written.get(old.question, ("", ""))[1] == old.text:
            del written[old.question]
        else:
            drop_words(old, now=now)
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    kept = Words.objects.bulk_create(
        [
            Words(survey=held.survey, response=held, question=id, label=label, text=text, sent_at=midnight)
            for id, (label, text) in written.items()
        ]
    )
    for words in kept:
        # Nobody is named and no device counted: what was written here leads to nobody.
        look_over(item=words, person=None, now=now)


def words_of(schema: Schema, answers: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Give every box of free text that was filled: the question's words and what was written, by id."""
    found: dict[str, tuple[str, str]] = {}
    for question in schema.questions.values():
        answer = answers.get(question.id)
        if question.kind in FREE_TEXT and answer:
            found[question.id] = (question.label, answer)
        elif question.kind is Kind.PLACE and isinstance(answer, Mapping) and answer.get("words"):
            found[f"{question.id}__words"] = (question.label, answer["words"])
        elif question.kind in WITH_OTHER and answers.get(question.id + OTHER):
            found[question.id + OTHER] = (question.label, answers[question.id + OTHER])
    return found


def drop_files_not_answered(held: Response) -> None:
    """Delete files whose question is not on the way any more, or has another file now."""
    answered = {str(answer) for answer in held.answers.values() if isinstance(answer, str)}
    for upload in Upload.objects.filter(response=held).exclude(public_id__in=answered):
        delete_upload(upload)
