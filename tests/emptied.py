"""Empties the tables after a test with real transactions, and puts back what a new site begins with.

Django's own way truncates every table and makes each content type, permission and first page again:
four seconds on PostgreSQL. Here the first time goes Django's way, and what is there afterwards is
kept; from then on only tables with rows in them are emptied, and those rows are put back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.test import TransactionTestCase

KEPT_AS_IT_IS = {"django_content_type", "auth_permission", "django_migrations"}
"""The same rows in every test: Django remembers their numbers."""

Row = tuple[Any, ...]


class Emptier:
    def __init__(self, djangos_way: Callable[[TransactionTestCase], None]) -> None:
        self.djangos_way = djangos_way
        self.tables: list[str] = []
        self.first: dict[str, tuple[list[str], list[Row]]] | None = None

    def empty(self, case: TransactionTestCase) -> None:
        if self.first is None:
            self.djangos_way(case)
            self.remember()
            return
        try:
            self.put_back(self.first)
        except DatabaseError:  # a role that may not set triggers aside
            self.djangos_way(case)

    def remember(self) -> None:
        """Keep every row of every table that is not empty. The tables of SQLite's text search follow by triggers."""
        with connection.cursor() as cursor:
            names = connection.introspection.table_names(cursor)
            self.tables = [name for name in names if name not in KEPT_AS_IT_IS and "_fts" not in name]
            self.first = {}
            for table in self.with_rows(cursor):
                cursor.execute(f"SELECT * FROM {quoted(table)}")
                self.first[table] = ([column[0] for column in cursor.description], [*map(plain, cursor.fetchall())])

    def with_rows(self, cursor: Any) -> list[str]:
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quoted(name)})" for name in self.tables)
        )
        return [name for (name,) in cursor.fetchall()]

    def put_back(self, first: dict[str, tuple[list[str], list[Row]]]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            # Rows go and come in no order: what refers to what is looked at when all are there.
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
            else:
                cursor.execute("PRAGMA defer_foreign_keys = ON")
            while full := self.with_rows(cursor):  # a trigger of SQLite's may write as rows go
                for table in full:
                    cursor.execute(f"DELETE FROM {quoted(table)}")
            for table, (columns, rows) in first.items():
                into = ", ".join(map(quoted, columns))
                places = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {quoted(table)} ({into}) VALUES ({places})", rows)


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def plain(row: Row) -> Row:
    """Give a row as it can be written again: PostgreSQL's JSON comes as text or as lists and dicts."""
    if connection.vendor != "postgresql":
        return row
    from psycopg.types.json import Jsonb

    return tuple(Jsonb(value) if isinstance(value, dict | list) else value for value in row)


def install() -> None:
    emptier = Emptier(TransactionTestCase._fixture_teardown)
    TransactionTestCase._fixture_teardown = lambda case: emptier.empty(case)  # type: ignore[method-assign]
