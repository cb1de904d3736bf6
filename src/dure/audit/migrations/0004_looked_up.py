from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the record is written meanwhile
    dependencies = [("audit", "0003_looks")]
    operations = [
        AddIndexConcurrently("entry", models.Index(fields=["who_id", "at"], name="audit_who")),
        AddIndexConcurrently("entry", models.Index(fields=["office_id", "at"], name="audit_when")),
        AddIndexConcurrently(
            "entry",
            GinIndex(fields=["whose"], condition=~models.Q(whose=[]), name="audit_whose"),
        ),
    ]
