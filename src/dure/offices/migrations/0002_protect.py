from django.db import migrations

from dure.offices.protect import APP, DROP_FUNCTIONS, ENGINE, FUNCTIONS, Protect, Share

CLOCK = f"""
CREATE TABLE dure_clock (one boolean PRIMARY KEY DEFAULT true CHECK (one), at timestamptz NOT NULL);
GRANT SELECT ON dure_clock TO {APP}, {ENGINE};
"""
EVERYTHING_COUNTED = f"""
ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO {APP}, {ENGINE};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}, {ENGINE};
"""


class Migration(migrations.Migration):
    dependencies = [("offices", "0001_initial"), ("sessions", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(EVERYTHING_COUNTED, migrations.RunSQL.noop),
        migrations.RunSQL(CLOCK, "DROP TABLE dure_clock"),
        Protect("offices_office", office="id", app="SELECT", engine="SELECT", kernel=True),
        Share("django_session", app="SELECT, INSERT, UPDATE, DELETE", engine="SELECT, DELETE"),
    ]
