"""Background work of this room."""

from __future__ import annotations

from django_tasks import task


@task()
def count_survey(pk: int) -> None:
    from engagement.surveys.actions.counting import count_what_changed  # the action enqueues this task: it comes first
    from engagement.surveys.models import Survey

    survey = Survey.objects.filter(pk=pk).first()
    if survey is not None:
        count_what_changed(survey)


@task()
def make_spreadsheet(key: str) -> None:
    from uuid import UUID

    from engagement.surveys.actions.exporting import make  # the action enqueues this task: it comes first

    make(UUID(key))
