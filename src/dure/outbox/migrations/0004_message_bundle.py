from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is built beside the running sender
    dependencies = [("outbox", "0003_receipts")]
    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(condition=models.Q(("went_as__isnull", False)), fields=["went_as"], name="message_bundle"),
        ),
    ]
