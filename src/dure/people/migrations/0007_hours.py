from django.db import migrations, models
from django.db.models import F, Q

HOURS = Q(since=None, until=None) | (Q(since__isnull=False, until__isnull=False) & ~Q(since=F("until")))


class Migration(migrations.Migration):
    dependencies = [("people", "0006_known_number")]
    operations = [
        migrations.AddField("address", "since", models.TimeField(null=True)),
        migrations.AddField("address", "until", models.TimeField(null=True)),
        migrations.AddConstraint(
            "address", models.CheckConstraint(condition=HOURS, name="address_hours_begin_and_end")
        ),
    ]
