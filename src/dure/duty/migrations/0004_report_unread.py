from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("duty", "0003_held_tighter")]
    operations = [
        migrations.AddIndex(
            model_name="report",
            index=models.Index(name="report_unread", fields=["received_at"], condition=Q(understood_at=None)),
        ),
    ]
