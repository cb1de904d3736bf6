from django.db import migrations

from dure.offices.protect import Protect


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_review"), ("offices", "0002_protect")]
    operations = [Protect("audit_review", app="SELECT, INSERT", engine="SELECT, INSERT")]
