"""What can never be otherwise, in the database."""

import pytest
from django.db import IntegrityError, connection, transaction

from engagement.surveys.models import EqualityAnswer, SurveyVersion, week_of
from engagement.surveys.models.surveys import VersionFixed
from tests.factories import make_board
from tests.surveys.asking import BRANCHING, page, question, schema
from tests.surveys.factories import make_response, make_survey

pytestmark = pytest.mark.django_db
OTHER = schema(page("p1", question("q1", label="Something else?")))


@pytest.fixture
def survey():
    return make_survey(make_board())


def test_a_version_changes_until_it_is_answered(survey):
    version = survey.current
    before = version.digest
    version.schema = OTHER
    version.save()

    assert SurveyVersion.objects.get().digest != before
    assert version.read.questions["q1"].label == "Something else?"


def test_an_answered_version_never_changes(survey):
    version = make_survey(survey.activity.board, is_fixed=True).current
    version.schema = OTHER
    with pytest.raises(VersionFixed):
        version.save()

    assert SurveyVersion.objects.get(pk=version.pk).schema == BRANCHING


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the table guards itself on PostgreSQL")
def test_the_table_refuses_to_change_an_answered_version(survey):
    version = make_survey(survey.activity.board, is_fixed=True).current
    for change in ({"schema": OTHER}, {"first_answer_on": None}, {"number": 9}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SurveyVersion.objects.filter(pk=version.pk).update(**change)


def test_a_digest_does_not_hang_on_the_order_of_keys(survey):
    again = SurveyVersion(
        schema=dict(reversed(BRANCHING.items())), survey=survey, number=2, made_at=survey.current.made_at
    )
    again.save()

    assert again.digest == survey.current.digest


def test_one_token_is_one_response(survey):
    response = make_response(survey)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_response(survey, token=response.token)


def test_an_equality_answer_has_no_day(survey):
    with pytest.raises(IntegrityError), transaction.atomic():
        EqualityAnswer.objects.create(survey=survey, on="2026-11-26", answers={})
    EqualityAnswer.objects.create(survey=survey, on="2026-11-23", answers={})

    assert week_of(EqualityAnswer.objects.get().on).isoformat() == "2026-11-23"
    assert {field.name for field in EqualityAnswer._meta.get_fields()} == {"id", "survey", "on", "answers"}
    assert connection.vendor in ("sqlite", "postgresql")
