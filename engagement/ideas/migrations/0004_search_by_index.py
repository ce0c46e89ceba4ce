"""PostgreSQL's indexes for finding words and likes. A migration of its own: rows just changed cannot be indexed."""

from django.db import migrations

INDEXES = [
    "CREATE INDEX ideas_title_alike ON ideas_idea USING gin (search_title gin_trgm_ops)",
    "CREATE INDEX ideas_words_inside ON ideas_idea USING gin (search_text gin_trgm_ops)",
    "CREATE INDEX ideas_words_found ON ideas_idea USING gin (to_tsvector('english', search_text))",
]


def index(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    # Comes with PostgreSQL and is trusted: the owner of the database may make it.
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for statement in INDEXES:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {statement.split()[2]}")


class Migration(migrations.Migration):
    dependencies = [("ideas", "0003_words_and_answers")]

    operations = [migrations.RunPython(index, drop)]
