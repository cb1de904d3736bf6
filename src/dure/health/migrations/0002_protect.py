from django.db import migrations

from dure.offices.protect import Protect, Share


class Migration(migrations.Migration):
    dependencies = [("health", "0001_initial"), ("offices", "0002_protect")]
    operations = [
        Protect("health_fault", kernel=True, office="coalesce(office_id, (SELECT dure_office()))"),
        Share("health_beat", app="SELECT", engine="SELECT, INSERT, UPDATE"),
    ]
