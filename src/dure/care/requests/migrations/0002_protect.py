from django.db import migrations

from dure.offices.protect import Protect


class Migration(migrations.Migration):
    dependencies = [("requests", "0001_initial"), ("care", "0002_protect")]
    operations = [Protect("requests_request", sees="(SELECT dure_everywhere())")]
