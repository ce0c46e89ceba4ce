"""Make a valid survey, so that a test states only what matters."""

from django.utils import timezone

from engagement.surveys.models import Response, Survey, SurveyVersion
from tests.factories import make_activity
from tests.surveys.asking import BRANCHING


def make_survey(board, asks=None, *, is_fixed=False, introduction="We want to know.", **fields):
    """A survey that is open to anyone, asking `asks` (BRANCHING where nothing is given)."""
    own = {name: fields.pop(name) for name in ("asks_equality", "takes_paper", "takes_phone") if name in fields}
    survey = Survey.objects.create(activity=make_activity(board, "survey", **fields), introduction=introduction, **own)
    version = SurveyVersion.objects.create(
        survey=survey,
        number=1,
        schema=asks or BRANCHING,
        made_at=timezone.now(),
        first_answer_on=timezone.localdate() if is_fixed else None,
    )
    survey.current = version
    survey.save(update_fields=["current"])
    return survey


def make_response(survey, answers=None, *, state="sent", **fields):
    """A response to the version that stands."""
    return Response.objects.create(survey=survey, version=survey.current, answers=answers or {}, state=state, **fields)
