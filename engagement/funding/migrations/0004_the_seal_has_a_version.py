from django.db import migrations, models

FIELD = "Which rules the seal covers: those that a round had when it was made."


class Migration(migrations.Migration):
    """Rounds made before this keep the seal they were published with: it covers the rules there were then."""

    dependencies = [("funding", "0003_stages_amendments_objections")]

    operations = [
        migrations.AddField(
            model_name="fundinground",
            name="seal_version",
            field=models.PositiveSmallIntegerField(default=1, editable=False, help_text=FIELD),
        ),
        migrations.AlterField(
            model_name="fundinground",
            name="seal_version",
            field=models.PositiveSmallIntegerField(default=2, editable=False, help_text=FIELD),
        ),
    ]
