from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funding", "0011_marks_from_ticks")]
    operations = [
        migrations.RemoveField("ballot", "ticks"),
        migrations.AlterField(
            "ballot",
            "marks",
            models.JSONField(help_text="Pairs of a number and its value, in the order of the numbers."),
        ),
    ]
