"""Numbered sheets, each with a slip code that stands on the paper and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from boards.people.models import Person
from engagement.surveys import building_permissions as permissions
from engagement.surveys.actions.drafting import code_of
from engagement.surveys.actions.refusals import Refused
from engagement.surveys.models import PrintedSlip, PrintRun, Survey
from engagement.surveys.queries import code_digest

MOST_SHEETS = 500


@dataclass(frozen=True)
class Made:
    """A run just made, with each slip's number and code. The codes can be had only now."""

    run: PrintRun
    slips: list[tuple[int, str]]


@transaction.atomic
def print_run(
    *, survey: Survey, size: int, purpose: str, hand_in: str, language: str, is_large: bool, by: Person, now: datetime
) -> Made:  # fmt: skip
    """Make a run of numbered sheets of the version that people answer now."""
    verdict = permissions.may_print(by, survey)
    if not verdict:
        raise Refused(verdict.why_not)
    if not 1 <= size <= MOST_SHEETS:
        raise Refused(_("Print between 1 and %(most)d sheets at once.") % {"most": MOST_SHEETS})
    held = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    latest = held.print_runs.aggregate(latest=Max("number"))["latest"] or 0
    run = PrintRun.objects.create(
        survey=survey, version_id=held.current_id or 0, number=latest + 1, purpose=purpose, hand_in=hand_in,
        language=language, is_large=is_large, made_on=timezone.localdate(now), made_by=by,
    )  # fmt: skip
    made: list[tuple[int, str, UUID]] = []
    for number in range(1, size + 1):
        token = uuid4()
        made.append((number, code_of(token), token))
    PrintedSlip.objects.bulk_create(
        [
            PrintedSlip(run=run, number=number, token=token, code_digest=code_digest(code))
            for number, code, token in made
        ],
        batch_size=500,
    )
    log(
        instance=survey, action="surveys.print", user=by,
        data={"run": run.number, "sheets": size, "purpose": purpose, "board": survey.activity.board_id},
    )  # fmt: skip
    return Made(run, [(number, code) for number, code, _token in made])
