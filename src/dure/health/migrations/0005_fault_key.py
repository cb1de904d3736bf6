from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # what watches runs on meanwhile
    dependencies = [("health", "0004_asked")]
    operations = [AddIndexConcurrently("fault", models.Index(name="fault_key", fields=["office", "key"]))]
