"""Every ballot already counted keeps what it says: a tick becomes a mark of one."""

from django.db import migrations

TOGETHER = 2000

DOMAINS = """
10minutemail.com 33mail.com burnermail.io discard.email dispostable.com dropmail.me emailondeck.com fakeinbox.com
getnada.com grr.la guerrillamail.com guerrillamail.info inboxkitten.com mail-temp.com mailcatch.com maildrop.cc
mailinator.com mailnesia.com mintemail.com mohmal.com moakt.com sharklasers.com spam4.me spamgourmet.com temp-mail.org
tempail.com tempmail.com tempmailo.com throwawaymail.com trashmail.com yopmail.com
""".split()


def forwards(apps, schema_editor):
    Ballot = apps.get_model("funding", "Ballot")
    together = []
    for ballot in Ballot.objects.only("receipt", "ticks").iterator(chunk_size=TOGETHER):
        ballot.marks = sorted([number, 1] for number in set(ballot.ticks))
        together.append(ballot)
        if len(together) == TOGETHER:
            Ballot.objects.bulk_update(together, ["marks"], batch_size=500)
            together = []
    Ballot.objects.bulk_update(together, ["marks"], batch_size=500)
    RollEntry = apps.get_model("funding", "RollEntry")
    RollEntry.objects.filter(channel="paper", person=None).update(admitted_by="paper")
    domains = apps.get_model("funding", "ThrowawayDomain")
    domains.objects.bulk_create([domains(domain=domain) for domain in DOMAINS], ignore_conflicts=True)


def backwards(apps, schema_editor):
    Ballot = apps.get_model("funding", "Ballot")
    together = []
    for ballot in Ballot.objects.only("receipt", "marks").iterator(chunk_size=TOGETHER):
        ballot.ticks = [number for number, _value in ballot.marks]
        together.append(ballot)
        if len(together) == TOGETHER:
            Ballot.objects.bulk_update(together, ["ticks"], batch_size=500)
            together = []
    Ballot.objects.bulk_update(together, ["ticks"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("funding", "0010_ballots_codes_keys")]
    operations = [migrations.RunPython(forwards, backwards)]
