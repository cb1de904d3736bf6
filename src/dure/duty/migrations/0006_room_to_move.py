from django.db import migrations

# Every move of a duty writes its row anew: room on the page for it, and the old ones cleared away soon.
OFTEN = """fillfactor = 80, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.01,
           autovacuum_vacuum_cost_delay = 0"""
NAMES = """fillfactor, autovacuum_vacuum_threshold, autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay"""


class Migration(migrations.Migration):
    dependencies = [("duty", "0005_report_once_an_office")]
    operations = [
        migrations.RunSQL(f"ALTER TABLE duty_duty SET ({OFTEN})", f"ALTER TABLE duty_duty RESET ({NAMES})"),
    ]
