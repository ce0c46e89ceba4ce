"""The few questions asked at every request of someone signed in, or at every vote: kept prepared by PostgreSQL.

To plan such a question takes PostgreSQL longer than to answer it. Django sends each as a new text;
here it is sent as the same text with its values beside it, which each connection plans once.
"""

from __future__ import annotations

from django.db import connection
from django.db.backends.utils import CursorWrapper


def often() -> CursorWrapper:
    """Give a cursor for SQL that is always the same but for its values. An ordinary one on any other database.

    How often a question is asked before it is prepared is a setting of the database (prepare_threshold).
    """
    cursor = connection.cursor()
    if connection.vendor == "postgresql":
        from django.db.backends.postgresql.base import ServerBindingCursor

        cursor.cursor = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]
    return cursor
