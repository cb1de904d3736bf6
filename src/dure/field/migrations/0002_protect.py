from django.db import migrations

from dure.offices.protect import Protect


class Migration(migrations.Migration):
    dependencies = [("field", "0001_initial"), ("people", "0002_protect")]
    operations = [
        Protect("field_enrolment", also="'enrolment:' || code_hash = (SELECT dure_key())", engine="SELECT"),
    ]
