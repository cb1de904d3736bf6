from django.db import migrations

from dure.offices.protect import ENGINE

TABLES = "procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers"


class Migration(migrations.Migration):
    """The queue belongs to the engine alone."""

    dependencies = [("health", "0002_protect"), ("procrastinate", "0041_post_retry_failed_job")]
    operations = [
        migrations.RunSQL(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLES} TO {ENGINE}", f"REVOKE ALL ON {TABLES} FROM {ENGINE}"
        ),
    ]
