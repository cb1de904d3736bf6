from django.db import migrations

from dure.offices.protect import ENGINE, Protect, Share


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("offices", "0002_protect")]
    operations = [
        Protect("audit_entry", kernel=True, app="SELECT, INSERT", engine="SELECT, INSERT"),
        migrations.RunSQL(
            f"GRANT UPDATE (seal_id) ON audit_entry TO {ENGINE}",
            f"REVOKE UPDATE (seal_id) ON audit_entry FROM {ENGINE}",
        ),
        Share("audit_seal", app="SELECT", engine="SELECT, INSERT"),
    ]
