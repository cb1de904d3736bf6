from django.db import migrations

# After a long list the planner has to know that there are many recipients now, or each row that hangs on one is
# checked by reading all of them. PostgreSQL 16 doesn't know the right; there the next automatic ANALYZE helps.
MAINTAIN = """
DO $$ BEGIN
    IF current_setting('server_version_num')::int >= 170000 THEN
        EXECUTE '{} MAINTAIN ON care_recipient {} dure_app';
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("care", "0004_take_back")]
    operations = [migrations.RunSQL(MAINTAIN.format("GRANT", "TO"), MAINTAIN.format("REVOKE", "FROM"))]
