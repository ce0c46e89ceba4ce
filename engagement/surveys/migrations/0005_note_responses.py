"""The database itself notes which part of a survey's responses must be counted again (models.noting says how)."""

from django.db import migrations

from engagement.surveys.models import noting


def make(apps, schema_editor):
    noting.make(schema_editor.connection)


def drop(apps, schema_editor):
    noting.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0004_kept_counts")]

    operations = [migrations.RunPython(make, drop)]
