from django.db import migrations

from dure.offices.protect import Protect


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial"), ("people", "0002_protect")]
    operations = [Protect("outbox_message", kernel=True)]
