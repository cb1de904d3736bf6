from django.db import migrations

from dure.offices.protect import Protect


class Migration(migrations.Migration):
    dependencies = [("processors", "0001_initial"), ("people", "0002_protect")]
    operations = [Protect("processors_processor", sees="(SELECT dure_everywhere())", engine="SELECT")]
