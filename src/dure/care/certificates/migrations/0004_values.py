from django.db import migrations

from dure.offices.protect import Kept


class Migration(migrations.Migration):
    dependencies = [("certificates", "0003_begin"), ("audit", "0008_keep_values")]
    operations = [
        Kept("certificates_kind"),
        Kept("certificates_certificate"),
        Kept("certificates_work"),
        Kept("certificates_packed"),
        Kept("certificates_counted"),
    ]
