from django.db import migrations

from dure.offices.protect import Protect

EDITED = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial"), ("gatherings", "0002_protect"), ("rules", "0002_protect")]
    operations = [
        Protect("certificates_kind"),
        Protect("certificates_certificate"),
        Protect("certificates_work"),
        Protect("certificates_packed", app=EDITED),
        Protect("certificates_counted", app=EDITED),
        Protect("certificates_renewal"),
    ]
