"""The person of a session, with what they hold today: read at every page of everyone signed in.

Written as SQL, because making this one query anew through the ORM takes four times as long as the
database takes to answer it, and a vote is little more than this. Each model's row is read by its
own columns, as Django reads it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils import timezone
from wagtail.users.models import UserProfile

from boards.people.asked_often import often
from boards.people.models import Person, Role
from boards.people.permissions import keep_roles
from boards.places.models import Board

M = TypeVar("M", bound=models.Model)


def person_with_roles(person_id: Any) -> Person | None:
    """Give a person, the roles they hold today and their settings for the desk: one query. None where there is none."""
    try:
        wanted = Person._meta.pk.to_python(person_id)
    except ValidationError:
        return None
    today = connection.ops.adapt_datefield_value(timezone.localdate())
    with often() as cursor:
        cursor.execute(_statement(), [today, today, wanted])
        rows = cursor.fetchall()
    if not rows:
        return None
    ends = [0]
    for model in (Person, UserProfile, Role, Board):
        ends.append(ends[-1] + len(_fields(model)))
    person = _model(Person, rows[0][: ends[1]])
    profile = rows[0][ends[1] : ends[2]]
    # None is kept too: that there is no profile must not be asked again.
    known = _model(UserProfile, profile) if profile[0] is not None else None
    UserProfile._meta.get_field("user").remote_field.set_cached_value(person, known)  # type: ignore[union-attr]
    held = []
    for row in rows:
        if row[ends[2]] is not None:
            role = _model(Role, row[ends[2] : ends[3]])
            if row[ends[3]] is not None:
                role.board = _model(Board, row[ends[3] : ends[4]])
            held.append(role)
    keep_roles(person, held)
    return person


@cache
def _fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The key first: where it is empty, nothing was joined."""
    return sorted(model._meta.concrete_fields, key=lambda field: not field.primary_key)


def _columns(model: type[models.Model], alias: str) -> str:
    return ", ".join(f'{alias}."{field.column}"' for field in _fields(model))


@cache
def _statement() -> str:
    person, profile = Person._meta.db_table, UserProfile._meta.db_table
    role, board = Role._meta.db_table, Board._meta.db_table
    # Our own and Wagtail's table and column names; no word from outside.
    return (
        f"SELECT {_columns(Person, 'p')}, {_columns(UserProfile, 'u')}, {_columns(Role, 'r')}, {_columns(Board, 'b')} "  # noqa: S608  # nosec B608
        f'FROM "{person}" p LEFT JOIN "{profile}" u ON u.user_id = p.id '
        f'LEFT JOIN "{role}" r ON r.person_id = p.id AND r.since <= %s AND (r.until IS NULL OR r.until > %s) '
        f'LEFT JOIN "{board}" b ON b.id = r.board_id WHERE p.id = %s ORDER BY b.name, r.kind'
    )


@cache
def _converters(model: type[models.Model], vendor: str) -> list[tuple[int, Any, list[Any]]]:
    """Give what turns a column of this database into the field's own kind, where anything has to."""
    found = []
    for at, field in enumerate(_fields(model)):
        column = field.get_col(model._meta.db_table)
        converters = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
        if converters:
            found.append((at, column, converters))
    return found


def _model(model: type[M], values: Any) -> M:
    values = list(values)
    for at, column, converters in _converters(model, connection.vendor):
        for convert in converters:
            values[at] = convert(values[at], column, connection)
    return model.from_db(connection.alias, [field.attname for field in _fields(model)], values)
