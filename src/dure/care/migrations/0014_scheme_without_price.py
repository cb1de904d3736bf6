from django.db import migrations

# The price stands in money_terms alone. What runs on from before still reads these columns and writes them; they are
# dropped by the release after this one.
UNREAD = """ALTER TABLE care_scheme ALTER COLUMN unit_price SET DEFAULT 0, ALTER COLUMN own_share SET DEFAULT 0"""
READ = """ALTER TABLE care_scheme ALTER COLUMN unit_price DROP DEFAULT, ALTER COLUMN own_share DROP DEFAULT"""


class Migration(migrations.Migration):
    dependencies = [("care", "0013_ended_how")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(UNREAD, READ)],
            [migrations.RemoveField("scheme", "unit_price"), migrations.RemoveField("scheme", "own_share")],
        ),
    ]
