"""Awards made before know what they were at first, and when they last changed."""

from django.db import migrations
from django.db.models import F


def what_it_was_at_first(apps, schema_editor):
    apps.get_model("funding", "Award").objects.filter(first_pence=0).update(
        first_pence=F("amount_pence"), changed_at=F("awarded_at")
    )
    contributions = apps.get_model("funding", "Contribution").objects
    contributions.filter(state="received", received_on__isnull=True).update(received_on=F("on"))


class Migration(migrations.Migration):
    dependencies = [("funding", "0006_pots_and_awards")]

    operations = [migrations.RunPython(what_it_was_at_first, migrations.RunPython.noop)]
