from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from dure.offices.protect import Protect

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
STATUSES = ["accepted", "sent", "delivered", "failed", "read"]


def to(model: str, related_name: str = "+", **values: Any) -> Any:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model, **values)


class Migration(migrations.Migration):
    dependencies = [
        ("offices", "0002_protect"),
        ("outbox", "0002_protect"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("message", "went_as", models.UUIDField(null=True)),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", ID),
                ("office", to("offices.office")),
                ("message", to("outbox.message", "receipts")),
                ("status", models.CharField(choices=[(s, s.title()) for s in STATUSES], max_length=10)),
                ("at", models.DateTimeField()),
                ("seq", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("heard_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message", "status", "at", "seq"), name="receipt_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(condition=Q(("status__in", STATUSES)), name="receipt_status_known"),
                ]
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", ID),
                ("office", to("offices.office")),
                ("person", to(settings.AUTH_USER_MODEL)),
                ("number", models.CharField(max_length=40)),
                ("text", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("heard_at", models.DateTimeField()),
                ("answers", to("outbox.message", "replies", null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("office", "number", "at", "text"), name="reply_once"),
                ]
            },
        ),
        Protect("outbox_receipt", kernel=True, app="SELECT, INSERT", engine="SELECT, INSERT"),
        Protect("outbox_reply", kernel=True, app="SELECT, INSERT", engine="SELECT, INSERT"),
    ]
