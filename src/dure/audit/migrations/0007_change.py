import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

import dure.audit.models


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_protect_review")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("office_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("who_id", models.BigIntegerField(null=True)),
                (
                    "did",
                    models.CharField(
                        choices=[("added", "added"), ("changed", "changed"), ("deleted", "deleted")], max_length=10
                    ),
                ),
                ("kind", models.CharField(max_length=63)),
                ("slot", models.BigIntegerField()),
                ("rows", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("xact", models.BigIntegerField(db_default=dure.audit.models.CurrentTransaction())),
            ],
            options={
                "indexes": [
                    models.Index(fields=["kind", "slot", "id"], name="change_of_a_row"),
                    django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="change_when"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("did__in", ["added", "changed", "deleted"])),
                        name="change_says_what_was_done",
                    ),
                    models.CheckConstraint(condition=~models.Q(("rows", [])), name="change_is_of_some_row"),
                ],
            },
        ),
    ]
