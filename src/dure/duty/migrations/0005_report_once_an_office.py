from django.db import migrations, models

# The key is made by a phone: what another office has kept under it must neither hold ours up nor be told from it.
# The index is built while reports come in; until the swap the old, narrower one holds.
INDEX = """CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS report_once_an_office
           ON duty_report (office_id, key, sha256)"""
SWAP = """ALTER TABLE duty_report DROP CONSTRAINT report_counts_once,
          ADD CONSTRAINT report_counts_once UNIQUE USING INDEX report_once_an_office"""
BACK = """ALTER TABLE duty_report DROP CONSTRAINT report_counts_once,
          ADD CONSTRAINT report_counts_once UNIQUE (key, sha256)"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("duty", "0004_report_unread")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(INDEX, migrations.RunSQL.noop),
                migrations.RunSQL(SWAP, BACK),
            ],
            [
                migrations.RemoveConstraint("report", "report_counts_once"),
                migrations.AddConstraint(
                    "report",
                    models.UniqueConstraint(name="report_counts_once", fields=["office", "key", "sha256"]),
                ),
            ],
        ),
    ]
