"""On PostgreSQL the table itself refuses to change what a version asks once it has an answer.

SQLite has no such trigger here: it rebuilds a table at a later migration and drops its triggers
without a word, and a guard that can vanish unseen is worse than none. There the model refuses, as
on every database.
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION surveys_answered_version_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.first_answer_on IS NOT NULL AND (
        NEW.schema IS DISTINCT FROM OLD.schema OR NEW.digest IS DISTINCT FROM OLD.digest
        OR NEW.number IS DISTINCT FROM OLD.number OR NEW.survey_id IS DISTINCT FROM OLD.survey_id
        OR NEW.first_answer_on IS NULL
    ) THEN
        RAISE EXCEPTION 'A version that has been answered never changes; make a new one.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER surveys_answered_version_never_changes BEFORE UPDATE ON surveys_surveyversion
    FOR EACH ROW EXECUTE FUNCTION surveys_answered_version_never_changes();
"""
DROP = """
DROP TRIGGER surveys_answered_version_never_changes ON surveys_surveyversion;
DROP FUNCTION surveys_answered_version_never_changes();
"""


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(MAKE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [migrations.RunPython(make, drop)]
