import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from dure.offices.protect import Protect


class Migration(migrations.Migration):
    dependencies = [
        ("care", "0011_protect_hindrance"),
        ("offices", "0002_protect"),
        ("people", "0007_hours"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("order", models.PositiveSmallIntegerField(default=0)),
                ("why", models.CharField(blank=True, max_length=100)),
                ("made_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="offices.office"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="care.recipient"
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="care.route"
                    ),
                ),
                (
                    "was",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at", None), ("taken_back_at", None)),
                        fields=("recipient",),
                        name="move_one_waits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("provider__isnull", False), ("why", "")),
                            models.Q(("provider", None), ("route", None), models.Q(("why", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="move_goes_somewhere_or_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("provider", None), models.Q(("provider", models.F("was")), _negated=True), _connector="OR"
                        ),
                        name="move_is_to_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done_at", None), ("taken_back_at", None), _connector="OR"),
                        name="move_ends_one_way",
                    ),
                ],
            },
        ),
        Protect("care_move", sees="EXISTS (SELECT FROM care_recipient r WHERE r.id = recipient_id)"),
    ]
