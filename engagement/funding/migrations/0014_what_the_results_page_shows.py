from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funding", "0013_paper")]

    operations = [
        migrations.AddField(
            model_name="count",
            name="summary",
            field=models.JSONField(
                default=dict,
                editable=False,
                help_text="What the results page shows of the count, worked out once.",
            ),
        )
    ]
