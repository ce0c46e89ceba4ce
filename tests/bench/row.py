"""The one row that both yardsticks of writing insert."""

from django.db import connection, transaction


def insert() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_row (words) VALUES ('one row')")
