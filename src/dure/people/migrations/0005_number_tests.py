from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_protect_rotas")]
    operations = [
        migrations.AddField(
            "address",
            "dead_why",
            models.CharField(
                blank=True,
                choices=[("", "doesn't work"), ("wrong", "wrong number"), ("ended", "not used any more")],
                db_default="",
                max_length=10,
            ),
        ),
        migrations.AddField("address", "unanswered_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "address",
            models.CheckConstraint(
                condition=models.Q(("dead_why__in", ["", "wrong", "ended"])), name="address_dead_why_known"
            ),
        ),
    ]
