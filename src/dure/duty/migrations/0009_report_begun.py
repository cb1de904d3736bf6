from django.db import migrations, models

from dure.offices.protect import APP, ENGINE


class Migration(migrations.Migration):
    dependencies = [("duty", "0008_exercise")]
    operations = [
        migrations.AddField("report", "begun", models.PositiveSmallIntegerField(db_default=0)),
        migrations.RunSQL(
            f"""GRANT UPDATE (begun) ON duty_report TO {APP};
                GRANT UPDATE (begun, understood_at) ON duty_report TO {ENGINE}""",
            f"REVOKE UPDATE (begun, understood_at) ON duty_report FROM {ENGINE}",
        ),
    ]
