"""Questions asked at every request go to the database as the same text each time."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from boards.people.asked_often import often
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def ask(person):
    with often() as cursor:
        cursor.execute('SELECT email, %s FROM "people_person" WHERE id = %s', ["O'Neil; --", person.pk])
        return cursor.fetchall()


def test_it_answers_as_any_cursor_does_however_often_it_is_asked():
    people = [make_person(), make_person()]

    for _ in range(8):
        for person in people:
            assert ask(person) == [(person.email, "O'Neil; --")]


def test_postgresql_keeps_it_planned():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps statements by itself.")
    person = make_person()
    for _ in range(8):
        ask(person)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT email, $1%%'", [])
        assert cursor.fetchone() == (1,)


def test_it_is_counted_and_undone_like_any_other():
    person = make_person()
    with CaptureQueriesContext(connection) as asked:
        ask(person)
    assert len(asked) == 1

    with transaction.atomic():
        with often() as cursor:
            cursor.execute('UPDATE "people_person" SET email = %s WHERE id = %s', ["else@example.org", person.pk])
        transaction.set_rollback(True)
    assert ask(person)[0][0] == person.email
