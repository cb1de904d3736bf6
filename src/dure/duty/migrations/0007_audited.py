from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False  # the watch runs on meanwhile
    dependencies = [("duty", "0006_room_to_move")]
    operations = [
        AddIndexConcurrently(
            "duty", models.Index(name="duty_due", fields=["due_at"], condition=Q(closed_at=None, raised_at=None))
        ),
        AddIndexConcurrently(
            "duty",
            models.Index(name="duty_raised", fields=["look_at"], condition=Q(closed_at=None, raised_at__isnull=False)),
        ),
    ]
