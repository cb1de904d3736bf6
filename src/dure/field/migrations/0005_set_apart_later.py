from django.db import migrations

from dure.offices.protect import ENGINE


class Migration(migrations.Migration):
    """The watch sets apart, too: what many phones handed in at once."""

    dependencies = [("field", "0004_protect_phones")]
    operations = [
        migrations.RunSQL(
            f"GRANT SELECT, INSERT ON field_setapart TO {ENGINE}", f"REVOKE ALL ON field_setapart FROM {ENGINE}"
        )
    ]
