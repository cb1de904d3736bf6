from django.db import migrations

from dure.offices.protect import Protect


class Migration(migrations.Migration):
    dependencies = [("rules", "0001_initial"), ("offices", "0002_protect")]
    operations = [Protect("rules_rule")]
