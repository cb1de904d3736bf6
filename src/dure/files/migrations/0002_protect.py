from django.db import migrations

from dure.offices.protect import Protect


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial"), ("people", "0002_protect")]
    operations = [Protect("files_content", app="SELECT, INSERT", engine="SELECT")]
