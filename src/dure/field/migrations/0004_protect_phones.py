from django.db import migrations

from dure.offices.protect import Protect


class Migration(migrations.Migration):
    dependencies = [("field", "0003_phones"), ("people", "0002_protect")]
    operations = [
        Protect("field_phone", engine="SELECT"),
        Protect("field_setapart", engine="SELECT"),
    ]
