"""Triggers by which the database notes which part of a survey's responses must be counted again.

A trigger and not a line in every action: whatever writes a response, by whichever way, cannot
forget it. SQLite rebuilds a table at a later migration and drops its triggers without a word, so
there they are looked for after every migration, and where they were gone all is counted afresh.
"""

from __future__ import annotations

from typing import Any

TRIGGER = "surveys_note_response"
# What a count depends on. What was typed on a page of a draft, a token or a code changes none.
LOOKED_AT = ("survey_id", "version_id", "state", "channel", "place_id", "reached")

POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF ({", ".join(f"OLD.{name}" for name in LOOKED_AT)})
            IS NOT DISTINCT FROM ({", ".join(f"NEW.{name}" for name in LOOKED_AT)})
            AND (NEW.state <> 'sent' OR OLD.answers IS NOT DISTINCT FROM NEW.answers) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO surveys_tocount (survey_key, part) VALUES (OLD.survey_id, left(OLD.id::text, 2));
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.survey_id <> OLD.survey_id) THEN
        INSERT INTO surveys_tocount (survey_key, part) VALUES (NEW.survey_id, left(NEW.id::text, 2));
    END IF;
    RETURN NULL;
END;
$$;
DROP TRIGGER IF EXISTS {TRIGGER} ON surveys_response;
CREATE TRIGGER {TRIGGER} AFTER INSERT OR UPDATE OR DELETE ON surveys_response
    FOR EACH ROW EXECUTE FUNCTION {TRIGGER}();
"""  # noqa: S608  # nosec B608: only our own names are written in
GONE_POSTGRESQL = f"""
DROP TRIGGER IF EXISTS {TRIGGER} ON surveys_response;
DROP FUNCTION IF EXISTS {TRIGGER}();
"""

NOTE_OLD = "INSERT INTO surveys_tocount (survey_key, part) VALUES (OLD.survey_id, substr(OLD.id, 1, 2));"
NOTE_NEW = "INSERT INTO surveys_tocount (survey_key, part) VALUES (NEW.survey_id, substr(NEW.id, 1, 2));"
CHANGED = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in LOOKED_AT)
SQLITE = {
    f"{TRIGGER}_insert": f"AFTER INSERT ON surveys_response BEGIN {NOTE_NEW} END",
    f"{TRIGGER}_delete": f"AFTER DELETE ON surveys_response BEGIN {NOTE_OLD} END",
    f"{TRIGGER}_update": (
        f"AFTER UPDATE ON surveys_response WHEN {CHANGED} OR (NEW.state = 'sent' AND OLD.answers IS NOT NEW.answers) "
        f"BEGIN {NOTE_OLD} {NOTE_NEW} END"
    ),
}


def make(connection: Any) -> bool:
    """Make the triggers that are missing; tell whether any was."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL)
            return False
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'surveys_response'")
        there = {name for (name,) in cursor.fetchall()}
        missing = [name for name in SQLITE if name not in there]
        for name in missing:
            cursor.execute(f"CREATE TRIGGER {name} {SQLITE[name]}")
        return bool(missing)


def drop(connection: Any) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(GONE_POSTGRESQL)
        else:
            for name in SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def look_after_migrating(*, using: str, **kwargs: Any) -> None:
    """Make triggers again that a rebuilt table of SQLite has lost, and forget what was counted meanwhile."""
    from django.db import connections

    connection = connections[using]
    tables = connection.introspection.table_names()
    if connection.vendor == "postgresql" or not {"surveys_response", "surveys_tocount", "surveys_keptpart"} <= set(
        tables
    ):
        return
    if make(connection):
        from engagement.surveys.models.kept import KeptCounts, KeptPart

        KeptPart.objects.using(using).all().delete()
        KeptCounts.objects.using(using).all().delete()
