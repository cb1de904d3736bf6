from django.db import migrations

ALLOW = "GRANT INSERT, DELETE ON files_content TO dure_engine"
FORBID = "REVOKE INSERT, DELETE ON files_content FROM dure_engine"


class Migration(migrations.Migration):
    """The jobs keep files that they make, and let go of them after their time."""

    dependencies = [("files", "0002_protect")]
    operations = [migrations.RunSQL(ALLOW, FORBID)]
