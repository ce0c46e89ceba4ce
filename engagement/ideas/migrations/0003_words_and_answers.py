"""What the new columns say of ideas that were there before."""

from django.db import migrations
from django.db.models import F, Min, OuterRef, Subquery

from engagement.ideas.rules import folded

def fill(apps, schema_editor):
    Idea = apps.get_model("ideas", "Idea")
    StatusChange = apps.get_model("ideas", "StatusChange")
    batch = []
    for idea in Idea.objects.only("pk", "title").iterator(chunk_size=1000):
        idea.search_title = folded(idea.title)
        batch.append(idea)
        if len(batch) == 1000:
            Idea.objects.bulk_update(batch, ["search_title"])
            batch.clear()
    Idea.objects.bulk_update(batch, ["search_title"])
    first = StatusChange.objects.filter(idea=OuterRef("pk")).order_by().values("idea").annotate(at_=Min("at"))
    Idea.objects.update(answered_at=Subquery(first.values("at_")))
    # An answer older than its record, where there is one, is at least when its status moved.
    Idea.objects.filter(answered_at__isnull=True, status_at__isnull=False).update(answered_at=F("status_at"))


class Migration(migrations.Migration):
    dependencies = [("ideas", "0002_talk_shaping_and_search")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
