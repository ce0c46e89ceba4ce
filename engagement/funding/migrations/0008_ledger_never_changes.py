"""On PostgreSQL the ledger's table itself refuses a change or a deletion, whoever asks.

One change is let through: `by_id` becomes empty when that person's account goes. SQLite has no
such trigger: it rebuilds a table at a later migration and drops its triggers without a word, and a
guard that can vanish unseen is worse than none. There the model refuses, as on every database.
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION funding_ledger_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.by_id IS NULL AND to_jsonb(NEW) - 'by_id' = to_jsonb(OLD) - 'by_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A ledger entry is never changed or deleted; write another that puts it right.'
        USING ERRCODE = 'integrity_constraint_violation';
END;
$$;
CREATE TRIGGER funding_ledger_never_changes BEFORE UPDATE OR DELETE ON funding_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION funding_ledger_never_changes();
"""
DROP = """
DROP TRIGGER funding_ledger_never_changes ON funding_ledgerentry;
DROP FUNCTION funding_ledger_never_changes();
"""


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(MAKE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("funding", "0007_awards_made_before")]

    operations = [migrations.RunPython(make, drop)]
