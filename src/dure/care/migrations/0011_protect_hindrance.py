from django.db import migrations

from dure.offices.protect import Protect

EDITED = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):
    dependencies = [("care", "0010_hindrance")]
    operations = [Protect("care_hindrance", app=EDITED, engine=EDITED)]
